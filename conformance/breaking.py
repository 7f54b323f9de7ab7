"""Arguments that a tool must refuse, because they break one keyword of its inputSchema."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from conformance.generate import Unsupported, example
from conformance.schema import ServerSchema, ServerSchemaError
from conformance.shapes import as_list, as_object, is_object

_WRONG: dict[str, Any] = {
    "string": {"conformance": "an object"},
    "number": "conformance",
    "integer": "conformance",
    "boolean": "conformance",
    "array": "conformance",
    "object": "conformance",
    "null": "conformance",
}
"""A value of another type for each type, which no server takes for one that is only written differently."""
_LONGEST = 20_000


@dataclass(frozen=True)
class Broken:
    """Arguments that break one keyword; `what` says in a few words how."""

    keyword: str
    what: str
    arguments: dict[str, Any]


def broken_arguments(tool: dict[str, Any]) -> list[Broken]:
    """For each of: a required member, a type, and any other keyword, arguments that break just that.

    Each is refused by the schema itself. None where the schema has no constraint of that kind. A required member
    that has a default is not left out: a server that then takes the default does what it says.
    """
    schema = as_object(tool.get("inputSchema"))
    try:
        good, judge = example(schema), ServerSchema(schema)
    except (Unsupported, ServerSchemaError):
        return []
    found: dict[str, Broken] = {}
    for one in _candidates(schema, good):
        kind = one.keyword if one.keyword in ("required", "type") else "other"
        if kind not in found and _refused(judge, one.arguments):
            found[kind] = one
    return list(found.values())


def broken_by_2020_12(tool: dict[str, Any]) -> Broken | None:
    """Arguments that break a keyword which only JSON Schema 2020-12 has, or has in this way."""
    schema = as_object(tool.get("inputSchema"))
    if "2020-12" not in str(schema.get("$schema", "2020-12")):
        return None
    try:
        good, judge = example(schema), ServerSchema(schema)
    except (Unsupported, ServerSchemaError):
        return None
    return next((one for one in _new_in_2020_12(schema, good) if _refused(judge, one.arguments)), None)


def _refused(judge: ServerSchema, arguments: dict[str, Any]) -> bool:
    try:
        return bool(judge.errors(arguments))
    except ServerSchemaError:
        return False


def _candidates(schema: dict[str, Any], good: dict[str, Any]) -> Iterator[Broken]:
    properties = as_object(schema.get("properties"))
    for name in as_list(schema.get("required")):
        if name in good and "default" not in as_object(properties.get(name)):
            without = {key: value for key, value in good.items() if key != name}
            yield Broken("required", f"without {name}", without)
    for name, described in properties.items():
        for keyword, value in _wrong_values(as_object(described)):
            yield Broken(keyword, f"{name} against {keyword}", good | {name: value})


def _wrong_values(described: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    kind = described.get("type")
    if isinstance(kind, str) and kind in _WRONG:
        yield "type", _WRONG[kind]
    if as_list(described.get("enum")) and kind == "string":
        yield "enum", "conformance-no-such-value"
    for keyword, step in (("minimum", -1), ("exclusiveMinimum", -1), ("maximum", 1), ("exclusiveMaximum", 1)):
        limit = described.get(keyword)
        if isinstance(limit, int) and not isinstance(limit, bool):
            yield keyword, limit + step
    shortest, longest = described.get("minLength"), described.get("maxLength")
    if isinstance(shortest, int) and shortest > 0:
        yield "minLength", ""
    if isinstance(longest, int) and 0 <= longest < _LONGEST:
        yield "maxLength", "x" * (longest + 1)


def _new_in_2020_12(schema: dict[str, Any], good: dict[str, Any]) -> Iterator[Broken]:
    properties = as_object(schema.get("properties"))
    for name, needed in as_object(schema.get("dependentRequired")).items():
        given = {key: value for key, value in good.items() if key not in as_list(needed)}
        if is_object(properties.get(name)):
            yield Broken("dependentRequired", f"{name} alone", {**given, name: _value_of(properties[name])})
    for name, described in properties.items():
        first = next(iter(as_list(as_object(described).get("prefixItems"))), None)
        kind = as_object(first).get("type")
        if isinstance(kind, str) and kind in _WRONG:
            yield Broken("prefixItems", f"the first item of {name}", good | {name: [_WRONG[kind]]})
        if str(as_object(described).get("$ref")).startswith("#/$defs/"):
            yield Broken("$defs", f"{name} of another type", good | {name: _WRONG["object"]})
            yield Broken("$defs", f"{name} of another type", good | {name: _WRONG["string"]})


def _value_of(described: Any) -> Any:  # noqa: ANN401
    try:
        return example({"type": "object", "properties": {"value": described}, "required": ["value"]})["value"]
    except Unsupported:
        return "conformance"
