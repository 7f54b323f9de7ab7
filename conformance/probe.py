"""Single requests to the MCP endpoint outside any session."""

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from conformance.survey import Spares, Survey, ask, close_quietly, closing, connect
from conformance.verdict import CouldNotRun
from conformance.wire.connection import HANDSHAKE_REVISIONS, Connection, Handler
from conformance.wire.http import Fields, HttpClient, Reply
from conformance.wire.streamable_http import ACCEPT, first_request


@dataclass
class Probe:
    """Knocks at the MCP endpoint with the request that it refuses without a token.

    That is a client's first request over Streamable HTTP, the GET of the stream over HTTP+SSE, and a later request
    where the survey found that the first ones need no token; over HTTP+SSE that is answered when it is taken. `spares`
    are the sessions that are left to the next.
    """

    survey: Survey
    http: HttpClient
    spares: Spares = field(default_factory=lambda: Spares(0))

    def knock(
        self,
        authorization: str | Sequence[str] | None,
        purpose: str,
        query: dict[str, str] | None = None,
        proof: Callable[[str], str] | None = None,
        *,
        doomed: bool = False,
    ) -> Reply:
        """One request that needs authorization, with this Authorization field or these. Raises NoAnswer.

        `purpose` begins with `initialize`, in place of which the transcript names the request that was sent. `proof`
        makes the DPoP field of a request with a method. A session that this opens is ended at once, except where the
        token is `doomed`: it or its grant is about to be ended, and the session with it.
        """
        further = {"DPoP": proof(self.method)} if proof else {}
        if self.survey.closed:
            if proof and not self._streamable:
                raise CouldNotRun("over HTTP+SSE proofs of possession are tried at the stream, which is open here")
            bearing: Fields = {} if authorization is None else {"Authorization": authorization}
            leaving = {**bearing, "DPoP": proof("DELETE")} if proof else bearing
            purpose = purpose.removeprefix("initialize").strip()
            return ask(self.survey, self.http, self.survey.closed, {**bearing, **further}, purpose, query, leaving)
        if not self._streamable:
            fields = {"Accept": "text/event-stream", **further}
            return self.send("GET", purpose, authorization, fields, query=query)
        headers, body = first_request(self.survey.revision or HANDSHAKE_REVISIONS[-1])
        reply = self.send("POST", purpose, authorization, {**headers, **further}, body, query)
        if not doomed:
            self.end_session(reply, authorization, proof)
        return reply

    def send(
        self,
        method: str,
        purpose: str,
        authorization: str | Sequence[str] | None = None,
        headers: Fields | None = None,
        body: bytes = b"",
        query: dict[str, str] | None = None,
    ) -> Reply:
        """Any request to the MCP endpoint, its answer read up to the first message. Raises NoAnswer.

        `headers` are added to those of a message, or replace them. Of a stream that a GET opened nothing is read.
        """
        url = self.survey.endpoint
        if query:
            url += ("&" if "?" in url else "?") + urlencode(query)
        fields: dict[str, str | Sequence[str]] = {"Accept": ACCEPT}
        if body:
            fields["Content-Type"] = "application/json"
        if authorization is not None:
            fields["Authorization"] = authorization
        fields |= headers or {}
        with (
            exchange := self.http.stream(method, url, channel="mcp", purpose=purpose, headers=fields, body=body)
        ) as stream:
            if method != "GET" or stream.media_type != "text/event-stream":
                stream.read_one_message()
        return exchange.reply

    @property
    def method(self) -> str:
        """The method of a knock."""
        return "POST" if self._streamable or self.survey.closed else "GET"

    def admits(self, reply: Reply) -> bool:
        """Whether the answer to a knock let the request in: a result or an opened stream."""
        if self.survey.closed and not self._streamable:
            return reply.ok
        if not self._streamable:
            return reply.status == 200 and reply.media_type == "text/event-stream"
        return reply.ok and b'"result"' in reply.body

    def refuses(self, reply: Reply) -> bool:
        """Whether the answer to a knock turned its token down; other errors say nothing about the token."""
        return reply.status in (401, 403)

    @contextmanager
    def fresh(self, token: str | None = None) -> Generator[Connection]:
        """A connection of its own, before any handshake; closed at the end. With the token in use unless given."""
        with closing(connect(self.survey, self.http, token)) as connection:
            yield connection

    @contextmanager
    def apart(self) -> Generator["Probe"]:
        """A probe whose requests go over network connections of their own, as long as the block lasts."""
        http = self.http.apart()
        try:
            yield Probe(self.survey, http)
        finally:
            http.close()

    @contextmanager
    def session(
        self, capabilities: Mapping[str, Any] | None = None, handlers: Mapping[str, Handler] | None = None
    ) -> Generator[Connection]:
        """A connection of its own after the handshake, with these client capabilities; closed at the end.

        `handlers` answer requests of the server by method. Raises NoAnswer, CouldNotRun where there is no handshake.
        """
        with closing(self.opened(capabilities, handlers)) as connection:
            yield connection

    @contextmanager
    def spare_session(self, *, listening: bool = False) -> Generator[Connection]:
        """A session without client capabilities for this probe alone, where possible one that another is done with.

        Who listens for what comes unasked says so. It is left to the next unless it was closed. Raises as `session`.
        """
        with self.spares.lend(self.opened, listening=listening) as connection:
            yield connection

    def opened(
        self, capabilities: Mapping[str, Any] | None = None, handlers: Mapping[str, Handler] | None = None
    ) -> Connection:
        """What `session` gives, for its user to close. Raises as that."""
        connection = connect(self.survey, self.http)
        with ExitStack() as failing:
            failing.callback(close_quietly, connection)
            connection.handlers |= dict(handlers or {})
            opening = connection.open(self.survey.revision, capabilities)
            if opening.result is None:
                raise CouldNotRun(f"another session could not be opened ({opening.summary})")
            failing.pop_all()
        return connection

    def end_session(
        self,
        reply: Reply,
        authorization: str | Sequence[str] | None,
        proof: Callable[[str], str] | None = None,
    ) -> None:
        """End the session that an answer to `initialize` opened, where it did. Raises NoAnswer."""
        session = reply.header("mcp-session-id")
        if session and reply.ok:
            fields = {"Mcp-Session-Id": session}
            if self.survey.revision:
                fields["MCP-Protocol-Version"] = self.survey.revision
            if proof:
                fields["DPoP"] = proof("DELETE")
            self.send("DELETE", "end of session", authorization, fields)

    @property
    def _streamable(self) -> bool:
        return self.survey.transport == "streamable-http"
