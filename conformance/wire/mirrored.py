"""Header fields that repeat what a message says (2026-07-28, basic/transports/streamable-http, request metadata)."""

import base64
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.shapes import as_list, as_object
from conformance.wire import jsonrpc

NAMED_BY = {
    "tools/call": "name",
    "prompts/get": "name",
    "resources/read": "uri",
    **dict.fromkeys(("tasks/get", "tasks/update", "tasks/cancel"), "taskId"),
}
"""The parameter that Mcp-Name repeats, by method."""
ANNOTATION = "x-mcp-header"
"""The keyword with which the schema of an argument wants it repeated in a header field."""
TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
SCALAR = ("string", "integer", "boolean")
"""The types of arguments that can be repeated."""
_BEGIN, _END = "=?base64?", "?="
_FREE = ("default", "examples", "enum", "const")
"""Keywords whose values are no schemas."""
_NAMING = ("properties", "patternProperties", "$defs", "definitions", "dependentSchemas")
"""Keywords below which every member is a schema, whatever its name."""
_DEEPEST = 30


@dataclass(frozen=True)
class Annotation:
    """A place in an inputSchema that wants an argument repeated in a header field, rightly or not.

    `name` is that of the argument of `tool`, `value` what the annotation says, `schema` describes the argument. `path`
    leads to it in the arguments; it is empty where something else than `properties` leads to the schema.
    """

    tool: str
    name: str
    value: Any
    schema: Mapping[str, Any]
    path: tuple[str, ...]

    @property
    def place(self) -> str:
        """Where it stands."""
        return f"{self.name} of {self.tool}"

    @property
    def field(self) -> str:
        """The header field."""
        return f"Mcp-Param-{self.value}"

    def argument(self, arguments: Mapping[str, Any]) -> Any:  # noqa: ANN401 - a JSON value
        """The argument in a call; None where it is absent."""
        value: Any = arguments
        for name in self.path:
            value = as_object(value).get(name)
        return value


def annotations(tool: Mapping[str, Any]) -> list[Annotation]:
    """Every annotation in the inputSchema of a tool, right or wrong, not too deep in it."""
    return list(_annotations(str(tool.get("name")), "the whole", tool.get("inputSchema"), ()))


def repeated_arguments(tool: Mapping[str, Any]) -> list[Annotation]:
    """The arguments of a tool that are repeated: those annotated in the way that is defined."""
    return [
        one
        for one in annotations(tool)
        if one.path and isinstance(one.value, str) and TOKEN.fullmatch(one.value) and one.schema.get("type") in SCALAR
    ]


def _annotations(
    tool: str, name: str, value: object, path: tuple[str, ...] | None, depth: int = 0
) -> Iterator[Annotation]:
    """Annotations in a schema; `path` is None where no argument has a fixed place there."""
    if depth > _DEEPEST:
        return
    schema = as_object(value)
    if ANNOTATION in schema:
        yield Annotation(tool, name, schema[ANNOTATION], schema, path or ())
    for keyword, member in schema.items():
        if keyword in _FREE or keyword == ANNOTATION:
            continue
        named = keyword in _NAMING
        schemas = as_object(member).items() if named else ((name, one) for one in as_list(member) or [member])
        for inner, one in schemas:
            way = (*path, inner) if path is not None and keyword == "properties" else None
            yield from _annotations(tool, inner, one, way, depth + 1)


def mirrored(body: bytes, tools: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """The header fields that repeat what a message says; `tools` are the listed ones by name."""
    message = as_object(next(iter(jsonrpc.decode(body)), None))
    method, params = message.get("method"), as_object(message.get("params"))
    if not isinstance(method, str):
        return {}
    fields = {"Mcp-Method": field_value(method)}
    named = params.get(NAMED_BY.get(method, ""))
    if isinstance(named, str):
        fields["Mcp-Name"] = field_value(named)
    if method == "tools/call":
        for one in repeated_arguments(tools.get(str(named), {})):
            text = as_text(one.argument(as_object(params.get("arguments"))))
            fields |= {} if text is None else {one.field: field_value(text)}
    return fields


def as_text(value: object) -> str | None:
    """An argument as a header field repeats it; None for what is not repeated."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, str | int | float) else None


def field_value(text: str) -> str:
    """A text as it stands in a header field: wrapped in base64 where it could not stand there as it is."""
    plain = text.isascii() and text.isprintable() and text.strip() == text
    looks_wrapped = text.startswith(_BEGIN) and text.endswith(_END)
    return text if plain and not looks_wrapped else wrapped(text)


def wrapped(text: str, begin: str = _BEGIN) -> str:
    """A text in base64 as a header field carries it."""
    return f"{begin}{base64.b64encode(text.encode('utf-8', 'surrogatepass')).decode()}{_END}"
