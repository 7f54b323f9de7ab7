"""A client of the Streamable HTTP transport and its streams."""

from collections import deque
from collections.abc import Iterable

from conformance.reference.jsonrpc import JsonObject
from conformance.reference.mcp import Dispatcher
from conformance.reference.revisions import STREAMABLE_HTTP, polls
from conformance.reference.sessions import Session
from conformance.reference.streams import RETRY_MILLISECONDS, OpenStreams, Stream

KEPT_STREAMS = 50
KEPT_MESSAGES = 100


class HttpSession(Session):
    """A client whose messages go out on many streams: one for a request, and those it opened to listen.

    Messages that relate to no request wait until the client listens.
    """

    def __init__(self, id: str, user: str, dispatcher: Dispatcher, streams: OpenStreams) -> None:
        super().__init__(id, user)
        self.dispatcher = dispatcher
        self.streams = streams
        self._named: dict[str, Stream] = {}
        self._opened = 0
        self._listening: list[Stream] = []
        self._unsent: deque[JsonObject] = deque(maxlen=KEPT_MESSAGES)

    def open_stream(self) -> Stream:
        """A new stream, which can be taken up again in the revisions that have event ids."""
        if self.revision < STREAMABLE_HTTP:
            return self.streams.new()
        self._opened += 1
        stream = self.streams.new(str(self._opened))
        self._named[stream.name] = stream
        ended = [name for name, each in self._named.items() if each.ended]
        for name in ended[:-KEPT_STREAMS]:
            del self._named[name]
        if polls(self.revision) and not self.dispatcher.faults.active("stream-without-priming"):
            stream.prime(self.retry)
        return stream

    @property
    def retry(self) -> int:
        """Milliseconds after which a client shall come back for the rest of a stream."""
        return 0 if self.dispatcher.faults.active("stream-without-retry") else RETRY_MILLISECONDS

    def listen(self) -> Stream:
        """A new stream for what relates to no request."""
        stream = self.open_stream()
        if not polls(self.revision):
            stream.comment()
        for old in self._listening[:-KEPT_STREAMS]:
            old.end()
        self._listening = [*self._listening[-KEPT_STREAMS:], stream]
        self._send_waiting(stream)
        return stream

    def resume(self, event_id: str) -> tuple[Stream, int] | None:
        """The stream of an event and how many of its events are known up to that one; None if it is unknown."""
        name, _, number = event_id.rpartition("-")
        stream = self._named.get(name)
        if stream is None or not (number.isascii() and number.isdecimal()):
            return None
        if stream in self._listening:
            self._send_waiting(stream)
        faults = self.dispatcher.faults
        if faults.active("resumption-of-the-newest") and int(name) < self._opened:
            stream = self.streams.new()
            stream.end()
        if faults.active("replay-of-all-streams"):
            stream.copy(other for other in self._named.values() if other is not stream)
        return stream, int(number)

    def send(self, message: JsonObject) -> None:
        """Send what relates to no request on one of the streams that listen."""
        reading = [stream for stream in reversed(self._listening) if stream.is_read]
        for stream in reading:
            stream.send(self.dispatcher.encode(message))
            if not self.dispatcher.faults.active("message-on-every-stream"):
                return
        if reading:
            return
        self._unsent.append(message)

    def end(self) -> None:
        """Stop everything that is under way, and end all streams."""
        super().end()
        for stream in self._all():
            stream.end()

    def _all(self) -> Iterable[Stream]:
        return (*self._named.values(), *self._listening)

    def _send_waiting(self, stream: Stream) -> None:
        while self._unsent:
            stream.send(self.dispatcher.encode(self._unsent.popleft()))


class LoneRequest(HttpSession):
    """The client of a request that stands alone; what relates to no request goes to those who listen."""

    def __init__(self, user: str, dispatcher: Dispatcher, streams: OpenStreams) -> None:
        super().__init__("", user, dispatcher, streams)
        self.shown = dispatcher.shown

    def open_stream(self) -> Stream:
        """A new stream, which nobody can take up again."""
        return self.streams.new()

    def send(self, message: JsonObject) -> None:
        """Send what relates to no request to those who asked for it."""
        self.dispatcher.subscriptions.publish(message)
