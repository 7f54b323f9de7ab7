"""Cancellations: of a call at work, of what is not at work, and such that make no sense.

Specification page basic/utilities/cancellation, in 2026-07-28 basic/patterns/cancellation.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from conformance.exercise import admitted
from conformance.interaction.answering import session_of, strays
from conformance.interaction.progress import Tools, Working, work
from conformance.probe import Probe
from conformance.verdict import CouldNotRun
from conformance.wire import jsonrpc
from conformance.wire.connection import Answer, Connection
from conformance.wire.http import NoAnswer
from conformance.wire.stateless import StatelessHttp

UNKNOWN, COMPLETED = "an unknown request", "a request that was answered"
MALFORMED: Mapping[str, dict[str, Any] | None] = {
    "nothing": None,
    "an object": {"requestId": {"id": 1}},
}
"""Cancellations that name no request, by what they name."""
_UNKNOWN_ID = 999_999


@dataclass(frozen=True)
class Told:
    """A cancellation that should be ignored; `effect` says what it did, and is empty where it did nothing.

    `status` is the HTTP status it got, 0 where there is none.
    """

    effect: str
    exchange: str
    status: int = 0


@dataclass(frozen=True)
class Cancelling:
    """`working` has the calls of the slow tool, None without one; `problem` says why there are none although there is.

    `told` has the further cancellations by what they name, up to one that the session did not survive; none where
    requests are cancelled without messages, by closing their streams.
    """

    working: Working | None
    problem: str
    told: Mapping[str, Told]
    by_closing: bool = False


def cancel(probe: Probe, tools: Tools) -> Cancelling:
    """Cancel a call of a slow tool, if there is one, and what is not at work. Raises NoAnswer, CouldNotRun."""
    working, problem = None, ""
    with probe.spare_session(listening=True) as connection, connection.listening():
        if tools.any:
            try:
                working = work(connection, tools)
            except CouldNotRun as failure:
                problem = failure.reason
        if isinstance(connection, StatelessHttp):
            return Cancelling(working, problem, {}, by_closing=True)
        told = _Telling(connection)
        told.tell({UNKNOWN: {"requestId": _UNKNOWN_ID}})
        told.tell({COMPLETED: {"requestId": told.pinged}})
        told.tell(MALFORMED)
        if any(one.effect for one in told.told.values()):
            connection.close()
        return Cancelling(working, problem, told.told)


class _Telling:
    """Sends cancellations, each time with a request to see whether the session has survived them.

    `pinged` is the id of the last of those.
    """

    def __init__(self, connection: Connection) -> None:
        self.told: dict[str, Told] = {}
        self.pinged: jsonrpc.Id = ""
        self._connection = connection
        self._session = session_of(connection)
        self._alive = True

    def tell(self, cancellations: Mapping[str, dict[str, Any] | None]) -> None:
        """Send these, unless the session is over."""
        if not self._alive:
            return
        connection, answers, marks = self._connection, dict[str, Answer](), list[int]()
        self.pinged = connection.next_id()
        try:
            for name, params in cancellations.items():
                marks.append(connection.heard.mark)
                answers[name] = admitted(connection.notify("notifications/cancelled", params))
            ping = connection.alive(id=self.pinged)
        except NoAnswer as failure:
            self._alive = False
            names = list(cancellations)[: len(marks)]
            self.told |= dict.fromkeys(names, Told(f"the connection broke: {failure}", failure.exchange))
            return
        self._alive = ping.result is not None and session_of(connection) == self._session
        lost = "" if self._alive else f"the session ended, or does not answer ({ping.summary})"
        for (name, answer), start, end in zip(answers.items(), marks, [*marks[1:], None], strict=True):
            self.told[name] = Told(
                _reply(connection, answer, slice(start, end)) or lost, answer.exchange, answer.http.status
            )


def _reply(connection: Connection, answer: Answer, during: slice) -> str:
    """What came in return, but for a refusal by HTTP status; empty where nothing did."""
    stray = {id(one) for one in strays(connection)}
    refusal = {id(one) for one in answer.messages} if answer.refused else set[int]()
    for one in connection.heard.since()[during]:
        if id(one) in stray and id(one.value) not in refusal:
            return f"{jsonrpc.encode(one.value).decode()[:200]} came in return"
    return ""
