"""A task that is cancelled at work."""

from conformance import Judge, requirement
from conformance.tasking.client import status_of
from conformance.tasking.life import is_progress
from conformance.tasking.stopping import Stopping


@requirement("tasks.cancel-sets-status-first")
def test_a_task_is_cancelled_when_the_answer_comes(stopping: Stopping, judge: Judge) -> None:
    if stopping.answer.result is None:
        judge.could_not_run(f"the task was not cancelled ({stopping.answer.summary})")
    for answer in (stopping.answer, stopping.look):
        if answer.result is not None:
            status = status_of(answer)
            judge.that(status == "cancelled", expected="status cancelled", observed=status, evidence=answer)


@requirement("tasks.cancelled-stays-cancelled")
def test_a_cancelled_task_stays_cancelled(stopping: Stopping, judge: Judge) -> None:
    if status_of(stopping.look) != "cancelled":
        judge.could_not_run(f"the task was not cancelled, or is gone ({stopping.look.summary})")
    status = status_of(stopping.end) if stopping.end.result else "cancelled and gone"
    kept = status.startswith("cancelled")
    judge.that(kept, expected="cancelled still", observed=status, evidence=stopping.end)


@requirement("tasks.cancel-stops-execution")
def test_the_work_of_a_cancelled_task_stops(stopping: Stopping, judge: Judge) -> None:
    if stopping.sign is None:
        judge.not_applicable("the task shows nothing of its work")
    if stopping.answer.result is None:
        judge.could_not_run(f"the task was not cancelled ({stopping.answer.summary})")
    judge.advise(not stopping.later, expected="no sign of work", observed=_told(stopping), evidence=stopping)


@requirement("tasks.progress-stops-at-terminal")
def test_no_progress_of_a_cancelled_task_comes(stopping: Stopping, judge: Judge) -> None:
    if stopping.sign is None or status_of(stopping.look) != "cancelled":
        judge.not_applicable("the task shows nothing of its work, or was not cancelled")
    late = stopping.later is not None and is_progress(stopping.later.value)
    judge.never(late, "progress came after the task had been cancelled", evidence=stopping)


def _told(stopping: Stopping) -> str:
    return f"{stopping.later.value.get('method')} came" if stopping.later else "nothing came"
