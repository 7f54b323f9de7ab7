"""Scanner for server-sent events over raw bytes, after the WHATWG HTML standard, section 9.2.6.

It does no I/O and keeps what client libraries drop: comments, blocks without data, invalid UTF-8.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_LINE_END = re.compile(rb"\r\n|\n|\r")
_RETRY_DIGITS = 12
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class SseEvent:
    """One block of a stream.

    `data` is None where the block had no data field; such a block is not dispatched by clients.
    `utf8` is false where its bytes were not valid UTF-8.
    """

    event: str = "message"
    data: str | None = None
    id: str | None = None
    retry: int | None = None
    comments: tuple[str, ...] = ()
    utf8: bool = True


@dataclass(slots=True)
class _Block:
    event: str = ""
    data: list[str] = field(default_factory=list[str])
    id: str | None = None
    retry: int | None = None
    comments: list[str] = field(default_factory=list[str])
    utf8: bool = True
    empty: bool = True

    def finish(self) -> SseEvent:
        data = "\n".join(self.data) if self.data else None
        return SseEvent(self.event or "message", data, self.id, self.retry, tuple(self.comments), self.utf8)


class SseScanner:
    """Incremental scanner: `feed` bytes, get the events they complete. An unterminated block is dropped."""

    def __init__(self) -> None:
        self._buffer = b""
        self._block = _Block()
        self._started = False
        self._after_cr = False

    def feed(self, chunk: bytes) -> list[SseEvent]:
        """Take more bytes and return the events that they complete, in order."""
        if self._after_cr and chunk:
            chunk = chunk.removeprefix(b"\n")
            self._after_cr = False
        self._buffer += chunk
        if not self._started:
            if len(self._buffer) < len(_BOM) and _BOM.startswith(self._buffer):
                return []
            self._buffer = self._buffer.removeprefix(_BOM)
            self._started = True
        events: list[SseEvent] = []
        for line in self._lines():
            if line:
                self._take(line)
            elif not self._block.empty:
                events.append(self._block.finish())
                self._block = _Block()
        return events

    def _lines(self) -> Iterator[bytes]:
        start = 0
        for end in _LINE_END.finditer(self._buffer):
            yield self._buffer[start : end.start()]
            start = end.end()
            self._after_cr = end[0] == b"\r" and start == len(self._buffer)
        self._buffer = self._buffer[start:]

    def _take(self, line: bytes) -> None:
        block = self._block
        block.empty = False
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError:
            block.utf8 = False
            text = line.decode("utf-8", "replace")
        name, _, value = text.partition(":")
        value = value.removeprefix(" ")
        if not name:
            block.comments.append(value)
        elif name == "event":
            block.event = value
        elif name == "data":
            block.data.append(value)
        elif name == "id" and "\0" not in value:
            block.id = value
        elif name == "retry" and value.isascii() and value.isdigit():
            block.retry = int(value[:_RETRY_DIGITS])


def scan(body: bytes) -> list[SseEvent]:
    """All complete events of a whole stream."""
    return SseScanner().feed(body)
