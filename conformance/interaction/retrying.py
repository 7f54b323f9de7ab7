"""A request that asks, tried again with much that is wrong about it (specification page basic/patterns/mrtr)."""

import base64
import binascii
import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from conformance.interaction.asking import ELICIT
from conformance.interaction.eliciting import FORM
from conformance.interaction.offering import capabilities
from conformance.interaction.rounds import ASKING, SIGNED, Round, again, ask, call, need_asking, responses_to
from conformance.offered import Offered
from conformance.probe import Probe
from conformance.shapes import as_object, is_object
from conformance.verdict import CouldNotRun
from conformance.wire.connection import STATELESS_REVISION, Connection

PROMPT, RESOURCE = "test_input_required_result_prompt", "test://input-required-resource"
_OTHER_ARGUMENTS = {"message": "Please tell the conformance audit more"}
_RANDOM = "Y29uZm9ybWFuY2UgYXVkaXQ"
_HUGE = 20_000
_ABANDONED = 5


@dataclass(frozen=True)
class Tries:
    """A request that asks, and what came of its next try with various defects.

    `good` is the next try without any, made last. `states` are tries with wrong states and proper answers, by what is
    wrong; `answers` those with wrong answers and the proper state. `missing` is a try without answers. `moved` is a
    try over another connection, `elsewhere` the state on another request, with `control` the same request with a
    state of its own. `others` are reads and prompts
    that ask. `works` says whether the server served anything afterwards. `signed` says that the name of the
    tool promises that its state matters.
    """

    first: Round
    good: Round
    missing: Round
    states: Mapping[str, Round] = field(default_factory=dict[str, Round])
    answers: Mapping[str, Round] = field(default_factory=dict[str, Round])
    moved: Round | None = None
    elsewhere: Mapping[str, Round] = field(default_factory=dict[str, Round])
    others: tuple[Round, ...] = ()
    works: bool = True
    signed: bool = False


def try_again(probe: Probe, offered: Offered) -> Tries:
    """Make the tries. Raises NoAnswer, NotApplicable without a tool that asks, CouldNotRun where it does not ask."""
    tool = offered.tool(*SIGNED, *ASKING)
    with probe.session(capabilities(STATELESS_REVISION)) as connection:
        first = call(connection, tool)
        need_asking(first)
        responses = responses_to(first.questions)
        states = {
            what: again(connection, first, responses, state) for what, state in _wrong_states(first.state).items()
        }
        answers = {
            what: again(connection, first, wrong, first.state or None)
            for what, wrong in _wrong_answers(first.questions, responses).items()
        }
        missing = again(connection, first, None, first.state or None)
        elsewhere = _elsewhere(connection, offered, first) if first.state else {}
        for _ in range(_ABANDONED):
            call(connection, tool)
        works = ask(connection, "server/discover", {}).result != {}
        good = again(connection, first, responses, first.state or None)
        if not good.completed:
            good = again(
                connection, fresh := call(connection, tool), responses_to(fresh.questions), fresh.state or None
            )
        moved = _moved(probe, connection, tool)
        others = tuple(ask(connection, method, params) for method, params in _others(offered))
        for other in others:
            with suppress(CouldNotRun):
                again(connection, other, responses_to(other.questions), other.state or None)
        return Tries(first, good, missing, states, answers, moved, elsewhere, others, works, tool == SIGNED[0])


def _others(offered: Offered) -> Iterator[tuple[str, dict[str, Any]]]:
    """What asks that is no tool."""
    for method, member, name in (("resources/read", "uri", RESOURCE), ("prompts/get", "name", PROMPT)):
        listing = offered.survey.listings.get(f"{method.partition('/')[0]}/list")
        if listing and any(as_object(one).get(member) == name for one in listing.items):
            yield method, {member: name}


def _moved(probe: Probe, connection: Connection, tool: str) -> Round | None:
    first = call(connection, tool)
    if not first.asks:
        return None
    with probe.apart() as apart, apart.session(capabilities(STATELESS_REVISION)) as other:
        return again(other, first, responses_to(first.questions), first.state or None)


def _elsewhere(connection: Connection, offered: Offered, first: Round) -> dict[str, Round]:
    """The state on the same tool with other arguments, and on another tool; those that would work with their own."""
    found, tool = dict[str, Round](), first.params["name"]
    listed = [one for one in (*SIGNED, *ASKING) if offered.find_tool(one)]
    if FORM in listed:
        opening = first if tool == FORM else call(connection, FORM)
        other = ask(connection, "tools/call", {"name": FORM, "arguments": _OTHER_ARGUMENTS})
        if opening.state and other.asks and _works(connection, other):
            found["other arguments"] = again(connection, other, responses_to(other.questions), opening.state)
    second = next((one for one in listed if one != tool), "")
    if second:
        other = call(connection, second)
        if other.asks and _works(connection, other):
            found["another tool"] = again(connection, other, responses_to(other.questions), first.state)
    return found


def _works(connection: Connection, first: Round) -> bool:
    return again(connection, first, responses_to(first.questions), first.state or None).completed


def _wrong_states(state: str) -> dict[str, str]:
    """States that the server did not give out, by what is wrong with them."""
    if not state:
        return {}
    middle = len(state) // 2
    flipped = state[:middle] + ("A" if state[middle] != "A" else "B") + state[middle + 1 :]
    wrong = {
        "one character changed": flipped,
        "something appended": f"{state}-TAMPERED",
        "made up": _RANDOM,
        "huge": "A" * _HUGE,
        "empty": "",
        "cut in half": state[:middle],
    }
    changed = rewritten(state)
    return wrong | ({"content changed": changed} if changed else {})


def rewritten(state: str) -> str:
    """The state with what it holds changed, empty where it cannot be read."""
    parts = state.split(".")
    for place, part in enumerate(parts):
        for text, back in ((part, str), (_from_base64(part), _to_base64)):
            try:
                content = json.loads(text)
                changed = {name: _changed(value) for name, value in as_object(content).items()} | {"conformance": True}
                written = back(json.dumps(changed))
            except (ValueError, RecursionError):
                continue
            if is_object(content):
                return ".".join([*parts[:place], written, *parts[place + 1 :]])
    return ""


def _changed(value: Any) -> Any:  # noqa: ANN401
    """Another truth, or a number that is greater."""
    if isinstance(value, bool):
        return not value
    return value + 1 if isinstance(value, int | float) else value


def _from_base64(text: str) -> str:
    plain = text.replace("-", "+").replace("_", "/").rstrip("=")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True).decode()
    except (ValueError, binascii.Error):
        return ""


def _to_base64(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode()


def _wrong_answers(questions: Mapping[str, Mapping[str, Any]], responses: Mapping[str, Any]) -> dict[str, Any]:
    """Answers that are none, by what is wrong with them."""
    wrong: dict[str, Any] = {
        "an array of answers": list(responses.values()),
        "texts for answers": dict.fromkeys(responses, "conformance"),
    }
    if any(one.get("method") == ELICIT for one in questions.values()):
        wrong["an unknown action"] = {key: {"action": "conformance"} for key in responses}
    return wrong
