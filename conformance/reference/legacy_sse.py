"""The HTTP+SSE transport of 2024-11-05: one stream for what the server says, an address for the client.

https://modelcontextprotocol.io/specification/2024-11-05/basic/transports#http-with-sse
"""

import asyncio
import secrets
from dataclasses import dataclass, field

from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from conformance.reference.batches import Batch
from conformance.reference.jsonrpc import (
    SESSION_ERROR,
    JsonObject,
    Request,
    RpcError,
    as_array,
    message_of,
    notification_message,
    read_value,
)
from conformance.reference.mcp import Dispatcher
from conformance.reference.revisions import BATCHES
from conformance.reference.sessions import Session
from conformance.reference.streams import OpenStreams, Stream, streaming


class SseSession(Session):
    """A session as long as its one stream."""

    def __init__(self, user: str, stream: Stream, dispatcher: Dispatcher) -> None:
        super().__init__(secrets.token_urlsafe(24), user)
        self.stream = stream
        self.dispatcher = dispatcher

    def send(self, message: object) -> None:
        """Send a message of any kind, or a batch of them."""
        self.stream.send(self.dispatcher.encode(message))

    def answer(self, message: JsonObject | None) -> None:
        """Send a response, unless the request was cancelled."""
        if message is not None:
            odd = self.dispatcher.faults.active("sse-answers-named-response")
            self.stream.send(self.dispatcher.encode(message), "response" if odd else "message")


@dataclass(slots=True)
class LegacySse:
    """The two endpoints; requests reach them after the Origin and the token were found good."""

    messages_path: str
    dispatcher: Dispatcher
    streams: OpenStreams
    sessions: dict[str, SseSession] = field(default_factory=dict[str, SseSession])

    async def open_stream(self, request: HttpRequest) -> Response:
        """Hold the stream of a new session; its first event names the address to post to."""
        session = SseSession(request.state.user, self.streams.new(), self.dispatcher)
        self.sessions[session.id] = session
        faults = self.dispatcher.faults
        if faults.active("sse-event-before-endpoint"):
            session.stream.send(b"{}", "ready")
        path = self.messages_path + ("-gone" if faults.active("sse-endpoint-gone") else "")
        named = "message" if faults.active("sse-endpoint-unnamed") else "endpoint"
        session.stream.send(f"{path}?session_id={session.id}".encode(), named)
        if faults.active("speaks-before-initialize"):
            session.send(notification_message("notifications/tools/list_changed", {}))
        response = streaming(session.stream, closed=lambda: self.sessions.pop(session.id).end())
        if faults.active("sse-as-text"):
            response.headers["Content-Type"] = "text/plain"
        return response

    async def receive(self, request: HttpRequest) -> Response:
        """Take one message; what there is to answer goes out on the stream."""
        session = self.sessions.get(request.query_params.get("session_id", ""))
        if session and not session.user:
            session.user = request.state.user
        if session is None or session.user != request.state.user:
            return self._refuse(404, RpcError(SESSION_ERROR, "There is no such session"))
        try:
            value = read_value(await request.body())
            batch = as_array(value) if session.revision == BATCHES else None
            if batch:
                Batch(batch).start(self.dispatcher, session, session.send)
                return Response(status_code=202)
            message = message_of(value)
        except RpcError as error:
            return self._refuse(400, error)
        faults = self.dispatcher.faults
        if isinstance(message, Request):
            if message.method == "ping" and faults.active("sse-ping-refused"):
                return self._refuse(400, RpcError(SESSION_ERROR, "No pings here", id=message.id))
            if message.method == "ping" and faults.active("sse-answer-in-body"):
                answer = await self.dispatcher.answer(message, session, session)
                return Response(self.dispatcher.encode(answer), media_type="application/json")
            self.dispatcher.start(message, session, session, session.answer)
            await asyncio.sleep(0)
        else:
            self.dispatcher.take(message, session)
        return Response(status_code=202)

    def _refuse(self, status: int, error: RpcError) -> Response:
        body = self.dispatcher.encode(self.dispatcher.refusal(error))
        return Response(body, status, media_type="application/json")
