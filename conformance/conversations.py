"""What was said on each connection of a run, in the order in which it was recorded."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from conformance.arrived import Arrived, messages_in
from conformance.evidence import Exchange
from conformance.shapes import as_list, as_object, is_object
from conformance.wire import jsonrpc
from conformance.wire.connection import REVISIONS, STATELESS_REVISION

SERVER_REQUESTS = frozenset("ping sampling/createMessage elicitation/create roots/list".split())


@dataclass(frozen=True)
class Conversation:
    """The exchanges of one connection; streams that were taken up again are left out, as they repeat messages."""

    exchanges: tuple[Exchange, ...]

    @cached_property
    def sent(self) -> list[dict[str, Any]]:
        """What we sent, members of batches alone; broken messages are left out."""
        return [
            as_object(one)
            for body in (each.sent for each in self.exchanges)
            for one in (as_list(body) or [body])
            if is_object(one)
        ]

    @cached_property
    def arrived(self) -> list[Arrived]:
        """What the server sent."""
        return [one for one in messages_in(self.exchanges) if is_object(one.message)]

    @property
    def requests(self) -> list[Arrived]:
        """Requests of the server, those without an id too."""
        return [one for one in self.arrived if _is_request(as_object(one.message))]

    def asked_without(self, *path: str) -> list[Arrived]:
        """What the server asked of a client that had not declared a capability, or the part that `path` leads to."""
        asked = [(one, self.offered) for one in self.requests if one.revision < STATELESS_REVISION]
        asked += [(one, one.offered) for answer in self.arrived for one in answer.wanted]
        return [one for one, offered in asked if not declares(offered, *path)]

    @property
    def offered(self) -> dict[str, Any]:
        """The capabilities that we declared."""
        opening = next((one for one in self.sent if one.get("method") == "initialize"), None)
        return as_object(as_object(as_object(opening).get("params")).get("capabilities"))

    @property
    def declared(self) -> dict[str, Any] | None:
        """The capabilities that the server declared, None where there was no handshake."""
        for one in self.arrived:
            if one.request and one.request["method"] == "initialize" and "result" in one.message:
                return as_object(as_object(one.message["result"]).get("capabilities"))
        return None


def declares(capabilities: Mapping[str, Any], *path: str) -> bool:
    """Whether capabilities hold one, or the part of it that `path` leads to."""
    declared: Any = capabilities
    for name in path:
        declared = as_object(declared).get(name)
    return is_object(declared)


def conversations_in(transcript: Sequence[Exchange]) -> list[Conversation]:
    """The conversations of a transcript, in the order in which they began."""
    found: dict[str, list[Exchange]] = defaultdict(list)
    for one in transcript:
        if one.conversation and not _resumed(one):
            found[one.conversation].append(one)
    return [Conversation(tuple(exchanges)) for exchanges in found.values()]


def said_in(transcript: Sequence[Exchange]) -> list[Arrived]:
    """What the server sent in any conversation under a known revision, nothing twice; what a result asks for, too."""
    arrived = (one for conversation in conversations_in(transcript) for one in conversation.arrived)
    known = [one for one in arrived if one.revision in REVISIONS]
    return [each for one in known for each in (one, *one.wanted)]


def requests_of(conversations: Sequence[Conversation]) -> Iterator[Arrived]:
    """The requests of the server in all conversations."""
    for conversation in conversations:
        yield from conversation.requests


def _resumed(exchange: Exchange) -> bool:
    return any(name.lower() == "last-event-id" for name, _ in exchange.request.headers)


def _is_request(message: dict[str, Any]) -> bool:
    return message.get("method") in SERVER_REQUESTS or (jsonrpc.kind_of(message) == "request" and not _told(message))


def _told(message: dict[str, Any]) -> bool:
    """Whether the method is that of a notification, to which a wrong id does not make a request."""
    return str(message["method"]).startswith("notifications/")
