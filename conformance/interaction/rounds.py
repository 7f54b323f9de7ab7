"""Requests that are answered with what is asked of the client, and tried again with it.

Specification page basic/patterns/mrtr, 2026-07-28.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from conformance.interaction.asking import ARGUMENTS, ELICIT, ROOTS, SAMPLE, STATELESS_TOOLS
from conformance.interaction.eliciting import FORM
from conformance.interaction.offering import serving
from conformance.interaction.rooting import Roots
from conformance.shapes import as_list, as_object
from conformance.verdict import CouldNotRun, NotApplicable
from conformance.wire.connection import Answer, Connection, Refusal
from conformance.wire.http import SENDER_REFUSED, NoAnswer
from conformance.wire.jsonrpc import MISSING_CAPABILITY
from conformance.wire.stateless import is_interim, questions_in

SIGNED = (f"{STATELESS_TOOLS}tampered_state", f"{STATELESS_TOOLS}request_state")
"""Tools that give out a state, the first one one that it must not be possible to change."""
ASKING = (f"{STATELESS_TOOLS}elicitation", FORM)
"""Tools that ask the user."""
NEEDS: Mapping[str, tuple[str, ...]] = {
    "elicitation": (f"{STATELESS_TOOLS}elicitation", FORM),
    "sampling": (f"{STATELESS_TOOLS}sampling", "test_sampling"),
    "roots": (f"{STATELESS_TOOLS}list_roots", "test_list_roots"),
}
"""Tools that ask for one thing, by the capability it needs."""


@dataclass(frozen=True)
class Round:
    """A request and its answer, None where none came."""

    method: str
    params: Mapping[str, Any]
    answer: Answer | None

    @property
    def exchange(self) -> str:
        """The exchange of the request, empty without answer."""
        return self.answer.exchange if self.answer else ""

    @property
    def result(self) -> dict[str, Any]:
        """The result, empty where the answer is anything else."""
        return (self.answer and self.answer.result) or {}

    @property
    def questions(self) -> dict[str, dict[str, Any]]:
        """What the result asks for, by its keys."""
        return questions_in(self.result) if self.asks else {}

    @property
    def asks(self) -> bool:
        """Whether the result asks for input."""
        return is_interim(self.result)

    @property
    def state(self) -> str:
        """The state that the next try is to bring, empty without one."""
        state = self.result.get("requestState")
        return state if isinstance(state, str) else ""

    @property
    def refused(self) -> bool:
        """Whether the answer is an error, of JSON-RPC or of HTTP."""
        return self.answer is not None and (self.answer.error is not None or 400 <= self.answer.http.status < 500)

    @property
    def completed(self) -> bool:
        """Whether the answer is a final result that is no failure."""
        return bool(self.result) and not self.asks and self.result.get("isError") is not True

    @property
    def broken(self) -> bool:
        """Whether there is no proper answer: none at all, or a failure of the server itself."""
        return (
            self.answer is None or self.answer.http.status >= 500 or (self.answer.response is None and not self.refused)
        )

    @property
    def turned_away(self) -> bool:
        """Whether the answer is about who asked, and not about the request."""
        return self.answer is not None and self.answer.http.status in SENDER_REFUSED

    @property
    def lacks_capability(self) -> bool:
        """Whether the answer is the error for a capability that the client did not declare."""
        return self.answer is not None and self.answer.error_code == MISSING_CAPABILITY

    @property
    def summary(self) -> str:
        """One line on the answer."""
        return self.answer.summary if self.answer else "no answer"


def ask(connection: Connection, method: str, params: Mapping[str, Any]) -> Round:
    """One request, whose questions nobody answers."""
    try:
        return Round(method, params, connection.request(method, params))
    except NoAnswer:
        return Round(method, params, None)


def call(connection: Connection, tool: str) -> Round:
    """Call a tool that asks."""
    return ask(connection, "tools/call", {"name": tool, "arguments": dict(ARGUMENTS.get(tool, {}))})


def need_asking(first: Round) -> None:
    """See that a call asks. Raises CouldNotRun, and NotApplicable where a tool of an older name needs a session."""
    if not first.asks:
        reason = f"{first.params.get('name')} did not ask for input ({first.summary})"
        raise NotApplicable(reason) if first.params.get("name") == FORM else CouldNotRun(reason)


def again(connection: Connection, first: Round, responses: object, state: object) -> Round:
    """The next try of a request, with these answers and this state; None leaves one out."""
    given = {"inputResponses": responses, "requestState": state}
    return ask(
        connection, first.method, {**first.params, **{key: one for key, one in given.items() if one is not None}}
    )


def responses_to(questions: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Proper answers to questions. Raises CouldNotRun for those that nobody can answer."""
    handlers = serving(Roots())
    try:
        return {
            key: dict(handlers[str(one.get("method"))](as_object(one.get("params")))) for key, one in questions.items()
        }
    except (Refusal, KeyError) as reason:
        raise CouldNotRun(f"what is asked for cannot be given: {reason}") from None


def needed_for(question: Mapping[str, Any]) -> tuple[str, ...]:
    """The path to the capability that a question needs, empty where none is known."""
    params = as_object(question.get("params"))
    match question.get("method"):
        case "elicitation/create":
            return ("elicitation", "url") if params.get("mode") == "url" else ("elicitation",)
        case "sampling/createMessage":
            return ("sampling", "tools") if {"tools", "toolChoice"} & params.keys() else ("sampling",)
        case "roots/list":
            return ("roots",)
        case _:
            return ()


KINDS = frozenset((ELICIT, SAMPLE, ROOTS))
"""What may be asked for."""


def repeated_keys(text: str) -> list[str]:
    """The names that come more than once among the input requests of a JSON text."""
    try:
        members = _members(json.loads(text, object_pairs_hook=_Pairs))
    except (ValueError, RecursionError):
        return []
    wanted = _members(dict(_members(dict(members).get("result"))).get("inputRequests"))
    names = [name for name, _ in wanted]
    return sorted({name for name in names if names.count(name) > 1})


class _Pairs(list[tuple[str, Any]]):
    """The members of an object as they were written."""


def _members(value: object) -> list[tuple[str, Any]]:
    return as_list(value) if isinstance(value, _Pairs) else []
