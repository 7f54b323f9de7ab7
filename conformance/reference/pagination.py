"""Lists in pages, with opaque and stable cursors."""

import base64
import binascii
from collections.abc import Sequence

from conformance.reference.jsonrpc import INVALID_PARAMS, JsonObject, RpcError

PAGE_SIZE = 16


def cursor_of(name: str, start: int) -> str:
    """The cursor that leads to the items of list `name` from index `start` on."""
    return base64.urlsafe_b64encode(f"{name}:{start}".encode()).decode()


def page(name: str, items: Sequence[JsonObject], params: JsonObject) -> JsonObject:
    """One page of `items` as a list result. Raises RpcError(-32602) for a cursor never handed out."""
    start = _start(name, len(items), params["cursor"]) if "cursor" in params else 0
    end = start + PAGE_SIZE
    result: JsonObject = {name: list(items[start:end])}
    if end < len(items):
        result["nextCursor"] = cursor_of(name, end)
    return result


def _start(name: str, count: int, cursor: object) -> int:
    try:
        prefix, _, number = base64.urlsafe_b64decode(str(cursor)).decode().partition(":")
        start = int(number)
    except (binascii.Error, ValueError):
        start, prefix = -1, ""
    if prefix != name or start not in range(PAGE_SIZE, count, PAGE_SIZE) or cursor != cursor_of(name, start):
        raise RpcError(INVALID_PARAMS, "Invalid params: the cursor is not one of this list")
    return start
