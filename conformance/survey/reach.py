"""Whether an MCP server answers at the target, over which transport, and whether it wants a token."""

from urllib.parse import urlsplit

from conformance.shapes import as_object
from conformance.survey.record import Failure
from conformance.survey.steps import Steps, Stop, demands_token
from conformance.wire import jsonrpc
from conformance.wire.connection import HANDSHAKE_REVISIONS
from conformance.wire.http import NoAnswer, Reply
from conformance.wire.sse import scan
from conformance.wire.streamable_http import StreamableHttp

_LONGEST_LOOK = 3.0
"""Seconds in which a stream must have begun with its endpoint."""


class Reaching(Steps):
    """The first requests to the target, without credentials.

    `session` is what the first one opened, if it did.
    """

    session: StreamableHttp | None = None

    def reach(self) -> None:
        """Find the transport and whether a token is needed. Raises Stop."""
        survey, settings = self.survey, self.settings
        with self.step("reach", f"reaching {settings.target}") as detail:
            if settings.target_command:
                survey.transport, survey.endpoint, survey.protected = "stdio", settings.target_command, False
            elif settings.transport != "http+sse":
                reply = self._initialize_without_token()
                if not self._judge_streamable(reply):
                    if settings.transport == "streamable-http" or reply.status not in (400, 404, 405):
                        raise self._stranger(reply, "POST initialize")
                    self._reach_legacy(reply)
            else:
                self._reach_legacy(None)
            survey.reached = True
            detail.append(survey.transport)
            detail.append("needs authorization" if survey.protected else "answers without authorization")

    def _initialize_without_token(self) -> Reply:
        connection = StreamableHttp(self.http, self.survey.target)
        try:
            answer = connection.first("initialize without token", self.wanted)
        except NoAnswer as failure:
            raise self._unreachable(failure) from None
        if answer.http.ok and answer.result is not None and self.wanted in HANDSHAKE_REVISIONS:
            connection.begin_with(answer)
            self.session = connection
        return answer.http

    def _judge_streamable(self, reply: Reply) -> bool:
        survey = self.survey
        if demands_token(reply):
            survey.protected, survey.refusal = True, reply
        elif reply.redirect:
            raise self._stranger(
                reply, "POST initialize", f"it redirects to {reply.redirect}; give that address instead"
            )
        elif reply.ok and reply.media_type == "text/event-stream" and b"jsonrpc" in reply.body:
            survey.protected = False
        elif reply.status in (404, 405) and _error_code(reply) != jsonrpc.METHOD_NOT_FOUND:
            return False
        elif jsonrpc.kind_of(reply.json) in ("result", "error") and "jsonrpc" in reply.json_object:
            survey.protected = False
        else:
            return False
        survey.transport, survey.endpoint = "streamable-http", survey.target
        return True

    def _reach_legacy(self, first: Reply | None) -> None:
        """The backward-compatibility procedure of basic/transports: GET, and expect an `endpoint` event."""
        survey = self.survey
        headers = {"Accept": "text/event-stream"}
        try:
            with (
                exchange := self.http.stream(
                    "GET", survey.target, channel="mcp", purpose="event stream without token", headers=headers
                )
            ) as stream:
                streaming = stream.status == 200 and stream.media_type == "text/event-stream"
                stream.leave_after(min(self.http.timeout, _LONGEST_LOOK))
                stream.read_one_message()
        except NoAnswer as failure:
            raise self._unreachable(failure) from None
        reply = exchange.reply
        if demands_token(reply):
            survey.protected, survey.refusal = True, reply
        elif streaming:
            survey.protected = False
        else:
            if any(event.event == "endpoint" for event in scan(reply.body)):
                survey.transport, survey.endpoint, survey.reached = "http+sse", survey.target, True
                kind = reply.media_type or "no media type"
                raise Stop(Failure("reach", f"the event stream at {survey.target} comes as {kind}", "", "GET", kind))
            if not first:
                sentence = (
                    f"{survey.target} opens no event stream of the HTTP+SSE transport: it answers {reply.summary}"
                )
                raise Stop(
                    Failure("reach", sentence, "leave out --transport to try Streamable HTTP", "GET", reply.summary)
                )
            raise self._stranger(first, "POST initialize, then GET")
        survey.transport, survey.endpoint = "http+sse", survey.target

    def _unreachable(self, failure: NoAnswer) -> Stop:
        what, _, advice = str(failure).partition("; ")
        return Stop(Failure("reach", what, advice, "POST initialize", "no answer"))

    def _stranger(self, reply: Reply, sent: str, advice: str = "") -> Stop:
        path = urlsplit(self.survey.target).path or "/"
        kind = "an HTML page" if reply.media_type == "text/html" else f"{reply.media_type or 'an answer without type'}"
        sentence = f"{self.survey.target} is no MCP server: it answers HTTP {reply.status} with {kind}"
        return Stop(
            Failure(
                "reach",
                sentence,
                advice or f"check the path {path}; is it the MCP endpoint?",
                sent,
                reply.summary,
            )
        )


def _error_code(reply: Reply) -> object:
    """The code of the JSON-RPC error in an answer; a page that is missing has none, a method that is missing does."""
    return as_object(reply.json_object.get("error")).get("code")
