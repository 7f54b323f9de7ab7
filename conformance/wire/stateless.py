"""Clients of revision 2026-07-28: each request stands alone (pages basic/index and basic/patterns/mrtr)."""

import base64
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from conformance.shapes import as_object
from conformance.wire import jsonrpc
from conformance.wire.connection import (
    CLOSED,
    HANDLERS,
    STATELESS_REVISION,
    Answer,
    Connection,
    Pending,
    Refusal,
    Silence,
)
from conformance.wire.http import HttpClient, NoAnswer, Reply
from conformance.wire.stdio import Stdio
from conformance.wire.streamable_http import StreamableHttp, stateless_meta
from conformance.wire.subscription import EVERY_LIST, listen

NAMED_BY = {"tools/call": "name", "prompts/get": "name", "resources/read": "uri"}
"""The parameter that Mcp-Name repeats, by method."""
_ROUNDS = 10
_BEGIN_SECONDS = 2.0
_NOTICED_SECONDS = 1.0
"""Seconds in which the thread that reads a stream must notice that it was closed."""


class Stateless(Connection):
    """One client without session: every request says which revision it speaks, who sends it and what it can do.

    `handlers` give what a server asks for before it answers, by the method of what it asks. `rounds` are all answers
    to the last request, of which the last counts.
    """

    quick = "server/discover"

    def begin(self) -> None:
        """Speak the revision from the first message on."""
        self.revision = STATELESS_REVISION
        self.rounds: list[Answer] = []

    def open(self, revision: str, capabilities: Mapping[str, Any] | None = None) -> Answer:
        """Declare capabilities for all requests to come, and ask what the server offers unless that is known.

        Raises NoAnswer.
        """
        self.capabilities = dict(capabilities or {})
        if self.opening is None:
            self.opening = self.request("server/discover")
        return self.opening

    def request(
        self,
        method: str,
        params: Mapping[str, Any] | None = None,
        *,
        id: jsonrpc.Id | None = None,
        purpose: str = "",
    ) -> Answer:
        """Send a request, give the input that the server wants as far as there are handlers, and take its answer.

        Raises NoAnswer.
        """
        given = dict(params or {})
        answer = super().request(method, self.introduced(given), id=id, purpose=purpose)
        rounds = [answer]
        while len(rounds) < _ROUNDS and (input := self._input(answer)) is not None:
            again = {name: value for name, value in given.items() if name != "requestState"} | input
            answer = super().request(method, self.introduced(again), purpose=f"{purpose or method}, with its input")
            rounds.append(answer)
        self.rounds = rounds
        return answer

    def introduced(self, params: Mapping[str, Any] | None) -> dict[str, Any]:
        """Parameters with what each request says of its client; what `_meta` says already stays."""
        about = stateless_meta(self.revision) | {"io.modelcontextprotocol/clientCapabilities": dict(self.capabilities)}
        given = params or {}
        return {**given, "_meta": about | as_object(given.get("_meta"))}

    @contextmanager
    def listening(self, last_event_id: str = "") -> Generator[Reply | None]:
        """Hear of changes of all lists as long as the block lasts; nothing can be resumed.

        Gives the reply of a server that refuses that, None where it has begun or may begin. Raises NoAnswer.
        """
        del last_event_id
        subscription = listen(self, EVERY_LIST)
        try:
            subscription.begin(min(self.http.timeout, _BEGIN_SECONDS))
            yield subscription.refusal
        finally:
            with suppress(NoAnswer):
                subscription.close()

    def _input(self, answer: Answer) -> dict[str, Any] | None:
        """What goes with the next try; None where the answer is final or wants what we do not give."""
        result = answer.result or {}
        if result.get("resultType") != "input_required":
            return None
        state = {name: value for name, value in result.items() if name == "requestState"}
        wanted = as_object(result.get("inputRequests"))
        if not wanted:
            return state or None
        given: dict[str, Any] = {}
        for key, request in wanted.items():
            handler = {**HANDLERS, **self.handlers}.get(str(as_object(request).get("method")))
            try:
                if handler is None:
                    return None
                given[key] = dict(handler(as_object(as_object(request).get("params"))))
            except (Refusal, Silence):
                return None
        return {"inputResponses": given, **state}


class StatelessHttp(Stateless, StreamableHttp):
    """A client that speaks Streamable HTTP (page basic/transports/streamable-http)."""

    def __init__(self, http: HttpClient, url: str, token: str | None = None) -> None:
        StreamableHttp.__init__(self, http, url, token)
        self.begin()

    def headers_for(self, body: bytes) -> dict[str, str | Sequence[str]]:
        """Header fields of a conforming client, with what they repeat of the body."""
        return self.headers() | mirrored(body)

    def cancel(self, pending: Pending, reason: str) -> Answer:
        """Close the stream of a request, which is how a client cancels it; one without stream goes on.

        The reply is `cut` where there was a stream to close.
        """
        del reason
        self.cancelled.append(pending.id)
        closed = time.monotonic()
        stream = self.under_way.get(pending.id)
        if stream is None or stream.media_type != "text/event-stream":
            return Answer(Reply(0, (), b"", "", self.url, arrived=closed, method=CLOSED))
        stream.abort()
        answer = pending.answer(_NOTICED_SECONDS)
        exchange = answer.exchange if answer else ""
        return Answer(Reply(0, (), b"", exchange, self.url, cut=True, arrived=closed, method=CLOSED))


class StatelessStdio(Stateless, Stdio):
    """A client that speaks stdio."""

    def __init__(self, http: HttpClient, command: str) -> None:
        Stdio.__init__(self, http, command)
        self.begin()


def mirrored(body: bytes) -> dict[str, str]:
    """The header fields that repeat what a message says, but for those a tool asks for."""
    message = as_object(next(iter(jsonrpc.decode(body)), None))
    method = message.get("method")
    if not isinstance(method, str):
        return {}
    named = as_object(message.get("params")).get(NAMED_BY.get(method, ""))
    name = {"Mcp-Name": field_value(named)} if isinstance(named, str) else {}
    return {"Mcp-Method": field_value(method), **name}


def field_value(text: str) -> str:
    """A text as it stands in a header field: wrapped in base64 where it could not stand there as it is."""
    plain = text.isascii() and text.isprintable() and text.strip() == text
    looks_wrapped = text.startswith("=?base64?") and text.endswith("?=")
    if plain and not looks_wrapped:
        return text
    return f"=?base64?{base64.b64encode(text.encode('utf-8', 'surrogatepass')).decode()}?="
