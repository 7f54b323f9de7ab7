"""Checks values against the JSON Schema keywords that this server uses, for tool arguments and filled forms."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from conformance.reference.jsonrpc import JsonObject, as_array, as_object

_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


def argument_errors(schema: JsonObject, arguments: JsonObject) -> list[str]:
    """What is wrong with `arguments`, one readable line per defect; empty when they fit `schema`."""
    return list(_errors(schema, arguments, "the whole", schema))


def is_uri(value: str) -> bool:
    """Whether a string looks like an absolute URI."""
    return bool(_URI.fullmatch(value))


def _errors(schema: JsonObject, value: Any, name: str, root: JsonObject) -> Iterator[str]:  # noqa: ANN401  a JSON value
    if "$ref" in schema:
        schema = _resolved(schema["$ref"], root)
    if "type" in schema and not _TYPES[schema["type"]](value):
        yield f"{name} must be of type {schema['type']}"
        return
    for keyword, limit in schema.items():
        if text := _broken_limit(keyword, limit, value):
            yield f"{name} must be {text}"
    if (members := as_object(value)) is not None:
        yield from _member_errors(schema, members, root)
    if (items := as_array(value)) is not None and "items" in schema:
        for item in items:
            yield from _errors(schema["items"], item, f"an item of {name}", root)
    yield from _composed_errors(schema, value, name, root)


def _member_errors(schema: JsonObject, members: JsonObject, root: JsonObject) -> Iterator[str]:
    properties: Mapping[str, JsonObject] = schema.get("properties", {})
    yield from (f"{name} is missing" for name in schema.get("required", ()) if name not in members)
    for name, value in members.items():
        if name in properties:
            yield from _errors(properties[name], value, name, root)
        elif schema.get("additionalProperties") is False:
            yield f"{name[:40]!r} is not known here"


def _composed_errors(schema: JsonObject, value: object, name: str, root: JsonObject) -> Iterator[str]:
    def fits(part: JsonObject) -> bool:
        return not any(_errors(part, value, name, root))

    for part in schema.get("allOf", ()):
        yield from _errors(part, value, name, root)
    if "anyOf" in schema and not any(map(fits, schema["anyOf"])):
        yield f"{name} fits none of the alternatives"
    if "oneOf" in schema and sum(map(fits, schema["oneOf"])) != 1:
        yield f"{name} must fit one alternative"
    if "if" in schema:
        yield from _errors(schema.get("then" if fits(schema["if"]) else "else", {}), value, name, root)


def _broken_limit(keyword: str, limit: Any, value: Any) -> str:  # noqa: ANN401  a JSON value and its keyword's argument
    match keyword:
        case "enum" if value not in limit:
            return "one of " + ", ".join(limit)
        case "const" if value != limit:
            return repr(limit)
        case "minimum" if value < limit:
            return f"at least {limit}"
        case "maximum" if value > limit:
            return f"at most {limit}"
        case "minLength" | "minItems" if len(value) < limit:
            return f"at least {limit} long"
        case "maxLength" | "maxItems" if len(value) > limit:
            return f"at most {limit} long"
        case "format" if limit == "email" and not _EMAIL.fullmatch(value):
            return "an e-mail address"
        case _:
            return ""


def _resolved(reference: str, root: JsonObject) -> JsonObject:
    found: Any = root
    for name in reference.removeprefix("#/").split("/"):
        found = found[name]
    return found


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_integer(value: object) -> bool:
    return _is_number(value) and not (isinstance(value, float) and not value.is_integer())


_TYPES: Mapping[str, Callable[[object], bool]] = {
    "string": lambda value: isinstance(value, str),
    "number": _is_number,
    "integer": _is_integer,
    "boolean": lambda value: isinstance(value, bool),
    "array": lambda value: as_array(value) is not None,
    "object": lambda value: as_object(value) is not None,
}
