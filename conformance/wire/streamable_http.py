"""The Streamable HTTP transport (specification page basic/transports)."""

import threading
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from conformance.wire import jsonrpc
from conformance.wire.connection import CLIENT_INFO, SERVED, STATELESS_REVISION, Answer, Connection
from conformance.wire.http import Fields, HttpClient, NoAnswer, Reply, Stream, StreamedExchange
from conformance.wire.meta import CAPABILITIES_KEY, CLIENT_KEY, VERSION_KEY
from conformance.wire.sse import SseEvent, SseScanner

ACCEPT = "application/json, text/event-stream"
_RESUMPTIONS = 3
_USUAL_RETRY = 0.5
_LONGEST_RETRY = 5.0
_STREAM_TAKEN = 409
_UNTIL_NOTICED = 0.2
"""Seconds until a server must have noticed that we closed the only stream it allows."""


def first_request(revision: str) -> tuple[dict[str, str], bytes]:
    """Headers and body of the request with which a client of this revision begins: `initialize`, or
    `server/discover` in the stateless revision (2026-07-28, server/discover).
    """
    headers = {"Content-Type": "application/json", "Accept": ACCEPT}
    if revision < STATELESS_REVISION:
        params = {"protocolVersion": revision, "capabilities": {}, "clientInfo": CLIENT_INFO}
        return headers, jsonrpc.encode(jsonrpc.request("initialize", params, 1))
    headers |= {"MCP-Protocol-Version": revision, "Mcp-Method": "server/discover"}
    params = {"_meta": stateless_meta(revision)}
    return headers, jsonrpc.encode(jsonrpc.request("server/discover", params, "discover"))


def stateless_meta(revision: str) -> dict[str, Any]:
    """What each request of the stateless revision says about the client in `_meta` (2026-07-28, basic/index)."""
    return {VERSION_KEY: revision, CLIENT_KEY: CLIENT_INFO, CAPABILITIES_KEY: {}}


def messages_of(reply: Reply) -> list[Any]:
    """The JSON-RPC messages of an answer that came as JSON or as an event stream."""
    if reply.media_type != "text/event-stream":
        return jsonrpc.decode(reply.body)
    return [one for event in SseScanner().feed(reply.body) for one in jsonrpc.decode(event.data or "")]


class StreamableHttp(Connection):
    """One client of a Streamable HTTP endpoint; one POST per message, answered as JSON or as a stream.

    `credentials` are header fields that are sent in place of the token; a session lost with them is not renewed.
    `under_way` holds the answers that are being read, by the id of the request. `listened` tells whether a GET ever
    opened a stream.
    """

    transport = "streamable-http"

    def __init__(self, http: HttpClient, url: str, token: str | None = None) -> None:
        super().__init__(http, url, token)
        self.session_id: str | None = None
        self.credentials: Fields | None = None
        self.listeners = 0
        self.listened = False
        self.under_way: dict[jsonrpc.Id, Stream] = {}
        self._renewing = threading.RLock()

    def headers(self) -> dict[str, str | Sequence[str]]:
        """Header fields a conforming client sends with its next message."""
        fields: dict[str, str | Sequence[str]] = {"Content-Type": "application/json", "Accept": ACCEPT}
        if self.credentials is not None:
            fields |= self.credentials
        elif self.token:
            fields["Authorization"] = f"Bearer {self.token}"
        if self.session_id:
            fields["Mcp-Session-Id"] = self.session_id
        if self.revision >= "2025-06-18":
            fields["MCP-Protocol-Version"] = self.revision
        return fields

    def headers_for(self, body: bytes) -> dict[str, str | Sequence[str]]:
        """Header fields of a conforming client for a message."""
        del body
        return self.headers()

    def listening_headers(self, last_event_id: str = "") -> dict[str, str | Sequence[str]]:
        """Header fields of a GET that opens a stream, or resumes one after an event."""
        fields = self.headers() | {"Accept": "text/event-stream"}
        del fields["Content-Type"]
        return fields | ({"Last-Event-ID": last_event_id} if last_event_id else {})

    def stream(
        self, method: str, purpose: str, headers: Fields, body: bytes = b"", *, silence: float | None = 0.0
    ) -> StreamedExchange:
        """A request in this conversation, its answer handed out while it arrives; see `HttpClient.stream`."""
        return self.http.stream(
            method,
            self.url,
            channel="mcp",
            purpose=purpose,
            headers=headers,
            body=body,
            revision=self.revision,
            conversation=self.conversation,
            silence=silence,
        )

    def craft(
        self,
        method: str,
        purpose: str,
        message: Mapping[str, Any] | None = None,
        *,
        fields: Mapping[str, str] | None = None,
        without: Sequence[str] = (),
    ) -> Reply:
        """A request in this session whose header fields are not those of a client; `fields` are added or replace.

        Of its answer a whole body is read, of a stream what comes up to the first message, of a GET stream nothing.
        Raises NoAnswer.
        """
        body = b"" if message is None else jsonrpc.encode(message)
        proper = self.listening_headers() if message is None else self.headers_for(body)
        headers = {name: value for name, value in proper.items() if name not in without} | dict(fields or {})
        exchange = self.stream(method, purpose, headers, body)
        with exchange as stream:
            if method != "GET" or stream.media_type != "text/event-stream":
                stream.read_one_message()
            else:
                self.listened = True
        return exchange.reply

    def post(self, body: bytes, *, purpose: str, id: jsonrpc.Id | None = None) -> Answer:
        """Send bytes as one message; read until the response to `id` is there, resuming a broken stream."""
        session = self.session_id
        answer = self._post(body, purpose, id)
        lost = answer.http.status == 404 and answer.error_code != jsonrpc.METHOD_NOT_FOUND
        if lost and session and self.opening and self.credentials is None and purpose != "initialize":
            self._renew(session)
            answer = self._post(body, purpose, id)
        return answer

    def initialize(self, revision: str, capabilities: Mapping[str, Any] | None = None) -> Answer:
        """Send `initialize` without session or version header, and keep the session id of the answer."""
        self.session_id, self.revision = None, ""
        self.conversation = self.http.recorder.new_conversation()
        return super().initialize(revision, capabilities)

    def begin_with(self, answer: Answer) -> None:
        """Adopt what the server answered to `initialize`, and the id of the session."""
        super().begin_with(answer)
        self.session_id = answer.http.header("mcp-session-id")

    def first(self, purpose: str, revision: str) -> Answer:
        """The answer to a `first_request`, read up to the first message. Raises NoAnswer."""
        started, id = time.monotonic(), self.next_id()
        self.asked.append(id)
        exchange = self.stream("POST", purpose, *first_request(revision))
        with exchange as stream:
            stream.read_one_message()
        messages = messages_of(exchange.reply)
        self.hear(messages, "answer")
        response = self.response_to(id, messages)
        return Answer(exchange.reply, tuple(messages), response, time.monotonic() - started)

    def close(self) -> None:
        """End the session with DELETE, which the server may refuse."""
        if self.session_id:
            with suppress(NoAnswer):
                self.http.send(
                    "DELETE",
                    self.url,
                    channel="mcp",
                    purpose="end of session",
                    headers=self.headers(),
                    revision=self.revision,
                    conversation=self.conversation,
                )
            self.session_id = None

    def _renew(self, ended: str) -> None:
        """Open another session instead of one that ended, unless another thread has done so."""
        with self._renewing:
            if self.session_id == ended:
                revision, self.opening = self.revision, None
                self.open(revision, self.capabilities)

    @contextmanager
    def listening(self, last_event_id: str = "") -> Generator[Reply | None]:
        """Hold a GET stream, resumed after an event where one is named; what comes on it is in `heard`.

        Gives the reply of a server that refuses it, None where it is open. Raises NoAnswer.
        """
        listener = Listener(self, last_event_id)
        try:
            yield listener.refusal()
        finally:
            listener.close()

    def _post(self, body: bytes, purpose: str, id: jsonrpc.Id | None) -> Answer:
        started = time.monotonic()
        exchange = self.stream("POST", purpose, self.headers_for(body), body, silence=self.patience(purpose))
        reading = _Reading(self, id, serve=not purpose.startswith(SERVED))
        try:
            with exchange as stream:
                if id is not None:
                    self.under_way[id] = stream
                if stream.media_type != "text/event-stream":
                    stream.read()
                elif not self._abandoned(id):
                    reading.follow(stream)
        except NoAnswer:
            if reading.last_id is None:
                raise
        finally:
            if id is not None:
                self.under_way.pop(id, None)
        reply = exchange.reply
        if reply.media_type != "text/event-stream":
            reading.take(jsonrpc.decode(reply.body))
        elif id is not None and id not in self.cancelled and reading.response is None and reading.last_id:
            reading.resume(purpose)
        return Answer(reply, tuple(reading.messages), reading.response, time.monotonic() - started, reading.arrival)

    def _abandoned(self, id: jsonrpc.Id | None) -> bool:
        """Whether a request was cancelled, by closing its stream, before there was one."""
        return self.revision >= STATELESS_REVISION and id in self.cancelled


class Listener:
    """A thread that reads a GET stream, and opens it again when the server closed it; `events` came so far."""

    def __init__(self, connection: StreamableHttp, last_event_id: str = "") -> None:
        self.events: list[SseEvent] = []
        self._connection = connection
        self._last_event_id = last_event_id
        self._retry = _USUAL_RETRY
        self._stream: Stream | None = None
        self._closed = threading.Event()
        self._answered = threading.Event()
        self._reply: Reply | None = None
        self._failure: NoAnswer | None = None
        self._thread = threading.Thread(target=self._read, name="GET stream", daemon=True)
        self._thread.start()

    def refusal(self) -> Reply | None:
        """The reply where it is no event stream, None where the stream is open. Raises NoAnswer."""
        self._answered.wait(self._connection.http.timeout)
        if self._failure:
            raise self._failure
        return self._reply

    def close(self) -> None:
        """End the stream and wait for the thread."""
        self._closed.set()
        if self._stream:
            self._stream.abort()
        self._thread.join(self._connection.http.timeout)

    def _read(self) -> None:
        connection = self._connection
        connection.listeners += 1
        try:
            self._listen()
            taken = self._reply is not None and self._reply.status == _STREAM_TAKEN
            if taken and connection.listeners == 1 and not self._closed.wait(_UNTIL_NOTICED):
                self._listen()
            for _ in range(_RESUMPTIONS if self._reply is None else 0):
                if self._closed.wait(min(self._retry, _LONGEST_RETRY)):
                    break
                self._listen()
        except NoAnswer as failure:
            self._failure = failure
        finally:
            connection.listeners -= 1
            self._answered.set()

    def _listen(self) -> None:
        """Hear one GET stream to its end. Raises NoAnswer where none was ever open."""
        connection = self._connection
        headers = connection.listening_headers(self._last_event_id)
        exchange = connection.stream("GET", "stream of the server", headers, silence=None)
        try:
            with exchange as stream:
                self._stream = stream
                if stream.status != 200 or stream.media_type != "text/event-stream":
                    stream.read_one_message()
                elif not self._closed.is_set():
                    self._follow(stream)
        except NoAnswer:
            if not self._answered.is_set():
                raise
        if not self._answered.is_set():
            self._reply = exchange.reply

    def _follow(self, stream: Stream) -> None:
        self._reply, self._connection.listened = None, True
        self._answered.set()
        scanner = SseScanner()
        for chunk in stream.chunks():
            for event in scanner.feed(chunk):
                self.events.append(event)
                self._last_event_id = self._last_event_id if event.id is None else event.id
                self._retry = self._retry if event.retry is None else event.retry / 1000
                self._connection.hear(jsonrpc.decode(event.data or ""), "stream")


class _Reading:
    """Reads an event stream until the response to one request arrived."""

    def __init__(self, connection: StreamableHttp, id: jsonrpc.Id | None, *, serve: bool) -> None:
        self._connection = connection
        self._id = id
        self._serve = serve
        self.messages: list[Any] = []
        self.response: dict[str, Any] | None = None
        self.last_id: str | None = None
        self.arrival = ""
        self._retry = 0.0
        self._seen: set[tuple[str, str]] = set()

    def follow(self, stream: Stream) -> None:
        scanner, leaving = SseScanner(), False
        for chunk in stream.chunks():
            for event in scanner.feed(chunk):
                self.last_id = self.last_id if event.id is None else event.id
                self._retry = event.retry / 1000 if event.retry is not None else self._retry
                if event.data and not self._redelivered(event.id, event.data):
                    self.take(jsonrpc.decode(event.data))
            if self.response is not None and not leaving:
                leaving = True
                if self._connection.linger:
                    stream.leave_after(self._connection.linger)
                elif not stream.part():
                    return

    def _redelivered(self, id: str | None, data: str) -> bool:
        """Whether an event came a second time, as it may after a resumption."""
        known = bool(id) and (id, data) in self._seen
        self._seen.add((id or "", data))
        return known

    def take(self, arrived: list[Any]) -> None:
        """Take messages in, the awaited response perhaps among them."""
        self.messages += arrived
        if self.response is None and self._id is not None:
            self.response = self._connection.response_to(self._id, arrived)
        self._connection.hear(arrived, "answer", serve=self._serve)

    def resume(self, purpose: str) -> None:
        """Go on with a stream that broke off, a few times at most; the last event id is known."""
        connection = self._connection
        for _ in range(_RESUMPTIONS):
            time.sleep(min(self._retry, _LONGEST_RETRY))
            headers = connection.listening_headers(self.last_id or "")
            exchange = connection.stream("GET", f"{purpose} (resumed)", headers)
            with suppress(NoAnswer):
                with exchange as stream:
                    refused = stream.media_type != "text/event-stream"
                    if not refused:
                        self.follow(stream)
                if self.response is not None:
                    self.arrival = exchange.reply.exchange
                if self.response is not None or refused:
                    return
