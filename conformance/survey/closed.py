"""Lazy authentication: servers that open without a token and ask for one at a later request."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from urllib.parse import urlencode

from conformance.survey.connections import closing, connect, streamable
from conformance.survey.record import ClosedRequest, Survey
from conformance.survey.steps import Steps, demands_token
from conformance.tool_calls import calls_of, only_reads
from conformance.wire.connection import CLIENT_INFO, HANDSHAKE_REVISIONS, Answer, Connection
from conformance.wire.http import Fields, HttpClient, NoAnswer, Reply
from conformance.wire.legacy_sse import LegacySse
from conformance.wire.streamable_http import StreamableHttp


class Closed(Steps):
    """Looks for a request that needs a token where the first one needs none."""

    def look_at_opening(self) -> None:
        """Whether a message needs a token where an event stream, with which clients begin over HTTP+SSE, needs none."""
        survey = self.survey
        if survey.transport != "http+sse" or survey.protected:
            return
        with self.step("call", "sending initialize without a token") as detail, suppress(NoAnswer):
            with closing(connect(survey, self.http)) as connection:
                answer = connection.initialize(self.wanted)
            if demands_token(answer.http):
                params = {"protocolVersion": self.wanted, "capabilities": {}, "clientInfo": CLIENT_INFO}
                self._found(ClosedRequest("initialize", params), answer)
            detail.append("needs authorization" if survey.closed else "answers without authorization")

    def look(self, connection: Connection) -> None:
        """Take a refused list, or else call one read-only tool in this session, which has no token."""
        survey = self.survey
        if survey.transport == "stdio":
            return
        for method, listing in survey.listings.items():
            if listing.refusal and demands_token(listing.refusal.http):
                self._found(ClosedRequest(method), listing.refusal)
                return
        if survey.tools:
            self._call(connection)

    def _call(self, connection: Connection) -> None:
        tools = sorted(self.survey.tools, key=only_reads, reverse=True)
        call = next(calls_of(tools, self.settings.call_tools), None)
        if call is None:
            lacking = "no arguments could be made for a" if any(map(only_reads, tools)) else "there is no"
            self.survey.notes.append(
                f"Whether tools/call needs a token was not tried: {lacking} tool that is annotated as read-only"
                " (--call-tools names others that may be called)."
            )
            return
        closed = ClosedRequest("tools/call", {"name": call[0], "arguments": call[1]})
        with self.step("call", f"calling {call[0]} without a token") as detail:
            try:
                answer = connection.request(closed.method, closed.params, purpose=f"{closed.name} without token")
            except NoAnswer as failure:
                detail.append(str(failure))
                return
            if demands_token(answer.http):
                self._found(closed, answer)
            detail.append("needs authorization" if self.survey.closed else "answers without authorization")

    def _found(self, closed: ClosedRequest, refusal: Answer) -> None:
        survey = self.survey
        given = survey.opening and survey.opening.http.header("mcp-session-id")
        sessions = bool(given) or survey.transport == "http+sse"
        survey.closed, survey.protected, survey.refusal = replace(closed, sessions=sessions), True, refusal.http
        survey.notes.append(
            f"The server opens without a token and asks for one at {closed.name}, which is the request that was tried"
            " with good and bad tokens."
        )

    def learn_sessions(self) -> None:
        """See whether a session that was opened without a token goes on with one, as that of a lazy client does."""
        survey = self.survey
        if not survey.closed or not survey.closed.sessions or not survey.token:
            return
        credentials = {"Authorization": f"Bearer {survey.token}"}
        try:
            reply = ask(survey, self.http, survey.closed, credentials, "in a session opened without token")
        except NoAnswer:
            return
        if reply.status in (400, 404):
            survey.closed = replace(survey.closed, upgrades=False)


def ask(
    survey: Survey,
    http: HttpClient,
    closed: ClosedRequest,
    credentials: Fields,
    purpose: str,
    query: Mapping[str, str] | None = None,
    leaving: Fields | None = None,
) -> Reply:
    """A closed request with these header fields, in a session of its own where the server has sessions.

    The session is opened without them, unless only one that was opened with them would serve the request. `leaving`
    are the fields with which the session is ended if the request was served. Raises NoAnswer.
    """
    connection = _begun(survey, http, closed, credentials)
    if query and isinstance(connection, LegacySse):
        connection.endpoint = _extended(connection.endpoint, query)
    elif query:
        connection.url = _extended(connection.url, query)
    connection.credentials = credentials
    reply = connection.request(closed.method, closed.params, purpose=f"{closed.name} {purpose}").http
    connection.credentials = (leaving or credentials) if reply.ok else None
    connection.close()
    return reply


def _begun(survey: Survey, http: HttpClient, closed: ClosedRequest, credentials: Fields) -> StreamableHttp | LegacySse:
    """A connection on which only the closed request is missing; see `ask`. Raises NoAnswer."""
    if not closed.upgrades:
        with suppress(NoAnswer):
            connection = _connected(survey, http, credentials)
            if _ready(connection, survey, closed):
                return connection
            connection.close()
    connection = _connected(survey, http, None)
    _ready(connection, survey, closed)
    return connection


def _connected(survey: Survey, http: HttpClient, credentials: Fields | None) -> StreamableHttp | LegacySse:
    if survey.transport == "http+sse":
        return LegacySse(http, survey.endpoint, credentials=credentials)
    connection = streamable(survey)(http, survey.endpoint)
    connection.credentials = credentials
    return connection


def _ready(connection: Connection, survey: Survey, closed: ClosedRequest) -> bool:
    """Whether a closed request may follow, after the handshake where it needs one."""
    revision = survey.revision or HANDSHAKE_REVISIONS[-1]
    begins = not closed.sessions or closed.method == "initialize"
    ready = begins or connection.open(revision).result is not None
    connection.revision = revision
    return ready


def _extended(url: str, query: Mapping[str, str]) -> str:
    return url + ("&" if "?" in url else "?") + urlencode(query)
