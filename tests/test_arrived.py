"""Messages of a transcript: what they answer, and which definition judges them."""

import json
from typing import Any

import pytest

from conformance.arrived import Arrived, messages_in
from conformance.evidence import Exchange, Part

REVISION = "2025-11-25"


def request(id: object, method: str, **params: object) -> dict[str, object]:
    return {"jsonrpc": "2.0", "id": id, "method": method, "params": params}


def result(id: object, **members: object) -> dict[str, object]:
    return {"jsonrpc": "2.0", "id": id, "result": members}


def part(value: object, media_type: str = "application/json") -> Part:
    text = value if isinstance(value, str) else "" if value is None else json.dumps(value)
    return Part((("content-type", media_type),), text, len(text))


def exchange(sent: object, received: object, status: int = 200, revision: str = REVISION) -> Exchange:
    media_type = "text/event-stream" if isinstance(received, str) else "application/json"
    return Exchange("mcp", "", "POST", "", part(sent), status, part(received, media_type), "", 0.0, revision)


def event(message: object) -> str:
    return f"data: {json.dumps(message)}\n\n"


def asked(arrived: list[Arrived]) -> list[str | None]:
    return [one.request["method"] if one.request else None for one in arrived]


def test_that_a_response_belongs_to_the_request_of_its_exchange() -> None:
    note = {"jsonrpc": "2.0", "method": "notifications/message", "params": {"level": "info", "data": 1}}
    both = event(note) + event(result(2, content=[]))
    found = messages_in(
        [exchange(request(2, "tools/list"), result(2, tools=[])), exchange(request(2, "tools/call", name="a"), both)]
    )

    assert asked(found) == ["tools/list", None, "tools/call"]
    assert [one.definition(REVISION) for one in found] == [
        "ListToolsResult",
        "LoggingMessageNotification",
        "CallToolResult",
    ]
    assert [one.errors(REVISION) for one in found] == [[], [], []]


def test_that_each_response_of_a_batch_finds_its_request() -> None:
    sent = [request(1, "ping"), request("1", "tools/list"), {"jsonrpc": "2.0", "method": "notifications/initialized"}]
    found = messages_in([exchange(sent, [result("1", tools=3), result(1)], revision="2025-03-26")])

    assert asked(found) == ["tools/list", "ping"]
    assert found[0].errors("2025-03-26") == ["$.tools: expected an array, got 3"]


def test_that_a_response_on_a_stream_of_its_own_belongs_to_the_nearest_request_without_one() -> None:
    found = messages_in(
        [
            exchange(request(2, "prompts/list"), result(2, prompts=[])),
            exchange(request(2, "resources/read", uri="a:b"), None, 202),
            exchange(request(2, "prompts/get", name="a"), None, 404),
            exchange(None, event(result(2.0, contents=[]))),
            exchange(None, event(result(2, contents=[]))),
        ]
    )

    assert asked(found) == ["prompts/list", "resources/read", None]


@pytest.mark.parametrize(
    ("sent", "received", "definition"),
    [
        (request(1, "tools/call", name="a", task={}), result(1, task={}), "CreateTaskResult"),
        (request(1, "tools/call", name="a", task={}), result(1, content=[]), "CallToolResult"),
        (request(1, "vendor/method"), result(1), None),
        (request(1, "ping"), {"jsonrpc": "2.0", "id": 1, "result": None}, None),
        (request(1, "ping"), {"jsonrpc": "2.0", "id": 1, "error": {"code": -32601, "message": ""}}, None),
        (request(1, "ping"), {"jsonrpc": "2.0", "id": 1, "error": {"code": -32042}}, "URLElicitationRequiredError"),
        (request(1, "ping"), request(7, "elicitation/create"), "ElicitRequest"),
        (request(1, "ping"), {"jsonrpc": "2.0", "method": "notifications/vendor"}, None),
        (request(1, "ping"), {"jsonrpc": "2.0", "method": 3}, None),
        (request(1, "ping"), [3], None),
    ],
)
def test_that_a_message_is_judged_by_what_it_is(sent: Any, received: Any, definition: str | None) -> None:
    (found,) = messages_in([exchange(sent, received)])

    assert found.definition(REVISION) == definition


def test_that_an_opening_has_the_revision_it_grants() -> None:
    sent = request(1, "initialize", protocolVersion="2025-11-25")
    (found,) = messages_in([exchange(sent, result(1, protocolVersion="2025-06-18"), revision="")])

    assert found.revision == "2025-06-18"
    assert '$: the member "serverInfo" is missing' in found.errors("2025-06-18")


def test_that_a_broken_envelope_is_judged_elsewhere() -> None:
    cancelled = {"jsonrpc": "1.0", "id": None, "method": "notifications/cancelled", "params": {"requestId": 1}}
    (found,) = messages_in([exchange(None, event(cancelled))])
    (worse,) = messages_in([exchange(None, event({**cancelled, "params": {"requestId": True}}))])

    assert found.errors(REVISION) == []
    assert worse.errors(REVISION) == ["$.params.requestId: expected a string or an integer, got true"]


def test_that_a_replaced_secret_breaks_no_uri() -> None:
    contents = [{"uri": "a://b?token=[token#0123ab]", "text": 3}]
    (found,) = messages_in([exchange(request(1, "resources/read", uri="a:b"), result(1, contents=contents))])

    assert found.errors(REVISION) == ["$.contents[0].text: expected a string, got 3"]


def test_that_what_a_result_asks_for_is_a_message_of_its_own() -> None:
    capabilities = {"io.modelcontextprotocol/clientCapabilities": {"roots": {}}}
    sent = request(1, "tools/call", name="one", _meta=capabilities)
    wanted = {"a": {"method": "roots/list"}, "b": {"method": "ping"}, "c": "nothing"}
    received = result(1, resultType="input_required", inputRequests=wanted)
    (arrived,) = messages_in([exchange(sent, received, revision="2026-07-28")])

    first, second = arrived.wanted
    assert first.offered == {"roots": {}}
    assert [first.definition("2026-07-28"), second.definition("2026-07-28")] == ["ListRootsRequest", None]
    (older,) = messages_in([exchange(sent, received)])
    assert older.wanted == []
