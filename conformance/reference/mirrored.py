"""Header fields of revision 2026-07-28 that repeat what the body says.

https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http
"""

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Literal

from conformance.reference.faults import Faults
from conformance.reference.jsonrpc import INVALID_REQUEST, JsonObject, Request, RpcError, as_object
from conformance.reference.mirrored_tools import annotated, argument_at
from conformance.reference.stateless import HEADER_MISMATCH, VERSION, meta_of
from conformance.reference.tool_methods import TOOLS

VERSION_HEADER, METHOD_HEADER, NAME_HEADER = "MCP-Protocol-Version", "Mcp-Method", "Mcp-Name"
_PARAMETER = "Mcp-Param-"
_NAMED_BY = {
    "tools/call": "name",
    "prompts/get": "name",
    "resources/read": "uri",
    **dict.fromkeys(("tasks/get", "tasks/update", "tasks/cancel"), "taskId"),
}
_BEGIN, _END = "=?base64?", "?="
_WRAPPED = ("name", "argument")
_Kind = Literal["version", "method", "name", "argument"]
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
            self._match("version", VERSION_HEADER, version)
        self._match("method", METHOD_HEADER, self._request.method)
        member = _NAMED_BY.get(self._request.method)
        unchecked = member == "taskId" and self._faults.active("task-name-header-unchecked")
        if member and member in self._request.params and not unchecked:
            self._match("name", NAME_HEADER, self._request.params[member])
        arguments = as_object(self._request.params.get("arguments"))
        if self._request.method == "tools/call" and arguments is not None:
            self._check_arguments(arguments)

    def _check_arguments(self, arguments: JsonObject) -> None:
        tool = TOOLS.get(str(self._request.params.get("name")))
        for path, name in annotated(tool.input_schema) if tool else ():
            value = argument_at(arguments, path)
            if isinstance(value, str | int | float) or (value is None and self._wanted_anyway(arguments, path)):
                self._match("argument", _PARAMETER + name, value)

    def _wanted_anyway(self, arguments: JsonObject, path: Sequence[str]) -> bool:
        present = path[-1] in (as_object(argument_at(arguments, path[:-1]) if path[1:] else arguments) or {})
        return self._faults.active("null-needs-header" if present else "absent-argument-needs-header")

    def _match(self, kind: _Kind, name: str, wanted: object) -> None:
        value = self._headers.get(name)
        if value is None:
            if self._faults.active(f"{kind}-header-unneeded"):
                return
            raise self._mismatch(f"The header field {name} is missing")
        if not (_ALLOWED.issuperset(value) or self._faults.active("header-characters-unchecked")):
            raise self._mismatch(f"The header field {name} has characters that no such field may have")
        said = self._decoded(value) if kind in _WRAPPED and not self._faults.active(f"{kind}-not-decoded") else value
        if not self._agree(said, wanted) and not self._faults.active(f"{kind}-header-unchecked"):
            raise self._mismatch(f"The header field {name} does not say what the body says")

    def _mismatch(self, reason: str) -> RpcError:
        return RpcError(
            INVALID_REQUEST if self._faults.active("header-mismatch-wrong-code") else HEADER_MISMATCH, reason
        )

    def _decoded(self, value: str) -> str | None:
        begins = value[: len(_BEGIN)]
        if begins.lower() == _BEGIN and self._faults.active("base64-marker-any-case"):
            value = _BEGIN + value[len(_BEGIN) :]
        return decoded(value)

    def _agree(self, said: str | None, wanted: object) -> bool:
        if isinstance(wanted, int | float) and self._faults.active("integers-compared-as-text"):
            return said == json.dumps(wanted)
        if said and isinstance(wanted, str) and self._faults.active("header-values-any-case"):
            return said.lower() == wanted.lower()
        return _same(said, wanted)


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
