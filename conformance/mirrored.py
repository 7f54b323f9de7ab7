"""Whether header fields of a recorded request repeat what its body says (revision 2026-07-28)."""

from collections.abc import Mapping
from typing import Any

from conformance.evidence import Exchange
from conformance.shapes import as_object
from conformance.wire.meta import VERSION_KEY
from conformance.wire.mirrored import NAMED_BY, field_value


def mirrors(exchange: Exchange, request: Mapping[str, Any], annotated: frozenset[str]) -> bool:
    """Whether the header fields are those of an ordinary client, so that nobody can find a mismatch in them.

    Fields whose names are in another case and values in base64 are right as well, but do not count as ordinary, nor do
    calls of the `annotated` tools, which repeat arguments too.
    """
    fields = dict(exchange.request.headers)
    params, method = as_object(request.get("params")), request.get("method")
    version = as_object(params.get("_meta")).get(VERSION_KEY)
    name = params.get(NAMED_BY.get(str(method), ""))
    if not isinstance(method, str) or (method == "tools/call" and name in annotated):
        return False
    plain = isinstance(name, str) and field_value(name) == name
    named = plain and fields.get("Mcp-Name") == name if method in NAMED_BY else True
    return named and fields.get("Mcp-Method") == method and version == fields.get("MCP-Protocol-Version")
