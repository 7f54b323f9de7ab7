"""JSON-RPC envelopes."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.wire import jsonrpc

KINDS: list[tuple[Any, str]] = [
    ({"jsonrpc": "2.0", "id": 1, "method": "ping"}, "request"),
    ({"jsonrpc": "2.0", "id": None, "method": "ping"}, "request"),
    ({"jsonrpc": "2.0", "method": "x", "params": {}}, "notification"),
    ({"jsonrpc": "2.0", "id": 1, "result": {}}, "result"),
    ({"jsonrpc": "2.0", "id": 1, "result": None}, "result"),
    ({"jsonrpc": "2.0", "id": 1, "error": {}}, "error"),
    ({"jsonrpc": "2.0", "error": {}}, "error"),
    ({"jsonrpc": "2.0", "id": None, "error": {}}, "error"),
    ({"jsonrpc": "2.0", "result": {}}, "unknown"),
    ({"jsonrpc": "2.0", "id": 1, "result": {}, "error": {}}, "unknown"),
    ({"jsonrpc": "2.0", "id": 1, "method": "x", "result": {}}, "unknown"),
    ({"jsonrpc": "2.0", "id": 1}, "unknown"),
    ({}, "unknown"),
    ([], "batch"),
    ([{"jsonrpc": "2.0"}], "batch"),
    (None, "unknown"),
    ("ping", "unknown"),
    (5, "unknown"),
]


@pytest.mark.parametrize(("message", "kind"), KINDS, ids=lambda value: json.dumps(value)[:40])
def test_kinds_of_messages(message: Any, kind: str) -> None:
    assert jsonrpc.kind_of(message) == kind


def test_requests_and_notifications() -> None:
    assert jsonrpc.request("ping", None, 1) == {"jsonrpc": "2.0", "id": 1, "method": "ping"}
    assert jsonrpc.request("x", {}, "a") == {"jsonrpc": "2.0", "id": "a", "method": "x", "params": {}}
    assert jsonrpc.notification("x") == {"jsonrpc": "2.0", "method": "x"}
    assert jsonrpc.notification("x", {"a": 1})["params"] == {"a": 1}


@settings(derandomize=True, deadline=None, max_examples=30)
@given(text=st.text(st.characters(), max_size=20))
def test_encoded_messages_are_one_line_of_json(text: str) -> None:
    encoded = jsonrpc.encode(jsonrpc.request("x", {"a": text}, 1))

    assert b"\n" not in encoded
    assert json.loads(encoded.decode("utf-8", "surrogatepass"))["params"] == {"a": text}


@pytest.mark.parametrize(
    ("body", "messages"),
    [
        (b'{"a": 1}', [{"a": 1}]),
        (b' \r\n{"a": 1}\n', [{"a": 1}]),
        (b'\xef\xbb\xbf{"a": 1}', [{"a": 1}]),
        (b'{"a": 1}{"b": 2}', [{"a": 1}]),
        (b'{"a": "\xff"}', [{"a": "\ufffd"}]),
        (b"[1]", [[1]]),
        (b"null", [None]),
        (b"", []),
        (b"<html>", []),
        (b'{"a":', []),
        (b"[" * 100_000, []),
        ('{"a": "ü"}', [{"a": "ü"}]),
    ],
)
def test_bodies_are_read_as_far_as_they_make_sense(body: bytes | str, messages: list[Any]) -> None:
    assert jsonrpc.decode(body) == messages


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        (1, 1, True),
        (1, 1.0, True),
        ("a", "a", True),
        (1, "1", False),
        (1, True, False),
        (True, True, False),
        (None, 1, False),
        (0, None, False),
        ("a", "b", False),
    ],
)
def test_ids_are_compared_as_json_values(left: object, right: object, same: bool) -> None:
    assert jsonrpc.same_id(left, right) is same
    assert jsonrpc.same_id(right, left) is same
