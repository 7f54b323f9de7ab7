"""The Streamable HTTP transport: one endpoint, sessions, answers as JSON or as an event stream.

https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#streamable-http
"""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import cast

from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from conformance.reference.batches import Batch
from conformance.reference.exchange import Exchange
from conformance.reference.http_sessions import HttpSession, LoneRequest
from conformance.reference.jsonrpc import (
    INVALID_REQUEST,
    METHOD_NOT_FOUND,
    SESSION_ERROR,
    JsonObject,
    Message,
    Notification,
    Request,
    RequestId,
    RpcError,
    error_message,
    message_of,
    notification_message,
    read_value,
    result_message,
)
from conformance.reference.jsonrpc import Response as RpcResponse
from conformance.reference.mcp import Dispatcher
from conformance.reference.mirrored import Mirrored
from conformance.reference.revisions import BATCHES, NEWEST, REVISIONS, STATELESS
from conformance.reference.scope_gate import SESSION_HEADER
from conformance.reference.stateless import introduce, stands_alone, status_of
from conformance.reference.streams import OpenStreams, streaming

VERSION_HEADER = "MCP-Protocol-Version"


class RefusedError(Exception):
    """A request refused below the protocol, with its HTTP status."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


@dataclass(slots=True)
class StreamableHttp:
    """The endpoint; requests reach it after the Origin and the token were found good."""

    dispatcher: Dispatcher
    streams: OpenStreams
    sessions: dict[str, HttpSession] = field(default_factory=dict[str, HttpSession])
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    first_id: str = field(default_factory=lambda: secrets.token_urlsafe(24))

    async def handle(self, request: HttpRequest) -> Response:
        """Answer a POST, GET or DELETE."""
        id: RequestId | None = None
        message: Message | None = None
        try:
            if request.method != "POST" and not self.dispatcher.dual:
                return self._only_post(request.method)
            if request.method != "POST":
                return self._open_stream(request) if request.method == "GET" else self._end_session(request)
            if _media_type(request.headers.get("content-type", "")) != "application/json":
                raise RefusedError(415, "Send application/json")
            value = read_value(await request.body())
            if isinstance(value, list):
                return await self._answer_batch(cast("list[object]", value), request)
            message = message_of(value)
            id = message.id if isinstance(message, Request) else None
            if self._stands_alone(message, request):
                return await self._alone(message, request)
            if isinstance(message, Request) and message.method == "initialize":
                if self._crashes_at(message):
                    return Response("Internal Server Error", 500, media_type="text/plain")
                return await self._open_session(message, request.state.user)
            session = self._session(request)
            ready = isinstance(message, Notification) and message.method == "notifications/initialized"
            if ready and self.dispatcher.faults.active("initialized-refused"):
                raise RefusedError(400, "Unexpected notification")
        except RpcError as error:
            return self._json(self.dispatcher.refusal(error), 400)
        except RefusedError as refused:
            return self._refuse(refused, id, notified=isinstance(message, Notification))
        if isinstance(message, Request):
            if message.method == "ping" and self.dispatcher.faults.active("token-logged"):
                told = {"level": "info", "data": f"Pinged with {request.headers.get('authorization')}"}
                session.send(notification_message("notifications/message", told))
            return await self._answer(message, session, "text/event-stream" in _accepted(request))
        if reply := self.dispatcher.reply(message, session):
            return self._json(reply)
        self.dispatcher.take(message, session)
        return self._acknowledge(message)

    def _refuse(self, refused: RefusedError, id: RequestId | None, *, notified: bool) -> Response:
        faults = self.dispatcher.faults
        if notified and faults.active("notification-refused-with-id"):
            id = 0
        status = 200 if notified and faults.active("notification-refused-with-200") else refused.status
        return self._json(self.dispatcher.refusal(RpcError(SESSION_ERROR, refused.reason, id=id)), status)

    def _stands_alone(self, message: Message, request: HttpRequest) -> bool:
        """Whether a message is of the revision without sessions."""
        named = request.headers.get(VERSION_HEADER) == STATELESS
        return not self.dispatcher.dual or named or (isinstance(message, Request) and stands_alone(message))

    async def _alone(self, message: Message, request: HttpRequest) -> Response:
        """Answer a message of the revision in which each stands alone."""
        if not isinstance(message, Request):
            return self._acknowledge(message)
        faults = self.dispatcher.faults
        if message.method == "initialize" and not stands_alone(message):
            refusal = self.dispatcher.not_spoken(message)
            return self._json(refusal, 200 if faults.active("initialize-refused-with-200") else 400)
        if request.headers.get(SESSION_HEADER) and faults.active("unknown-session-refused"):
            return self._json(error_message(RpcError(INVALID_REQUEST, "The session has ended"), message.id), 404)
        if "last-event-id" in request.headers and faults.active("event-id-refused"):
            return self._json(error_message(RpcError(INVALID_REQUEST, "No stream to resume"), message.id), 400)
        try:
            Mirrored(message, request.headers, faults).check()
        except RpcError as error:
            status = 422 if faults.active("header-mismatch-422") else 400
            return self._json(error_message(error, message.id), status)
        session = LoneRequest(request.state.user, self.dispatcher, self.streams)
        tied = faults.active("state-of-one-connection") or faults.active("handles-of-one-connection")
        if request.client and tied:
            session.peer = str(request.client.port)
        introduce(session, message)
        response = await self._answer(message, session, stream_accepted=True)
        if faults.active("session-id-without-session"):
            response.headers[SESSION_HEADER] = secrets.token_urlsafe(24)
        return response

    def _only_post(self, method: str) -> Response:
        if self.dispatcher.faults.active("get-404-without-sessions" if method == "GET" else "delete-without-sessions"):
            return Response(status_code=404 if method == "GET" else 204)
        return Response(status_code=405, headers={"Allow": "POST"})

    def _crashes_at(self, message: Request) -> bool:
        unknown = message.params.get("protocolVersion") not in (*REVISIONS, STATELESS)
        return unknown and self.dispatcher.faults.active("initialize-crashes-at-unknown-version")

    async def _open_session(self, message: Request, user: str) -> Response:
        session = HttpSession(self._session_id(message), user, self.dispatcher, self.streams)
        response = self._json(await self.dispatcher.answer(message, session, session))
        if session.revision and self.dispatcher.faults.active("clients-not-told-apart"):
            self.sessions.setdefault("", session)
        elif session.revision:
            self.sessions[session.id] = session
            response.headers[SESSION_HEADER] = session.id
        return response

    def _session(self, request: HttpRequest) -> HttpSession:
        """The session a request belongs to. Raises RefusedError with 400 or 404."""
        faults = self.dispatcher.faults
        version = request.headers.get(VERSION_HEADER)
        if version is None and request.method == "POST" and faults.active("version-header-required"):
            raise RefusedError(400, f"Missing {VERSION_HEADER}")
        if version is not None and version not in REVISIONS and not faults.active("version-header-ignored"):
            raise RefusedError(400, f"Unsupported {VERSION_HEADER}; supported: " + ", ".join(REVISIONS))
        id = request.headers.get(SESSION_HEADER)
        if self.dispatcher.faults.active("clients-not-told-apart"):
            id = ""
        if id is None:
            raise RefusedError(404 if faults.active("missing-session-id-404") else 400, f"Missing {SESSION_HEADER}")
        session = self.sessions.get(id)
        if session and not session.user:
            session.user = request.state.user
        shared = faults.active("session-shared-between-users")
        if session is None or (session.user != request.state.user and not shared):
            raise RefusedError(400 if faults.active("ended-session-400") else 404, "The session has ended")
        return session

    def _session_id(self, opening: Request) -> str:
        faults = self.dispatcher.faults
        if faults.active("session-ids-counted"):
            return f"session-{next(self.numbers)}"
        if faults.active("session-id-with-space"):
            return f"{secrets.token_urlsafe(12)} {secrets.token_urlsafe(12)}"
        if faults.active("session-ids-repeated") and opening.params.get("protocolVersion") != NEWEST:
            return self.first_id
        return secrets.token_urlsafe(24)

    def _open_stream(self, request: HttpRequest) -> Response:
        if self.dispatcher.faults.active("stream-without-token") and not request.headers.get(SESSION_HEADER):
            return streaming(self.streams.new())
        session = self._session(request)
        faults = self.dispatcher.faults
        if "text/event-stream" not in _accepted(request):
            raise RefusedError(406, "Accept text/event-stream")
        last = request.headers.get("last-event-id")
        if last is None:
            if faults.active("get-404"):
                raise RefusedError(404, "Not found")
            return streaming(session.listen())
        if faults.active("resumption-crash"):
            return Response("Internal Server Error", 500, media_type="text/plain")
        found = session.resume(last)
        if found is None:
            raise RefusedError(400, "There is no such event")
        return streaming(*found)

    def _end_session(self, request: HttpRequest) -> Response:
        session = self._session(request)
        if self.dispatcher.faults.active("delete-crash"):
            return Response("Internal Server Error", 500, media_type="text/plain")
        if not self.dispatcher.faults.active("session-outlives-delete"):
            del self.sessions[session.id]
            session.end()
        return Response(status_code=204)

    async def _answer(self, message: Request, session: HttpSession, stream_accepted: bool) -> Response:
        exchange = Exchange(session, stream_accepted)
        await exchange.run([message])
        if exchange.stream:
            response = streaming(exchange.stream, closed=exchange.closed)
            if message.method == "subscriptions/listen" and self.dispatcher.faults.active("listen-answered-as-text"):
                response.headers["Content-Type"] = "text/plain"
            if self.dispatcher.faults.active("stream-buffered-by-proxies"):
                del response.headers["X-Accel-Buffering"]
            return response
        if not exchange.responses:
            return self._nothing()
        if session.revision >= STATELESS:
            return self._json(exchange.responses[0], status_of(exchange.responses[0], self.dispatcher.faults))
        return self._json_answer(message, exchange.responses[0], session)

    def _json_answer(self, message: Request, answer: JsonObject, session: HttpSession) -> Response:
        faults = self.dispatcher.faults
        if message.method == "tools/list" and faults.active("session-id-replaced"):
            response = self._json(answer)
            response.headers[SESSION_HEADER] = secrets.token_urlsafe(24)
            return response
        if message.method == "ping" and faults.active("sse-not-json"):
            stream = session.open_stream()
            stream.send(b"hello")
            stream.send(self.dispatcher.encode(answer))
            stream.end()
            return streaming(stream)
        if message.method == "ping" and faults.active("answered-twice"):
            stream = session.open_stream()
            stream.send(self.dispatcher.encode(answer))
            stream.send(self.dispatcher.encode(answer))
            stream.end()
            return streaming(stream)
        if message.method == "ping" and faults.active("json-two-messages"):
            return Response(self.dispatcher.encode(answer) * 2, media_type="application/json")
        if message.method == "ping" and faults.active("answer-in-batch"):
            return Response(b"[" + self.dispatcher.encode(answer) + b"]", media_type="application/json")
        if message.method == "tools/list" and faults.active("answer-as-text"):
            return Response(self.dispatcher.encode(answer), media_type="text/plain")
        return self._json(answer)

    async def _answer_batch(self, values: list[object], request: HttpRequest) -> Response:
        """Answer several messages of one POST. Raises RpcError(-32600) in the revisions that have no batches."""
        session = self._session(request)
        faults = self.dispatcher.faults
        known = session.revision == BATCHES or faults.active("batch-of-any-revision")
        if not known or not values or faults.active("batch-refused"):
            raise RpcError(INVALID_REQUEST, "Invalid request: expected one message")
        batch = Batch(values)
        for message in batch.others:
            self.dispatcher.take(message, session)
        if faults.active("batch-answered-in-part"):
            batch.requests[1:] = []
        if batch.others and batch.requests and faults.active("batch-answers-notification"):
            batch.refusals.append(error_message(RpcError(METHOD_NOT_FOUND, "Method not found")))
        if not batch.requests:
            if faults.active("batch-of-notifications-answered"):
                return self._json([])
            return self._json(batch.refusals) if batch.refusals else Response(status_code=202)
        exchange = Exchange(session, "text/event-stream" in _accepted(request))
        exchange.responses += batch.refusals
        await exchange.run(batch.requests)
        if exchange.stream:
            return streaming(exchange.stream)
        return self._json(exchange.responses) if exchange.responses else self._nothing()

    def _nothing(self) -> Response:
        """The answer to requests that were cancelled: a stream that ends at once."""
        stream = self.streams.new()
        stream.end()
        return streaming(stream)

    def _acknowledge(self, message: object) -> Response:
        if isinstance(message, RpcResponse) and self.dispatcher.faults.active("response-answered"):
            return Response("OK", media_type="text/plain")
        if isinstance(message, RpcResponse) and self.dispatcher.faults.active("responses-redirected"):
            return Response(status_code=307, headers={"Location": "/responses"})
        if isinstance(message, Notification):
            faults = self.dispatcher.faults
            if faults.active("notification-answered"):
                return self._json(result_message(0, {}))
            if faults.active("notification-204"):
                return Response(status_code=204)
            if faults.active("notification-202-with-body"):
                return self._json({}, 202)
        return Response(status_code=202)

    def _json(self, message: object, status: int = 200) -> Response:
        latin = "; charset=iso-8859-1" if self.dispatcher.faults.active("charset-latin-1") else ""
        return Response(self.dispatcher.encode(message), status, media_type="application/json" + latin)


def _media_type(value: str) -> str:
    return value.partition(";")[0].strip().lower()


def _accepted(request: HttpRequest) -> set[str]:
    """The media types of Accept, wildcards spelled out as the event stream."""
    accepted = {_media_type(part) for part in request.headers.get("accept", "*/*").split(",")}
    return accepted | {"text/event-stream"} if accepted & {"*/*", "text/*"} else accepted
