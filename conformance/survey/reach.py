"""Whether an MCP server answers at the target, over which transport, and whether it wants a token."""

from collections.abc import Callable
from urllib.parse import urldefrag, urlsplit

from conformance.oauth.metadata import is_absolute
from conformance.shapes import as_object
from conformance.survey.record import Failure, bounded
from conformance.survey.steps import Steps, Stop, demands_token
from conformance.wire import jsonrpc
from conformance.wire.connection import HANDSHAKE_REVISIONS
from conformance.wire.http import NoAnswer, Reply, join_url, origin_of, split_url
from conformance.wire.sse import scan
from conformance.wire.streamable_http import StreamableHttp

_LONGEST_LOOK = 3.0
"""Seconds in which a stream must have begun with its endpoint."""
_LONGEST_ADDRESS = 2000
_SAME_METHOD = (307, 308)
"""Redirects after which a client sends the same request again (RFC 9110 sections 15.4.8 and 15.4.9)."""


class Reaching(Steps):
    """The first requests to the target, without credentials.

    `session` is what the first one opened, if it did.
    """

    session: StreamableHttp | None = None

    def reach(self) -> None:
        """Find the transport and whether a token is needed. Raises Stop."""
        survey, settings = self.survey, self.settings
        survey.endpoint = settings.target
        with self.step("reach", f"reaching {settings.target}") as detail:
            if settings.target_command:
                survey.transport, survey.protected = "stdio", False
            elif settings.transport != "http+sse":
                reply = self._follow(self._initialize_without_token, "POST initialize")
                if not self._judge_streamable(reply):
                    if settings.transport == "streamable-http" or reply.status not in (400, 404, 405):
                        raise self._stranger(reply, "POST initialize")
                    self._reach_legacy(reply)
            else:
                self._reach_legacy(None)
            survey.reached = True
            detail.append(survey.transport)
            detail.append("needs authorization" if survey.protected else "answers without authorization")

    def _follow(self, ask: Callable[[], Reply], sent: str) -> Reply:
        """The answer at the address given, or at the one of the same origin to which that redirects. Raises Stop."""
        survey, reply = self.survey, ask()
        there = _destination(survey.endpoint, reply)
        if there and reply.status in _SAME_METHOD and _leads_on(survey.endpoint, there):
            survey.endpoint = there
            survey.notes.append(f"The endpoint given redirects to {there}; the audit used that address.")
            reply = ask()
        if reply.redirect:
            raise self._redirected(reply, sent)
        return reply

    def _redirected(self, reply: Reply, sent: str) -> Stop:
        here = self.survey.endpoint
        there = bounded(_destination(here, reply) or reply.redirect)
        secure = there.replace("http:", "https:", 1) if origin_of(here).startswith("https:") else ""
        advice = f"give {there} as --target-url, if that is the server you mean"
        if there in (here, self.survey.target):
            advice = "it leads in a circle; is the path right, and does a proxy in front of the server change it?"
        elif not is_absolute(there):
            advice = "that is no address of a server; is the path right?"
        elif secure not in (there, here) and origin_of(secure) == origin_of(here):
            advice = f"the server does not know that it is reached over https; give {secure} as --target-url"
        sentence = f"{here} redirects to {there}, which the audit does not follow"
        return Stop(Failure("reach", sentence, advice, sent, reply.summary))

    def _initialize_without_token(self) -> Reply:
        connection = StreamableHttp(self.http, self.survey.endpoint)
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
        elif reply.ok and reply.media_type == "text/event-stream" and b"jsonrpc" in reply.body:
            survey.protected = False
        elif reply.status in (404, 405) and _error_code(reply) != jsonrpc.METHOD_NOT_FOUND:
            return False
        elif jsonrpc.kind_of(reply.json) in ("result", "error") and "jsonrpc" in reply.json_object:
            survey.protected = False
        else:
            return False
        survey.transport = "streamable-http"
        return True

    def _reach_legacy(self, first: Reply | None) -> None:
        """The backward-compatibility procedure of basic/transports: GET, and expect an `endpoint` event."""
        survey = self.survey
        reply = self._stream_without_token() if first else self._follow(self._stream_without_token, "GET")
        if demands_token(reply):
            survey.protected, survey.refusal = True, reply
        elif reply.status == 200 and reply.media_type == "text/event-stream":
            survey.protected = False
        else:
            if any(event.event == "endpoint" for event in scan(reply.body)):
                survey.transport, survey.reached = "http+sse", True
                kind = reply.media_type or "no media type"
                raise Stop(Failure("reach", f"the event stream at {survey.endpoint} comes as {kind}", "", "GET", kind))
            if not first:
                sentence = (
                    f"{survey.endpoint} opens no event stream of the HTTP+SSE transport: it answers {reply.summary}"
                )
                raise Stop(
                    Failure("reach", sentence, "leave out --transport to try Streamable HTTP", "GET", reply.summary)
                )
            raise self._stranger(first, "POST initialize, then GET")
        survey.transport = "http+sse"

    def _stream_without_token(self) -> Reply:
        headers = {"Accept": "text/event-stream"}
        try:
            with (
                exchange := self.http.stream(
                    "GET", self.survey.endpoint, channel="mcp", purpose="event stream without token", headers=headers
                )
            ) as stream:
                stream.leave_after(min(self.http.timeout, _LONGEST_LOOK))
                stream.read_one_message()
        except NoAnswer as failure:
            raise self._unreachable(failure) from None
        return exchange.reply

    def _unreachable(self, failure: NoAnswer) -> Stop:
        what, _, advice = str(failure).partition("; ")
        return Stop(Failure("reach", what, advice, "POST initialize", "no answer"))

    def _stranger(self, reply: Reply, sent: str) -> Stop:
        path = urlsplit(self.survey.endpoint).path or "/"
        kind = "an HTML page" if reply.media_type == "text/html" else f"{reply.media_type or 'an answer without type'}"
        sentence = f"{self.survey.endpoint} is no MCP server: it answers HTTP {reply.status} with {kind}"
        return Stop(
            Failure(
                "reach",
                sentence,
                f"check the path {path}; is it the MCP endpoint?",
                sent,
                reply.summary,
            )
        )


def _error_code(reply: Reply) -> object:
    """The code of the JSON-RPC error in an answer; a page that is missing has none, a method that is missing does."""
    return as_object(reply.json_object.get("error")).get("code")


def _destination(here: str, reply: Reply) -> str:
    """The address to which an answer redirects; empty where it does not."""
    return urldefrag(join_url(here, reply.redirect))[0] if reply.redirect else ""


def _leads_on(here: str, there: str) -> bool:
    """Whether an address is another one of the same origin, without credentials of its own."""
    own = origin_of(there) == origin_of(here) and "@" not in split_url(there).netloc
    return own and there != here and len(there) <= _LONGEST_ADDRESS
