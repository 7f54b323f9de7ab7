"""News of tasks of the extension, and the tasks of others (2026-07-28, extension io.modelcontextprotocol/tasks)."""

from conformance import Judge, requirement
from conformance.interaction.subscribing import REQUEST_SCOPED
from conformance.shapes import as_object
from conformance.tasking.client import status_of
from conformance.tasking.durable import ended, task_errors
from conformance.tasking.enduring import Trespassing, Watching
from conformance.wire.heard import Message
from conformance.wire.jsonrpc import MISSING_CAPABILITY


def _params(message: Message) -> dict[str, object]:
    return as_object(as_object(message.value).get("params"))


def _without_meta(value: object) -> dict[str, object]:
    return {name: one for name, one in as_object(value).items() if name != "_meta"}


@requirement("tasks-extension.listen-needs-capability")
def test_who_knows_no_tasks_cannot_hear_of_them(watching: Watching, judge: Judge) -> None:
    if watching.answered is None:
        judge.could_not_run("the wish of a client that knows no tasks is not answered")
    error = as_object(as_object(watching.answered.value).get("error"))
    good = error.get("code") == MISSING_CAPABILITY
    observed = f"error {error.get('code')!r}" if error else "the subscription was not refused"
    judge.that(good, expected="error -32021", observed=observed, evidence=watching)


@requirement("tasks-extension.notice-complete")
def test_every_notice_of_a_task_has_the_whole_task(watching: Watching, judge: Judge) -> None:
    if not watching.told:
        judge.not_applicable("no notification about the task came")
    for one in watching.told:
        errors = task_errors(_params(one))
        judge.that(not errors, expected="the members of a task", observed=errors or "all there", evidence=watching)
    last, state = _params(watching.told[-1]), watching.state.result or {}
    if ended(watching.state) and last.get("status") == status_of(watching.state):
        for name in ("result", "error"):
            same = _without_meta(last.get(name)) == _without_meta(state.get(name))
            observed = f"{last.get(name)!r}, and {state.get(name)!r} in the state"
            judge.that(same, expected=f"the {name} of the task", observed=observed, evidence=watching.state)


@requirement("tasks-extension.notices-only-of-agreed-tasks")
def test_only_the_news_of_the_wanted_task_come(watching: Watching, judge: Judge) -> None:
    more = [one for one in watching.granted if one != watching.id]
    judge.that(not more, expected="the wanted id alone", observed=more or "it is", evidence=watching)
    others = [one for one in watching.told if _params(one).get("taskId") not in watching.granted]
    observed = f"{len(others)} of {len(watching.told)} notifications are about others"
    judge.that(not others, expected="news of the wanted task", observed=observed, evidence=watching)


@requirement("tasks-extension.no-progress-on-subscription")
def test_who_listens_to_a_task_hears_nothing_of_its_work(watching: Watching, judge: Judge) -> None:
    methods = [str(as_object(one.value).get("method")) for one in watching.heard]
    others = sorted({one for one in methods if one in REQUEST_SCOPED})
    judge.that(not others, expected="neither progress nor log", observed=others or "none came", evidence=watching)


@requirement("tasks-extension.bound-to-user")
def test_nobody_gets_at_the_durable_task_of_another_user(durable_trespassing: Trespassing, judge: Judge) -> None:
    control = durable_trespassing.control
    if control.result is None:
        judge.could_not_run(f"its owner does not get at it either ({control.summary})")
    for method, answer in durable_trespassing.attempts.items():
        refused = answer.result is None and (answer.error is not None or answer.refused)
        judge.that(refused, expected=f"{method} is refused", observed=answer.summary, evidence=answer)
