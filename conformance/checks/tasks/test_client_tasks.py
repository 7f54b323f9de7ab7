"""Requests of the server that run as tasks of the client."""

from itertools import pairwise

from conformance import Judge, requirement
from conformance.tasking.receiving import INTERVAL, Receiving

_PUNCTUAL = 0.5
"""The part of an interval after which a look is no haste: the network may have held the one before."""


@requirement("tasks.server-polls-considerately")
def test_the_server_looks_at_our_task_no_more_often_than_we_ask(receiving: Receiving, judge: Judge) -> None:
    pauses = [other - one for one, other in pairwise(receiving.looks)]
    if not pauses:
        judge.not_applicable("the server fetched the result without a look at the task, which waits for it")
    shortest = min(pauses)
    expected = f"at least {INTERVAL:g} s between two looks"
    judge.advise(shortest >= INTERVAL * _PUNCTUAL, expected=expected, observed=f"{shortest:.2f} s", evidence=receiving)


@requirement("tasks.server-cancels-own-tasks-properly")
def test_the_server_gives_up_on_our_task_by_its_id(receiving: Receiving, judge: Judge) -> None:
    if receiving.stopped is None:
        judge.not_applicable("the server did not give up on our task when its own call was cancelled")
    method = receiving.stopped.value.get("method")
    judge.that(method == "tasks/cancel", expected="tasks/cancel", observed=method, evidence=receiving)
