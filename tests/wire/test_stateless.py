"""Requests of the revision without sessions."""

import json

from conformance.evidence import Recorder
from conformance.redaction import Redactor
from conformance.wire.http import HttpClient
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
