"""The HTTP+SSE transport of 2024-11-05: one stream for what the server says, an address for the client.

https://modelcontextprotocol.io/specification/2024-11-05/basic/transports#http-with-sse
"""

import secrets
from dataclasses import dataclass, field

from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from conformance.reference.jsonrpc import SESSION_ERROR, JsonObject, Request, RpcError, read_message
from conformance.reference.mcp import Dispatcher, Session
from conformance.reference.site import MESSAGES_PATH
from conformance.reference.streams import HeldStreams, event


@dataclass(slots=True)
class LegacySse:
    """The two endpoints; requests reach them after the Origin and the token were found good."""

    dispatcher: Dispatcher
    streams: HeldStreams
    sessions: dict[str, Session] = field(default_factory=dict[str, Session])

    async def open_stream(self, request: HttpRequest) -> Response:
        """Hold the stream of a new session; its first event names the address to post to."""
        session = Session(secrets.token_urlsafe(24), request.state.user)
        self.sessions[session.id] = session
        address = f"{MESSAGES_PATH}?session_id={session.id}"
        return self.streams.open(session.id, event(address.encode(), "endpoint"), lambda: self.sessions.pop(session.id))

    async def receive(self, request: HttpRequest) -> Response:
        """Take one message; what there is to answer goes out on the stream."""
        session = self.sessions.get(request.query_params.get("session_id", ""))
        if session is None or session.user != request.state.user:
            return self._refuse(404, RpcError(SESSION_ERROR, "There is no such session"))
        try:
            message = read_message(await request.body())
        except RpcError as error:
            return self._refuse(400, error)
        if isinstance(message, Request):
            answer = self.dispatcher.answer(message, session)
            for each in (*session.take_unsent(), answer):
                self._send(session, each)
        return Response(status_code=202)

    def _send(self, session: Session, message: JsonObject) -> None:
        self.streams.send(session.id, event(self.dispatcher.encode(message), "message"))

    def _refuse(self, status: int, error: RpcError) -> Response:
        body = self.dispatcher.encode(self.dispatcher.refusal(error))
        return Response(body, status, media_type="application/json")
