"""The HTTP+SSE transport of revision 2024-11-05: a held GET stream, and POSTs to the URL it names first."""

import threading

from conformance.wire import jsonrpc
from conformance.wire.duplex import Duplex
from conformance.wire.http import Fields, HttpClient, NoAnswer, Reply, Stream, join_url, origin_of
from conformance.wire.sse import SseEvent, SseScanner


class LegacySse(Duplex):
    """One client of an HTTP+SSE server. Making it opens the stream and waits for the `endpoint` event.

    `events` are those that came so far. `credentials` are header fields that are sent in place of the token.

    Raises:
        NoAnswer: no event stream, no `endpoint` event in time, or an endpoint on another origin.
    """

    transport = "http+sse"

    def __init__(self, http: HttpClient, url: str, token: str | None = None, credentials: Fields | None = None) -> None:
        super().__init__(http, url, token)
        self.credentials = credentials
        self.events: list[SseEvent] = []
        self.endpoint = ""
        self._named = threading.Event()
        self._stream: Stream | None = None
        self._thread = threading.Thread(target=self._listen, name="http+sse stream", daemon=True)
        self._thread.start()
        self._await_endpoint()

    def close(self) -> None:
        """End the stream."""
        if self._stream:
            self._stream.abort()
        self._thread.join(self.http.timeout)

    def _send(self, body: bytes, purpose: str) -> Reply:
        return self.http.send(
            "POST",
            self.endpoint,
            channel="mcp",
            purpose=purpose,
            headers={"Content-Type": "application/json", **self._authorization()},
            body=body,
            revision=self.revision,
            conversation=self.conversation,
        )

    def _authorization(self) -> Fields:
        if self.credentials is not None:
            return self.credentials
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    def _listen(self) -> None:
        scanner, over = SseScanner(), f"the event stream at {self.url} ended"
        fields = {"Accept": "text/event-stream", **self._authorization()}
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
                        self._take(event)
        except NoAnswer as failure:
            over = str(failure)
        finally:
            self.heard.end(over)
            self._named.set()

    def _take(self, event: SseEvent) -> None:
        self.events.append(event)
        if event.data is None:
            return
        arrival = self._record(event)
        if event.event == "endpoint" and not self._named.is_set():
            self.endpoint = event.data.strip()
            self._named.set()
        elif event.event != "endpoint":
            self.hear(jsonrpc.decode(event.data), "stream", arrival)

    def _await_endpoint(self) -> None:
        self._named.wait(self.http.timeout)
        if not self.endpoint:
            reason = self.heard.over or f"the event stream at {self.url} sent no endpoint event"
            self.close()
            raise NoAnswer(reason)
        endpoint = join_url(self.url, self.endpoint)
        if origin_of(endpoint) != origin_of(self.url):
            self.close()
            raise NoAnswer(
                f"the endpoint event of {self.url} names another origin, {origin_of(endpoint)}; not followed"
            )
        self.endpoint = endpoint

    def _record(self, event: SseEvent) -> str:
        text = "".join(f"data: {line}\n" for line in (event.data or "").split("\n"))
        body = f"event: {event.event}\n{text}\n".encode()
        recorded = self.http.recorder.record(
            channel="mcp",
            purpose="event on the stream",
            method="GET",
            url=self.url,
            request=((), b""),
            response=(200, (("content-type", "text/event-stream"),), body, False),
            revision=self.revision,
            conversation=self.conversation,
        )
        return recorded.id
