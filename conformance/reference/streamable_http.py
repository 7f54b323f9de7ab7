"""The Streamable HTTP transport: one endpoint, sessions, answers as JSON or as an event stream.

https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#streamable-http
"""

import secrets
from dataclasses import dataclass, field

from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from conformance.reference.jsonrpc import (
    SESSION_ERROR,
    JsonObject,
    Message,
    Notification,
    Request,
    RequestId,
    RpcError,
    error_message,
    read_message,
    result_message,
)
from conformance.reference.mcp import NEWEST, REVISIONS, Dispatcher, Session
from conformance.reference.scope_gate import SESSION_HEADER
from conformance.reference.stateless import STATELESS, answer_alone
from conformance.reference.streams import HeldStreams, event, finite_stream

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
    streams: HeldStreams
    sessions: dict[str, Session] = field(default_factory=dict[str, Session])

    async def handle(self, request: HttpRequest) -> Response:
        """Answer a POST, GET or DELETE."""
        id: RequestId | None = None
        try:
            if request.method != "POST":
                return self._open_stream(request) if request.method == "GET" else self._end_session(request)
            if _media_type(request.headers.get("content-type", "")) != "application/json":
                raise RefusedError(415, "Send application/json")
            message = read_message(await request.body())
            id = message.id if isinstance(message, Request) else None
            if request.headers.get(VERSION_HEADER) == STATELESS:
                return self._alone(message, request)
            if isinstance(message, Request) and message.method == "initialize":
                return self._open_session(message, request.state.user)
            session = self._session(request)
        except RpcError as error:
            return self._json(self.dispatcher.refusal(error), 400)
        except RefusedError as refused:
            return self._json(self.dispatcher.refusal(RpcError(SESSION_ERROR, refused.reason, id=id)), refused.status)
        if isinstance(message, Request):
            return self._answer(message, session, "text/event-stream" in _accepted(request))
        return self._acknowledge(message)

    def _alone(self, message: Message, request: HttpRequest) -> Response:
        """Answer a message of the revision in which each stands alone."""
        if not isinstance(message, Request):
            return self._acknowledge(message)
        try:
            return self._json(answer_alone(message, request.headers, self.dispatcher))
        except RpcError as error:
            return self._json(error_message(error, message.id), 400)

    def _open_session(self, message: Request, user: str) -> Response:
        session = Session(self._session_id(), user)
        response = self._json(self.dispatcher.answer(message, session))
        if session.revision:
            self.sessions[session.id] = session
            response.headers[SESSION_HEADER] = session.id
        return response

    def _session(self, request: HttpRequest) -> Session:
        """The session a request belongs to. Raises RefusedError with 400 or 404."""
        version = request.headers.get(VERSION_HEADER)
        if version is not None and version not in REVISIONS:
            raise RefusedError(400, f"Unsupported {VERSION_HEADER}; supported: " + ", ".join(REVISIONS))
        id = request.headers.get(SESSION_HEADER)
        if id is None:
            raise RefusedError(400, f"Missing {SESSION_HEADER}")
        session = self.sessions.get(id)
        shared = self.dispatcher.faults.active("session-shared-between-users")
        if session is None or (session.user != request.state.user and not shared):
            raise RefusedError(404, "The session has ended")
        return session

    def _session_id(self) -> str:
        if self.dispatcher.faults.active("session-ids-counted"):
            return f"session-{len(self.sessions) + 1}"
        return secrets.token_urlsafe(24)

    def _open_stream(self, request: HttpRequest) -> Response:
        session = self._session(request)
        if "text/event-stream" not in _accepted(request):
            raise RefusedError(406, "Accept text/event-stream")
        primed = session.revision == NEWEST
        return self.streams.open(session.id, event(b"", id=session.next_event_id()) if primed else b": open\n\n")

    def _end_session(self, request: HttpRequest) -> Response:
        session = self._session(request)
        del self.sessions[session.id]
        self.streams.close(session.id)
        return Response(status_code=204)

    def _answer(self, message: Request, session: Session, stream_accepted: bool) -> Response:
        answer = self.dispatcher.answer(message, session)
        notifications = session.take_unsent()
        faults = self.dispatcher.faults
        if message.method == "ping" and faults.active("sse-not-json"):
            return finite_stream([event(b"hello"), event(self.dispatcher.encode(answer))])
        if message.method == "ping" and faults.active("json-two-messages"):
            return Response(self.dispatcher.encode(answer) * 2, media_type="application/json")
        if message.method == "ping" and faults.active("answer-in-batch"):
            return Response(b"[" + self.dispatcher.encode(answer) + b"]", media_type="application/json")
        if message.method == "tools/list" and faults.active("answer-as-text"):
            return Response(self.dispatcher.encode(answer), media_type="text/plain")
        if message.method != "tools/call" or not stream_accepted:
            return self._json(answer)
        events = [event(b"", id=session.next_event_id())] if session.revision == NEWEST else []
        for each in (*notifications, answer):
            id = session.next_event_id() if session.revision == NEWEST else ""
            events.append(event(self.dispatcher.encode(each), "message", id))
        return finite_stream(events)

    def _acknowledge(self, message: object) -> Response:
        if isinstance(message, Notification):
            faults = self.dispatcher.faults
            if faults.active("notification-answered"):
                return self._json(result_message(0, {}))
            if faults.active("notification-204"):
                return Response(status_code=204)
            if faults.active("notification-202-with-body"):
                return self._json({}, 202)
        return Response(status_code=202)

    def _json(self, message: JsonObject, status: int = 200) -> Response:
        return Response(self.dispatcher.encode(message), status, media_type="application/json")


def _media_type(value: str) -> str:
    return value.partition(";")[0].strip().lower()


def _accepted(request: HttpRequest) -> set[str]:
    """The media types of Accept, wildcards spelled out as the event stream."""
    accepted = {_media_type(part) for part in request.headers.get("accept", "*/*").split(",")}
    return accepted | {"text/event-stream"} if accepted & {"*/*", "text/*"} else accepted
