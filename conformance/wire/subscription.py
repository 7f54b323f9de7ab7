"""Subscriptions of revision 2026-07-28: `subscriptions/listen` (page basic/patterns/subscriptions)."""

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from conformance.shapes import as_list, as_object
from conformance.wire import jsonrpc
from conformance.wire.connection import Connection
from conformance.wire.duplex import Duplex
from conformance.wire.heard import Heard, Message
from conformance.wire.http import NoAnswer, Reply, Stream
from conformance.wire.meta import SUBSCRIPTION_KEY
from conformance.wire.sse import SseScanner
from conformance.wire.streamable_http import StreamableHttp

LISTEN = "subscriptions/listen"
ACKNOWLEDGED = "notifications/subscriptions/acknowledged"
CANCELLED = "notifications/cancelled"
URIS = "resourceSubscriptions"
LISTS: Mapping[str, str] = {
    "tools": "toolsListChanged",
    "prompts": "promptsListChanged",
    "resources": "resourcesListChanged",
}
"""Members of the filter that ask for changes of a list, by the name of the list."""
EVERY_LIST: Mapping[str, Any] = dict.fromkeys(LISTS.values(), True)
_NO_REPLY = Reply(0, (), b"", "", "")


def tag_of(message: object) -> Any:  # noqa: ANN401 - whatever the server sent
    """The subscription to which a message says that it belongs; None where it says nothing."""
    members = as_object(message)
    inside = as_object(members.get("params")) or as_object(members.get("result"))
    return as_object(inside.get("_meta")).get(SUBSCRIPTION_KEY)


def is_acknowledgment(message: object) -> bool:
    """Whether a message says that a subscription has begun."""
    return as_object(message).get("method") == ACKNOWLEDGED


class Subscription(ABC):
    """A request to hear of changes, which is unanswered as long as the subscription lasts.

    `id` is that of the request, `wanted` its filter, `opened` when it was sent.
    """

    def __init__(self, connection: Connection, wanted: Mapping[str, Any], id: jsonrpc.Id | None = None) -> None:
        self.id = connection.next_id() if id is None else id
        self.wanted = wanted
        self.opened = time.monotonic()
        self._connection = connection
        connection.asked.append(self.id)
        request = jsonrpc.request(LISTEN, connection.introduced({"notifications": dict(wanted)}), self.id)
        self._send(jsonrpc.encode(request))

    @abstractmethod
    def _send(self, body: bytes) -> None:
        """Send the request."""

    @abstractmethod
    def close(self) -> None:
        """End the subscription from our side, unless it has ended."""

    @property
    @abstractmethod
    def heard(self) -> Heard:
        """Where its messages are, others perhaps among them."""

    @property
    @abstractmethod
    def messages(self) -> Sequence[Message]:
        """The messages that belong to it so far, in the order they came."""

    @property
    @abstractmethod
    def reply(self) -> Reply:
        """The HTTP answer where it has ended, one of status 0 before and over stdio."""

    @property
    def exchange(self) -> str:
        """The recorded exchange, empty before the end."""
        return self.reply.exchange

    @property
    def acknowledgment(self) -> Message | None:
        """The first message that says that it has begun."""
        return next((one for one in self.messages if is_acknowledgment(one.value)), None)

    @property
    def granted(self) -> dict[str, Any]:
        """The filter that the server acknowledged, empty without an acknowledgment."""
        found = self.acknowledgment
        return as_object(as_object(found.value.get("params")).get("notifications")) if found else {}

    @property
    def response(self) -> Message | None:
        """The response to the request, which ends it; None as long as there is none."""
        return next((one for one in self.messages if jsonrpc.kind_of(one.value) in ("result", "error")), None)

    @property
    def withdrawn(self) -> Message | None:
        """The notification by which the server ended it."""
        return next((one for one in self.messages if as_object(one.value).get("method") == CANCELLED), None)

    @property
    def over(self) -> bool:
        """Whether the server has ended it, in whatever way."""
        return self.response is not None or bool(self.heard.over)

    @property
    def refusal(self) -> Reply | None:
        """The answer where it was refused, None elsewhere."""
        if self.acknowledgment or not self.over:
            return None
        return self.reply

    def begin(self, seconds: float) -> bool:
        """Wait so many seconds at most until it has begun or ended; says whether it has begun."""
        self.until(lambda: self.acknowledgment is not None, seconds)
        return self.acknowledgment is not None

    def until(self, done: Any, seconds: float) -> bool:  # noqa: ANN401 - a function without arguments
        """Wait until something is so or the subscription is over, for so many seconds at most; says whether it is."""
        deadline = time.monotonic() + seconds
        while not done() and not self.over and (left := deadline - time.monotonic()) > 0:
            mark = self.heard.mark
            if not done():
                self.heard.until(lambda _: True, left, mark)
        return bool(done())

    def notified(self, method: str, seconds: float) -> Message | None:
        """The first notification of a method, waited for so many seconds at most."""
        self.until(lambda: self.first(method), seconds)
        return self.first(method)

    def first(self, method: str) -> Message | None:
        """The first notification of a method that came so far."""
        return next((one for one in self.messages if as_object(one.value).get("method") == method), None)


class HttpSubscription(Subscription):
    """A subscription over Streamable HTTP: a POST whose stream a thread reads. Raises NoAnswer in `begin`."""

    _connection: StreamableHttp

    def _send(self, body: bytes) -> None:
        self._own = Heard()
        self._reply: Reply = _NO_REPLY
        self._stream: Stream | None = None
        self._closed = threading.Event()
        headers = self._connection.headers_for(body)
        self._exchange = self._connection.stream("POST", LISTEN, headers, body, silence=None)
        self._thread = threading.Thread(target=self._read, name=f"subscription {self.id}", daemon=True)
        self._thread.start()

    @property
    def heard(self) -> Heard:
        """What came on its stream."""
        return self._own

    @property
    def messages(self) -> Sequence[Message]:
        """What came on its stream."""
        return self._own.since()

    @property
    def reply(self) -> Reply:
        """The HTTP answer, of status 0 before the end."""
        return self._reply

    @property
    def media_type(self) -> str:
        """The media type of the answer, empty before there is one."""
        return self._stream.media_type if self._stream else ""

    def close(self) -> None:
        """Close the stream and wait for the thread, unless there is no answer yet."""
        self._closed.set()
        if self._stream:
            self._stream.abort()
            self._thread.join(self._connection.http.timeout)

    def _read(self) -> None:
        reason = "the stream has ended"
        try:
            with self._exchange as stream:
                self._stream = stream
                if not self._closed.is_set():
                    self._follow(stream)
        except NoAnswer as failure:
            reason = str(failure)
        with suppress(AttributeError):
            self._reply = self._exchange.reply
        self._own.end(reason)

    def _follow(self, stream: Stream) -> None:
        if stream.media_type != "text/event-stream":
            stream.read()
            self._take(jsonrpc.decode(stream.body))
            return
        scanner = SseScanner()
        for chunk in stream.chunks():
            for event in scanner.feed(chunk):
                self._take(jsonrpc.decode(event.data or ""))

    def _take(self, arrived: Sequence[Any]) -> None:
        for message in arrived:
            for one in as_list(message) or [message]:
                self._own.add(one, "", "stream")
        self._connection.hear(arrived, "stream")


class DuplexSubscription(Subscription):
    """A subscription on a channel that everything shares. Raises NoAnswer where it cannot be sent."""

    _connection: Duplex

    def _send(self, body: bytes) -> None:
        self._mark = self._connection.heard.mark
        self._open = True
        self._connection.send(body, LISTEN)

    @property
    def heard(self) -> Heard:
        """All that came on the channel."""
        return self._connection.heard

    @property
    def messages(self) -> Sequence[Message]:
        """What bears its id, and an acknowledgment that bears the id of no other request."""
        return [one for one in self.heard.since(self._mark) if self._is_own(one.value)]

    @property
    def reply(self) -> Reply:
        """Nothing of HTTP."""
        return _NO_REPLY

    @property
    def exchange(self) -> str:
        """Where the newest of its messages was recorded."""
        return next((one.arrival for one in reversed(self.messages)), "")

    def close(self) -> None:
        """Tell the server that nothing more is wanted, unless it has ended it. Raises NoAnswer."""
        if self._open and not self.over:
            self._open = False
            self._connection.cancelled.append(self.id)
            params = {"requestId": self.id, "reason": "the audit heard enough"}
            self._connection.notify(CANCELLED, params)

    def _is_own(self, message: object) -> bool:
        members, tag = as_object(message), tag_of(message)
        if jsonrpc.same_id(tag, self.id):
            return True
        if members.get("method") == CANCELLED:
            return jsonrpc.same_id(as_object(members.get("params")).get("requestId"), self.id)
        if is_acknowledgment(message):
            return not any(jsonrpc.same_id(tag, one) for one in self._connection.asked)
        return "method" not in members and jsonrpc.same_id(members.get("id"), self.id)


def listen(connection: Connection, wanted: Mapping[str, Any], id: jsonrpc.Id | None = None) -> Subscription:
    """Ask to hear of changes; what the server says of it comes later. Raises NoAnswer."""
    kind = DuplexSubscription if isinstance(connection, Duplex) else HttpSubscription
    return kind(connection, wanted, id)
