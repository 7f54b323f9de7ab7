"""Tasks of the extension from their creation to their end (2026-07-28, extension io.modelcontextprotocol/tasks)."""

from collections.abc import Callable, Iterable
from datetime import datetime

from conformance import Judge, requirement
from conformance.exercise import admitted
from conformance.guessing import weakness
from conformance.tasking.client import FINAL, seconds_of, status_of
from conformance.tasking.durable import (
    CREATION,
    Asked,
    error_errors,
    foreign_members,
    id_of,
    made_task,
    result_errors,
    task_errors,
)
from conformance.tasking.enduring import FAILING, Enduring, Outcomes
from conformance.wire.jsonrpc import HEADER_MISMATCH, INVALID_PARAMS

_GET = "tasks/get"
_ACKNOWLEDGED = ("tasks/update", "tasks/cancel")
_GENERIC = frozenset(("", "error", "invalid params", "invalid request", "internal error", "unknown error", "failed"))
_OF_TASKS = ("taskId", "status", "result", "error", "inputRequests")


def _judge_each(judge: Judge, found: Iterable[Asked], expected: str, problem: Callable[[Asked], object]) -> None:
    """Hold something against each of these answers, and tell those that are wrong."""
    seen = list(found)
    if not seen:
        judge.not_applicable("no such answer came")

    def told(one: Asked) -> str:
        wrong = problem(one)
        return f"{one.method}: {wrong}" if wrong else ""

    judge.each(seen, expected, told, seen=f"{len(seen)} are")


def _made(asked: Iterable[Asked]) -> list[Asked]:
    return [one for one in asked if one.creation]


def _states(asked: Iterable[Asked], status: str = "") -> list[Asked]:
    """The answers to tasks/get, or those with a status."""
    found = [one for one in asked if one.method == _GET and one.answer.result is not None and one.knowing]
    return [one for one in found if not status or one.result.get("status") == status]


@requirement("tasks-extension.created-with-result-type")
def test_every_answer_that_makes_a_task_says_so(asked_of_tasks: list[Asked], judge: Judge) -> None:
    def problem(one: Asked) -> str:
        kind = one.result.get("resultType")
        return "" if kind == "task" else f"resultType {kind!r}"

    _judge_each(judge, _made(asked_of_tasks), "the resultType task", problem)


@requirement("tasks-extension.result-type-task-reserved")
def test_no_other_answer_has_the_result_type_of_a_task(asked_of_tasks: list[Asked], judge: Judge) -> None:
    others = [one for one in asked_of_tasks if one.answer.result is not None and not one.creation]

    def problem(one: Asked) -> str:
        return "resultType task" if one.result.get("resultType") == "task" else ""

    _judge_each(judge, others, "another resultType", problem)


@requirement("tasks-extension.created-task-complete")
def test_every_new_task_has_all_that_a_task_has(asked_of_tasks: list[Asked], judge: Judge) -> None:
    _judge_each(judge, _made(asked_of_tasks), "the members of a task", lambda one: task_errors(one.result))


@requirement("tasks-extension.state-complete")
def test_every_state_has_all_that_a_task_has(asked_of_tasks: list[Asked], judge: Judge) -> None:
    _judge_each(judge, _states(asked_of_tasks), "the members of a task", lambda one: task_errors(one.result))


@requirement("tasks-extension.state-complete")
def test_the_state_of_a_task_is_that_of_the_one_asked_for(enduring: Enduring, judge: Judge) -> None:
    states = [one for one in (*enduring.looks, enduring.last) if one and one.result]
    if not states or enduring.created is None:
        judge.could_not_run("the task cannot be looked up")
    id = id_of(enduring.created)
    for one in states:
        judge.that(id_of(one) == id, expected=f"the task {id}", observed=id_of(one) or one.summary, evidence=one)


@requirement("tasks-extension.created-durably")
def test_a_new_task_can_be_looked_up_at_once(enduring: Enduring, judge: Judge) -> None:
    if not enduring.looks:
        judge.could_not_run("the task has no id")
    first = admitted(enduring.looks[0])
    judge.see(enduring)
    judge.that(first.result is not None, expected="its state", observed=first.summary, evidence=first)


@requirement("tasks-extension.no-members-of-other-results")
def test_no_task_has_members_of_other_results(asked_of_tasks: list[Asked], judge: Judge) -> None:
    seen = _made(asked_of_tasks) + _states(asked_of_tasks)
    broken = [(one, told) for one in seen if (told := foreign_members(one.result, creation=one.method == CREATION))]
    for one, told in broken[:5]:
        observed = f"{one.method}, status {one.result.get('status')!r}: {', '.join(told)}"
        judge.advise(False, expected="no member of another result", observed=observed, evidence=one)
    judge.advise(not broken, expected="no member of another result", observed=f"{len(broken)} of {len(seen)} have some")


@requirement("tasks-extension.times-readable")
def test_the_times_of_a_task_can_be_read(asked_of_tasks: list[Asked], judge: Judge) -> None:
    def problem(one: Asked) -> list[str]:
        times = {name: one.result.get(name) for name in ("createdAt", "lastUpdatedAt")}
        return [f"{name} {text!r}" for name, text in times.items() if isinstance(text, str) and not _is_time(text)]

    _judge_each(judge, _made(asked_of_tasks) + _states(asked_of_tasks), "times in ISO 8601", problem)


def _is_time(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return "T" in text


@requirement("tasks-extension.answers-are-complete")
def test_every_answer_about_a_task_is_complete(asked_of_tasks: list[Asked], judge: Judge) -> None:
    found = [one for one in asked_of_tasks if one.method != CREATION and one.answer.result is not None]

    def problem(one: Asked) -> str:
        kind = one.result.get("resultType")
        return "" if kind == "complete" else f"resultType {kind!r}"

    _judge_each(judge, found, "the resultType complete", problem)


@requirement("tasks-extension.completed-with-result")
def test_every_completed_task_has_its_result(asked_of_tasks: list[Asked], judge: Judge) -> None:
    found = _states(asked_of_tasks, "completed")
    _judge_each(judge, found, "result, a CallToolResult", lambda one: result_errors(one.result))


@requirement("tasks-extension.failed-with-error")
def test_every_failed_task_has_its_error(asked_of_tasks: list[Asked], judge: Judge) -> None:
    found = _states(asked_of_tasks, "failed")
    _judge_each(judge, found, "error, with code and message", lambda one: error_errors(one.result))


@requirement("tasks-extension.failed-with-status-message")
def test_every_failed_task_says_why(asked_of_tasks: list[Asked], judge: Judge) -> None:
    found = _states(asked_of_tasks, "failed")
    if not found:
        judge.not_applicable("no task failed")
    for one in found:
        message = one.result.get("statusMessage")
        judge.advise(bool(message), expected="a statusMessage", observed=repr(message), evidence=one)


@requirement("tasks-extension.tool-error-is-completed")
def test_a_task_whose_tool_fails_is_completed(durable_outcomes: Outcomes, judge: Judge) -> None:
    failing = durable_outcomes.failing
    if failing is None or not made_task(failing.created):
        judge.not_applicable(f"the server offers no tool {FAILING} that runs as a task, which would show it")
    if failing.end is None or status_of(failing.end) not in FINAL:
        judge.could_not_run(f"the task of {FAILING} did not end ({failing.end and failing.end.summary})")
    status = status_of(failing.end)
    judge.that(
        status != "failed", expected="completed, with the error in its result", observed=status, evidence=failing.end
    )


@requirement("tasks-extension.end-is-final")
def test_a_task_that_has_ended_does_not_change(seen_through: Enduring, judge: Judge) -> None:
    end, last = status_of(seen_through.looks[-1]), seen_through.last
    if last is None or last.result is None:
        judge.not_applicable("the task was gone right after its end")
    judge.that(status_of(last) == end, expected=f"still {end}", observed=status_of(last), evidence=last)


@requirement("tasks-extension.kept-for-ttl")
def test_a_task_is_kept_as_long_as_it_was_told(seen_through: Enduring, judge: Judge) -> None:
    told = [one.result.get("ttlMs") for one in (seen_through.created, *seen_through.looks) if one and one.result]
    limits = [seconds for one in told if (seconds := seconds_of(one)) is not None]
    last = seen_through.last
    if last is None or (limits and min(limits) <= seen_through.seconds):
        judge.not_applicable("the time for which the task was kept was over before it could be looked at again")
    judge.that(admitted(last).result is not None, expected="its state", observed=last.summary, evidence=last)


@requirement("tasks-extension.unknown-task-code")
def test_a_task_that_never_was_cannot_be_looked_up(enduring: Enduring, judge: Judge) -> None:
    answer = enduring.unknown.get(_GET) or judge.could_not_run("the task has no id")
    good = admitted(answer).error_code == INVALID_PARAMS
    judge.that(good, expected="error -32602", observed=answer.summary, evidence=answer)


@requirement("tasks-extension.unknown-task-other-methods-code")
def test_a_task_that_never_was_cannot_be_changed(enduring: Enduring, judge: Judge) -> None:
    if not enduring.unknown:
        judge.could_not_run("the task has no id")
    for method in _ACKNOWLEDGED:
        answer = admitted(enduring.unknown[method])
        good = answer.error_code == INVALID_PARAMS
        judge.advise(good, expected=f"{method}: error -32602", observed=answer.summary, evidence=answer)


@requirement("tasks-extension.errors-informative")
def test_the_error_about_a_task_that_never_was_says_so(enduring: Enduring, judge: Judge) -> None:
    errors = {method: answer for method, answer in enduring.unknown.items() if answer.error}
    if not errors:
        judge.could_not_run("an unknown task is not answered with an error")
    for method, answer in errors.items():
        message = str((answer.error or {}).get("message", "")).strip()
        told = message.strip(".:! ").lower() not in _GENERIC
        judge.advise(told, expected=f"{method}: what went wrong", observed=repr(message), evidence=answer)


@requirement("tasks-extension.update-acknowledged")
def test_an_update_is_acknowledged_with_nothing_else(asked_of_tasks: list[Asked], judge: Judge) -> None:
    _judge_each(judge, _acknowledged(asked_of_tasks, "tasks/update"), "no member of a task", _of_task)


@requirement("tasks-extension.cancel-acknowledged")
def test_a_cancellation_is_acknowledged_with_nothing_else(asked_of_tasks: list[Asked], judge: Judge) -> None:
    _judge_each(judge, _acknowledged(asked_of_tasks, "tasks/cancel"), "no member of a task", _of_task)


@requirement("tasks-extension.cancel-acknowledged")
def test_a_task_at_work_can_be_cancelled(durable_outcomes: Outcomes, judge: Judge) -> None:
    answer = durable_outcomes.stopped
    if answer is None:
        judge.not_applicable("no task was made that works for long enough")
    judge.that(admitted(answer).result is not None, expected="a result", observed=answer.summary, evidence=answer)


def _acknowledged(asked: Iterable[Asked], method: str) -> list[Asked]:
    return [one for one in asked if one.method == method and one.answer.result is not None]


def _of_task(one: Asked) -> str:
    return ", ".join(name for name in _OF_TASKS if name in one.result)


@requirement("tasks-extension.cancel-of-ended-acknowledged")
def test_a_task_that_has_ended_may_be_cancelled(seen_through: Enduring, judge: Judge) -> None:
    answer = seen_through.stopped or judge.could_not_run("it was not tried")
    good = admitted(answer).result is not None
    judge.advise(good, expected="a result", observed=answer.summary, evidence=answer)


@requirement("tasks-extension.name-header-mismatch-rejected")
def test_a_look_with_the_header_of_another_task_is_refused(enduring: Enduring, judge: Judge) -> None:
    answer = enduring.misrouted
    if answer is None or enduring.looks[-1].result is None:
        judge.could_not_run("the task cannot be looked up with the right header field either")
    good = admitted(answer).error_code == HEADER_MISMATCH
    judge.that(good, expected="error -32020", observed=answer.summary, evidence=answer)


@requirement("tasks-extension.ids-unguessable")
def test_ids_of_durable_tasks_cannot_be_guessed(asked_of_tasks: list[Asked], judge: Judge) -> None:
    ids = list(dict.fromkeys(id_of(one.answer) for one in _made(asked_of_tasks)))
    weak = weakness(ids)
    judge.that(not weak, expected="ids that nobody can guess", observed=weak or f"{len(ids)} ids without a pattern")
