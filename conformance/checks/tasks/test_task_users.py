"""Tasks of one user and another."""

from conformance import Judge, requirement
from conformance.tasking.trespassing import Trespassing


@requirement("tasks.bound-to-authorization-context", "tasks.foreign-access-refused")
def test_nobody_gets_at_the_task_of_another_user(trespassing: Trespassing, judge: Judge) -> None:
    if trespassing.control.result is None:
        judge.could_not_run(f"its owner does not get at it either ({trespassing.control.summary})")
    for method, answer in trespassing.attempts.items():
        refused = answer.result is None and (answer.error is not None or answer.refused)
        judge.that(refused, expected=f"{method} is refused", observed=answer.summary, evidence=answer)


@requirement("tasks.list-scoped-to-context")
def test_nobody_sees_the_task_of_another_user_listed(trespassing: Trespassing, judge: Judge) -> None:
    if trespassing.found is None:
        judge.could_not_run("the other user cannot list tasks")
    judge.never(trespassing.found, "the task of one user is in the list of another", evidence=trespassing)
