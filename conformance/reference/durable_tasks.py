"""Tasks of the revision without sessions, which an extension of it defines: what they are and how their tools ask.

https://github.com/modelcontextprotocol/ext-tasks/blob/main/specification/2026-07-28/tasks.md
"""

import asyncio
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count

from conformance.reference.calls import Call
from conformance.reference.client_tasks import FINAL
from conformance.reference.inputs import Inputs, Question
from conformance.reference.jsonrpc import JsonObject, RpcError, error_message
from conformance.reference.tasks import now

TTL = 300_000
POLL_INTERVAL = 100
_INPUT, _WORKING = "input_required", "working"


@dataclass(slots=True)
class Nowhere:
    """Where the messages go that a task has for nobody; for a fault alone, `instead` takes them."""

    instead: Callable[[JsonObject], None] | None = None

    def send(self, message: JsonObject) -> None:
        """Drop a message."""
        if self.instead:
            self.instead(message)

    def drop(self) -> None:
        """Nothing: there is no connection."""


@dataclass(slots=True, eq=False)
class DurableTask:
    """A call under way or ended. `owner` is the user, empty where there are none.

    `outcome` is set once it has ended by itself. `changed` is told of every new status. `wanted` are the questions to
    the client that are open, `given` its answers so far, both by key. `seen` says that a client looked at it after its
    end.
    """

    owner: str
    changed: Callable[["DurableTask"], None]
    id: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    status: str = _WORKING
    message: str = "The tool is at work."
    created: str = field(default_factory=now)
    updated: str = field(default_factory=now)
    outcome: JsonObject | RpcError | None = None
    wanted: dict[str, Question] = field(default_factory=dict[str, Question])
    given: JsonObject = field(default_factory=dict[str, object])
    work: "asyncio.Task[None] | None" = None
    seen: bool = False
    _heard: asyncio.Event = field(default_factory=asyncio.Event)
    _keys: Iterable[int] = field(default_factory=lambda: count(1))

    @property
    def final(self) -> bool:
        """Whether its status will not change any more."""
        return self.status in FINAL

    def move(self, status: str, message: str) -> None:
        """Change the status, unless it is final."""
        if not self.final:
            self.status, self.message, self.updated = status, message, now()
            self.changed(self)

    async def ask(self, questions: Sequence[Question], *, again: bool = False) -> list[JsonObject]:
        """The answers of the client, waited for; keys of earlier questions are used `again` for faults alone."""
        keys = [f"input-{1 if again else next(iter(self._keys))}" for _ in questions]
        self.wanted.update(zip(keys, questions, strict=True))
        self.move(_INPUT, "The client is asked for something.")
        while self.wanted.keys() & set(keys):
            await self._heard.wait()
            self._heard.clear()
        self.move(_WORKING, "The tool is at work.")
        return [self.given[key] for key in keys]

    def take(self, responses: Mapping[str, object]) -> None:
        """Take answers to open questions, and leave others alone. Raises RpcError(-32602) for what is no answer."""
        meant = {key: one for key, one in self.wanted.items() if key in responses}
        self.given |= Inputs(dict(responses)).take(meant)
        for key in meant:
            del self.wanted[key]
        self._heard.set()

    def describe(self) -> JsonObject:
        """The task as it is told when it is made."""
        return {
            "taskId": self.id,
            "status": self.status,
            "statusMessage": self.message,
            "createdAt": self.created,
            "lastUpdatedAt": self.updated,
            "ttlMs": TTL,
            "pollIntervalMs": POLL_INTERVAL,
        }

    def detail(self) -> JsonObject:
        """The task with what belongs to its status."""
        described = self.describe()
        if self.status == _INPUT:
            wanted = {key: {"method": method, "params": params} for key, (method, params) in self.wanted.items()}
            described["inputRequests"] = wanted
        if self.status == "completed":
            described["result"] = self.outcome
        if isinstance(self.outcome, RpcError):
            described["error"] = error_message(self.outcome)["error"]
        return described


@dataclass(slots=True)
class DurableCall(Call):
    """The call of a tool that runs as such a task, which asks the client by its state."""

    task: DurableTask | None = None

    async def input_of(self, questions: Sequence[Question]) -> list[JsonObject]:
        """The answers to questions, waited for. Raises RpcError(-32021) where the client declared no such thing."""
        assert self.task  # noqa: S101 - narrows the type
        self.need(questions)
        return await self.task.ask(questions, again=len(questions) == 1 and self.faults.active("input-key-reused"))
