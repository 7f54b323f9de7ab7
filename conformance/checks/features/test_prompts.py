"""Prompts one by one, and arguments that do not fit (specification page server/prompts)."""

from typing import Any

import pytest

from conformance import Judge, requirement
from conformance.audit import Audit
from conformance.exercise import Exercise
from conformance.schema import message_errors
from conformance.shapes import as_list, as_object
from conformance.survey import Survey
from conformance.wire.connection import Answer, Connection
from conformance.wire.jsonrpc import INVALID_PARAMS

_NO_SUCH = "conformance_no_such_prompt"
_FAILING = "test_failing_prompt"


@requirement("prompts.get-result-matches-schema")
def test_a_filled_prompt_fits_its_schema(
    prompt: dict[str, Any], exercise: Exercise, survey: Survey, judge: Judge
) -> None:
    answer = exercise.get(prompt)
    judge.see(answer)
    if answer.error is not None:
        judge.not_applicable(f"the prompt with made-up arguments was answered with an error ({answer.summary})")
    if answer.result is None:
        judge.could_not_run(f"the prompt was not given ({answer.summary})")
    errors = message_errors(survey.revision, "GetPromptResult", answer.result)
    judge.that(not errors, expected="a GetPromptResult", observed=errors or "fits")


@pytest.fixture(scope="session")
def unknown(audit: Audit) -> Answer:
    """The answer to getting a prompt that was never listed."""
    return audit.mcp().request("prompts/get", {"name": _NO_SUCH})


@requirement("prompts.unknown-name-code")
def test_an_unknown_prompt_is_an_invalid_params_error(unknown: Answer, judge: Judge) -> None:
    judge.that(unknown.result is None, expected="an error", observed=unknown.summary, evidence=unknown)
    good = unknown.error_code == INVALID_PARAMS
    judge.advise(good, expected="error -32602", observed=unknown.summary, evidence=unknown)


@requirement("prompts.missing-argument-code")
def test_a_missing_argument_is_an_invalid_params_error(exercise: Exercise, mcp: Connection, judge: Judge) -> None:
    asking = [one.entry for one in exercise.gets() if exercise.filled(one.entry).get("arguments")]
    if not asking:
        judge.not_applicable("no prompt that could be got has a required argument")
    answer = mcp.request("prompts/get", {"name": asking[0].get("name"), "arguments": {}})
    good = answer.error_code == INVALID_PARAMS
    judge.advise(good, expected="error -32602", observed=answer.summary, evidence=answer)


@requirement("prompts.arguments-validated")
def test_an_argument_that_is_no_string_is_refused(exercise: Exercise, mcp: Connection, judge: Judge) -> None:
    asking = [one.entry for one in exercise.gets() if as_list(one.entry.get("arguments"))]
    if not asking:
        judge.not_applicable("no prompt that could be got has arguments")
    params = exercise.filled(asking[0])
    name = str(as_object(asking[0]["arguments"][0]).get("name"))
    number = as_object(params.get("arguments")) | {name: 5}
    answer = mcp.request("prompts/get", params | {"arguments": number})
    expected = f"an error for a number as {name}"
    judge.advise(answer.result is None, expected=expected, observed=answer.summary, evidence=answer)


@requirement("prompts.internal-error-code")
def test_a_prompt_that_fails_inside_is_an_internal_error(unknown: Answer, mcp: Connection, judge: Judge) -> None:
    answer = mcp.request("prompts/get", {"name": _FAILING})
    if answer.error is None or answer.error_code in (INVALID_PARAMS, unknown.error_code):
        judge.not_applicable(f"the server has no prompt {_FAILING} that fails")
    code = answer.error_code
    judge.that(code == -32603, expected="error -32603", observed=repr(code), evidence=answer)
