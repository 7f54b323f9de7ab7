"""Server-sent events: writing single events, and streams that can be taken up again where they were lost.

https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import aclosing
from weakref import WeakSet

from starlette.responses import StreamingResponse

HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
RETRY_MILLISECONDS = 100


def event(data: bytes, name: str = "", id: str = "", retry: int = 0) -> bytes:
    """One event; `data` must be a single line, `retry` is in milliseconds."""
    fields = [b"event: " + name.encode()] if name else []
    if id:
        fields.append(b"id: " + id.encode())
    if retry:
        fields.append(b"retry: %d" % retry)
    fields.append(b"data: " + data if data else b"data:")
    return b"\n".join(fields) + b"\n\n"


class Stream:
    """The events of one stream, kept for a client that comes back; whoever reads it last is the only reader.

    With a `name` its events have ids of the form NAME-NUMBER.
    """

    def __init__(self, name: str = "") -> None:
        self.name = name
        self.ended = False
        self._events: list[bytes] = []
        self._reader: asyncio.Event | None = None
        self._break = 0

    @property
    def is_read(self) -> bool:
        """Whether somebody reads it at the moment."""
        return self._reader is not None

    def prime(self, retry: int) -> None:
        """Send an event that only tells where to begin again, and after how many milliseconds."""
        self._append(event(b"", id=self._next_id(), retry=retry))

    def send(self, data: bytes, name: str = "message", id: str = "") -> None:
        """Send a message; its id is the next of the stream unless given."""
        self._append(event(data, name, id or self._next_id()))

    def copy(self, others: Iterable["Stream"]) -> None:
        """Send what was sent on other streams."""
        for other in others:
            self._events += other._events
        self._wake()

    def comment(self) -> None:
        """Send what clients skip, so that they see the stream open."""
        self._append(b": open\n\n")

    def end(self) -> None:
        """Let readers go after the last event."""
        self.ended = True
        self._wake()

    def drop(self) -> None:
        """Send the reader away after what there is; the stream goes on for a client that comes back."""
        self._break = len(self._events)
        self._wake()

    async def read(self, start: int = 0) -> AsyncGenerator[bytes]:
        """The events from number `start` on, as they come."""
        self._wake()
        mine = self._reader = asyncio.Event()
        if self._break <= start:
            self._break = 0
        try:
            while self._reader is mine:
                end = self._break if self._break > start else len(self._events)
                for each in self._events[start:end]:
                    yield each
                broken, start = 0 < self._break == end, end
                if broken or (self.ended and end == len(self._events)):
                    self._break = 0
                    return
                if end == len(self._events):
                    mine.clear()
                    await mine.wait()
        finally:
            if self._reader is mine:
                self._reader = None

    def _next_id(self) -> str:
        return f"{self.name}-{len(self._events) + 1}" if self.name else ""

    def _append(self, data: bytes) -> None:
        self._events.append(data)
        self._wake()

    def _wake(self) -> None:
        if self._reader:
            self._reader.set()


def streaming(stream: Stream, start: int = 0, closed: Callable[[], object] = lambda: None) -> StreamingResponse:
    """An answer with the events of a stream from number `start` on; `closed` is called once it has ended."""

    async def body() -> AsyncGenerator[bytes]:
        try:
            async with aclosing(stream.read(start)) as events:
                async for each in events:
                    yield each
        finally:
            closed()

    return StreamingResponse(body(), media_type="text/event-stream", headers=HEADERS)


class OpenStreams:
    """The streams of a server, which end with it."""

    def __init__(self) -> None:
        self._streams: WeakSet[Stream] = WeakSet()
        self._ended = False

    def new(self, name: str = "") -> Stream:
        """A stream; it has ended already where the server is about to stop."""
        stream = Stream(name)
        stream.ended = self._ended
        self._streams.add(stream)
        return stream

    def end_all(self) -> None:
        """End all streams, and every one opened from now on as soon as it has begun."""
        self._ended = True
        for stream in list(self._streams):
            stream.end()
