"""What the target does with the roots of a client (specification page client/roots)."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from conformance.interaction.asking import ROOTS, Asked, AskedClient, is_question
from conformance.wire.connection import Answer, Refusal
from conformance.wire.heard import Message
from conformance.wire.http import NoAnswer

LISTING, LOCATING = "test_list_roots", "test_locate_path"
LISTERS = (LISTING, "test_input_required_result_list_roots")
"""Tools that list the roots, the second one where there are no sessions."""
ROOT = "file:///conformance/alpha"
INSIDE, BESIDE, TRAVERSING = (
    "/conformance/alpha/notes.txt",
    "/conformance/alphabet/notes.txt",
    "/conformance/alpha/../beta/notes.txt",
)
"""Paths in the root, in a folder whose name begins like that of the root, and by way of the root in another folder."""
_CHANGED = "notifications/roots/list_changed"
_ASKED_SECONDS = 1.0
_ASKED_AGAIN_SECONDS = 3.0
_INTERNAL_ERROR = -32603


@dataclass(frozen=True)
class Rooting:
    """What the server asked and did.

    `asked` is a question for the roots before they changed; without one nothing else was done. Of calls that look for
    a path, `inside`, `beside` and `traversing` came before all roots were gone, `vanished` after. `told` is the
    answer to the notification of that, `again` the first question after it. `unlisted` is a call that lists the roots
    while the client answers with an error, `works` tells whether the session answered afterwards.
    """

    asked: Message | None
    inside: Asked | None = None
    beside: Asked | None = None
    traversing: Asked | None = None
    vanished: Asked | None = None
    told: Answer | None = None
    again: Message | None = None
    unlisted: Asked | None = None
    works: bool = True


@dataclass
class Roots:
    """The roots that the client offers at the moment; None where it cannot tell."""

    uris: list[str] | None = field(default_factory=lambda: [ROOT])

    def list(self, _: dict[str, Any]) -> Mapping[str, Any]:
        """Answer roots/list. Raises Refusal."""
        if self.uris is None:
            raise Refusal(_INTERNAL_ERROR, "the roots cannot be read")
        return {"roots": [{"uri": uri, "name": "The conformance audit"} for uri in self.uris]}


def use_roots(client: AskedClient, roots: Roots) -> Rooting:
    """Have the server work within roots that change twice."""
    heard = client.connection.heard
    if client.lost:
        return Rooting(None, Asked(LOCATING, lost=True))
    inside = client.call(LOCATING, arguments={"path": INSIDE})
    beside = client.call(LOCATING, arguments={"path": BESIDE})
    traversing = client.call(LOCATING, arguments={"path": TRAVERSING})
    before = None if inside else client.ask(ROOTS, *LISTERS)
    asked = heard.until(_is_asked, _ASKED_SECONDS if inside or before else 0.0)
    if not asked:
        return Rooting(None, inside)
    mark, roots.uris = heard.mark, []
    told = _tell(client)
    vanished = client.call(LOCATING, arguments={"path": INSIDE})
    if not vanished:
        client.ask(ROOTS, *LISTERS)
    again = heard.until(_is_asked, _ASKED_AGAIN_SECONDS, mark)
    if vanished and vanished.succeeded:  # the new list may not have been read yet
        vanished = client.call(LOCATING, arguments={"path": INSIDE})
    roots.uris = None
    _tell(client)
    unlisted = client.ask(ROOTS, *LISTERS)
    works = unlisted is not None and unlisted.answer is not None
    return Rooting(asked, inside, beside, traversing, vanished, told, again, unlisted, works or client.works())


def _tell(client: AskedClient) -> Answer | None:
    with suppress(NoAnswer):
        return client.connection.notify(_CHANGED)
    return None


def _is_asked(message: Any) -> bool:  # noqa: ANN401
    return is_question(message, ROOTS)
