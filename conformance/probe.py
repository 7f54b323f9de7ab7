"""Single requests to the MCP endpoint outside any session."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlencode

from conformance.survey import Survey, close_quietly, connect
from conformance.wire import jsonrpc
from conformance.wire.connection import CLIENT_INFO, Connection
from conformance.wire.http import HttpClient, Reply
from conformance.wire.streamable_http import ACCEPT


@dataclass
class Probe:
    """Knocks at the MCP endpoint: `initialize` over Streamable HTTP, GET of the stream over HTTP+SSE."""

    survey: Survey
    http: HttpClient

    def knock(self, authorization: str | None, purpose: str, query: dict[str, str] | None = None) -> Reply:
        """One request that needs authorization, with this Authorization field. Raises NoAnswer."""
        url = self.survey.endpoint
        if query:
            url += ("&" if "?" in url else "?") + urlencode(query)
        headers = {"Accept": ACCEPT if self._streamable else "text/event-stream"}
        body = b""
        if self._streamable:
            headers["Content-Type"] = "application/json"
            params = {
                "protocolVersion": self.survey.revision or "2025-11-25",
                "capabilities": {},
                "clientInfo": CLIENT_INFO,
            }
            body = jsonrpc.encode(jsonrpc.request("initialize", params, 1))
        if authorization is not None:
            headers["Authorization"] = authorization
        method = "POST" if self._streamable else "GET"
        with (
            exchange := self.http.stream(method, url, channel="mcp", purpose=purpose, headers=headers, body=body)
        ) as stream:
            stream.read_one_message()
        reply = exchange.reply
        self._end_session(reply, authorization)
        return reply

    def admits(self, reply: Reply) -> bool:
        """Whether the answer to a knock let the request in: a result or an opened stream."""
        if not self._streamable:
            return reply.status == 200 and reply.media_type == "text/event-stream"
        return reply.ok and b'"result"' in reply.body

    def refuses(self, reply: Reply) -> bool:
        """Whether the answer to a knock turned its token down; other errors say nothing about the token."""
        return reply.status in (401, 403)

    @contextmanager
    def fresh(self) -> Generator[Connection]:
        """A connection of its own, before any handshake; closed at the end."""
        connection = connect(self.survey, self.http)
        try:
            yield connection
        finally:
            close_quietly(connection)

    @property
    def _streamable(self) -> bool:
        return self.survey.transport == "streamable-http"

    def _end_session(self, reply: Reply, authorization: str | None) -> None:
        session = reply.header("mcp-session-id")
        if session and reply.ok:
            headers = {"Mcp-Session-Id": session, "Authorization": authorization or ""}
            if self.survey.revision:
                headers["MCP-Protocol-Version"] = self.survey.revision
            headers = {name: value for name, value in headers.items() if value}
            self.http.send("DELETE", self.survey.endpoint, channel="mcp", purpose="end of session", headers=headers)
