"""Header fields of revision 2026-07-28 that repeat what the body says.

https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http
"""

import base64
import binascii
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from conformance.reference.faults import Faults
from conformance.reference.jsonrpc import JsonObject, Request, RpcError, as_object
from conformance.reference.mirrored_tools import annotated, argument_at
from conformance.reference.stateless import HEADER_MISMATCH, VERSION, meta_of
from conformance.reference.tool_methods import TOOLS

VERSION_HEADER, METHOD_HEADER, NAME_HEADER = "MCP-Protocol-Version", "Mcp-Method", "Mcp-Name"
_PARAMETER = "Mcp-Param-"
_NAMED_BY = {"tools/call": "name", "prompts/get": "name", "resources/read": "uri"}
_BEGIN, _END = "=?base64?", "?="
_ALLOWED = frozenset(map(chr, range(0x20, 0x7F))) | {"\t"}


class Mirrored:
    """The header fields of one request, held against its body."""

    def __init__(self, request: Request, headers: Mapping[str, str], faults: Faults) -> None:
        self._request = request
        self._headers = headers
        self._faults = faults

    def check(self) -> None:
        """See whether the header fields say what the body says. Raises RpcError with -32020."""
        version = meta_of(self._request).get(VERSION)
        if isinstance(version, str):
            self._match(VERSION_HEADER, version)
        self._match(METHOD_HEADER, self._request.method)
        member = _NAMED_BY.get(self._request.method)
        if member and member in self._request.params:
            self._match(NAME_HEADER, self._request.params[member], encoded=True)
        arguments = as_object(self._request.params.get("arguments"))
        if self._request.method == "tools/call" and arguments is not None:
            self._check_arguments(arguments)

    def _check_arguments(self, arguments: JsonObject) -> None:
        tool = TOOLS.get(str(self._request.params.get("name")))
        for path, name in annotated(tool.input_schema) if tool else ():
            value = argument_at(arguments, path)
            if isinstance(value, str | int | float):
                self._match(_PARAMETER + name, value, encoded=True)

    def _match(self, name: str, wanted: object, *, encoded: bool = False) -> None:
        value = self._headers.get(name)
        if value is None:
            raise RpcError(HEADER_MISMATCH, f"The header field {name} is missing")
        if not _ALLOWED.issuperset(value):
            raise RpcError(HEADER_MISMATCH, f"The header field {name} has characters that no such field may have")
        if not _same(decoded(value) if encoded else value, wanted):
            raise RpcError(HEADER_MISMATCH, f"The header field {name} does not say what the body says")


def _same(said: str | None, wanted: object) -> bool:
    if said is None:
        return False
    if isinstance(wanted, bool):
        return said == str(wanted).lower()
    if isinstance(wanted, int | float):
        try:
            return Decimal(said) == Decimal(str(wanted))
        except InvalidOperation:
            return False
    return said == wanted


def decoded(value: str) -> str | None:
    """What a header field says, None where it cannot be read."""
    if not (value.startswith(_BEGIN) and value.endswith(_END)):
        return value
    try:
        return base64.b64decode(value[len(_BEGIN) : -len(_END)], validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None
