"""Calls of a slow tool at the same time: one is left alone, one is cancelled when it is seen at work.

Specification pages basic/utilities/progress and basic/utilities/cancellation, in 2026-07-28 basic/patterns.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from json import JSONDecodeError, loads
from typing import Any

from conformance.content import contents_of
from conformance.exercise import admitted
from conformance.interaction.answering import response_to
from conformance.shapes import as_object
from conformance.verdict import CouldNotRun
from conformance.wire import jsonrpc
from conformance.wire.connection import CLOSED, Connection, Pending
from conformance.wire.heard import Message

SLOW, BRIEF = "test_wait", "test_tool_with_progress"
STEPS = "test://steps-of-work"
IN_FLIGHT = 0.15
"""Seconds in which a message may still arrive that was sent before something ended."""
WINDOW = 0.2
"""Seconds in which one that was sent afterwards is waited for."""
_LEFT_TOKEN, _STOPPED_TOKEN = 7_391, "conformance-stopped"
_WORK_SECONDS, _LONGEST_WORK = 0.6, 10.0
_SIGN_SECONDS = 0.2


@dataclass(frozen=True)
class Left:
    """A call that was left alone: the response to it, and all reports of its progress.

    `began` is when the first of those came or, without any, when it was sent.
    """

    response: Message
    reports: tuple[Message, ...]
    began: float
    exchange: str

    @property
    def id(self) -> jsonrpc.Id:
        """The id of the request."""
        return self.response.value["id"]

    def values_on(self, channel: str) -> list[float]:
        """The numbers that the reports on a channel give, in the order in which they came."""
        reports = [one.value for one in self.reports if one.channel == channel]
        values = [as_object(one.get("params")).get("progress") for one in reports]
        return [one for one in values if isinstance(one, int | float) and not isinstance(one, bool)]

    @property
    def late(self) -> list[Message]:
        """Reports that were sent after the response: they came after it on its channel, or long after it."""
        return [one for one in self.reports if one.at > self.response.at and self._surely_later(one)]

    def _surely_later(self, one: Message) -> bool:
        return one.channel == self.response.channel or one.at > self.response.at + IN_FLIGHT


@dataclass(frozen=True)
class Stopped:
    """A call that was cancelled; `sent` is when that was sent, `at` when the server had taken it.

    `reports` are those of its progress, `began` is as in `Left`; `worked` says for how many seconds after such a
    beginning the other call reported. `response` came to it all the same. `steps` says how many steps the server had
    taken soon after it was cancelled and when it would have ended by itself; None where that cannot be seen. `closed`
    tells whether it was cancelled by closing its stream: None where messages cancel, False where it had no stream.
    """

    sent: float
    at: float
    began: float
    reports: tuple[Message, ...]
    worked: float
    response: Message | None
    exchange: str
    steps: tuple[int, int] | None = None
    closed: bool | None = None

    @property
    def later(self) -> list[Message]:
        """Reports that were sent when it had been cancelled."""
        return [one for one in self.reports if one.at > self.at + IN_FLIGHT]

    @property
    def too_late(self) -> bool:
        """Whether the response was there, or a result on its way, before the cancellation."""
        if self.response is None:
            return False
        on_its_way = self.response.at <= self.at + IN_FLIGHT and jsonrpc.kind_of(self.response.value) == "result"
        return on_its_way or self.response.at < self.sent

    @property
    def conclusive(self) -> bool:
        """Whether there would have been later reports of a call that was not cancelled."""
        return bool(self.reports) and self.worked > self.at - self.began + IN_FLIGHT


@dataclass(frozen=True)
class Working:
    """Both calls; `stopped` is None where no tool is slow enough for that."""

    left: Left
    stopped: Stopped | None


@dataclass(frozen=True)
class Tools:
    """The names of tools that tell their progress, one for as many seconds as it is told and one briefly.

    Empty where they are not offered, as is `steps`, the URI of a resource that shows how far the slow one is.
    """

    slow: str
    brief: str
    steps: str = ""

    @property
    def any(self) -> str:
        """One of them, the slow one first."""
        return self.slow or self.brief


def work(connection: Connection, tools: Tools) -> Working:
    """Call a tool twice, or once if it is brief; the brief one also without a token for its progress.

    Returns when the call that was cancelled would have ended by itself, and what was sent by then has come. Raises
    NoAnswer, CouldNotRun where the tool does not work.
    """
    latency = connection.opening.seconds if connection.opening else 0.0
    arguments = {"seconds": min(_WORK_SECONDS + 4 * latency, _LONGEST_WORK)} if tools.slow else {}
    connection.linger = WINDOW
    sent = time.monotonic()
    left = _start(connection, tools.any, arguments, _LEFT_TOKEN)
    other = _start(connection, tools.slow, arguments, _STOPPED_TOKEN) if tools.slow else None
    bare = _start(connection, tools.brief, {}) if tools.brief else None
    acknowledged, cancelling = None, 0.0
    if other:
        other.heard(reports_of(_STOPPED_TOKEN), _SIGN_SECONDS + 2 * latency)
        cancelling = time.monotonic()
        acknowledged = admitted(other.cancel("the audit saw enough"))
    cancelled, patience = time.monotonic(), connection.patience("tools/call")
    soon = _soon(connection, tools, cancelled) if acknowledged else None
    if bare:
        bare.answer(patience)
    answer = left.answer(patience)
    response = response_to(connection, left.id)
    if not (answer and response and answer.result) or answer.result.get("isError"):
        raise CouldNotRun(f"{tools.any} did not work ({answer.summary if answer else 'no answer'})")
    span = response.at - _began(connection, _LEFT_TOKEN, sent)
    end = max(response.at, _began(connection, _STOPPED_TOKEN, sent) + span if other else 0.0) + IN_FLIGHT + WINDOW
    connection.heard.until(lambda _: False, end - time.monotonic())
    connection.linger = 0.0
    reports, began = _all(connection, _LEFT_TOKEN), _began(connection, _LEFT_TOKEN, sent)
    alone = Left(response, reports, began, answer.exchange)
    if not other or not acknowledged:
        return Working(alone, None)
    worked = reports[-1].at - began if reports else 0.0
    began, reports = _began(connection, _STOPPED_TOKEN, sent), _all(connection, _STOPPED_TOKEN)
    late = response_to(connection, other.id)
    steps = None if soon is None else (soon, _steps(connection, tools))
    closed = acknowledged.http.cut if acknowledged.http.method == CLOSED else None
    stopped = Stopped(cancelling, cancelled, began, reports, worked, late, acknowledged.exchange, steps, closed)
    return Working(alone, stopped)


def _soon(connection: Connection, tools: Tools, cancelled: float) -> int | None:
    """The steps of the cancelled call when it must have ended; None where they cannot be seen."""
    if not tools.steps:
        return None
    connection.heard.until(lambda _: False, cancelled + IN_FLIGHT - time.monotonic())
    return _steps(connection, tools)


def _steps(connection: Connection, tools: Tools) -> int:
    """How many steps the server has taken for the call that was cancelled. Raises NoAnswer."""
    items = contents_of(connection.request("resources/read", {"uri": tools.steps}).result or {})
    with suppress(JSONDecodeError):
        count = as_object(loads(str(items[0].get("text")))).get(_STOPPED_TOKEN) if items else None
        return count if isinstance(count, int) else 0
    return 0


def _start(connection: Connection, tool: str, arguments: dict[str, float], token: jsonrpc.Id | None = None) -> Pending:
    params: dict[str, Any] = {"name": tool, "arguments": arguments}
    return connection.start("tools/call", params if token is None else params | {"_meta": {"progressToken": token}})


def reports_of(token: jsonrpc.Id) -> Callable[[Any], bool]:
    """Tells the reports that bear a token."""

    def wanted(message: Any) -> bool:  # noqa: ANN401
        members = as_object(message)
        reports = members.get("method") == "notifications/progress"
        return reports and jsonrpc.same_id(as_object(members.get("params")).get("progressToken"), token)

    return wanted


def _all(connection: Connection, token: jsonrpc.Id) -> tuple[Message, ...]:
    return tuple(one for one in connection.heard.since() if reports_of(token)(one.value))


def _began(connection: Connection, token: jsonrpc.Id, sent: float) -> float:
    return next((one.at for one in _all(connection, token)), sent)


def token_of(request: Any) -> Any:  # noqa: ANN401
    """The progress token that a request bears; None without one."""
    return as_object(as_object(as_object(request).get("params")).get("_meta")).get("progressToken")
