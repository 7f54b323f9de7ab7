"""Clients of revision 2026-07-28: each request stands alone (pages basic/index and basic/patterns/mrtr)."""

import base64
from collections.abc import Mapping, Sequence
from typing import Any

from conformance.shapes import as_object, is_object
from conformance.wire import jsonrpc
from conformance.wire.connection import HANDLERS, STATELESS_REVISION, Answer, Connection, Refusal, Silence
from conformance.wire.http import HttpClient
from conformance.wire.stdio import Stdio
from conformance.wire.streamable_http import StreamableHttp, stateless_meta

NAMED_BY = {"tools/call": "name", "prompts/get": "name", "resources/read": "uri"}
"""The parameter that Mcp-Name repeats, by method."""
_ROUNDS = 10


class Stateless(Connection):
    """One client without session: every request says which revision it speaks, who sends it and what it can do.

    `handlers` give what a server asks for before it answers, by the method of what it asks. What it asks is in `heard`
    as if it were a message of its own, without an id. `rounds` are all answers to the last request, of which the last
    counts, `most_rounds` is how many there may be.
    """

    most_rounds: int

    def begin(self) -> None:
        """Speak the revision from the first message on."""
        self.revision = STATELESS_REVISION
        self.rounds: list[Answer] = []
        self.most_rounds = _ROUNDS

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
        rounds = self.rounds = list[Answer]()
        rounds.append(answer := super().request(method, self.introduced(given), id=id, purpose=purpose))
        while len(rounds) < self.most_rounds and (input := self._input(answer)) is not None:
            again = {name: value for name, value in given.items() if name != "requestState"} | input
            answer = super().request(method, self.introduced(again), purpose=f"{purpose or method}, with its input")
            rounds.append(answer)
        return answer

    def introduced(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """Parameters with what each request says of its client; what `_meta` says already stays."""
        about = stateless_meta(self.revision) | {"io.modelcontextprotocol/clientCapabilities": dict(self.capabilities)}
        return {**params, "_meta": about | as_object(params.get("_meta"))}

    def _input(self, answer: Answer) -> dict[str, Any] | None:
        """What goes with the next try; None where the answer is final or wants what we do not give."""
        if not is_interim(answer.result):
            return None
        state = {name: value for name, value in as_object(answer.result).items() if name == "requestState"}
        wanted = questions_in(answer.result)
        if not wanted:
            return state or None
        for request in wanted.values():
            self.heard.add(request, answer.exchange, "answer")
        given: dict[str, Any] = {}
        for key, request in wanted.items():
            handler = {**HANDLERS, **self.handlers}.get(str(request.get("method")))
            try:
                if handler is None:
                    return None
                given[key] = dict(handler(as_object(request.get("params"))))
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


class StatelessStdio(Stateless, Stdio):
    """A client that speaks stdio."""

    def __init__(self, http: HttpClient, command: str) -> None:
        Stdio.__init__(self, http, command)
        self.begin()


def is_interim(result: object) -> bool:
    """Whether a result asks for input before there can be another."""
    return as_object(result).get("resultType") == "input_required"


def questions_in(result: object) -> dict[str, dict[str, Any]]:
    """What an interim result asks for, by its keys; what is no object is left out."""
    wanted = as_object(as_object(result).get("inputRequests"))
    return {key: as_object(one) for key, one in wanted.items() if is_object(one)}


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
