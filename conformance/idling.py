"""A connection on which we say nothing and answer no ping."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from conformance.probe import Probe
from conformance.shapes import as_object
from conformance.wire.connection import Answer, Silence
from conformance.wire.http import NoAnswer


@dataclass(frozen=True)
class Idling:
    """How many pings came in how many seconds, and what a request gave afterwards, None where nothing came."""

    pings: int
    seconds: float
    after: Answer | None

    @classmethod
    def perform(cls, probe: Probe, seconds: float) -> "Idling":
        """Idle for so many seconds, or until the server ends the connection. Raises NoAnswer, CouldNotRun."""
        with probe.session(handlers={"ping": _leave_unanswered}) as connection, connection.listening():
            mark, started = connection.heard.mark, time.monotonic()
            connection.heard.until(lambda _: False, seconds, mark)
            spent = time.monotonic() - started
            pings = sum(as_object(one.value).get("method") == "ping" for one in connection.heard.since(mark))
            try:
                after = connection.alive()
            except NoAnswer:
                after = None
        return cls(pings, spent, after)


def _leave_unanswered(_: dict[str, Any]) -> Mapping[str, Any]:
    raise Silence
