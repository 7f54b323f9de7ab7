"""JSON-RPC 2.0 envelopes as MCP uses them: building requests, classifying what arrives."""

import json
from collections.abc import Mapping
from typing import Any, Literal

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
HEADER_MISMATCH, MISSING_CAPABILITY, UNSUPPORTED_VERSION = -32020, -32021, -32022
"""Codes that revision 2026-07-28 defines."""

Kind = Literal["request", "notification", "result", "error", "batch", "unknown"]
Id = int | str


def request(method: str, params: Mapping[str, Any] | None, id: Id) -> dict[str, Any]:
    """A request object (JSON-RPC 2.0 section 4)."""
    return _with_params({"jsonrpc": "2.0", "id": id, "method": method}, params)


def notification(method: str, params: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """A notification object: a request without id (JSON-RPC 2.0 section 4.1)."""
    return _with_params({"jsonrpc": "2.0", "method": method}, params)


def encode(message: object) -> bytes:
    """One message as UTF-8 JSON without line breaks."""
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def decode(body: bytes | str) -> list[Any]:
    """The first JSON value of a body as a list of one, empty when it is none.

    Bytes that are not UTF-8 and whatever follows the value are passed over here: other rules judge them.
    """
    text = body.decode("utf-8", "replace") if isinstance(body, bytes) else body
    try:
        return [json.JSONDecoder().raw_decode(text.lstrip("\ufeff \t\r\n"))[0]]
    except (ValueError, RecursionError):
        return []


def decode_line(line: bytes) -> list[Any]:
    """Every JSON value of a line, should there be several; empty where it does not begin with one."""
    rest, values = line.decode("utf-8", "replace").strip("\ufeff \t\r\n"), list[Any]()
    while rest:
        try:
            value, end = json.JSONDecoder().raw_decode(rest)
        except (ValueError, RecursionError):
            break
        values.append(value)
        rest = rest[end:].lstrip()
    return values


def kind_of(message: object) -> Kind:
    """What a message is by its members alone; `unknown` when it is none of the four or ambiguous."""
    if isinstance(message, list):
        return "batch"
    if not isinstance(message, dict):
        return "unknown"
    members = message.keys() & {"method", "result", "error"}  # type: ignore[reportUnknownMemberType]
    if members == {"method"}:
        return "request" if "id" in message else "notification"
    if members == {"result"} and "id" in message:
        return "result"
    if members == {"error"}:
        return "error"
    return "unknown"


def same_id(left: object, right: object) -> bool:
    """Whether two ids are the same JSON value: 1 and 1.0 are, 1 and "1" or true are not."""
    if isinstance(left, bool) or isinstance(right, bool):
        return False
    if isinstance(left, str) or isinstance(right, str):
        return isinstance(left, str) and isinstance(right, str) and left == right
    return left == right


def _with_params(message: dict[str, Any], params: Mapping[str, Any] | None) -> dict[str, Any]:
    return message if params is None else message | {"params": dict(params)}
