"""The words of schema errors, and that hostile messages can neither flood nor stall them."""

import json
import time
from typing import Any

import pytest

from conformance import describe
from conformance.schema import message_errors, oauth_errors

REVISION = "2025-11-25"

URIS = [
    "https://example.com",
    "https://user:pw@example.com:8443/a%20b/c;d=1?x=y&z#frag",
    "http://[2001:db8::1]:80/",
    "file:///etc/hosts",
    "urn:isbn:0451450523",
    "data:image/png;base64,iVBORw0KGgo=",
    "mailto:a@example.com",
    "test:",
    "git+ssh://example.com/a",
]
NOT_URIS = [
    "",
    "example.com/a",
    "/etc/hosts",
    "//example.com/a",
    "1a:b",
    ":a",
    "https://example.com/a b",
    "https://exämple.com/",
    "https://example.com/%zz",
    "https://example.com/{id}",
    "https://example.com/a\n",
    "https://example.com/#a#b",
    "file:C:\\temp",
    " https://example.com",
]
TEMPLATES = [
    "",
    "https://example.com/plain",
    "file:///{path}",
    "file://{+path}",
    "db://{schema}/{table}{?limit,offset}",
    "a{/list*}{#frag:3}{;x,y*}{&z}{.ext}",
    "x://{a.b}/{c_d}/{%20}",
    "notes://für/{name}",
]
NOT_TEMPLATES = ["{", "}", "{}", "a{b", "a}b", "{a b}", "{user-id}", "{a,}", "{{a}}", "a b", "{a:0}", "%zz"]
BASE64 = ["", "AAAA", "AAA=", "AA==", "+/+/", "TWFueSBoYW5kcyBtYWtlIGxpZ2h0IHdvcmsu"]
NOT_BASE64 = ["A", "AA", "AAA", "AA=", "A===", "AAAA=", "-_-_", "AAAA\n", "AA AA", "data:image/png;base64,AAAA", "é"]


@pytest.mark.parametrize(
    ("definition", "good", "bad"),
    [("Uri", URIS, NOT_URIS), ("UriTemplate", TEMPLATES, NOT_TEMPLATES), ("Base64", BASE64, NOT_BASE64)],
)
def test_that_strings_with_a_syntax_are_told_apart(definition: str, good: list[str], bad: list[str]) -> None:
    assert [text for text in good if message_errors(REVISION, definition, text)] == []
    assert [text for text in bad if not message_errors(REVISION, definition, text)] == []


def tool(**members: object) -> dict[str, object]:
    return {"name": "add", "inputSchema": {"type": "object"}, **members}


TEXT = {"type": "text", "text": "x"}
WORDS: list[tuple[str, object, list[str]]] = [
    ("ListToolsResult", {"tools": [tool(name=3)]}, ["$.tools[0].name: expected a string, got 3"]),
    ("ListToolsResult", {"tools": [], "nextCursor": None}, ["$.nextCursor: expected a string, got null"]),
    ("ListToolsResult", {}, ['$: the member "tools" is missing']),
    ("Tool", {"name": "a", "inputSchema": True}, ["$.inputSchema: expected an object, got true"]),
    (
        "Tool",
        tool(inputSchema={"type": "object", "properties": {"a b": True}}),
        ['$.inputSchema.properties["a b"]: expected an object, got true'],
    ),
    (
        "ContentBlock",
        {"type": "video"},
        ['$.type: expected one of "text", "image", "audio", "resource_link" or "resource", got "video"'],
    ),
    ("ContentBlock", {"text": "x"}, ['$: the member "type" is missing']),
    ("ContentBlock", "x", ['$: expected an object, got "x"']),
    ("CallToolResult", {"content": [TEXT, {"type": "text"}]}, ['$.content[1]: the member "text" is missing']),
    ("CallToolResult", {"content": TEXT}, ["$.content: expected an array, got an object with 2 members"]),
    (
        "ReadResourceResult",
        {"contents": [{"uri": "a:b"}]},
        ['$.contents[0]: needs a member "text" or "blob"'],
    ),
    (
        "ReadResourceResult",
        {"contents": [{"uri": "a.txt", "text": ""}]},
        ['$.contents[0].uri: expected an absolute URI (RFC 3986), got "a.txt"'],
    ),
    ("Annotations", {"priority": 7}, ["$.priority: expected at most 1, got 7"]),
    ("Annotations", {"priority": -0.5}, ["$.priority: expected at least 0, got -0.5"]),
    ("JSONRPCMessage", [], ["$: expected an object, got an empty array"]),
    (
        "JSONRPCMessage",
        {"jsonrpc": "2.0", "id": None, "method": "x"},
        ["$.id: expected a string or an integer, got null"],
    ),
    ("JSONRPCMessage", {"jsonrpc": "2.0", "id": 1, "result": None}, ["$.result: expected an object, got null"]),
    ("JSONRPCNotification", {"jsonrpc": "2.0", "method": "x", "id": 1}, ["$.id: must not be here"]),
    (
        "ServerNotification",
        {"jsonrpc": "1.0", "method": "notifications/progress", "params": {"progressToken": 1, "progress": "1"}},
        ['$.jsonrpc: expected "2.0", got "1.0"', '$.params.progress: expected a number, got "1"'],
    ),
    (
        "SamplingMessage",
        {"role": "user", "content": 3},
        ["$.content: expected an object or an array, got 3"],
    ),
    (
        "SamplingMessage",
        {"role": "user", "content": [{"type": "tool"}]},
        ['$.content[0].type: expected one of "text", "image", "audio", "tool_use" or "tool_result", got "tool"'],
    ),
    (
        "ElicitRequestParams",
        {"mode": "page", "message": ""},
        ['$.mode: expected one of "form" or "url", got "page"'],
    ),
    ("PrimitiveSchemaDefinition", {"type": "string", "enum": [1]}, ["$.enum[0]: expected a string, got 1"]),
    (
        "PrimitiveSchemaDefinition",
        {"type": "object"},
        ['$.type: expected one of "string", "number", "integer", "boolean" or "array", got "object"'],
    ),
]


@pytest.mark.parametrize(("definition", "instance", "errors"), WORDS)
def test_that_an_error_says_where_and_what(definition: str, instance: object, errors: list[str]) -> None:
    assert message_errors(REVISION, definition, instance) == errors


FINAL = {"resultType": "complete", "ttlMs": 0, "cacheScope": "private"}
WORDS_OF_2026: list[tuple[str, object, list[str]]] = [
    ("ListToolsResult", {"tools": []} | FINAL | {"ttlMs": -1}, ["$.ttlMs: expected at least 0, got -1"]),
    (
        "ListToolsResult",
        {"tools": []} | FINAL | {"cacheScope": "Public"},
        ['$.cacheScope: expected one of "public" or "private", got "Public"'],
    ),
    (
        "CallToolResult",
        {"content": [], "resultType": "input_required"},
        ['$.resultType: expected "complete", got "input_required"'],
    ),
    (
        "CallToolResultResponse",
        {"jsonrpc": "2.0", "id": 1, "result": {"resultType": "complete", "content": 3}},
        ["$.result.content: expected an array, got 3"],
    ),
    (
        "CallToolResultResponse",
        {"jsonrpc": "2.0", "id": 1, "result": {"resultType": "input_required", "requestState": 3}},
        ["$.result.requestState: expected a string, got 3"],
    ),
    (
        "InputRequiredResult",
        {"resultType": "input_required", "inputRequests": {"a": {"method": "ping"}}},
        [
            '$.inputRequests.a.method: expected one of "sampling/createMessage", "elicitation/create" or "roots/list",'
            ' got "ping"'
        ],
    ),
    (
        "DiscoverRequest",
        {"jsonrpc": "2.0", "id": 1, "method": "server/discover", "params": {"_meta": {}}},
        [
            '$.params._meta: the member "io.modelcontextprotocol/protocolVersion" is missing',
            '$.params._meta: the member "io.modelcontextprotocol/clientCapabilities" is missing',
        ],
    ),
]


@pytest.mark.parametrize(("definition", "instance", "errors"), WORDS_OF_2026)
def test_that_an_error_of_the_stateless_revision_does_too(definition: str, instance: object, errors: list[str]) -> None:
    assert message_errors("2026-07-28", definition, instance) == errors


BATCHES: list[tuple[object, list[str]]] = [
    ([], ["$: must not be empty"]),
    ([{"jsonrpc": "2.0", "id": 1, "result": 3}], ["$[0].result: expected an object, got 3"]),
    ([{"jsonrpc": "2.0", "id": None, "method": "x"}], ["$[0].id: expected a string or an integer, got null"]),
]


@pytest.mark.parametrize(("batch", "errors"), BATCHES)
def test_that_an_error_in_a_batch_says_in_which_message(batch: object, errors: list[str]) -> None:
    assert message_errors("2025-03-26", "JSONRPCMessage", batch) == errors


@pytest.mark.parametrize(("revision", "definition"), [("2020-01-01", "Tool"), (REVISION, "Toll"), ("../x", "Tool")])
def test_that_an_unknown_name_is_our_mistake_and_not_the_servers(revision: str, definition: str) -> None:
    with pytest.raises(KeyError):
        message_errors(revision, definition, {})
    with pytest.raises(KeyError):
        oauth_errors(definition, {})


def test_that_error_lines_are_few_short_and_printable() -> None:
    ugly = "\u202e\x1b[31m\x00\n" * 1000
    errors = message_errors(REVISION, "CallToolResult", {"content": [{"type": ugly}] * 1000, "_meta": ugly})

    assert len(errors) == 10
    assert all(len(line) <= 200 and line.isprintable() for line in errors)
    assert "\\u202e\\u001b[31m\\u0000" in errors[0]


def test_that_member_names_in_a_location_are_escaped_and_cut() -> None:
    (error,) = message_errors(REVISION, "GetPromptRequestParams", {"name": "a", "arguments": {'"\n' + "x" * 500: None}})

    assert error.startswith('$.arguments["\\"\\u000axxx')
    assert error.endswith("expected a string, got null")


def nested(depth: int) -> Any:
    value: Any = []
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    "definition", ["JSONRPCMessage", "ContentBlock", "SamplingMessage", "Tool", "ElicitRequestParams"]
)
def test_that_deep_nesting_ends_in_errors_and_not_in_a_crash(definition: str) -> None:
    deep = nested(100_000)

    for instance in (deep, {"type": deep}, {"type": "text", "text": deep}, {"role": "user", "content": deep}):
        assert message_errors(REVISION, definition, instance)


def test_that_deep_nesting_where_anything_may_be_is_fine() -> None:
    assert (
        message_errors(REVISION, "LoggingMessageNotificationParams", {"level": "info", "data": nested(100_000)}) == []
    )


@pytest.mark.parametrize(
    ("definition", "text"),
    [
        ("Uri", "a:" + "%41" * 300_000 + " "),
        ("Uri", "a://" + "a:@" * 300_000),
        ("UriTemplate", "{" + "a." * 300_000 + "}"),
        ("UriTemplate", "{a}" * 300_000 + "{"),
        ("Base64", "A" * 1_000_001),
    ],
)
def test_that_long_strings_are_judged_in_linear_time(definition: str, text: str) -> None:
    before = time.process_time()

    assert message_errors(REVISION, definition, text)
    assert time.process_time() - before < 2


def test_that_a_thousand_tools_are_judged_quickly() -> None:
    properties = {name: {"type": "string", "description": "a" * 50} for name in "abcdefgh"}
    one = tool(description="a" * 300, inputSchema={"type": "object", "properties": properties})
    before = time.process_time()

    assert message_errors(REVISION, "ListToolsResult", {"tools": [one] * 1000}) == []
    assert time.process_time() - before < 2


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({}, "an empty object"),
        ({"a": 1}, "an object with 1 member"),
        ([1, 2], "an array of 2 items"),
        (10**400, "an integer of 1329 bits"),
        (-1.5, "-1.5"),
        (False, "false"),
        ("\ud800", '"\\ud800"'),
        ("\U000e0041", '"\\U000e0041"'),
        ("a" * 100, '"' + "a" * 59 + '…"'),
    ],
)
def test_that_a_value_is_told_in_a_few_words(value: object, words: str) -> None:
    assert describe.value(value) == words


def test_that_a_location_is_a_json_path() -> None:
    assert describe.location(["tools", 0, "a-b", "a.b", "$ref"]) == '$.tools[0].a-b["a.b"].$ref'


def test_that_json_of_any_errors_can_be_written() -> None:
    assert json.dumps(message_errors(REVISION, "Uri", "\ud800")).isascii()
