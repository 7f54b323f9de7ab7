"""Tasks of the extension that want something of the client (2026-07-28, extension io.modelcontextprotocol/tasks)."""

import pytest

from conformance import Judge, requirement
from conformance.tasking.client import status_of
from conformance.tasking.durable import Asked, input_errors, made_task, wanted_by
from conformance.tasking.enduring import ASKING_TWICE, CONFIRMING, Outcomes, Questioned, reused_keys


@pytest.fixture
def confirming(durable_outcomes: Outcomes, judge: Judge) -> Questioned:
    """A task that wanted one thing."""
    return _asked(durable_outcomes.confirming, CONFIRMING, judge)


@pytest.fixture
def asking_twice(durable_outcomes: Outcomes, judge: Judge) -> Questioned:
    """A task that wanted two things at once, of which it got one first."""
    found = _asked(durable_outcomes.twice, ASKING_TWICE, judge)
    if found.first is None:
        judge.not_applicable(f"the task of {ASKING_TWICE} wanted one thing at a time")
    return found


def _asked(found: Questioned | None, tool: str, judge: Judge) -> Questioned:
    if found is None or not made_task(found.created):
        judge.not_applicable(f"the server offers no tool {tool} that runs as a task, which would show it")
    if found.asking is None:
        end = found.end.summary if found.end else found.created.summary
        judge.could_not_run(f"the task of {tool} did not wait for anything ({end})")
    return found


@requirement("tasks-extension.input-told-in-state")
def test_a_task_that_waits_says_for_what(asked_of_tasks: list[Asked], judge: Judge) -> None:
    states = [one for one in asked_of_tasks if one.method == "tasks/get" and status_of(one.answer) == "input_required"]
    if not states:
        judge.not_applicable("no task waited for input")
    broken = [(one, errors) for one in states if (errors := input_errors(one.result))]
    for one, errors in broken[:5]:
        judge.that(False, expected="inputRequests", observed=errors, evidence=one)
    judge.that(not broken, expected="inputRequests", observed=f"{len(broken)} of {len(states)} states are wrong")


@requirement("tasks-extension.all-outstanding-input-told")
def test_a_task_waits_for_the_answer_that_is_missing(asking_twice: Questioned, judge: Judge) -> None:
    first, after = asking_twice.first, asking_twice.after_first
    if first is None or first.result is None or after is None or after.result is None:
        judge.not_applicable(f"one answer alone is not accepted ({first and first.summary})")
    judge.see(first)
    told = asking_twice.missing in wanted_by(after)
    observed = f"status {status_of(after)}, waiting for {', '.join(wanted_by(after)) or 'nothing'}"
    judge.that(told, expected=f"input_required, waiting for {asking_twice.missing}", observed=observed, evidence=after)


@requirement("tasks-extension.input-keys-unique")
def test_no_key_means_two_things(durable_outcomes: Outcomes, judge: Judge) -> None:
    tasks = [one for one in (durable_outcomes.confirming, durable_outcomes.twice) if one and one.asking]
    if not tasks:
        judge.not_applicable("no task waited for input")
    for one in tasks:
        repeated = reused_keys(one.looks)
        judge.that(not repeated, expected="a key for each question", observed=repeated or "so it is", evidence=one.end)


@requirement("tasks-extension.unknown-input-ignored")
def test_an_answer_to_nothing_is_passed_over(confirming: Questioned, judge: Judge) -> None:
    stray, after = confirming.stray, confirming.after_stray
    if stray is None or after is None:
        judge.could_not_run("it was not tried")
    judge.advise(stray.result is not None, expected="a result", observed=stray.summary, evidence=stray)
    waits = wanted_by(after).keys() == wanted_by(confirming.asking).keys()
    observed = f"status {status_of(after)}, waiting for {', '.join(wanted_by(after)) or 'nothing'}"
    judge.advise(waits, expected="the task waits as before", observed=observed, evidence=after)


@requirement("tasks-extension.answered-task-goes-on")
def test_a_task_that_has_its_answer_goes_on(confirming: Questioned, judge: Judge) -> None:
    if not confirming.given:
        judge.could_not_run("what the task wants cannot be given")
    end = confirming.end
    waits = ", ".join(wanted_by(end)) or "nothing"
    observed = f"status {status_of(end)}, waiting for {waits}"
    judge.that(not confirming.stuck, expected="it goes on", observed=observed, evidence=end)
