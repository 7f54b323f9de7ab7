"""The messages of the server in a transcript, each with the request it answers and what it should be."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from conformance.definitions import error_definition, message_definition, question_definition, response_definition
from conformance.evidence import Exchange
from conformance.schema import message_errors
from conformance.shapes import as_list, as_object, is_array, is_object, parsed
from conformance.wire import jsonrpc
from conformance.wire.connection import HANDSHAKE_REVISIONS, STATELESS_REVISION
from conformance.wire.meta import CAPABILITIES_KEY, VERSION_KEY
from conformance.wire.sse import SseEvent, scan
from conformance.wire.stateless import is_interim, questions_in

_FINGERPRINT = re.compile(r"\[[^\[\]]{1,80}#[0-9a-f]{6}\]")
_Sent = tuple[int, dict[str, Any]]


@dataclass(frozen=True)
class Arrived:
    """One message from the server and the exchange that brought it.

    `request` is the request that a response answers, None for other messages and where it is not known.
    """

    message: Any
    source: Exchange
    request: dict[str, Any] | None = None

    @property
    def exchange(self) -> str:
        """The recorded exchange."""
        return self.source.id

    @cached_property
    def revision(self) -> str:
        """The negotiated revision, empty before there is one; that of an `initialize` result is in it."""
        if is_stateless(self.source):
            return STATELESS_REVISION
        result = as_object(as_object(self.message).get("result"))
        opening = self.request is not None and self.request["method"] == "initialize"
        granted = result.get("protocolVersion") if opening else self.source.revision
        return granted if isinstance(granted, str) else ""

    def definition(self, revision: str) -> str | None:
        """The definition of a revision with a schema that judges the message, or its result if it is one.

        None for what the revision does not define, for broken envelopes and for most errors, which other rules judge.
        """
        kind, message = jsonrpc.kind_of(self.message), as_object(self.message)
        if kind == "notification" and self.request is not None:
            return question_definition(revision, str(message["method"]))
        if kind in ("request", "notification") and isinstance(message["method"], str):
            return message_definition(revision, message["method"])
        if kind == "error":
            return error_definition(revision, as_object(message["error"]).get("code"))
        if kind != "result" or self.request is None or not is_object(message["result"]):
            return None
        return response_definition(revision, self.request, message["result"])

    def errors(self, revision: str) -> list[str]:
        """How the message breaks that definition; its envelope is judged elsewhere. See `message_errors`."""
        name, message = self.definition(revision), as_object(self.message)
        if name is None:
            return []
        if "result" in message:
            found = message_errors(revision, name, message["result"])
        else:
            found = [one for one in message_errors(revision, name, message) if _within(one)]
        return [one for one in found if not (self._redacted and "(RFC " in one)]

    @property
    def wanted(self) -> "list[Arrived]":
        """What it asks of the client before there can be a final result: each as a message of its own, without id."""
        result = as_object(self.message).get("result")
        asked = questions_in(result).values() if self.revision >= STATELESS_REVISION and is_interim(result) else ()
        bare = [{name: one[name] for name in ("method", "params") if name in one} for one in asked]
        return [replace(self, message=one) for one in bare if "method" in one]

    @property
    def offered(self) -> dict[str, Any]:
        """The capabilities that the answered request declared, where each request does."""
        meta = as_object(as_object(as_object(self.request).get("params")).get("_meta"))
        return as_object(meta.get(CAPABILITIES_KEY))

    @property
    def _redacted(self) -> bool:
        """Whether secrets were replaced around it, so that URIs and base64 may not be as they arrived."""
        return bool(self.source.response and _FINGERPRINT.search(self.source.response.body))


def _within(error: str) -> bool:
    return error.startswith(("$.params", "$.error", '$: the member "params"'))


def is_stateless(exchange: Exchange) -> bool:
    """Whether an exchange speaks the revision without sessions, by what it says of itself or by its connection.

    A request that says nothing of the kind, or names an older one in its header field, does not: a server of both eras
    may take it for one of the older.
    """
    fields = {name.lower(): value for name, value in exchange.request.headers}
    sent = as_object(exchange.sent)
    meta = as_object(as_object(sent.get("params")).get("_meta"))
    version, header = meta.get(VERSION_KEY), fields.get("mcp-protocol-version")
    if header in HANDSHAKE_REVISIONS:
        return False
    if STATELESS_REVISION in (version, header):
        return True
    return exchange.revision == STATELESS_REVISION and (version is not None or jsonrpc.kind_of(sent) != "request")


def media_type(exchange: Exchange) -> str:
    """The media type of the answer, in lower case."""
    lines = exchange.response.headers if exchange.response else ()
    value = next((value for name, value in lines if name.lower() == "content-type"), "")
    return value.partition(";")[0].strip().lower()


def is_stream(exchange: Exchange) -> bool:
    """Whether the answer is an event stream."""
    return media_type(exchange) == "text/event-stream"


def events(exchange: Exchange) -> list[SseEvent]:
    """Events of a stream; none for other answers."""
    body = exchange.response.body if exchange.response and is_stream(exchange) else ""
    return scan(body.encode("utf-8", "surrogatepass"))


def is_request(exchange: Exchange) -> bool:
    """Whether we sent one well-formed JSON-RPC request in it."""
    return _is_request(as_object(exchange.sent))


def requests_in(exchange: Exchange) -> list[dict[str, Any]]:
    """The well-formed JSON-RPC requests we sent in it, those of a batch each."""
    sent = exchange.sent
    return [as_object(one) for one in (as_list(sent) or [sent]) if _is_request(as_object(one))]


def _is_request(sent: dict[str, Any]) -> bool:
    return jsonrpc.kind_of(sent) == "request" and isinstance(sent["method"], str) and sent.get("jsonrpc") == "2.0"


def messages_in(exchanges: Sequence[Exchange]) -> list[Arrived]:
    """All JSON-RPC messages the server sent, single ones and those in batches.

    A response is matched with the request that its own exchange sent or, where it came on a stream of its own, with
    the nearest one of the conversation that has its id and no response yet.
    """
    found: list[Arrived] = []
    strays: list[tuple[int, int]] = []
    waiting: dict[tuple[str, bool, Any], list[_Sent]] = {}
    for place, exchange in enumerate(exchanges):
        sent = requests_in(exchange)
        for one in _brought_by(exchange):
            own = next((request for request in sent if _answers(one, request)), None)
            if own is not None:
                sent.remove(own)
            elif _is_response(one):
                strays.append((len(found), place))
            found.append(replace(one, request=own))
        for request in sent if exchange.status < 400 else ():
            waiting.setdefault(_key(exchange, request["id"]), []).append((place, request))
    for index, place in strays:
        same = waiting.get(_key(found[index].source, as_object(found[index].message).get("id")), [])
        if same:
            nearest = min(same, key=lambda one: abs(one[0] - place))
            same.remove(nearest)
            found[index] = replace(found[index], request=nearest[1])
    return found


def _key(exchange: Exchange, id: object) -> tuple[str, bool, Any]:
    """The same for ids that are the same JSON value in one conversation."""
    return exchange.conversation, isinstance(id, str), id if isinstance(id, str | int | float) else None


def _brought_by(exchange: Exchange) -> Iterator[Arrived]:
    if not exchange.response or not exchange.response.size or exchange.status in (401, 403):
        return
    texts: Iterable[str] = [exchange.response.body]
    if is_stream(exchange):
        texts = [one.data for one in events(exchange) if one.data and one.event == "message"]
    for text in texts:
        value = parsed(text)
        protocol = is_array(value) or bool({"jsonrpc", "result", "method"} & as_object(value).keys())
        if protocol or (exchange.status in (0, 200) and value is not None):
            yield from (Arrived(one, exchange) for one in (as_list(value) or [value]))


def _is_response(one: Arrived) -> bool:
    return jsonrpc.kind_of(one.message) in ("result", "error")


def _answers(one: Arrived, request: dict[str, Any]) -> bool:
    return _is_response(one) and jsonrpc.same_id(as_object(one.message).get("id"), request["id"])
