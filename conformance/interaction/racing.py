"""Quick requests, each with its cancellation right behind it, for audits under stress."""

import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from conformance.interaction.answering import responses, session_of, strays
from conformance.probe import Probe
from conformance.shapes import as_object
from conformance.wire.connection import Answer, Connection, Pending
from conformance.wire.http import NoAnswer

SESSIONS, PAIRS = 3, 20
_ANSWERED_SECONDS = 1.0


@dataclass(frozen=True)
class Race:
    """A session in which requests were cancelled at once, and a ping afterwards.

    `broken` says how the connection or the session ended meanwhile, and is empty where it did not. `errors` counts
    requests that were answered with an error, `strays` responses that bear an id of no request and second ones.
    """

    broken: str
    errors: int
    strays: int
    ping: Answer | None

    @property
    def exchange(self) -> str:
        """The exchange of the ping."""
        return self.ping.exchange if self.ping else ""


def race(probe: Probe, method: str, params: Mapping[str, Any] | None) -> list[Race]:
    """Send such requests in several sessions. Raises NoAnswer, CouldNotRun where a session cannot be opened."""
    races: list[Race] = []
    for _ in range(SESSIONS):
        with probe.session() as connection, connection.listening():
            races.append(_race(connection, method, params))
    return races


def _race(connection: Connection, method: str, params: Mapping[str, Any] | None) -> Race:
    broken, ping, session = "", None, session_of(connection)
    try:
        calls = list[Pending]()
        for _ in range(PAIRS):
            calls.append(connection.start(method, params))
            calls[-1].cancel("the audit changed its mind")
        deadline = time.monotonic() + _ANSWERED_SECONDS
        for call in calls:
            with suppress(NoAnswer):
                call.answer(max(0.0, deadline - time.monotonic()))
        ping = connection.alive()
        if session_of(connection) != session:
            broken = "the session ended"
    except NoAnswer as failure:
        broken = str(failure)
    errors = sum("error" in as_object(one.value) for one in responses(connection))
    wrong = [one for one in strays(connection) if one.value.get("id") is not None]
    return Race(broken, errors, len(wrong), ping)
