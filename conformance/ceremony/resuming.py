"""Streams of requests that break off, and are resumed by the id of an event."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from conformance.ceremony.sessions import session
from conformance.offered import Offered
from conformance.probe import Probe
from conformance.shapes import as_object
from conformance.verdict import NotApplicable
from conformance.wire import jsonrpc
from conformance.wire.http import Reply
from conformance.wire.sse import SseScanner
from conformance.wire.streamable_http import StreamableHttp

_SLOW = "test_tool_with_progress"
_LONGEST_WAIT = 3.0
_AFTERWARDS = 0.3


@dataclass(frozen=True)
class Broken:
    """A call whose stream we left after an event with an id, and what a GET with that id gave.

    `replayed` are the messages on it.
    """

    id: jsonrpc.Id
    reply: Reply
    replayed: tuple[Any, ...]

    @property
    def continued(self) -> bool:
        """Whether the response to the call came."""
        return any(self._own_response(one) for one in self.replayed)

    @property
    def broken_off(self) -> bool:
        """Whether more of the work on the call was told, and then the stream ended without a response."""
        told = any(as_object(one).get("method") == "notifications/progress" for one in self.replayed)
        return told and not self.strangers() and not self.continued and not self.reply.cut

    def strangers(self) -> Sequence[Any]:
        """Messages that belong to another call."""
        return [one for one in self.replayed if self._foreign(one)]

    def _own_response(self, message: object) -> bool:
        members = as_object(message)
        return "method" not in members and jsonrpc.same_id(members.get("id"), self.id)

    def _foreign(self, message: object) -> bool:
        members = as_object(message)
        if members.get("method") == "notifications/progress":
            return as_object(members.get("params")).get("progressToken") != self.id
        return "method" not in members and not self._own_response(message)


@dataclass(frozen=True)
class Resuming:
    """Two calls whose streams broke off at the same time, the first of them resumed first."""

    calls: tuple[Broken, Broken]

    @classmethod
    def perform(cls, probe: Probe) -> "Resuming":
        """Break off the streams of two slow calls and resume both.

        Raises NotApplicable without such a tool or where the streams have no event ids, CouldNotRun, NoAnswer.
        """
        tool = Offered(probe.survey).tool(_SLOW)
        with session(probe) as inside:
            ids = ("conformance-first", "conformance-second")
            left = [_break_off(inside, tool, id) for id in ids]
            first, second = (_resume(inside, id, event) for id, event in zip(ids, left, strict=True))
            inside.close()
            return cls((first, second))


def _break_off(inside: StreamableHttp, tool: str, id: str) -> str:
    """Call a tool, leave its stream after the first event with an id, and give that id."""
    message = jsonrpc.request("tools/call", {"name": tool, "arguments": {}, "_meta": {"progressToken": id}}, id)
    exchange = inside.stream("POST", f"{tool}, left early", inside.headers(), jsonrpc.encode(message))
    scanner = SseScanner()
    with exchange as stream:
        if stream.media_type != "text/event-stream":
            stream.read()
            raise NotApplicable("a slow call is not answered with an event stream")
        for chunk in stream.chunks():
            for event in scanner.feed(chunk):
                if event.id:
                    stream.abort()
                    return event.id
    raise NotApplicable("the events have no ids")


def _resume(inside: StreamableHttp, id: str, event: str) -> Broken:
    headers = inside.listening_headers(event)
    exchange = inside.stream("GET", f"stream resumed after {event}", headers, silence=None)
    replayed: list[Any] = []
    scanner = SseScanner()
    with exchange as stream:
        stream.leave_after(min(inside.http.timeout, _LONGEST_WAIT))
        for chunk in stream.chunks():
            if stream.media_type == "text/event-stream":
                replayed += [one for event in scanner.feed(chunk) for one in jsonrpc.decode(event.data or "")]
            if any(as_object(one).get("id") == id for one in replayed):
                stream.leave_after(_AFTERWARDS)
    return Broken(id, exchange.reply, tuple(replayed))
