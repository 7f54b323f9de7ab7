"""What the server remembers of one client, and the requests under way in either direction."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Protocol

from conformance.reference.jsonrpc import (
    JsonObject,
    RequestId,
    Response,
    as_object,
    notification_message,
    request_message,
)
from conformance.reference.rates import RateLimit

LOG_LEVELS = ("debug", "info", "notice", "warning", "error", "critical", "alert", "emergency")
ASK_SECONDS = 20.0
"""How long the server waits for the answer of a client."""


class Outlet(Protocol):
    """Where messages to the client go."""

    def send(self, message: JsonObject) -> None:
        """Send a message."""
        ...

    def drop(self) -> None:
        """Break the connection, where the client can come back for the rest; elsewhere nothing happens."""
        ...


@dataclass(slots=True, eq=False)
class Session:
    """A client between its requests; `revision` is empty before the handshake, and `user` where no token is needed.

    `peer` is the other end of its connection, for faults alone.

    `client` holds the capabilities the client declared. Without a `log_level` it wants no log messages. `running` holds
    the requests of the client that are being answered, `asked` how many requests the server has sent to it, `shown`
    the tools, prompts and resources that come and go. `ask_seconds` is how long it waits for an answer, `forgetful`
    whether it then does not cancel what it asked. For faults alone, `fellows` are all open sessions, and `known_roots`
    the roots that it was told last.
    Each transport has a kind of its own that knows how to `send`.

    `log_rate` and `progress_rate` limit what it is told of requests. For faults alone, `answered` are the ids of its
    earlier requests, `cancellations` counts what it cancelled, and a `broken` session answers nothing any more.
    """

    id: str = ""
    user: str = ""
    peer: str = ""
    revision: str = ""
    client: JsonObject = field(default_factory=dict[str, object])
    initialized: bool = False
    log_level: str = "info"
    log_rate: RateLimit = field(default_factory=RateLimit)
    progress_rate: RateLimit = field(default_factory=RateLimit)
    answered: set[RequestId] = field(default_factory=set[RequestId])
    cancellations: int = 0
    broken: bool = False
    subscriptions: dict[str, "asyncio.Task[None]"] = field(default_factory=dict[str, "asyncio.Task[None]"])
    shown: set[str] = field(default_factory=set[str])
    running: dict[RequestId, "asyncio.Task[JsonObject]"] = field(
        default_factory=dict[RequestId, "asyncio.Task[JsonObject]"]
    )
    asked: int = 0
    fellows: set["Session"] = field(default_factory=set["Session"])
    known_roots: list[str] | None = None
    ask_seconds: float = ASK_SECONDS
    forgetful: bool = False
    _waiting: dict[RequestId, "asyncio.Future[Response]"] = field(
        default_factory=dict[RequestId, "asyncio.Future[Response]"]
    )
    _background: set["asyncio.Task[None]"] = field(default_factory=set["asyncio.Task[None]"])

    def send(self, message: JsonObject) -> None:
        """Send what relates to no request; a session without a stream of its own drops it."""

    def drop(self) -> None:
        """Nothing: the stream of a session stays."""

    def logs(self, level: str) -> bool:
        """Whether the client wants log messages of that level."""
        return bool(self.log_level) and LOG_LEVELS.index(level) >= LOG_LEVELS.index(self.log_level)

    def offers(self, *path: str) -> bool:
        """Whether the client declared a capability, or the part of it that `path` leads to."""
        declared: JsonObject | None = self.client
        for name in path:
            declared = as_object(declared.get(name))
            if declared is None:
                return False
        return True

    async def ask(self, method: str, params: JsonObject, outlet: Outlet) -> Response:
        """Send a request to the client by `outlet` and wait for its answer.

        Raises TimeoutError if none comes. A request that is not waited for any longer is cancelled.
        """
        self.asked += 1
        id = self.asked
        answered: asyncio.Future[Response] = asyncio.get_running_loop().create_future()
        self._waiting[id] = answered
        outlet.send(request_message(id, method, params))
        try:
            async with asyncio.timeout(self.ask_seconds):
                return await answered
        except (TimeoutError, asyncio.CancelledError):
            if not self.forgetful:
                reason: JsonObject = {"requestId": id, "reason": "no longer needed"}
                outlet.send(notification_message("notifications/cancelled", reason))
            raise
        finally:
            del self._waiting[id]

    def deliver(self, response: Response, *, misdeliver: bool = False) -> None:
        """Hand an answer of the client to who waits for it; others are dropped, or go to who has waited longest."""
        waiting = None if response.id is None else self._waiting.get(response.id)
        if misdeliver and waiting is None:
            waiting = next(iter(self._waiting.values()), None)
        if waiting and not waiting.done():
            waiting.set_result(response)

    def cancel(self, id: object) -> None:
        """Stop answering the request of that id; nothing happens if there is none."""
        if isinstance(id, str | int | float) and (task := self.running.get(id)):
            task.cancel()

    def spawn(self, work: Coroutine[object, object, None]) -> "asyncio.Task[None]":
        """Do something beside the requests, until the session ends at the latest."""
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)
        return task

    def end(self) -> None:
        """Stop everything that is under way."""
        self.fellows.discard(self)
        for task in (*self.running.values(), *self._background):
            task.cancel()
