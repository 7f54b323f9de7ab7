"""Header fields of revision 2026-07-28 that repeat what the body says.

https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http
"""

import base64
import binascii
from collections.abc import Mapping

from conformance.reference.faults import Faults
from conformance.reference.jsonrpc import Request, RpcError
from conformance.reference.stateless import HEADER_MISMATCH, VERSION, meta_of

VERSION_HEADER, METHOD_HEADER, NAME_HEADER = "MCP-Protocol-Version", "Mcp-Method", "Mcp-Name"
_NAMED_BY = {"tools/call": "name", "prompts/get": "name", "resources/read": "uri"}
_BEGIN, _END = "=?base64?", "?="


def check_headers(request: Request, headers: Mapping[str, str], faults: Faults) -> None:
    """See whether the header fields say what the body says. Raises RpcError with -32020."""
    version = meta_of(request).get(VERSION)
    if isinstance(version, str):
        _match(headers, VERSION_HEADER, version)
    _match(headers, METHOD_HEADER, request.method)
    member = _NAMED_BY.get(request.method)
    if member and member in request.params:
        _match(headers, NAME_HEADER, request.params[member], encoded=True)


def _match(headers: Mapping[str, str], name: str, wanted: object, *, encoded: bool = False) -> None:
    value = headers.get(name)
    if value is None:
        raise RpcError(HEADER_MISMATCH, f"The header field {name} is missing")
    if (decoded(value) if encoded else value) != wanted:
        raise RpcError(HEADER_MISMATCH, f"The header field {name} does not say what the body says")


def decoded(value: str) -> str | None:
    """What a header field says, None where it cannot be read."""
    if not (value.startswith(_BEGIN) and value.endswith(_END)):
        return value
    try:
        return base64.b64decode(value[len(_BEGIN) : -len(_END)], validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None
