"""A task from its creation to its end, and after."""

from itertools import pairwise

from conformance import Judge, requirement
from conformance.schema import message_errors
from conformance.shapes import as_object
from conformance.survey import Survey
from conformance.tasking.client import (
    FINAL,
    STATUSES,
    entries_of,
    id_of,
    related_id,
    status_of,
    task_of,
)
from conformance.tasking.life import OWN_ID, TOKEN, YEARS, Life
from conformance.wire.jsonrpc import INVALID_PARAMS

_TOO_QUICK = 0.2


@requirement("tasks.create-returned-early")
def test_a_task_is_told_of_before_it_is_done(slow_life: Life, judge: Judge) -> None:
    if slow_life.seconds < _TOO_QUICK:
        judge.not_applicable(f"the whole task took {slow_life.seconds:.2f} s, too little to tell")
    early = slow_life.created.seconds <= slow_life.seconds / 2
    observed = f"{slow_life.created.seconds:.2f} s of {slow_life.seconds:.2f} s"
    judge.advise(early, expected="an answer long before the end", observed=observed, evidence=slow_life)


@requirement("tasks.id-generated-by-server")
def test_a_client_cannot_choose_the_id_of_a_task(life: Life, judge: Judge) -> None:
    id = id_of(life.bold)
    if not id:
        judge.could_not_run(f"no task was made ({life.bold and life.bold.summary})")
    judge.that(id != OWN_ID, expected="an id of the server's own", observed=id, evidence=life.bold)


@requirement("tasks.valid-transitions")
def test_a_task_moves_along_the_known_ways(life: Life, judge: Judge) -> None:
    told = [as_object(one.value.get("params")) for one in life.heard if _is_status(one.value)]
    states = [one for one in (*life.looks, life.tagged, life.last) if one and one.result]
    ways = {
        "tasks/get": [status_of(one) for one in states if (one.result or {}).get("taskId") == life.id],
        "notifications": [str(one.get("status")) for one in told if one.get("taskId") == life.id],
    }
    for source, statuses in ways.items():
        wrong = [one for one in statuses if one not in STATUSES] + _steps_back(statuses)
        judge.that(not wrong, expected=f"{source}: known steps", observed=wrong or statuses, evidence=life.last)


def _is_status(message: object) -> bool:
    return as_object(message).get("method") == "notifications/tasks/status"


def _steps_back(statuses: list[str]) -> list[str]:
    steps = pairwise(statuses)
    return [f"{one} then {other}" for one, other in steps if one in FINAL and other != one]


@requirement("tasks.terminal-is-final")
def test_a_task_that_has_ended_stays_ended(life: Life, judge: Judge) -> None:
    end = status_of(life.looks[-1])
    later = [one for one in (life.tagged, life.last) if one and one.result and one.result.get("taskId") == life.id]
    for one in later:
        judge.that(status_of(one) == end, expected=f"still {end}", observed=status_of(one), evidence=one)
    if not later:
        judge.not_applicable("the task was gone right after its end")


@requirement("tasks.result-returns-final-outcome")
def test_the_result_of_a_task_is_that_of_its_call(life: Life, survey: Survey, judge: Judge) -> None:
    for answer in (life.result, life.again):
        if answer is None or (answer is life.again and life.last and life.last.result is None):
            continue
        errors = message_errors(survey.revision, "CallToolResult", answer.result) if answer.result else []
        good = answer.result is not None and not errors
        judge.that(good, expected="a CallToolResult", observed=errors or answer.summary, evidence=answer)


@requirement("tasks.result-blocks-until-terminal")
def test_the_result_of_a_task_comes_after_its_end(slow_life: Life, judge: Judge) -> None:
    early = slow_life.early
    observed = f"at work, and {early.summary}" if early else "it waited"
    judge.that(early is None, expected="no answer before the end", observed=observed, evidence=early or slow_life)


@requirement("tasks.result-tagged")
def test_the_result_of_a_task_names_it(life: Life, judge: Judge) -> None:
    if life.result is None or life.result.result is None:
        judge.could_not_run(f"the task gave no result ({life.result and life.result.summary})")
    named = related_id(life.result.result)
    judge.that(named == life.id, expected=f"the task {life.id} in _meta", observed=named, evidence=life.result)


@requirement("tasks.related-messages-tagged")
def test_what_is_sent_during_a_task_names_it(life: Life, judge: Judge) -> None:
    if not life.progress:
        judge.not_applicable("the task reported no progress")
    untagged = [one for one in life.progress if related_id(one.value.get("params")) != life.id]
    observed = f"{len(untagged)} of {len(life.progress)} reports do not"
    judge.that(not untagged, expected="progress that names its task", observed=observed, evidence=life)


@requirement("tasks.management-request-tag-ignored")
def test_the_id_decides_which_task_is_meant(life: Life, judge: Judge) -> None:
    if not id_of(life.bold) or life.last is None or life.last.result is None:
        judge.could_not_run("there were no two tasks to be told apart")
    if life.tagged is None:
        judge.that(
            False,
            expected=f"the task {life.id}",
            observed="no answer to a tasks/get whose metadata named another task",
            evidence=life.last,
        )
        return
    id = (life.tagged.result or {}).get("taskId", life.tagged.summary)
    judge.that(id == life.id, expected=f"the task {life.id}", observed=id, evidence=life.tagged)


@requirement("tasks.list-covers-retrievable")
def test_a_task_that_can_be_got_is_listed(life: Life, judge: Judge) -> None:
    if life.last is None or life.last.result is None:
        judge.not_applicable("the task was gone right after its end")
    if not life.pages or life.pages[-1].result is None:
        judge.could_not_run("the tasks could not be listed")
    listed = life.id in [one.get("taskId") for one in entries_of(life.pages)]
    observed = "it is" if listed else "it is not"
    judge.that(listed, expected="the task in the list", observed=observed, evidence=life.pages[-1])


@requirement("tasks.cancel-of-finished-refused")
def test_a_task_that_has_ended_cannot_be_cancelled(life: Life, judge: Judge) -> None:
    if life.stopped is None:
        judge.could_not_run("it was not tried")
    refused = life.stopped.error_code == INVALID_PARAMS
    judge.that(refused, expected="error -32602", observed=life.stopped.summary, evidence=life.stopped)


@requirement("tasks.ttl-capped")
def test_no_task_is_kept_for_years(life: Life, judge: Judge) -> None:
    if life.bold is None or (not id_of(life.bold) and life.bold.error is None):
        judge.could_not_run("a task for ten years was not asked for")
    granted = task_of(life.bold).get("ttl", "refused")
    kept = granted is None or (isinstance(granted, int | float) and granted >= YEARS)
    judge.advise(not kept, expected="less than ten years", observed=f"ttl {granted}", evidence=life.bold)


@requirement("tasks.progress-token-lives-on")
def test_progress_of_a_task_bears_the_token_of_its_call(life: Life, judge: Judge) -> None:
    if not life.progress:
        judge.not_applicable("the task reported no progress")
    tokens = {as_object(one.value.get("params")).get("progressToken") for one in life.progress}
    judge.that(tokens == {TOKEN}, expected=f"progressToken {TOKEN}", observed=tokens, evidence=life)


@requirement("tasks.progress-stops-at-terminal")
def test_no_progress_comes_after_the_end_of_a_task(life: Life, judge: Judge) -> None:
    if not life.progress:
        judge.not_applicable("the task reported no progress")
    judge.never(life.late, "progress came after the end of the task", evidence=life)
