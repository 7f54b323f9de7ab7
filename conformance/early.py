"""The phases of a handshake, each with a while in which we say nothing."""

from dataclasses import dataclass, replace
from typing import Any

from conformance.probe import Probe
from conformance.shapes import as_object
from conformance.wire import jsonrpc
from conformance.wire.connection import Answer
from conformance.wire.heard import Message
from conformance.wire.http import NoAnswer

SHORTEST, LONGEST = 0.3, 3.0
OFFERED: dict[str, Any] = {"roots": {"listChanged": True}, "sampling": {}, "elicitation": {}}


def quiet_seconds(opening: Answer | None) -> float:
    """How long to wait for what should not come: longer where the server took its time for the handshake."""
    return min(max(SHORTEST, opening.seconds if opening else 0.0), LONGEST)


@dataclass(frozen=True)
class Early:
    """What came before `initialize` and before `notifications/initialized`.

    `first_ping` was sent before `initialize`, None over HTTP, where a session may have to come first; `ended` says how
    the server took its leave at it.
    """

    before: tuple[Message, ...]
    first_ping: Answer | None
    ended: str
    opening: Answer
    ping: Answer
    after: tuple[Message, ...]

    @classmethod
    def perform(cls, probe: Probe) -> "Early":
        """Open a connection as far as `initialize`, and close it. Raises NoAnswer."""
        if probe.survey.transport == "streamable-http":
            return cls._perform(probe, first_ping=False)
        try:
            return cls._perform(probe, first_ping=True)
        except NoAnswer as failure:
            return replace(cls._perform(probe, first_ping=False), ended=str(failure))

    @classmethod
    def _perform(cls, probe: Probe, *, first_ping: bool) -> "Early":
        seconds = quiet_seconds(probe.survey.opening)
        with probe.fresh() as connection:
            with connection.listening() as refusal:
                if refusal is None:
                    connection.heard.until(_anything, seconds)
            before = connection.heard.since()
            pinged = connection.request("ping") if first_ping else None
            opening = connection.initialize(probe.survey.revision, OFFERED)
            mark = connection.heard.mark
            with connection.listening() as refusal:
                ping = connection.request("ping")
                if refusal is None:
                    connection.heard.until(asks_more_than_ping, seconds, mark)
            after = connection.heard.since(mark)
        return cls(tuple(before), pinged, "", opening, ping, tuple(after))


def asks_more_than_ping(message: object) -> bool:
    """Whether a message is a request other than a ping."""
    return jsonrpc.kind_of(message) == "request" and as_object(message)["method"] != "ping"


def _anything(_: object) -> bool:
    return True
