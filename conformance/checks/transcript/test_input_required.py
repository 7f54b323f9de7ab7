"""Results that ask for input in the whole run, and what else a server sends to a client without session.

Specification page basic/patterns/mrtr, 2026-07-28.
"""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from conformance import Judge, requirement
from conformance.arrived import Arrived, events, is_stream
from conformance.conversations import Conversation
from conformance.evidence import Exchange
from conformance.interaction.asking import ASKING_METHODS, SAMPLE, is_question
from conformance.interaction.elicitations import URL_REQUIRED
from conformance.interaction.eliciting import is_complete
from conformance.interaction.rounds import KINDS, needed_for, repeated_keys
from conformance.shapes import as_list, as_object, is_object
from conformance.wire import jsonrpc
from conformance.wire.connection import STATELESS_REVISION
from conformance.wire.stateless import is_interim

_ENVELOPE = ("jsonrpc", "id")


@pytest.fixture(scope="session")
def results(messages: list[Arrived]) -> list[Arrived]:
    """The results to requests without session whose method is known."""
    known = [one for one in messages if one.request and one.revision >= STATELESS_REVISION]
    return [one for one in known if is_object(as_object(one.message).get("result"))]


@pytest.fixture
def interim(results: list[Arrived], judge: Judge) -> list[Arrived]:
    """The results that ask for input; not applicable where none came."""
    found = [one for one in results if is_interim(one.message["result"])]
    if not found:
        judge.not_applicable("no result asked for input")
    return found


@pytest.fixture(scope="session")
def asked(messages: list[Arrived]) -> list[Arrived]:
    """The requests that the server sent where there are no sessions, each with an id."""
    alone = [one for one in messages if one.revision >= STATELESS_REVISION]
    return [one for one in alone if jsonrpc.kind_of(one.message) == "request"]


def _each(judge: Judge, found: Sequence[Arrived], expected: str, problem: Callable[[Arrived], object]) -> None:
    """Judge that no message has a problem."""
    broken = [(one, wrong) for one in found if (wrong := problem(one))]
    for one, wrong in broken[:5]:
        judge.that(False, expected=expected, observed=wrong, evidence=one)
    if not broken:
        judge.that(True, expected=expected, observed=f"so it is in {len(found)} messages", evidence=found[0])


def _wanted(one: Arrived) -> dict[str, Any]:
    return as_object(one.message["result"].get("inputRequests"))


@requirement("mrtr.only-for-supported-requests")
def test_only_three_methods_are_answered_with_what_is_wanted(results: list[Arrived], judge: Judge) -> None:
    others = [one for one in results if one.request and one.request["method"] not in ASKING_METHODS]
    if not others:
        judge.could_not_run("no other request was answered with a result")
    expected = "a final result to any method but " + ", ".join(sorted(ASKING_METHODS))
    _each(judge, others, expected, lambda one: is_interim(one.message["result"]) and "a result that asks for input")


@requirement("mrtr.requests-or-state-present")
def test_what_asks_for_input_says_what_or_how_to_go_on(interim: list[Arrived], judge: Judge) -> None:
    members = {"inputRequests", "requestState"}
    expected = "inputRequests, requestState or both"
    _each(judge, interim, expected, lambda one: not members & one.message["result"].keys() and "neither")


@requirement("mrtr.result-matches-schema")
def test_everything_that_asks_for_input_fits_its_schema(interim: list[Arrived], judge: Judge) -> None:
    def problem(one: Arrived) -> str:
        wrapped = [key for key, each in _wanted(one).items() if any(name in as_object(each) for name in _ENVELOPE)]
        errors = one.errors(STATELESS_REVISION)
        return "; ".join([*errors, *(f"{key} has an envelope of JSON-RPC" for key in wrapped)])

    _each(judge, interim, "an InputRequiredResult", problem)


@requirement("mrtr.request-kinds-limited")
def test_only_three_things_are_wanted(interim: list[Arrived], judge: Judge) -> None:
    def problem(one: Arrived) -> str:
        methods = [as_object(each).get("method") for each in _wanted(one).values()]
        return ", ".join(repr(method) for method in methods if not isinstance(method, str) or method not in KINDS)

    _each(judge, interim, " or ".join(sorted(KINDS)), problem)


@requirement("mrtr.request-keys-unique")
def test_no_key_comes_twice_in_what_is_wanted(interim: list[Arrived], judge: Judge) -> None:
    def problem(one: Arrived) -> str:
        response = one.source.response
        whole = (
            [each.data for each in events(one.source)] if is_stream(one.source) else [response.body if response else ""]
        )
        return ", ".join(key for text in whole if text for key in repeated_keys(text))

    _each(judge, interim, "keys that differ", problem)


@requirement("caching.no-hints-on-interim-results")
def test_what_asks_for_input_is_not_to_be_kept(interim: list[Arrived], judge: Judge) -> None:
    def problem(one: Arrived) -> str:
        return ", ".join(sorted({"ttlMs", "cacheScope"} & one.message["result"].keys()))

    reads = [one for one in interim if one.request and one.request["method"] == "resources/read"]
    if not reads:
        judge.not_applicable("no resource asked for input before it was read")
    _each(judge, reads, "neither ttlMs nor cacheScope", problem)


@requirement("mrtr.only-declared-capabilities", "meta.undeclared-capabilities-not-relied-on")
def test_nothing_is_wanted_that_the_client_did_not_declare(results: list[Arrived], judge: Judge) -> None:
    def problem(one: Arrived) -> str:
        needs = (
            [needed_for(as_object(each)) for each in _wanted(one).values()] if is_interim(one.message["result"]) else []
        )
        return ", ".join(".".join(path) for path in needs if path and not _declares(one.offered, path))

    able = [one for one in results if one.request and one.request["method"] in ASKING_METHODS]
    if not able:
        judge.could_not_run("no request that may ask for input was answered with a result")
    _each(judge, able, "only what the request declared", problem)


def _declares(offered: dict[str, Any], path: tuple[str, ...]) -> bool:
    declared: Any = offered
    for name in path:
        declared = as_object(declared).get(name)
    forms = path != ("elicitation",) or not declared or "form" in declared
    return is_object(declared) and forms


@requirement("mrtr.client-requests-only-this-way")
def test_a_server_that_wants_something_says_so_in_a_result(
    results: list[Arrived], asked: list[Arrived], judge: Judge
) -> None:
    interim = [one for one in results if is_interim(one.message["result"])]
    requests = [one for one in asked if is_question(one.message)]
    if not interim and not requests:
        judge.not_applicable("the server wanted nothing from its client")
    _none(judge, requests, f"{len(interim)} results ask for input")


@requirement("jsonrpc.server-sends-no-requests")
def test_no_server_sends_a_request(messages: list[Arrived], asked: list[Arrived], judge: Judge) -> None:
    _none(judge, asked, f"{len(messages)} messages, none of them a request")


@requirement("transport.no-requests-on-response-stream")
def test_no_request_comes_on_the_stream_of_an_answer(
    transcript: Sequence[Exchange], asked: list[Arrived], judge: Judge
) -> None:
    streams = [one for one in transcript if is_stream(one) and one.method == "POST"]
    if not streams:
        judge.not_applicable("no answer came as a stream")
    _none(judge, [one for one in asked if is_stream(one.source)], f"{len(streams)} streams, no request on any")


@requirement("stdio.no-requests-on-stdout")
def test_no_request_comes_on_standard_output(messages: list[Arrived], asked: list[Arrived], judge: Judge) -> None:
    _none(judge, asked, f"{len(messages)} lines, none of them a request")


def _none(judge: Judge, asked: Sequence[Arrived], otherwise: str) -> None:
    for one in asked[:5]:
        method = one.message["method"]
        judge.that(False, expected="no request of the server", observed=f"{method} with an id", evidence=one)
    if not asked:
        judge.that(True, expected="no request of the server", observed=otherwise)


@requirement("jsonrpc.retired-code-32042-not-used")
def test_no_error_demands_a_visit_to_a_page(messages: list[Arrived], judge: Judge) -> None:
    errors = [one for one in messages if one.revision >= STATELESS_REVISION and "error" in as_object(one.message)]
    if not errors:
        judge.not_applicable("no request was answered with an error")
    expected = f"another code than {URL_REQUIRED}"
    _each(
        judge, errors, expected, lambda one: as_object(one.message["error"]).get("code") == URL_REQUIRED and "this code"
    )


@requirement("elicitation.complete-not-sent")
def test_nobody_is_told_that_a_visit_is_over(messages: list[Arrived], judge: Judge) -> None:
    told = [one for one in messages if is_complete(one.message)]
    for one in told[:5]:
        judge.that(False, expected="no such notification", observed=one.message["method"], evidence=one)
    judge.that(not told, expected="no such notification", observed=f"{len(told)} in {len(messages)} messages")


@requirement("sampling.message-has-role-and-content")
def test_every_message_for_a_model_has_a_role_and_content(conversations: list[Conversation], judge: Judge) -> None:
    wanted = [each for one in conversations for answer in one.arrived for each in answer.wanted]
    samples = [one for one in wanted if is_question(one.message, SAMPLE)]
    if not samples:
        judge.not_applicable(f"the server wanted no {SAMPLE}")

    def problem(one: Arrived) -> str:
        turns = [as_object(turn) for turn in as_list(as_object(one.message["params"]).get("messages"))]
        strange = [turn for turn in turns if turn.get("role") not in ("user", "assistant") or "content" not in turn]
        return f"{len(strange)} of {len(turns)} messages without" if strange else ""

    _each(judge, samples, "a role, user or assistant, and content in every message", problem)
