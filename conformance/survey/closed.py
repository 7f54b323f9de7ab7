"""Lazy authentication: servers that open without a token and ask for one at a later request."""

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlencode

from conformance.survey.connections import streamable
from conformance.survey.record import ClosedRequest, Survey
from conformance.survey.steps import Steps, demands_token
from conformance.tool_calls import calls_of, only_reads
from conformance.wire.connection import HANDSHAKE_REVISIONS, Answer, Connection
from conformance.wire.http import Fields, HttpClient, NoAnswer, Reply


class Closed(Steps):
    """Looks for a request that needs a token where the first one needs none."""

    def look(self, connection: Connection) -> None:
        """Take a refused list, or else call one read-only tool in this session, which has no token."""
        survey = self.survey
        if survey.transport != "streamable-http":
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
        sessions = bool(survey.opening and survey.opening.http.header("mcp-session-id"))
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
    connection = streamable(survey)(http, survey.endpoint)
    revision = survey.revision or HANDSHAKE_REVISIONS[-1]
    for opening in (None,) if closed.upgrades else (credentials, None):
        connection.credentials = opening
        if not closed.sessions or connection.open(revision).result is not None:
            break
    connection.revision = revision
    if query:
        connection.url += ("&" if "?" in connection.url else "?") + urlencode(query)
    connection.credentials = credentials
    reply = connection.request(closed.method, closed.params, purpose=f"{closed.name} {purpose}").http
    connection.credentials = (leaving or credentials) if reply.ok else None
    connection.close()
    return reply
