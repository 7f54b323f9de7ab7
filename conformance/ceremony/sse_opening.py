"""How an HTTP+SSE server begins (specification page basic/transports of 2024-11-05), taken step by step."""

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from conformance.ceremony.foreign_origin import FOREIGN
from conformance.probe import Probe
from conformance.shapes import as_object
from conformance.wire import jsonrpc
from conformance.wire.connection import CLIENT_INFO
from conformance.wire.heard import Heard
from conformance.wire.http import BrokenStream, Reply, Stream, join_url, origin_of
from conformance.wire.sse import SseEvent, SseScanner

_SECONDS = 3.0
"""How long is waited for an event, at most."""


@dataclass(frozen=True)
class SseOpening:
    """A GET for the stream, and messages to the endpoint that it names.

    `status` and `media_type` are those of the stream, `events` all that came on it. `endpoint` is the data of the
    endpoint event, empty without one or where it names another origin. `posted` holds the answers to `initialize`
    and `ping` at the endpoint, `answered` tells which of those that were taken were answered on the stream. `foreign`
    holds the answers to a GET and a POST with a foreign Origin, `anonymous` that to a POST without the token.
    """

    status: int
    media_type: str
    events: tuple[SseEvent, ...]
    endpoint: str = ""
    posted: dict[str, Reply] = field(default_factory=dict[str, Reply])
    answered: dict[str, bool] = field(default_factory=dict[str, bool])
    foreign: dict[str, Reply] = field(default_factory=dict[str, Reply])
    anonymous: Reply | None = None

    @classmethod
    def perform(cls, probe: Probe) -> "SseOpening":
        """Open a stream and use it. Raises NoAnswer."""
        survey, http = probe.survey, probe.http
        fields = {"Accept": "text/event-stream"} | _bearing(survey.token)
        exchange = http.stream(
            "GET", survey.endpoint, channel="mcp", purpose="event stream", headers=fields, silence=None
        )
        with exchange as stream:
            reading = _Reading(stream)
            try:
                return cls._use(probe, stream, reading)
            finally:
                reading.end()

    @classmethod
    def _use(cls, probe: Probe, stream: Stream, reading: "_Reading") -> "SseOpening":
        named = reading.wait(lambda event: event.event == "endpoint" and bool(event.data))
        endpoint = join_url(probe.survey.endpoint, (named.data or "").strip()) if named else ""
        if not endpoint or origin_of(endpoint) != origin_of(probe.survey.endpoint):
            return cls(stream.status, stream.media_type, tuple(reading.events))
        speaking = _Speaking(probe, endpoint)
        posted: dict[str, Reply] = {}
        answered: dict[str, bool] = {}
        for method, params in (("initialize", _initialize(probe)), ("ping", None)):
            posted[method] = speaking.post(jsonrpc.request(method, params, f"opening-{method}"), method)
            if posted[method].ok:
                answered[method] = reading.wait(_answers(f"opening-{method}")) is not None
            if method == "initialize":
                speaking.post(jsonrpc.notification("notifications/initialized"), "notifications/initialized")
        ping = jsonrpc.request("ping", None, "opening-strange")
        foreign = {
            "a message": speaking.post(ping, f"ping from {FOREIGN}", Origin=FOREIGN),
            "the stream": probe.send(
                "GET", f"event stream from {FOREIGN}", None, _bearing(probe.survey.token) | {"Origin": FOREIGN}
            ),
        }
        anonymous = speaking.post(ping, "ping without token", token=None) if probe.survey.token else None
        return cls(
            stream.status,
            stream.media_type,
            tuple(reading.events),
            endpoint,
            posted,
            answered,
            foreign,
            anonymous,
        )


class _Reading:
    """A thread that reads a stream."""

    def __init__(self, stream: Stream) -> None:
        self._heard = Heard()
        self._stream = stream
        self._thread = threading.Thread(target=self._read, name="http+sse opening", daemon=True)
        self._thread.start()

    @property
    def events(self) -> list[SseEvent]:
        """The events so far."""
        return [one.value for one in self._heard.since()]

    def wait(self, wanted: Callable[[SseEvent], bool]) -> SseEvent | None:
        """The first wanted event, waited for at most three seconds."""
        found = self._heard.until(wanted, _SECONDS)
        return found.value if found else None

    def end(self) -> None:
        """Leave the stream."""
        self._stream.abort()
        self._thread.join(_SECONDS)

    def _read(self) -> None:
        scanner = SseScanner()
        with suppress(BrokenStream):
            for chunk in self._stream.chunks():
                for event in scanner.feed(chunk):
                    self._heard.add(event, "", "stream")
        self._heard.end("the stream ended")


@dataclass(frozen=True)
class _Speaking:
    probe: Probe
    endpoint: str

    def post(self, message: dict[str, Any], purpose: str, *, token: str | None = "", **further: str) -> Reply:
        """A message to the endpoint, with the token in use unless told."""
        fields = {"Content-Type": "application/json"} | further
        fields |= {} if token is None else _bearing(self.probe.survey.token)
        body = jsonrpc.encode(message)
        return self.probe.http.send("POST", self.endpoint, channel="mcp", purpose=purpose, headers=fields, body=body)


def _bearing(token: str | None) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"} if token else {}


def _initialize(probe: Probe) -> dict[str, Any]:
    return {"protocolVersion": probe.survey.revision or "2024-11-05", "capabilities": {}, "clientInfo": CLIENT_INFO}


def _answers(id: str) -> Callable[[SseEvent], bool]:
    def look(event: SseEvent) -> bool:
        return any(as_object(one).get("id") == id for one in jsonrpc.decode(event.data or ""))

    return look
