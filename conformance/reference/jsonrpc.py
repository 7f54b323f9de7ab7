"""JSON-RPC 2.0 messages: reading them from bytes, building answers, writing them as bytes.

https://www.jsonrpc.org/specification, narrowed by MCP: ids are strings or whole numbers, params are objects.
"""

import json
from dataclasses import dataclass
from typing import Any, NoReturn, cast

JsonObject = dict[str, Any]
RequestId = str | int | float

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
INTERNAL_ERROR = -32603
RESOURCE_NOT_FOUND = -32002
SESSION_ERROR = -32000


@dataclass(frozen=True, slots=True)
class Request:
    """A call that wants exactly one answer bearing `id`."""

    id: RequestId
    method: str
    params: JsonObject


@dataclass(frozen=True, slots=True)
class Notification:
    """A message that is never answered."""

    method: str
    params: JsonObject


@dataclass(frozen=True, slots=True)
class Response:
    """The client's answer to a request of the server: one of `result` and `error`, which may be no objects."""

    id: RequestId | None
    result: object = None
    error: object = None


Message = Request | Notification | Response


class RpcError(Exception):
    """A failure that becomes the `error` member of an answer.

    `id` is set only where a broken message still showed a readable id.
    """

    def __init__(self, code: int, message: str, data: object = None, id: RequestId | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.data = data
        self.id = id


def as_object(value: object) -> JsonObject | None:
    """`value` if it is a JSON object, else None."""
    return cast("JsonObject", value) if isinstance(value, dict) else None


def as_array(value: object) -> list[Any] | None:
    """`value` if it is a JSON array, else None."""
    return cast("list[Any]", value) if isinstance(value, list) else None


def read_json(body: bytes) -> object:
    """The JSON value in `body`. Raises ValueError for anything but UTF-8 and JSON, so for NaN as well."""
    try:
        return json.loads(body.decode(), parse_constant=_refuse_constant)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def read_value(body: bytes) -> object:
    """The JSON value in `body`. Raises RpcError with -32700."""
    try:
        return read_json(body)
    except ValueError:
        raise RpcError(PARSE_ERROR, "Parse error: the body is not JSON") from None


def message_of(value: object) -> Message:
    """The message that a JSON value is. Raises RpcError with -32600 or -32602."""
    message = as_object(value)
    if message is None:
        raise RpcError(INVALID_REQUEST, "Invalid request: expected one JSON object")
    id = _readable_id(message.get("id"))
    if message.get("jsonrpc") != "2.0":
        raise RpcError(INVALID_REQUEST, 'Invalid request: jsonrpc must be "2.0"', id=id)
    if "id" in message and id is None:
        raise RpcError(INVALID_REQUEST, "Invalid request: id must be a string or a whole number")
    if "method" not in message:
        if ("result" in message) == ("error" in message):
            raise RpcError(INVALID_REQUEST, "Invalid request: there is neither a method nor one answer", id=id)
        return Response(id, message.get("result"), message.get("error"))
    method = message["method"]
    if not isinstance(method, str):
        raise RpcError(INVALID_REQUEST, "Invalid request: method must be a string", id=id)
    params = as_object(message.get("params", {}))
    if params is None:
        raise RpcError(INVALID_PARAMS, "Invalid params: params must be an object", id=id)
    return Notification(method, params) if id is None else Request(id, method, params)


def _readable_id(value: object) -> RequestId | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return None if isinstance(value, float) and not value.is_integer() else value


def request_message(id: RequestId, method: str, params: JsonObject) -> JsonObject:
    """A request, without params where there are none."""
    return {"jsonrpc": "2.0", "id": id, "method": method, **({"params": params} if params else {})}


def notification_message(method: str, params: JsonObject) -> JsonObject:
    """A notification, without params where there are none."""
    return {"jsonrpc": "2.0", "method": method, **({"params": params} if params else {})}


def result_message(id: RequestId, result: object) -> JsonObject:
    """A success answer."""
    return {"jsonrpc": "2.0", "id": id, "result": result}


def error_message(error: RpcError, id: RequestId | None = None) -> JsonObject:
    """A failure answer; without any readable id the member is left out, as the newest MCP schema has it."""
    details: JsonObject = {"code": error.code, "message": error.message}
    if error.data is not None:
        details["data"] = error.data
    known = id if id is not None else error.id
    return {"jsonrpc": "2.0", "error": details} if known is None else {"jsonrpc": "2.0", "id": known, "error": details}


def encode(message: object, surrogates: str = "backslashreplace") -> bytes:
    """Compact UTF-8 JSON on one line.

    `surrogates` is the codec error handler for unpaired surrogates, which UTF-8 cannot carry: by default they
    stay JSON escapes.
    """
    text = json.dumps(message, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8", surrogates)
