"""What is read from answers about tasks of the extension io.modelcontextprotocol/tasks."""

from typing import Any

import pytest

from conformance.tasking.durable import (
    error_errors,
    foreign_members,
    input_errors,
    made_task,
    result_errors,
    task_errors,
    wanted_by,
)
from conformance.tasking.enduring import DurableTools, Questioned, reused_keys
from conformance.wire.connection import Answer
from conformance.wire.http import Reply

TASK: dict[str, Any] = {
    "taskId": "one",
    "status": "working",
    "createdAt": "2026-07-28T10:00:00Z",
    "lastUpdatedAt": "2026-07-28T10:00:00Z",
    "ttlMs": None,
}
ROOTS: dict[str, Any] = {"method": "roots/list", "params": {}}
FORM: dict[str, Any] = {
    "method": "elicitation/create",
    "params": {"mode": "form", "message": "Well?", "requestedSchema": {"type": "object", "properties": {}}},
}


def answer(**result: Any) -> Answer:
    return Answer(Reply(200, (), b"", ""), response={"result": result})


def waiting(**wanted: Any) -> Answer:
    return answer(**TASK | {"status": "input_required", "inputRequests": wanted})


@pytest.mark.parametrize("more", [{}, {"ttlMs": 5}, {"ttlMs": 5.0, "pollIntervalMs": 5}, {"statusMessage": "", "x": 1}])
def test_a_task_with_all_its_members_is_one(more: dict[str, Any]) -> None:
    assert task_errors(TASK | more) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"taskId": ""},
        {"taskId": 5},
        {"status": "running"},
        {"status": []},
        {"createdAt": 5},
        {"lastUpdatedAt": None},
        {"ttlMs": 0.5},
        {"ttlMs": True},
        {"ttlMs": -1},
        {"ttlMs": float("inf")},
        {"ttlMs": "5"},
        {"pollIntervalMs": None},
        {"statusMessage": 5},
    ],
)
def test_what_is_wrong_with_a_task_is_told(wrong: dict[str, Any]) -> None:
    assert len(task_errors(TASK | wrong)) == 1


@pytest.mark.parametrize("missing", TASK)
def test_a_member_that_is_missing_is_told(missing: str) -> None:
    assert len(task_errors({name: value for name, value in TASK.items() if name != missing})) == 1


def test_members_of_other_results_are_found() -> None:
    assert foreign_members(TASK, creation=True) == []
    assert foreign_members(TASK | {"requestState": "x", "result": {}}, creation=True) == ["requestState", "result"]
    assert foreign_members(TASK | {"status": "completed", "result": {}}, creation=False) == []
    assert foreign_members(TASK | {"status": "failed", "result": {}, "error": {}}, creation=False) == ["result"]
    tagged = {"content": [], "_meta": {"io.modelcontextprotocol/related-task": {"taskId": "one"}}}
    assert len(foreign_members(TASK | {"status": "completed", "result": tagged}, creation=False)) == 1


def test_a_task_is_told_from_a_result() -> None:
    assert made_task(answer(resultType="task"))
    assert made_task(answer(**TASK, resultType="complete"))
    assert not made_task(answer(content=[], taskId="one"))
    assert not made_task(None)


def test_what_a_task_wants_must_be_requests_for_input() -> None:
    assert input_errors({"inputRequests": {"a": ROOTS, "b": FORM}}) == []
    for wrong in ({}, {"inputRequests": {}}, {"inputRequests": []}, {"inputRequests": {"a": {"method": "ping"}}}):
        assert input_errors(wrong)
    assert wanted_by(waiting(a=ROOTS)) == {"a": ROOTS}
    assert wanted_by(answer(**TASK, inputRequests={"a": ROOTS})) == {}


def test_a_result_and_an_error_are_judged_by_the_schema() -> None:
    assert result_errors({"result": {"content": []}}) == []
    assert result_errors({"result": {}})
    assert result_errors({})
    assert error_errors({"error": {"code": -32603, "message": ""}}) == []
    assert error_errors({"error": {"code": "-32603", "message": ""}})
    assert error_errors({"error": "failed"})


def test_keys_that_mean_two_things_are_found() -> None:
    assert reused_keys([waiting(a=ROOTS), waiting(a=ROOTS), waiting(b=ROOTS), answer(**TASK)]) == []
    assert reused_keys([waiting(a=ROOTS), waiting(a=FORM)]) == ["a"]
    assert reused_keys([waiting(a=ROOTS), answer(**TASK), waiting(a=ROOTS)]) == ["a"]


def test_a_task_is_stuck_where_it_waits_for_what_it_has() -> None:
    created, given = answer(), frozenset("a")
    assert Questioned(created, (waiting(a=ROOTS),), given=given).stuck
    assert not Questioned(created, (waiting(a=ROOTS, b=ROOTS),), given=given).stuck
    assert not Questioned(created, (waiting(a=ROOTS), waiting(a=FORM)), given=given).stuck
    assert not Questioned(created, (waiting(a=ROOTS), answer(**TASK)), given=given).stuck


class Listed:
    """A survey that knows tools alone."""

    def __init__(self, *names: str) -> None:
        self.tools = [{"name": name, "inputSchema": {"type": "object"}} for name in names]


def test_known_tools_are_called_of_a_server_made_for_tests_alone() -> None:
    survey: Any = Listed("confirm_delete", "slow_compute")
    assert DurableTools(survey, ()).known("confirm_delete") is None
    assert DurableTools(survey, ()).any() == []
    assert DurableTools(survey, ("confirm_delete",)).known("confirm_delete")
    survey = Listed("confirm_delete", "slow_compute", "failing_job", "protocol_error_job")
    assert DurableTools(survey, ()).known("confirm_delete") == ("confirm_delete", {"filename": "conformance.txt"})
    assert DurableTools(survey, ()).known("multi_input") is None
    assert DurableTools(survey, ()).any() == [("slow_compute", {"seconds": 1, "label": "conformance"})]
