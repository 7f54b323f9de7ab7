"""A tool whose arguments clients repeat in header fields.

https://modelcontextprotocol.io/specification/2026-07-28/server/tools#x-mcp-header
"""

from collections.abc import Iterator, Sequence

from conformance.reference.calls import Call
from conformance.reference.jsonrpc import JsonObject, as_object
from conformance.reference.revisions import STATELESS
from conformance.reference.tools import Tool, ToolOutput, input_schema, structured

ANNOTATION = "x-mcp-header"
SAFE_INTEGER = 2**53 - 1
Path = tuple[str, ...]


def annotated(schema: JsonObject, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """The arguments that clients repeat in header fields, each with the last part of the field's name."""
    properties: JsonObject = schema.get("properties", {})
    for name, described in properties.items():
        if ANNOTATION in described:
            yield (*path, name), described[ANNOTATION]
        yield from annotated(described, (*path, name))


def argument_at(arguments: JsonObject, path: Sequence[str]) -> object:
    """The value of an argument; None where it is absent."""
    value: object = arguments
    for name in path:
        value = (as_object(value) or {}).get(name)
    return value


async def _locate(_: Call, arguments: JsonObject) -> ToolOutput:
    return structured({"region": arguments["region"], "shelf": arguments.get("shelf", 0)})


LOCATE = Tool(
    "locate",
    "Locate a shelf",
    "Returns where a shelf is; routers see the region without reading the message.",
    input_schema(
        ["region"],
        region={"type": "string", "maxLength": 100, ANNOTATION: "Region"},
        shelf={"type": "integer", "minimum": -SAFE_INTEGER, "maximum": SAFE_INTEGER, ANNOTATION: "Shelf"},
        indoors={"type": "boolean", ANNOTATION: "Indoors"},
        reader={"type": "object", "properties": {"language": {"type": "string", ANNOTATION: "Language"}}},
    ),
    _locate,
    {
        "type": "object",
        "properties": {"region": {"type": "string"}, "shelf": {"type": "integer"}},
        "required": ["region", "shelf"],
    },
    since=STATELESS,
)
