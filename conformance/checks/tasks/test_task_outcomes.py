"""Tasks of tools whose outcome is known, and a task that needs something from the user."""

from typing import Any

import pytest

from conformance import Judge, requirement
from conformance.shapes import as_object
from conformance.tasking.client import RELATED, id_of, related_id, status_of
from conformance.tasking.outcomes import ASKING, FAILING, REFUSED, SIMPLE, Input, Outcome, Outcomes


def _of(outcomes: Outcomes, name: str, judge: Judge) -> Outcome:
    """The task of a tool that was run up to its end."""
    outcome = outcomes.tasks.get(name)
    if outcome is None:
        judge.not_applicable(f"the server offers no tool {name} that runs as a task, which would show it")
    if outcome.result is None:
        judge.could_not_run(f"no task of {name} was made ({outcome.created.summary})")
    judge.see(outcome.created)
    return outcome


@pytest.fixture
def asked(outcomes: Outcomes, judge: Judge) -> Input:
    """A task that asked the user."""
    if outcomes.input is None:
        judge.not_applicable(f"the server offers no tool {ASKING} that runs as a task, which would show it")
    if outcomes.input.question is None:
        judge.could_not_run(f"the task of {ASKING} asked nothing ({outcomes.input.created.summary})")
    return outcomes.input


def _without_tag(result: dict[str, Any]) -> dict[str, Any]:
    meta = {key: value for key, value in as_object(result.get("_meta")).items() if key != RELATED}
    return {name: value for name, value in result.items() if name != "_meta"} | ({"_meta": meta} if meta else {})


@requirement("tasks.result-equals-direct-outcome")
def test_a_task_has_the_result_of_the_plain_call(outcomes: Outcomes, judge: Judge) -> None:
    outcome = _of(outcomes, SIMPLE, judge)
    direct, later = outcome.direct, outcome.result
    if direct is None or direct.result is None or later is None or later.result is None:
        judge.could_not_run("the call has no result, with or without a task")
    same = _without_tag(direct.result) == _without_tag(later.result)
    judge.that(same, expected=f"{direct.result}", observed=f"{later.result}", evidence=later)


@requirement("tasks.result-passes-errors-through")
def test_a_task_has_the_error_of_the_plain_call(outcomes: Outcomes, judge: Judge) -> None:
    outcome = _of(outcomes, REFUSED, judge)
    if outcome.direct is None or outcome.direct.error is None or outcome.result is None:
        judge.could_not_run(f"{REFUSED} does not end in an error without a task either")
    code = outcome.direct.error_code
    good = outcome.result.error_code == code
    judge.that(good, expected=f"error {code}", observed=outcome.result.summary, evidence=outcome.result)


@requirement("tasks.result-successful-for-results")
def test_a_tool_that_fails_gives_a_result(outcomes: Outcomes, judge: Judge) -> None:
    answer = _of(outcomes, FAILING, judge).result
    good = answer is not None and (answer.result or {}).get("isError") is True
    judge.that(good, expected="a result with isError", observed=answer and answer.summary, evidence=answer)


@requirement("tasks.is-error-means-failed")
def test_the_task_of_a_tool_that_fails_has_failed(outcomes: Outcomes, judge: Judge) -> None:
    outcome = _of(outcomes, FAILING, judge)
    status = status_of(outcome.state)
    judge.advise(status == "failed", expected="status failed", observed=status, evidence=outcome.state)


@requirement("tasks.failed-has-status-message")
def test_a_task_that_failed_says_why(outcomes: Outcomes, judge: Judge) -> None:
    states = [one.state for one in outcomes.tasks.values() if one.state and status_of(one.state) == "failed"]
    if not states:
        judge.not_applicable("no task failed")
    for state in states:
        message = (state.result or {}).get("statusMessage")
        judge.advise(bool(message), expected="a statusMessage", observed=repr(message), evidence=state)


@requirement("tasks.input-requests-tagged")
def test_a_question_during_a_task_names_it(asked: Input, judge: Judge) -> None:
    named = related_id(asked.question and asked.question.value.get("params"))
    expected = id_of(asked.created)
    judge.that(named == expected, expected=f"the task {expected} in _meta", observed=named, evidence=asked.created)


@requirement("tasks.input-required-status-used")
def test_a_task_that_asks_says_so(asked: Input, judge: Judge) -> None:
    status = status_of(asked.asking)
    used = status == "input_required"
    judge.advise(used, expected="status input_required", observed=status, evidence=asked.asking)


@requirement("tasks.input-required-status-left")
def test_a_task_that_was_answered_goes_on(asked: Input, judge: Judge) -> None:
    if status_of(asked.asking) != "input_required":
        judge.not_applicable("the task did not say that it asks")
    status = status_of(asked.after)
    judge.advise(status != "input_required", expected="another status", observed=status, evidence=asked.after)
