"""Calls that run as tasks of the extension io.modelcontextprotocol/tasks, where there are no sessions."""

import time
from collections.abc import Generator
from typing import Any

import pytest

from conformance.reference import ReferenceServer
from tests.reference.client import Client

Json = dict[str, Any]
PREFIX = "io.modelcontextprotocol/"
KNOWING: Json = {"extensions": {f"{PREFIX}tasks": {}}, "elicitation": {}}


@pytest.fixture
def client() -> Generator[Client]:
    with ReferenceServer(profile="modern") as server, Client(server) as client:
        yield client


def ask(client: Client, method: str, header: str, *, capabilities: Json = KNOWING, **params: Any) -> Json:
    about = {"protocolVersion": "2026-07-28", "clientCapabilities": capabilities}
    meta = {f"{PREFIX}{key}": value for key, value in about.items()}
    message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": {**params, "_meta": meta}}
    headers = {"MCP-Protocol-Version": "2026-07-28", "Mcp-Method": method, "Mcp-Name": header}
    return client.post_message(message, **headers).json()


def call(client: Client, name: str, *, capabilities: Json = KNOWING, **arguments: Any) -> Json:
    return ask(client, "tools/call", name, capabilities=capabilities, name=name, arguments=arguments)


def about(client: Client, method: str, id: str, **params: Any) -> Json:
    return ask(client, method, id, taskId=id, **params)


def until(client: Client, id: str, *statuses: str) -> Json:
    state: Json = {}
    for _ in range(100):
        state = about(client, "tasks/get", id)["result"]
        if state["status"] in statuses:
            break
        time.sleep(0.02)
    return state


def test_a_task_is_made_for_clients_that_know_what_it_is(client: Client) -> None:
    made = call(client, "slow_compute", seconds=0.05, label="sum")["result"]
    assert (made["resultType"], made["status"]) == ("task", "working")
    state = until(client, made["taskId"], "completed")
    assert state["resultType"] == "complete"
    assert state["result"] == {"content": [{"type": "text", "text": "Computed sum."}]}
    assert call(client, "slow_compute", capabilities={}, seconds=0)["result"]["resultType"] == "complete"
    assert call(client, "failing_job", capabilities={})["error"]["code"] == -32021
    assert ask(client, "tasks/get", "x", capabilities={}, taskId="x")["error"]["code"] == -32021


def test_a_task_ends_as_its_tool_does(client: Client) -> None:
    failing, broken = (call(client, name)["result"]["taskId"] for name in ("failing_job", "protocol_error_job"))
    assert until(client, failing, "completed", "failed")["result"]["isError"]
    state = until(client, broken, "completed", "failed")
    assert state["status"] == "failed"
    assert state["error"]["code"] == -32603
    assert "result" not in state


def test_a_task_waits_for_all_that_it_wants(client: Client) -> None:
    id = call(client, "multi_input")["result"]["taskId"]
    one, other = until(client, id, "input_required")["inputRequests"]
    answers = {one: {"action": "accept", "content": {"name": "Ann"}}, "unknown": {"action": "decline"}}
    assert about(client, "tasks/update", id, inputResponses=answers)["result"]["resultType"] == "complete"
    assert list(about(client, "tasks/get", id)["result"]["inputRequests"]) == [other]
    refused = about(client, "tasks/update", id, inputResponses={other: {"action": "perhaps"}})
    assert refused["error"]["code"] == -32602
    about(client, "tasks/update", id, inputResponses={other: {"action": "accept", "content": {"confirm": True}}})
    assert until(client, id, "completed")["result"]["content"][0]["text"] == "Ann confirmed: True."


def test_a_cancelled_task_stays_so(client: Client) -> None:
    id = call(client, "slow_compute", seconds=30)["result"]["taskId"]
    for _ in range(2):
        assert about(client, "tasks/cancel", id)["result"]["resultType"] == "complete"
        assert about(client, "tasks/get", id)["result"]["status"] == "cancelled"
    assert about(client, "tasks/cancel", "unknown")["error"]["code"] == -32602
    assert ask(client, "tasks/get", "another", taskId=id)["error"]["code"] == -32020


def test_a_tool_asks_before_it_becomes_a_task(client: Client) -> None:
    first = call(client, "test_tool_with_task")["result"]
    assert first["resultType"] == "input_required"
    given = {
        "inputResponses": {key: {"action": "accept", "content": {"name": "Ann"}} for key in first["inputRequests"]},
        "requestState": first["requestState"],
    }
    name = "test_tool_with_task"
    made = ask(client, "tools/call", name, name=name, arguments={}, **given)["result"]
    assert made["resultType"] == "task"
    assert until(client, made["taskId"], "completed")["result"]["content"][0]["text"] == "Hello, Ann!"
