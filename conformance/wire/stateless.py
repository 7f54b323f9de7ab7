"""Clients of revision 2026-07-28: each request stands alone (pages basic/index and basic/patterns/mrtr)."""

import time
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from conformance.shapes import as_object, is_object
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
from conformance.wire.meta import CAPABILITIES_KEY
from conformance.wire.mirrored import mirrored
from conformance.wire.stdio import NO_VARIABLES, Stdio
from conformance.wire.streamable_http import StreamableHttp, stateless_meta
from conformance.wire.subscription import EVERY_LIST, listen

_ROUNDS = 10
_BEGIN_SECONDS = 2.0
_NOTICED_SECONDS = 1.0
"""Seconds in which the thread that reads a stream must notice that it was closed."""


class Stateless(Connection):
    """One client without session: every request says which revision it speaks, who sends it and what it can do.

    `handlers` give what a server asks for before it answers, by the method of what it asks. What it asks is in `heard`
    as if it were a message of its own, without an id. `rounds` are all answers to the last request, of which the last
    counts, `most_rounds` is how many there may be.
    """

    most_rounds: int
    quick = "server/discover"

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

    def introduced(self, params: Mapping[str, Any] | None) -> dict[str, Any]:
        """Parameters with what each request says of its client; what `_meta` says already stays."""
        about = stateless_meta(self.revision) | {CAPABILITIES_KEY: dict(self.capabilities)}
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
        self._tools: Mapping[str, Mapping[str, Any]] = {}
        self._altered: Mapping[str, str | None] = {}
        self.begin()

    def know(self, tools: Iterable[Mapping[str, Any]]) -> None:
        """Learn of the listed tools, some of whose arguments may have to be repeated in header fields."""
        self._tools = {str(tool.get("name")): tool for tool in tools}

    def headers_for(self, body: bytes) -> dict[str, str | Sequence[str]]:
        """Header fields of a conforming client, with what they repeat of the body."""
        proper = self.headers() | mirrored(body, self._tools)
        added = {name: value for name, value in self._altered.items() if value is not None}
        return {name: value for name, value in proper.items() if name not in self._altered} | added

    @contextmanager
    def altered(self, fields: Mapping[str, str | None]) -> Generator[None]:
        """Send other header fields than a conforming client, as long as the block lasts; None leaves one out."""
        self._altered = fields
        try:
            yield
        finally:
            self._altered = {}

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

    def __init__(self, http: HttpClient, command: str, variables: Mapping[str, str] = NO_VARIABLES) -> None:
        Stdio.__init__(self, http, command, variables)
        self.begin()


def is_interim(result: object) -> bool:
    """Whether a result asks for input before there can be another."""
    return as_object(result).get("resultType") == "input_required"


def questions_in(result: object) -> dict[str, dict[str, Any]]:
    """What an interim result asks for, by its keys; what is no object is left out."""
    wanted = as_object(as_object(result).get("inputRequests"))
    return {key: as_object(one) for key, one in wanted.items() if is_object(one)}
