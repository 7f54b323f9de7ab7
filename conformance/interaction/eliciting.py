"""What the target does with a user who fills in forms and opens pages (specification page client/elicitation)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from conformance.generate import Unsupported, example
from conformance.interaction.asking import ELICIT, Asked, AskedClient
from conformance.shapes import as_object
from conformance.wire.connection import Connection, Handler, Refusal
from conformance.wire.heard import Message

FORM, DEFAULTS, ENUMS = "test_elicitation", "test_elicitation_sep1034_defaults", "test_elicitation_sep1330_enums"
FORMS = (FORM, "test_input_required_result_elicitation")
"""Tools that show a form, the second one where there are no sessions."""
PAGE, PAGE_REQUIRED = "test_elicitation_url", "test_elicitation_url_required"
COMPLETE = "notifications/elicitation/complete"
USERNAME, EMAIL = "conformance-canary-7319", "conformance.canary.7319@example.com"
"""What the user of the audit fills in; both appear nowhere else."""
_CANARIES = {"username": USERNAME, "email": EMAIL}
_MOST_QUESTIONS = 5
_ENOUGH = -32603
_COMPLETE_SECONDS = 1.0
_ELSEWHERE_SECONDS = 0.5


@dataclass(frozen=True)
class Forms:
    """Calls of tools that show forms: filled in well, filled in wrongly, declined, cancelled; and one with choices."""

    good: Asked | None = None
    bad: Asked | None = None
    declined: Asked | None = None
    cancelled: Asked | None = None
    choices: Asked | None = None


@dataclass(frozen=True)
class Pages:
    """Calls of tools that show a page and that need a visit to one first.

    `completed` is the notification that the visit was over, None where none came. `bystander` says whether another
    session could hear notifications, `overheard` are those about completed visits that it got.
    """

    visited: Asked | None = None
    required: Asked | None = None
    completed: Message | None = None
    bystander: bool = False
    overheard: tuple[Message, ...] = ()


def fill_in_everything(client: AskedClient) -> Forms:
    """Have the server show its forms, and answer in each way that a user can."""
    good = client.ask(ELICIT, *FORMS)
    tool = good.tool if good else FORM
    return Forms(
        good,
        client.call(tool, elicit=Script(_fill_in_wrongly).elicit),
        client.call(tool, elicit=Script(decline).elicit),
        client.ask(ELICIT, DEFAULTS, tool, elicit=Script(cancel).elicit),
        client.call(ENUMS),
    )


def visit_everything(client: AskedClient, other: Connection | None) -> Pages:
    """Have the server show its pages, while the session `other` listens."""
    heard, mark, others = client.connection.heard, client.connection.heard.mark, other.heard.mark if other else 0
    visited = client.call(PAGE)
    completed = heard.until(is_complete, _COMPLETE_SECONDS if visited and visited.succeeded else 0.0, mark)
    required, overheard = client.call(PAGE_REQUIRED), list[Message]()
    if completed and other:
        other.heard.until(is_complete, _ELSEWHERE_SECONDS, others)
        overheard = [one for one in other.heard.since(others) if is_complete(one.value)]
    return Pages(visited, required, completed, other is not None, tuple(overheard))


def accept(params: dict[str, Any]) -> Mapping[str, Any]:
    """Fill in any form, its names with those of the audit's user, or agree to open a page."""
    if "requestedSchema" not in params:
        return {"action": "accept"}
    return {"action": "accept", "content": filled(params["requestedSchema"], _CANARIES)}


def filled(schema: Any, known: Mapping[str, str]) -> dict[str, Any]:  # noqa: ANN401
    """Content that fits a form, with known values where it has such fields for text. Raises Refusal."""
    try:
        content = example(schema)
    except Unsupported as reason:
        raise Refusal(_ENOUGH, f"the form cannot be filled in: {reason}") from None
    fields = as_object(as_object(schema).get("properties"))
    return content | {
        name: value for name, value in known.items() if as_object(fields.get(name)).get("type") == "string"
    }


def decline(_: dict[str, Any]) -> Mapping[str, Any]:
    """Say no."""
    return {"action": "decline"}


def cancel(_: dict[str, Any]) -> Mapping[str, Any]:
    """Close the form without an answer."""
    return {"action": "cancel"}


def _fill_in_wrongly(params: dict[str, Any]) -> Mapping[str, Any]:
    """Put an object into each field, which no form has."""
    fields = as_object(as_object(params.get("requestedSchema")).get("properties"))
    return {"action": "accept", "content": {name: {"conformance": True} for name in fields}}


@dataclass
class Script:
    """A user who answers the first question in one way and cancels those that follow, of which five are too many."""

    first: Handler
    asked: int = 0

    def elicit(self, params: dict[str, Any]) -> Mapping[str, Any]:
        """Answer an elicitation. Raises Refusal."""
        self.asked += 1
        if self.asked > _MOST_QUESTIONS:
            raise Refusal(_ENOUGH, "the user of the conformance audit has been asked often enough")
        return self.first(params) if self.asked == 1 else cancel(params)


def is_complete(message: Any) -> bool:  # noqa: ANN401
    """Whether a message says that a visit to a page is over."""
    return as_object(message).get("method") == COMPLETE


def is_page(params: dict[str, Any]) -> bool:
    """Whether an elicitation shows a page rather than a form."""
    return params.get("mode") == "url" or ("url" in params and "requestedSchema" not in params)
