"""Tasks: calls of tools that go on after their first answer.

https://modelcontextprotocol.io/specification/2025-11-25/basic/utilities/tasks
"""

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from conformance.reference.calls import Call
from conformance.reference.client_tasks import FINAL
from conformance.reference.jsonrpc import JsonObject, RpcError, as_object
from conformance.reference.sessions import Outlet

RELATED = "io.modelcontextprotocol/related-task"
LONGEST_TTL = 3_600_000
DEFAULT_TTL = 300_000
POLL_INTERVAL = 100


class TaskOutlet:
    """Where a task's messages go: to who waits for its result, else notifications to the session.

    Requests wait until somebody does.
    """

    def __init__(self, session: Outlet) -> None:
        self._session = session
        self._waiting: list[Outlet] = []
        self._held: list[JsonObject] = []

    def send(self, message: JsonObject) -> None:
        """Send a message."""
        if self._waiting:
            self._waiting[-1].send(message)
        elif "id" in message:
            self._held.append(message)
        elif not self._unsent(message):
            self._session.send(message)

    def _unsent(self, message: JsonObject) -> bool:
        """Whether a message cancels a request that still waits, which is then dropped."""
        id = (as_object(message.get("params")) or {}).get("requestId")
        left = [one for one in self._held if message["method"] != "notifications/cancelled" or one["id"] != id]
        dropped, self._held = len(left) < len(self._held), left
        return dropped

    def drop(self) -> None:
        """Nothing: there is no connection of its own."""

    def attach(self, outlet: Outlet) -> None:
        """Send to `outlet` from now on, first what was held."""
        self._waiting.append(outlet)
        for message in self._held:
            outlet.send(message)
        self._held.clear()

    def detach(self, outlet: Outlet) -> None:
        """Do not send to `outlet` any more."""
        self._waiting.remove(outlet)


@dataclass(slots=True, eq=False)
class Task:
    """A call under way or ended; times are in milliseconds. `owner` is the user or, without one, the session.

    `outcome` is set once it has ended by itself. `changed` is told of every new status. `seen` says that a client
    looked at it after it had been completed.
    """

    owner: str
    ttl: int
    outlet: TaskOutlet
    changed: Callable[["Task"], None]
    id: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    status: str = "working"
    message: str = "The tool is at work."
    created: str = field(default_factory=lambda: now())
    updated: str = field(default_factory=lambda: now())
    outcome: JsonObject | RpcError | None = None
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    work: "asyncio.Task[None] | None" = None
    seen: bool = False

    @property
    def final(self) -> bool:
        """Whether its status will not change any more."""
        return self.status in FINAL

    def move(self, status: str, message: str) -> None:
        """Change the status, unless it is final."""
        if self.final:
            return
        self.status, self.message, self.updated = status, message, now()
        if self.final:
            self.ended.set()
        self.changed(self)

    def describe(self) -> JsonObject:
        """The task as clients see it."""
        return {
            "taskId": self.id,
            "status": self.status,
            "statusMessage": self.message,
            "createdAt": self.created,
            "lastUpdatedAt": self.updated,
            "ttl": self.ttl,
            "pollInterval": POLL_INTERVAL,
        }


@dataclass(slots=True)
class TaskCall(Call):
    """The call of a tool that runs as a task, which waits for input while the client is asked."""

    task: Task | None = None

    async def ask(self, method: str, params: JsonObject) -> JsonObject:
        """Send a request to the client and return its result. Raises AskError."""
        assert self.task  # noqa: S101 - narrows the type
        if self.faults.active("input-request-untagged"):
            self.related = {}
        if not self.faults.active("input-required-unused"):
            self.task.move("input_required", "The client is asked for something.")
        try:
            return await super(TaskCall, self).ask(method, params)
        finally:
            if self.faults.active("input-required-not-left"):
                await self.task.ended.wait()
            self.task.move("working", "The tool is at work.")


def now() -> str:
    """The time, as tasks tell it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
