"""The MCP endpoint: sessions, revisions, JSON-RPC, tools, resources, prompts."""

import base64
import threading
from typing import Any

import httpx
import pytest

from conformance.reference import ReferenceServer

from .client import Client, Json, initialize_message, messages_of


def walk(session: Client, kind: str) -> list[list[str]]:
    """The names on each page of a list."""
    pages: list[list[str]] = []
    params: Json = {}
    while True:
        result = session.call(f"{kind}/list", **params)["result"]
        pages.append([item["name"] for item in result[kind]])
        if "nextCursor" not in result:
            return pages
        params = {"cursor": result["nextCursor"]}


@pytest.mark.parametrize(
    ("wanted", "granted"),
    [
        ("2025-11-25", "2025-11-25"),
        ("2025-06-18", "2025-06-18"),
        ("2025-03-26", "2025-03-26"),
        ("2024-11-05", "2024-11-05"),
        ("1900-01-01", "2025-11-25"),
    ],
)
def test_the_revision_is_negotiated(session: Client, wanted: str, granted: str) -> None:
    result = session.initialize(wanted)
    assert result["protocolVersion"] == granted
    assert ("icons" in result["serverInfo"]) == (granted == "2025-11-25")
    assert result["capabilities"].keys() - {"completions", "tasks"} == {"tools", "resources", "prompts", "logging"}
    assert ("tasks" in result["capabilities"]) == (granted == "2025-11-25")
    assert ("completions" in result["capabilities"]) == (granted >= "2025-03-26")
    listed = session.call("tools/list")["result"]["tools"]
    assert ("icons" in listed[0]) == (granted == "2025-11-25")


@pytest.mark.parametrize("missing", ["protocolVersion", "capabilities", "clientInfo"])
def test_a_failed_handshake_opens_no_session(session: Client, missing: str) -> None:
    message = initialize_message()
    del message["params"][missing]
    response = session.post_message(message)
    assert response.json()["error"]["code"] == -32602
    assert "Mcp-Session-Id" not in response.headers


def test_a_session_is_needed_and_ends(session: Client) -> None:
    ping = {"jsonrpc": "2.0", "id": "p", "method": "ping"}
    assert session.post_message(ping).json() == {"jsonrpc": "2.0", "id": "p", "result": {}}
    id = session.headers.pop("Mcp-Session-Id")
    assert session.post_message(ping).status_code == 400
    assert session.get("/mcp").status_code == 400
    assert session.post_message(ping, **{"Mcp-Session-Id": "never"}).status_code == 404
    session.headers["Mcp-Session-Id"] = id
    assert session.delete("/mcp").status_code == 204
    for response in (session.post_message(ping), session.get("/mcp"), session.delete("/mcp")):
        assert response.status_code == 404


def test_the_version_header_is_checked(session: Client) -> None:
    ping = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
    for version, status in (("2025-06-18", 200), ("2025-11-25", 200), ("1900-01-01", 400), ("x", 400)):
        assert session.post_message(ping, **{"MCP-Protocol-Version": version}).status_code == status


def test_foreign_origins_are_refused_everywhere(session: Client) -> None:
    for origin in (
        "https://evil.example",
        "http://localhost.evil.example",
        "null",
        "http://127.0.0.1@evil.example",
    ):
        for method, path in (
            ("POST", "/mcp"),
            ("GET", "/mcp"),
            ("DELETE", "/mcp"),
            ("GET", "/sse"),
            ("POST", "/messages"),
        ):
            assert session.request(method, path, headers={"Origin": origin}).status_code == 403
    for origin in ("http://localhost:3000", "http://127.0.0.1", "http://[::1]:8"):
        assert session.post_message({"jsonrpc": "2.0", "id": 1, "method": "ping"}, Origin=origin).status_code == 200


def test_notifications_and_responses_are_only_acknowledged(session: Client) -> None:
    messages: list[Json] = [
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "method": "notifications/unknown", "params": {}},
        {"jsonrpc": "2.0", "id": 5, "result": {}},
        {"jsonrpc": "2.0", "id": "x", "error": {"code": 1, "message": "x"}},
    ]
    for message in messages:
        response = session.post_message(message)
        assert response.status_code == 202
        assert response.content == b""


@pytest.mark.parametrize(
    "body", [b"{", b"", b'{"jsonrpc":"2.0","id":1,"method":"ping"}x', b'"\xff"', b"NaN", b"[" * 100_000]
)
def test_bodies_that_are_not_json_are_parse_errors(session: Client, body: bytes) -> None:
    response = session.post("/mcp", content=body, headers={"Content-Type": "application/json"})
    assert response.status_code == 400
    assert response.json()["error"]["code"] == -32700
    assert "id" not in response.json()


@pytest.mark.parametrize(
    "message",
    [
        [],
        [{"jsonrpc": "2.0", "id": 1, "method": "ping"}],
        5,
        {"id": 1, "method": "ping"},
        {"jsonrpc": "1.0", "id": 1, "method": "ping"},
        {"jsonrpc": "2.0", "id": 1},
        {"jsonrpc": "2.0", "id": 1, "method": 5},
        {"jsonrpc": "2.0", "id": None, "method": "ping"},
        {"jsonrpc": "2.0", "id": True, "method": "ping"},
        {"jsonrpc": "2.0", "id": 1.5, "method": "ping"},
        {"jsonrpc": "2.0", "id": 1, "result": {}, "error": {}},
    ],
)
def test_messages_of_no_known_shape_are_invalid_requests(session: Client, message: object) -> None:
    response = session.post_message(message)
    assert response.status_code == 400
    assert response.json()["error"]["code"] == -32600


@pytest.mark.parametrize("id", [0, -3, 7, "7", "", "ü" * 300, 2**60], ids=ascii)
def test_ids_come_back_as_they_were(session: Client, id: int | str) -> None:
    for method in ("ping", "no/such-method"):
        answered = session.call(method, id)["id"]
        assert (answered, type(answered)) == (id, type(id))


@pytest.mark.parametrize(
    ("method", "params", "code"),
    [
        ("no/such-method", {}, -32601),
        ("server/discover", {}, -32601),
        ("resources/subscribe", {"uri": "reference://absent"}, -32002),
        ("resources/subscribe", {}, -32602),
        ("resources/unsubscribe", {"uri": 5}, -32602),
        ("resources/read", {"uri": "test://dynamic-resource"}, -32002),
        ("resources/read", {"uri": "test://failing-resource"}, -32603),
        ("tools/call", {"name": "test_dynamic_tool"}, -32602),
        ("prompts/get", {"name": "test_dynamic_prompt"}, -32602),
        ("prompts/get", {"name": "test_failing_prompt"}, -32603),
        (
            "prompts/get",
            {"name": "test_prompt_with_embedded_resource", "arguments": {"resourceUri": "no uri"}},
            -32602,
        ),
        ("tasks/list", {"cursor": "garbage"}, -32602),
        ("tasks/get", {"taskId": "unknown"}, -32602),
        ("tools/call", {"name": "unknown"}, -32602),
        ("tools/call", {}, -32602),
        ("tools/call", {"name": "echo", "arguments": []}, -32602),
        ("tools/list", {"cursor": "garbage"}, -32602),
        ("tools/list", {"cursor": ""}, -32602),
        ("tools/list", {"cursor": 3}, -32602),
        ("tools/list", {"cursor": "ü"}, -32602),
        ("tools/list", {"cursor": base64.b64encode(b"prompts:3").decode()}, -32602),
        ("resources/list", {"cursor": base64.b64encode(b"tools:3").decode()}, -32602),
        ("resources/read", {}, -32602),
        ("resources/read", {"uri": 5}, -32602),
        ("resources/read", {"uri": ""}, -32002),
        ("resources/read", {"uri": "reference://absent"}, -32002),
        ("resources/read", {"uri": "reference://greetings/a%00b"}, -32002),
        ("resources/read", {"uri": "reference://greetings/" + "a" * 5000}, -32002),
        ("prompts/get", {"name": "unknown"}, -32602),
        ("prompts/get", {"name": 5}, -32602),
        ("prompts/get", {"name": "greeting"}, -32602),
        ("prompts/get", {"name": "greeting", "arguments": {"name": 5}}, -32602),
        ("prompts/get", {"name": "greeting", "arguments": []}, -32602),
        ("completion/complete", {}, -32602),
        ("completion/complete", {"ref": {"type": "x"}, "argument": {"name": "n", "value": ""}}, -32602),
        ("logging/setLevel", {"level": "verbose"}, -32602),
        ("logging/setLevel", {"level": []}, -32602),
    ],
)
def test_bad_requests_get_their_error_code(session: Client, method: str, params: Json, code: int) -> None:
    answer = session.call(method, **params)
    assert answer["error"]["code"] == code
    assert answer["id"] == 1


def test_params_must_be_an_object(session: Client) -> None:
    response = session.post_message({"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": []})
    assert response.json() == {
        "jsonrpc": "2.0",
        "id": 1,
        "error": {"code": -32602, "message": "Invalid params: params must be an object"},
    }


def test_lists_come_in_pages_and_always_in_the_same_order(session: Client) -> None:
    first, second = walk(session, "tools")
    assert first[:6] == ["echo", "add", "weather", "recall", "remember", "report"]
    assert len(first) == 16
    assert len({*first, *second}) == len(first) + len(second) == 32
    assert walk(session, "tools") == [first, second]
    assert walk(session, "resources")[0][:2] == ["guide", "pixel"]
    assert walk(session, "prompts")[0][:2] == ["greeting", "explain_guide"]


def call_tool(session: Client, name: str, **arguments: Any) -> Json:
    return session.call("tools/call", name=name, arguments=arguments)["result"]


def test_tools_answer_and_are_counted(session: Client) -> None:
    calls = session.server.calls
    before = calls["remember"]
    assert call_tool(session, "echo", text="grüß \U0001f44b")["content"][0]["text"] == "grüß \U0001f44b"
    assert call_tool(session, "add", a=1, b=2.5)["structuredContent"] == {"sum": 3.5}
    forecast = call_tool(session, "weather", city="Zürich", units="fahrenheit", days=2.0)
    assert [each["day"] for each in forecast["structuredContent"]["forecast"]] == [1, 2]
    assert calls["remember"] == before
    assert "isError" not in call_tool(session, "remember", note="buy milk")
    assert calls["remember"] == before + 1
    assert "buy milk" in call_tool(session, "recall")["content"][0]["text"]


def test_what_changes_something_is_not_called_read_only(session: Client) -> None:
    listed = session.call("tools/list")["result"]["tools"]
    hints = {tool["name"]: tool.get("annotations", {}).get("readOnlyHint") for tool in listed}
    assert hints["recall"] is True
    assert hints["test_simple_text"] is True
    assert hints["remember"] is False
    assert hints["test_error_handling"] is None


@pytest.mark.parametrize(
    ("name", "arguments", "named"),
    [
        ("echo", {}, "text"),
        ("echo", {"text": 5}, "text"),
        ("echo", {"text": "x" * 10_001}, "text"),
        ("echo", {"text": "x", "more": 1}, "more"),
        ("add", {"a": "1", "b": 2}, "a"),
        ("add", {"a": True, "b": 2}, "a"),
        ("add", {"a": 1e300, "b": 2}, "a"),
        ("weather", {"city": ""}, "city"),
        ("weather", {"city": "x", "units": "kelvin"}, "units"),
        ("weather", {"city": "x", "days": 0}, "days"),
        ("weather", {"city": "x", "days": 1.5}, "days"),
    ],
)
def test_arguments_that_break_the_schema_are_explained(session: Client, name: str, arguments: Json, named: str) -> None:
    before = session.server.calls.total()
    result = call_tool(session, name, **arguments)
    assert result["isError"] is True
    assert named in result["content"][0]["text"]
    assert session.server.calls.total() == before


def test_an_unpaired_surrogate_stays_an_escape(session: Client) -> None:
    body = b'{"jsonrpc":"2.0","id":"\\ud83d","method":"ping"}'
    response = session.post("/mcp", content=body, headers={"Content-Type": "application/json"})
    assert response.content == b'{"jsonrpc":"2.0","id":"\\ud83d","result":{}}'


def test_tool_answers_are_primed_streams_in_the_newest_revision(session: Client) -> None:
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "recall"}}
    first, second = session.post_message(message).text.split("\n\n")[:2]
    assert first.startswith("id: ")
    assert first.endswith("\nretry: 100\ndata:")
    assert "event: message" in second
    session.initialize("2025-06-18")
    assert session.post_message(message).text.startswith("event: message\nid: 1-1\ndata: {")
    assert session.post_message(message, Accept="application/json").headers["Content-Type"] == "application/json"


def test_log_messages_come_ahead_of_the_answer(session: Client) -> None:
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "recall"}}
    for level, expected in (("", 2), ("info", 2), ("warning", 1), ("debug", 2)):
        if level:
            assert session.call("logging/setLevel", level=level)["result"] == {}
        messages = messages_of(session.post_message(message).text)
        assert len(messages) == expected
        assert messages[-1]["id"] == 1


def test_resources_can_be_read(session: Client) -> None:
    for resource in session.call("resources/list")["result"]["resources"]:
        [contents] = session.call("resources/read", uri=resource["uri"])["result"]["contents"]
        content = contents["text"].encode() if "text" in contents else base64.b64decode(contents["blob"], validate=True)
        assert len(content) == resource.get("size", len(content))
        assert contents["mimeType"] == resource["mimeType"]
    template, _ = session.call("resources/templates/list")["result"]["resourceTemplates"]
    uri = template["uriTemplate"].replace("{name}", "Zo%C3%AB")
    assert session.call("resources/read", uri=uri)["result"]["contents"][0]["text"] == "Hello, Zoë!"


def test_prompts_are_filled_and_completed(session: Client) -> None:
    got = session.call("prompts/get", name="greeting", arguments={"name": "Ada", "language": "Deutsch"})["result"]
    assert got["messages"][0]["content"]["text"] == "Please greet Ada in Deutsch."
    assert session.call("prompts/get", name="explain_guide")["result"]["messages"][0]["content"]["type"] == "resource"
    prompt: Json = {
        "ref": {"type": "ref/prompt", "name": "greeting"},
        "argument": {"name": "language", "value": "e"},
    }
    completion = session.call("completion/complete", **prompt, context={"arguments": {"name": "Ada"}})["result"][
        "completion"
    ]
    assert completion == {"values": ["English", "Español"], "total": 2, "hasMore": False}
    template = {"type": "ref/resource", "uri": "reference://greetings/{name}"}
    found = session.call("completion/complete", ref=template, argument={"name": "name", "value": "z"})["result"]
    assert found["completion"]["values"] == ["Zoë"]


def test_other_methods_and_media_types_are_refused(session: Client) -> None:
    assert session.put("/mcp").status_code == 405
    assert session.head("/mcp").status_code == 405
    assert session.post("/mcp", content=b"{}").status_code == 415
    assert session.get("/mcp", headers={"Accept": "application/json"}).status_code == 406
    assert session.get("/mcp/").status_code == 404


def test_a_held_stream_ends_with_its_session(session: Client) -> None:
    with session.stream("GET", "/mcp", headers={"Accept": "text/event-stream"}) as stream:
        lines = stream.iter_lines()
        assert next(lines).startswith("id: ")
        threading.Thread(
            target=httpx.delete, args=(session.base_url.join("/mcp"),), kwargs={"headers": session.headers}
        ).start()
        assert list(lines) == ["retry: 100", "data:", ""]


def test_an_open_server_needs_no_token_and_offers_no_login() -> None:
    with ReferenceServer(protected=False) as server, Client(server) as client:
        client.initialize()
        assert client.call("ping")["result"] == {}
        for path in (
            "/.well-known/oauth-authorization-server",
            "/.well-known/oauth-protected-resource/mcp",
            "/token",
        ):
            assert client.get(path).status_code == 404
