"""Server-sent events: writing single events and holding streams open.

https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

import asyncio
from collections.abc import AsyncGenerator, Callable

from starlette.responses import StreamingResponse

HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


def event(data: bytes, name: str = "", id: str = "") -> bytes:
    """One event; `data` must be a single line."""
    fields = [b"event: " + name.encode()] if name else []
    if id:
        fields.append(b"id: " + id.encode())
    fields.append(b"data: " + data if data else b"data:")
    return b"\n".join(fields) + b"\n\n"


def finite_stream(events: list[bytes]) -> StreamingResponse:
    """A stream that ends after `events`."""

    async def body() -> AsyncGenerator[bytes]:
        for each in events:
            yield each

    return StreamingResponse(body(), media_type="text/event-stream", headers=HEADERS)


class HeldStreams:
    """The streams held open, each belonging to one session."""

    def __init__(self) -> None:
        self._queues: list[tuple[str, asyncio.Queue[bytes | None]]] = []
        self._closed = False

    def open(self, session_id: str, first: bytes, closed: Callable[[], object] = lambda: None) -> StreamingResponse:
        """Hold a stream for a session, beginning with the event `first`; call `closed` once it has ended."""
        queue: asyncio.Queue[bytes | None] = asyncio.Queue()
        entry = (session_id, queue)
        queue.put_nowait(None if self._closed else first)
        self._queues.append(entry)

        async def body() -> AsyncGenerator[bytes]:
            try:
                while (each := await queue.get()) is not None:
                    yield each
            finally:
                self._queues.remove(entry)
                closed()

        return StreamingResponse(body(), media_type="text/event-stream", headers=HEADERS)

    def send(self, session_id: str, data: bytes) -> None:
        """Send an event on every stream of the session."""
        for owner, queue in self._queues:
            if owner == session_id:
                queue.put_nowait(data)

    def close(self, session_id: str) -> None:
        """End the streams of the session."""
        for owner, queue in self._queues:
            if owner == session_id:
                queue.put_nowait(None)

    def close_all(self) -> None:
        """End all streams, and every one opened from now on as soon as it has begun."""
        self._closed = True
        for _, queue in self._queues:
            queue.put_nowait(None)
