"""The HTTP+SSE transport of revision 2024-11-05: a held GET stream, and POSTs to the URL it names first."""

import queue
import threading
import time
from typing import Any

from conformance.shapes import as_object
from conformance.wire import jsonrpc
from conformance.wire.connection import SERVED, Answer, Connection
from conformance.wire.http import HttpClient, NoAnswer, Stream, join_url, origin_of
from conformance.wire.sse import SseEvent, SseScanner


class LegacySse(Connection):
    """One client of an HTTP+SSE server. Making it opens the stream and waits for the `endpoint` event.

    Raises:
        NoAnswer: no event stream, no `endpoint` event in time, or an endpoint on another origin.
    """

    transport = "http+sse"

    def __init__(self, http: HttpClient, url: str, token: str | None = None) -> None:
        super().__init__(http, url, token)
        self._events: queue.Queue[SseEvent | Exception | None] = queue.Queue()
        self._stream: Stream | None = None
        self._thread = threading.Thread(target=self._listen, name="http+sse stream", daemon=True)
        self._thread.start()
        self.endpoint = self._await_endpoint()

    def post(self, body: bytes, *, purpose: str, id: jsonrpc.Id | None = None) -> Answer:
        """POST bytes as one message; the response to `id` is awaited on the stream."""
        started = time.monotonic()
        fields = {"Content-Type": "application/json"} | self._authorization()
        reply = self.http.send(
            "POST",
            self.endpoint,
            channel="mcp",
            purpose=purpose,
            headers=fields,
            body=body,
            revision=self.revision,
        )
        if id is None:
            return Answer(reply, tuple(self._until_barrier(purpose)) if reply.ok and self.revision else ())
        messages: list[Any] = []
        response, arrival = None, ""
        while reply.ok and response is None:
            event = self._next(started + self.patience(purpose))
            if event is None:
                break
            exchange = self._record(event, purpose)
            arrived = jsonrpc.decode(event.data or "")
            messages += arrived
            response = self.take(arrived, id)
            arrival = exchange if response is not None else arrival
        return Answer(reply, tuple(messages), response, time.monotonic() - started, arrival)

    def close(self) -> None:
        """End the stream."""
        if self._stream:
            self._stream.abort()
        self._thread.join(self.http.timeout)

    def _until_barrier(self, purpose: str) -> list[Any]:
        """What the server sends for a message without id: all that comes before the answer to a ping sent after it."""
        if purpose.startswith(SERVED):
            return []
        barrier = f"after-{next(self._ids)}"
        return [one for one in self.request("ping", id=barrier).messages if _id_of(one) != barrier]

    def _authorization(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    def _listen(self) -> None:
        scanner = SseScanner()
        fields = {"Accept": "text/event-stream"} | self._authorization()
        try:
            exchange = self.http.stream(
                "GET", self.url, channel="mcp", purpose="event stream", headers=fields, silence=None
            )
            with exchange as stream:
                self._stream = stream
                if stream.media_type != "text/event-stream":
                    kind = stream.media_type or "no media type"
                    raise NoAnswer(f"GET {self.url} gave HTTP {stream.status} with {kind}, not an event stream")
                for chunk in stream.chunks():
                    for event in scanner.feed(chunk):
                        self._events.put(event)
        except NoAnswer as failure:
            self._events.put(failure)
        finally:
            self._events.put(None)

    def _next(self, deadline: float) -> SseEvent | None:
        try:
            event = self._events.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            return None
        if event is None or isinstance(event, Exception):
            self._events.put(event)
            return None
        return event

    def _await_endpoint(self) -> str:
        deadline = time.monotonic() + self.http.timeout
        event = self._next(deadline)
        while event is not None and event.data is None:
            event = self._next(deadline)
        if event is None or event.event != "endpoint" or not event.data:
            failure = self._failure() or f"the event stream at {self.url} sent no endpoint event"
            self.close()
            raise NoAnswer(failure)
        self._record(event, "endpoint event")
        endpoint = join_url(self.url, event.data.strip())
        if origin_of(endpoint) != origin_of(self.url):
            self.close()
            raise NoAnswer(
                f"the endpoint event of {self.url} names another origin, {origin_of(endpoint)}; not followed"
            )
        return endpoint

    def _failure(self) -> str:
        for event in list(self._events.queue):
            if isinstance(event, Exception):
                return str(event)
        return ""

    def _record(self, event: SseEvent, purpose: str) -> str:
        text = "".join(f"data: {line}\n" for line in (event.data or "").split("\n"))
        recorded = self.http.recorder.record(
            channel="mcp",
            purpose=f"{purpose} (on the event stream)",
            method="GET",
            url=self.url,
            request=((), b""),
            response=(
                200,
                (("content-type", "text/event-stream"),),
                f"event: {event.event}\n{text}\n".encode(),
                False,
            ),
            revision=self.revision,
        )
        return recorded.id


def _id_of(message: object) -> object:
    return as_object(message).get("id")
