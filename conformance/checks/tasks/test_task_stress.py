"""Many tasks, many questions about tasks, and a task after its time."""

from conformance import Judge, requirement
from conformance.tasking.crowding import MANY, Crowd, throttled
from conformance.wire.connection import Answer


@requirement("tasks.list-paginated")
def test_many_tasks_are_listed_in_pages(task_crowd: Crowd, judge: Judge) -> None:
    if task_crowd.pages[0].result is None:
        judge.could_not_run(f"tasks cannot be listed ({task_crowd.pages[0].summary})")
    if len(task_crowd.ids) < MANY / 2:
        judge.could_not_run(f"only {len(task_crowd.ids)} of {MANY} tasks are still there")
    largest = max(len((page.result or {}).get("tasks", ())) for page in task_crowd.pages)
    observed = f"{largest} on one page"
    judge.advise(largest < MANY, expected=f"{MANY} tasks on several pages", observed=observed, evidence=task_crowd)


@requirement("tasks.list-next-cursor")
def test_many_tasks_can_be_listed_to_the_last(task_crowd: Crowd, judge: Judge) -> None:
    if task_crowd.pages[-1].result is None:
        judge.could_not_run(f"tasks cannot be listed to the end ({task_crowd.pages[-1].summary})")
    missing = task_crowd.ids - task_crowd.listed
    observed = f"{len(missing)} of {len(task_crowd.ids)} are missing"
    judge.that(not missing, expected="every task that can be got", observed=observed, evidence=task_crowd)


@requirement("tasks.operations-rate-limited")
def test_tasks_cannot_be_tried_out_in_a_hurry(lookups: list[Answer], judge: Judge) -> None:
    slowed = throttled(lookups)
    observed = f"{len(lookups)} lookups, the last one: {lookups[-1].summary}"
    judge.advise(slowed, expected="another answer after many lookups", observed=observed, evidence=lookups[-1])


@requirement("tasks.expired-cleaned-up")
def test_a_task_is_gone_after_its_time(outlived: Answer, judge: Judge) -> None:
    gone = outlived.result is None
    judge.advise(gone, expected="no such task", observed=outlived.summary, evidence=outlived)
