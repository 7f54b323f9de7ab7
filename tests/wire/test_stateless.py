"""Requests of the revision without sessions."""

import json
from typing import Any

import pytest

from conformance.evidence import Recorder
from conformance.redaction import Redactor
from conformance.wire.http import HttpClient
from conformance.wire.mirrored import mirrored
from conformance.wire.stateless import StatelessHttp
from tests.auditing import Handler, website


def test_each_request_says_all_about_itself() -> None:
    seen: list[Handler] = []

    def answer(request: Handler) -> None:
        seen.append(request)
        request.send(200, json.dumps({"jsonrpc": "2.0", "id": json.loads(request.body)["id"], "result": {}}))

    with website(answer) as origin:
        client = StatelessHttp(HttpClient(Recorder(Redactor())), origin, "token-1")
        opened = client.open("2026-07-28")
        client.request("tools/call", {"name": "add", "arguments": {}})
        client.request("tools/list")
        client.close()

    assert opened.result == {}
    assert client.opening is opened
    assert [one.headers["Mcp-Method"] for one in seen] == ["server/discover", "tools/call", "tools/list"]
    assert [one.headers["Mcp-Name"] for one in seen] == [None, "add", None]
    for one in seen:
        meta = json.loads(one.body)["params"]["_meta"]
        assert one.headers["MCP-Protocol-Version"] == "2026-07-28"
        assert meta["io.modelcontextprotocol/protocolVersion"] == "2026-07-28"
        assert one.headers["Authorization"] == "Bearer token-1"
        assert one.headers["Mcp-Session-Id"] is None


SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "region": {"type": "string", "x-mcp-header": "Region"},
        "shelf": {"type": "integer", "x-mcp-header": "Shelf"},
        "indoors": {"type": "boolean", "x-mcp-header": "Indoors"},
        "reader": {"type": "object", "properties": {"language": {"type": "string", "x-mcp-header": "Language"}}},
        "ratio": {"type": "number", "x-mcp-header": "Ratio"},
        "empty": {"type": "string", "x-mcp-header": ""},
        "spaced": {"type": "string", "x-mcp-header": "Two Words"},
        "list": {"type": "array", "items": {"properties": {"deep": {"type": "string", "x-mcp-header": "Deep"}}}},
    },
}


@pytest.mark.parametrize(
    ("arguments", "fields"),
    [
        ({}, {}),
        ({"region": None, "shelf": [1], "indoors": {}}, {}),
        ({"region": "eu", "shelf": 42, "indoors": True}, {"Region": "eu", "Shelf": "42", "Indoors": "true"}),
        ({"region": " eu", "reader": {"language": "de"}}, {"Region": "=?base64?IGV1?=", "Language": "de"}),
        ({"region": "=?base64?x?=", "reader": "de"}, {"Region": "=?base64?PT9iYXNlNjQ/eD89?="}),
        ({"ratio": 1.5, "empty": "e", "spaced": "s", "list": [{"deep": "d"}]}, {}),
    ],
)
def test_annotated_arguments_are_repeated(arguments: dict[str, Any], fields: dict[str, str]) -> None:
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "t", "arguments": arguments}}
    sent = mirrored(json.dumps(call).encode(), {"t": {"name": "t", "inputSchema": SCHEMA}})
    expected = {f"Mcp-Param-{name}": value for name, value in fields.items()}
    assert sent == {"Mcp-Method": "tools/call", "Mcp-Name": "t"} | expected


def test_what_a_server_asks_for_goes_with_the_next_try() -> None:
    seen: list[Any] = []

    def answer(request: Handler) -> None:
        body = json.loads(request.body)
        seen.append(body["params"])
        wanted = {"who": {"method": "elicitation/create", "params": {"message": "Who are you?"}}}
        result: dict[str, Any] = {"resultType": "input_required", "requestState": f"state {len(seen)}"}
        result |= {"inputRequests": wanted} if len(seen) == 1 else {}
        result = result if len(seen) < 3 else {"resultType": "complete"}
        request.send(200, json.dumps({"jsonrpc": "2.0", "id": body["id"], "result": result}))

    with website(answer) as origin:
        client = StatelessHttp(HttpClient(Recorder(Redactor())), origin)
        client.handlers["elicitation/create"] = lambda params: {"action": "accept", "content": params}
        last = client.request("tools/call", {"name": "add"})

    assert last.result == {"resultType": "complete"}
    assert len(client.rounds) == 3
    assert seen[1]["inputResponses"] == {"who": {"action": "accept", "content": {"message": "Who are you?"}}}
    assert [one.get("requestState") for one in seen] == [None, "state 1", "state 2"]
    assert "inputResponses" not in seen[2]
    assert [one.value["method"] for one in client.heard.since() if "method" in one.value] == ["elicitation/create"]
