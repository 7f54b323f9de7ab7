"""What the server asked for in the whole run: samples and roots, judged once at no extra request."""

from collections.abc import Sequence
from typing import Any

import pytest

from conformance import Judge, requirement
from conformance.arrived import Arrived
from conformance.conversations import Conversation, conversations_in, declares, said_in
from conformance.evidence import Exchange
from conformance.interaction.asking import ASKING_METHODS, ELICIT, ROOTS, SAMPLE, is_question
from conformance.shapes import as_list, as_object
from conformance.wire.connection import STATELESS_REVISION

_CONTEXT = ("thisServer", "allServers")


@pytest.fixture(scope="session")
def conversations(transcript: Sequence[Exchange]) -> list[Conversation]:
    """What was said on each connection."""
    return [one for one in conversations_in(transcript) if one.arrived]


@pytest.fixture(scope="session")
def said(transcript: Sequence[Exchange]) -> list[Arrived]:
    """What the server sent."""
    return said_in(transcript)


@pytest.fixture(scope="session")
def samples(said: list[Arrived]) -> list[Arrived]:
    """The requests for samples."""
    return [one for one in said if is_question(one.message, SAMPLE)]


def _fits(said: list[Arrived], method: str, judge: Judge) -> None:
    """Judge that all requests of a method fit the schema of the revision in which each of them came."""
    asked = [one for one in said if is_question(one.message, method)]
    if not asked:
        judge.not_applicable(f"the server sent no {method}")
    for one in asked:
        errors = one.errors(one.revision)
        judge.that(not errors, expected=f"{method} of {one.revision}", observed=errors or "it fits", evidence=one)


@requirement("sampling.request-matches-schema")
def test_every_request_for_a_sample_fits_its_schema(said: list[Arrived], judge: Judge) -> None:
    _fits(said, SAMPLE, judge)


@requirement("elicitation.request-matches-schema")
def test_every_elicitation_fits_its_schema(said: list[Arrived], judge: Judge) -> None:
    _fits(said, ELICIT, judge)


@requirement("roots.request-matches-schema")
def test_every_request_for_roots_fits_its_schema(said: list[Arrived], judge: Judge) -> None:
    _fits(said, ROOTS, judge)


@requirement("roots.only-if-declared", "roots.capability-checked")
def test_no_client_without_roots_was_asked_for_them(conversations: list[Conversation], judge: Judge) -> None:
    without = [one for one in conversations if one.declared is not None and "roots" not in one.offered]
    listened = sum(any(_listens(exchange) for exchange in one.exchanges) for one in without)
    listened += sum(_could_ask(one) for each in conversations for one in each.arrived)
    if not listened:
        judge.could_not_run("no client without roots listened to what the server asks")
    asked = [one for each in conversations for one in each.asked_without("roots") if is_question(one.message, ROOTS)]
    for one in asked[:5]:
        judge.that(False, expected=f"no {ROOTS}", observed=f"{ROOTS} where no roots were declared", evidence=one)
    judge.that(not asked, expected=f"no {ROOTS}", observed=f"{listened} clients without roots listened")


def _could_ask(one: Arrived) -> bool:
    """Whether it answers a request without session that did not declare roots, and that they could have gone with."""
    asked = as_object(one.request).get("method") in ASKING_METHODS and one.revision >= STATELESS_REVISION
    return asked and not declares(one.offered, "roots")


def _listens(exchange: Exchange) -> bool:
    """Whether it asked for what the server sends unasked, which may be refused, or had it on standard output."""
    return exchange.method == "GET" or exchange.url.startswith("stdio:")


@requirement("sampling.context-values-avoided")
def test_no_sample_takes_in_the_context_of_servers(samples: list[Arrived], judge: Judge) -> None:
    for one in _some(samples, judge):
        wanted = _params(one).get("includeContext")
        judge.that(wanted not in _CONTEXT, expected="none, or no includeContext", observed=f"{wanted}", evidence=one)


@requirement("sampling.context-only-if-declared")
def test_no_context_is_taken_in_where_the_client_has_none(conversations: list[Conversation], judge: Judge) -> None:
    asked = [one for each in conversations for one in each.asked_without("sampling", "context")]
    asked = [one for one in asked if is_question(one.message, SAMPLE)]
    for one in _some(asked, judge):
        wanted = _params(one).get("includeContext")
        observed = f"{wanted} where sampling.context was not declared"
        judge.that(wanted not in _CONTEXT, expected="none, or no includeContext", observed=observed, evidence=one)


@requirement("sampling.tool-results-not-mixed")
def test_a_message_with_tool_results_holds_nothing_else(samples: list[Arrived], judge: Judge) -> None:
    for one in _with_tools(samples, judge):
        for message in _turns(one):
            kinds = {str(block.get("type")) for block in _blocks(message)}
            good = "tool_result" not in kinds or kinds == {"tool_result"}
            judge.that(good, expected="tool results alone", observed=" and ".join(sorted(kinds)), evidence=one)


@requirement("sampling.tool-uses-balanced")
def test_tool_uses_are_followed_directly_by_their_results(samples: list[Arrived], judge: Judge) -> None:
    for one in _with_tools(samples, judge):
        turns = _turns(one)
        for turn, following in zip(turns, [*turns[1:], {}], strict=True):
            uses = _members(turn, "tool_use", "id")
            if uses:
                resolved = len(_members(following, "tool_result", "toolUseId"))
                observed = f"{resolved} results in a message of {following.get('role', 'nobody')}"
                good = resolved >= len(uses) and following.get("role") == "user"
                expected = f"{len(uses)} results in the next message, of the user"
                judge.that(good, expected=expected, observed=observed, evidence=one)


@requirement("sampling.tool-result-ids-match")
def test_tool_uses_and_tool_results_have_the_same_ids(samples: list[Arrived], judge: Judge) -> None:
    for one in _with_tools(samples, judge):
        used = {str(id) for turn in _turns(one) for id in _members(turn, "tool_use", "id")}
        resolved = {str(id) for turn in _turns(one) for id in _members(turn, "tool_result", "toolUseId")}
        judge.that(used == resolved, expected=f"results of {sorted(used)}", observed=sorted(resolved), evidence=one)


def _some(asked: list[Arrived], judge: Judge) -> list[Arrived]:
    if not asked:
        judge.not_applicable(f"the server sent no {SAMPLE}")
    return asked


def _with_tools(asked: list[Arrived], judge: Judge) -> list[Arrived]:
    """The requests that tell the model of tools it used."""
    found = [
        one
        for one in asked
        if any(block.get("type") in ("tool_use", "tool_result") for turn in _turns(one) for block in _blocks(turn))
    ]
    if not found:
        judge.not_applicable("the server let no model use tools")
    return found


def _params(one: Arrived) -> dict[str, Any]:
    return as_object(as_object(one.message).get("params"))


def _turns(one: Arrived) -> list[dict[str, Any]]:
    return [as_object(message) for message in as_list(_params(one).get("messages"))]


def _blocks(turn: dict[str, Any]) -> list[dict[str, Any]]:
    content = turn.get("content")
    return [as_object(block) for block in as_list(content) or [content]]


def _members(turn: dict[str, Any], type: str, name: str) -> list[Any]:
    return [block.get(name) for block in _blocks(turn) if block.get("type") == type]
