"""Calls that run as tasks."""

from collections.abc import Generator
from typing import Any

import pytest

from conformance.reference import ReferenceServer
from tests.reference.client import Client

Json = dict[str, Any]
RELATED = "io.modelcontextprotocol/related-task"


@pytest.fixture
def session() -> Generator[Client]:
    with ReferenceServer(profile="open") as server, Client(server) as client:
        client.initialize("2025-11-25")
        yield client


def create(session: Client, name: str, **arguments: Any) -> Json:
    return session.call("tools/call", name=name, arguments=arguments, task={"ttl": 60_000})["result"]["task"]


def about(session: Client, method: str, task: Json) -> Json:
    return session.call(method, taskId=task["taskId"])


def test_a_task_is_made_at_once_and_its_result_waited_for(session: Client) -> None:
    task = create(session, "test_wait", seconds=0.1)
    assert task["status"] == "working"
    result = about(session, "tasks/result", task)["result"]
    assert result["content"] == [{"type": "text", "text": "Waited for 0.1 s"}]
    assert result["_meta"] == {RELATED: {"taskId": task["taskId"]}}
    assert about(session, "tasks/get", task)["result"]["status"] == "completed"
    assert about(session, "tasks/cancel", task)["error"]["code"] == -32602


def test_a_cancelled_task_has_no_result(session: Client) -> None:
    task = create(session, "test_wait", seconds=5)
    assert about(session, "tasks/cancel", task)["result"]["status"] == "cancelled"
    assert about(session, "tasks/get", task)["result"]["status"] == "cancelled"
    assert about(session, "tasks/result", task)["error"]["code"] == -32602


def test_a_task_fails_as_its_tool_does(session: Client) -> None:
    task = create(session, "test_error_handling")
    result = about(session, "tasks/result", task)["result"]
    assert result["isError"]
    state = about(session, "tasks/get", task)["result"]
    assert state["status"] == "failed"
    assert "intentionally" in state["statusMessage"]


def test_tasks_are_listed_in_pages_to_who_made_them(session: Client) -> None:
    made = [create(session, "test_simple_text")["taskId"] for _ in range(20)]
    first = session.call("tasks/list")["result"]
    second = session.call("tasks/list", cursor=first["nextCursor"])["result"]
    assert [one["taskId"] for one in first["tasks"] + second["tasks"]] == made
    session.initialize("2025-11-25")
    assert session.call("tasks/list")["result"] == {"tasks": []}
    assert session.call("tasks/get", taskId=made[0])["error"]["code"] == -32602


def test_a_tool_says_whether_it_runs_as_a_task(session: Client) -> None:
    assert session.call("tools/call", name="test_task_required")["error"]["code"] == -32601
    assert session.call("tools/call", name="recall", task={})["error"]["code"] == -32601
    assert create(session, "test_task_required")["status"] == "working"


def test_earlier_revisions_have_no_tasks(session: Client) -> None:
    session.initialize("2025-06-18")
    assert session.call("tasks/list")["error"]["code"] == -32601
    answer = session.call("tools/call", name="test_simple_text", task={"ttl": 1})
    assert "content" in answer["result"]
