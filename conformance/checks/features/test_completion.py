"""Completion of the arguments of prompts and resource templates (server/utilities/completion)."""

from typing import Any

import pytest

from conformance import Judge, requirement
from conformance.audit import Audit
from conformance.exercise import Argument, Exercise, arguments_of
from conformance.schema import message_errors
from conformance.shapes import as_list, as_object
from conformance.survey import Survey
from conformance.wire.connection import Answer, Connection
from conformance.wire.jsonrpc import INVALID_PARAMS, METHOD_NOT_FOUND

_UNKNOWN = Argument({"type": "ref/prompt", "name": "conformance_no_such_prompt"}, "name")
_FAILING = Argument({"type": "ref/prompt", "name": "test_failing_prompt"}, "name")
_MOST_VALUES = 100


def proposal_of(answer: Answer) -> dict[str, Any]:
    """The proposed values with what is said about them; empty where there is no result."""
    return as_object((answer.result or {}).get("completion"))


@pytest.fixture(scope="session")
def proposals(exercise: Exercise) -> list[tuple[Argument, Answer]]:
    """The answers to completing every argument from nothing."""
    return [(one, exercise.complete(one)) for one in exercise.arguments]


@pytest.fixture
def completed(proposals: list[tuple[Argument, Answer]], judge: Judge) -> list[tuple[Argument, Answer]]:
    """The answers with a result."""
    found = [(argument, answer) for argument, answer in proposals if answer.result is not None]
    return found or judge.not_applicable("there is no argument that the server completes")


@pytest.fixture
def undeclared(audit: Audit, survey: Survey, judge: Judge) -> Answer:
    """The answer to completion by a server that does not declare it."""
    if "completions" in survey.capabilities:
        judge.not_applicable("the completions capability is declared")
    return Exercise(audit).complete(next(iter(arguments_of(survey)), _UNKNOWN))


@requirement("completion.capability-declared")
def test_a_server_that_completes_declares_it(undeclared: Answer, judge: Judge) -> None:
    values = as_list(proposal_of(undeclared).get("values"))
    expected = "no values without the capability"
    judge.that(not values, expected=expected, observed=undeclared.summary, evidence=undeclared)


@requirement("completion.unsupported-code")
def test_a_server_without_completion_says_method_not_found(undeclared: Answer, judge: Judge) -> None:
    good = undeclared.error_code == METHOD_NOT_FOUND
    judge.that(good, expected="error -32601", observed=undeclared.summary, evidence=undeclared)


@requirement("completion.result-matches-schema")
def test_every_completion_fits_its_schema(
    completed: list[tuple[Argument, Answer]], survey: Survey, judge: Judge
) -> None:
    for argument, answer in completed:
        errors = message_errors(survey.revision, "CompleteResult", answer.result)
        expected = f"a CompleteResult for {argument.name}"
        judge.that(not errors, expected=expected, observed=errors or "fits", evidence=answer)


@requirement("completion.at-most-100-values")
def test_no_completion_has_more_than_100_values(completed: list[tuple[Argument, Answer]], judge: Judge) -> None:
    for argument, answer in completed:
        number = len(as_list(proposal_of(answer).get("values")))
        expected = f"at most {_MOST_VALUES} values for {argument.name}"
        judge.that(number <= _MOST_VALUES, expected=expected, observed=number, evidence=answer)


@requirement("completion.has-more-consistent")
def test_total_and_has_more_agree_with_the_values(completed: list[tuple[Argument, Answer]], judge: Judge) -> None:
    for argument, answer in completed:
        proposal = proposal_of(answer)
        number, total, more = len(as_list(proposal.get("values"))), proposal.get("total"), proposal.get("hasMore")
        if isinstance(total, int):
            good = total >= number and not (total > number and more is False)
            observed = f"{number} values of {total}, hasMore {more!r}"
            judge.advise(good, expected=f"counts of {argument.name} that agree", observed=observed, evidence=answer)
    if not judge.observations:
        judge.not_applicable("the server gives no total")


def _understood(proposals: list[tuple[Argument, Answer]], kind: str, judge: Judge) -> None:
    asked = [(argument, answer) for argument, answer in proposals if argument.reference["type"] == kind]
    if not asked:
        judge.not_applicable(f"nothing is listed that a {kind} could refer to")
    for argument, answer in asked:
        expected = f"a result for {argument.name} of a {kind}"
        judge.advise(answer.result is not None, expected=expected, observed=answer.summary, evidence=answer)


@requirement("completion.prompt-reference-accepted")
def test_references_to_prompts_are_understood(proposals: list[tuple[Argument, Answer]], judge: Judge) -> None:
    _understood(proposals, "ref/prompt", judge)


@requirement("completion.resource-reference-accepted")
def test_references_to_templates_are_understood(proposals: list[tuple[Argument, Answer]], judge: Judge) -> None:
    _understood(proposals, "ref/resource", judge)


@requirement("completion.context-accepted")
def test_arguments_that_are_known_already_may_be_told(
    completed: list[tuple[Argument, Answer]], mcp: Connection, judge: Judge
) -> None:
    params = _params(completed[0][0]) | {"context": {"arguments": {"conformance": "conformance"}}}
    answer = mcp.request("completion/complete", params)
    refused = answer.error_code == INVALID_PARAMS
    judge.that(not refused, expected="a result in spite of context", observed=answer.summary, evidence=answer)
    judge.advise(answer.result is not None, expected="a result", observed=answer.summary)


def _params(argument: Argument) -> dict[str, Any]:
    return {"ref": argument.reference, "argument": {"name": argument.name, "value": ""}}


@requirement("completion.unknown-prompt-code")
def test_completion_for_an_unknown_prompt_is_an_invalid_params_error(exercise: Exercise, judge: Judge) -> None:
    answer = exercise.complete(_UNKNOWN)
    good = answer.error_code == INVALID_PARAMS
    judge.advise(good, expected="error -32602", observed=answer.summary, evidence=answer)


@requirement("completion.missing-argument-code")
def test_completion_without_its_parts_is_an_invalid_params_error(
    completed: list[tuple[Argument, Answer]], mcp: Connection, judge: Judge
) -> None:
    whole = _params(completed[0][0])
    lacking: dict[str, dict[str, Any]] = {
        "argument": {"ref": whole["ref"]},
        "argument.name": whole | {"argument": {"value": ""}},
        "ref": {"argument": whole["argument"]},
    }
    for what, params in lacking.items():
        answer = mcp.request("completion/complete", params)
        judge.that(answer.result is None, expected=f"an error without {what}", observed=answer.summary)
        good = answer.error_code == INVALID_PARAMS
        judge.advise(good, expected=f"-32602 without {what}", observed=answer.summary, evidence=answer)


@requirement("completion.inputs-validated")
def test_nothing_is_proposed_for_nonsense(
    completed: list[tuple[Argument, Answer]], mcp: Connection, judge: Judge
) -> None:
    whole = _params(completed[0][0])
    nonsense: dict[str, dict[str, Any]] = {
        "an unknown type of reference": whole | {"ref": {**whole["ref"], "type": "ref/conformance"}},
        "a value that is no string": whole | {"argument": {**whole["argument"], "value": {"not": "a string"}}},
        "an unknown argument": whole | {"argument": {"name": "conformance_no_such_argument", "value": ""}},
    }
    for what, params in nonsense.items():
        answer = mcp.request("completion/complete", params)
        values = as_list(proposal_of(answer).get("values"))
        judge.that(not values, expected=f"no values for {what}", observed=answer.summary, evidence=answer)


@requirement("completion.internal-error-code")
def test_completion_that_fails_inside_is_an_internal_error(exercise: Exercise, judge: Judge) -> None:
    answer, unknown = exercise.complete(_FAILING), exercise.complete(_UNKNOWN)
    if answer.error is None or answer.error_code in (INVALID_PARAMS, unknown.error_code):
        judge.not_applicable("the server has no prompt test_failing_prompt whose completion fails")
    code = answer.error_code
    judge.that(code == -32603, expected="error -32603", observed=repr(code), evidence=answer)
