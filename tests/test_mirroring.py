"""Header fields that repeat the body, and what clients say of themselves in revision 2026-07-28."""

import json
from dataclasses import replace
from typing import Any

import pytest

from conformance.arrived import Arrived, is_stateless, messages_in
from conformance.ceremony.mirroring import arguments_with
from conformance.checks.transcript.test_error_codes import misused
from conformance.checks.transcript.test_results import TRACE
from conformance.evidence import Exchange, Part
from conformance.mirrored import mirrors
from conformance.survey import Survey
from conformance.wire.mirrored import annotations, wrapped
from conformance.wire.streamable_http import stateless_meta

REVISION = "2026-07-28"
PROPER = {"MCP-Protocol-Version": REVISION, "Mcp-Method": "tools/call", "Mcp-Name": "echo"}
TRANSPORTS = {"http": "streamable-http", "lines": "stdio"}


def request(method: str = "tools/call", *, meta: dict[str, Any] | None = None, **params: object) -> dict[str, Any]:
    about = stateless_meta(REVISION) if meta is None else meta
    return {"jsonrpc": "2.0", "id": 1, "method": method, "params": {**params, "_meta": about}}


def exchange(
    sent: dict[str, Any], headers: dict[str, str], received: object = None, revision: str = REVISION
) -> Exchange:
    parts = [json.dumps(sent), json.dumps(received)]
    there, back = (Part((), text, len(text)) for text in parts)
    there = replace(there, headers=tuple(headers.items()))
    return Exchange("mcp", "", "POST", "", there, 400, back, "", 0.0, revision)


@pytest.mark.parametrize(
    ("headers", "params", "ordinary"),
    [
        ({}, {"name": "echo"}, True),
        ({"Mcp-Name": wrapped("ü")}, {"name": "ü"}, False),
        ({"Mcp-Name": wrapped("echo")}, {"name": "echo"}, False),
        ({"Mcp-Name": "other"}, {"name": "echo"}, False),
        ({"Mcp-Method": "Tools/Call"}, {"name": "echo"}, False),
        ({"MCP-Protocol-Version": "2025-11-25"}, {"name": "echo"}, False),
        ({"Mcp-Name": "locate"}, {"name": "locate"}, False),
        ({}, {}, False),
    ],
)
def test_ordinary_header_fields_are_told(headers: dict[str, str], params: dict[str, str], ordinary: bool) -> None:
    sent = request(**dict[str, Any](params))
    assert mirrors(exchange(sent, PROPER | headers), sent, frozenset({"locate"})) is ordinary


def test_header_fields_of_a_message_without_name() -> None:
    sent = request("tools/list")
    fields = {"MCP-Protocol-Version": REVISION, "Mcp-Method": "tools/list"}
    assert mirrors(exchange(sent, fields), sent, frozenset())
    assert not mirrors(exchange({"method": 5}, fields), {"method": 5}, frozenset())


@pytest.mark.parametrize(
    ("transport", "code", "data", "headers", "problem"),
    [
        ("lines", -32020, {}, {}, "no header fields"),
        ("http", -32020, {}, PROPER, "say what the body says"),
        ("http", -32020, {}, PROPER | {"Mcp-Name": "other"}, ""),
        ("lines", -32021, {"requiredCapabilities": {"roots": {}}}, {}, ""),
        ("lines", -32021, {}, {}, ""),
        ("lines", -32021, {"requiredCapabilities": {"sampling": {}}}, {}, "was declared"),
        ("lines", -32021, {"requiredCapabilities": {"sampling": {"tools": {}}}}, {}, ""),
        ("http", -32022, {"supported": [REVISION]}, PROPER, "lists as supported"),
        ("http", -32022, {"supported": [REVISION]}, PROPER | {"MCP-Protocol-Version": "1900-01-01"}, ""),
        ("lines", -32022, {"supported": ["2030-01-01"]}, {}, ""),
    ],
)
def test_codes_that_do_not_fit_are_told(
    transport: str, code: int, data: dict[str, Any], headers: dict[str, str], problem: str
) -> None:
    meta = stateless_meta(REVISION) | {"io.modelcontextprotocol/clientCapabilities": {"sampling": {}}}
    sent = request(meta=meta, name="echo")
    error = {"jsonrpc": "2.0", "id": 1, "error": {"code": code, "message": "no", "data": data}}
    found: list[Arrived] = messages_in([exchange(sent, headers, error)])
    told = misused(found[0], Survey("target", transport=TRANSPORTS[transport]), frozenset())
    assert problem in told
    assert bool(problem) == bool(told)


@pytest.mark.parametrize(
    ("meta", "header", "revision", "stateless"),
    [
        (True, REVISION, REVISION, True),
        (True, "", "", True),
        (False, REVISION, "", True),
        (False, "", REVISION, False),
        (True, "2025-11-25", REVISION, False),
        (False, "", "2025-11-25", False),
    ],
)
def test_which_era_a_request_is_of(meta: bool, header: str, revision: str, stateless: bool) -> None:
    sent = request(meta=None if meta else {})
    headers = {"MCP-Protocol-Version": header} if header else {}
    assert is_stateless(exchange(sent, headers, revision=revision)) is stateless


def test_arguments_that_may_be_left_out_can_be_had() -> None:
    inner = {"type": "object", "properties": {"language": {"type": "string", "enum": ["de"]}}}
    schema = {"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}, "reader": inner}}
    assert arguments_with({"inputSchema": schema}, ["a"]) == {"a": 1}
    assert arguments_with({"inputSchema": schema}, ["reader", "language"]) == {"a": 1, "reader": {"language": "de"}}
    assert "reader" not in schema["required"]


def test_annotations_are_found_wherever_they_are() -> None:
    text: dict[str, Any] = {"type": "string", "x-mcp-header": "A"}
    schema = {
        "properties": {
            "a": text,
            "deep": {"type": "object", "properties": {"b": text}},
            "list": {"type": "array", "items": {"properties": {"c": text}}},
            "x-mcp-header": {"type": "string", "default": text},
        },
        "anyOf": [{"properties": {"d": text}}],
        "$defs": {"e": text},
        "x-mcp-header": "Root",
    }
    found = {one.name: bool(one.path) for one in annotations({"name": "t", "inputSchema": schema})}
    assert found == {"the whole": False, "a": True, "b": True, "c": False, "d": False, "e": False}


def test_a_schema_without_end_has_no_annotations_there() -> None:
    deep: dict[str, Any] = {"type": "string", "x-mcp-header": "A"}
    for _ in range(5_000):
        deep = {"properties": {"a": deep}}

    assert annotations({"name": "t", "inputSchema": deep}) == []


@pytest.mark.parametrize(
    ("name", "value", "good"),
    [
        ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", True),
        ("traceparent", "00-00000000000000000000000000000000-b7ad6b7169203331-01", False),
        ("traceparent", "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", False),
        ("traceparent", "0af7651916cd43dd8448eb211c80319c", False),
        ("tracestate", "rojo=00f067aa0ba902b7", True),
        ("tracestate", "fw529a3039@dt=FfAw", True),
        ("tracestate", "no equals sign", False),
        ("baggage", "userId=alice;meta=1", True),
        ("baggage", "=nameless", False),
    ],
)
def test_a_trace_context_is_told_from_other_texts(name: str, value: str, good: bool) -> None:
    assert bool(TRACE[name].fullmatch(value)) is good
