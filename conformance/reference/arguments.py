"""Checks tool arguments against the few JSON Schema keywords that this server's own tools use."""

from collections.abc import Callable, Mapping
from typing import Any

from conformance.reference.jsonrpc import JsonObject, as_object


def argument_errors(schema: JsonObject, arguments: JsonObject) -> list[str]:
    """What is wrong with `arguments`, one readable line per defect; empty when they fit `schema`."""
    properties: Mapping[str, JsonObject] = schema["properties"]
    errors = [f"{name} is missing" for name in schema.get("required", ()) if name not in arguments]
    for name, value in arguments.items():
        if name in properties:
            errors += [f"{name} must be {wanted}" for wanted in _broken_rules(properties[name], value)]
        else:
            errors.append(f"{name[:40]!r} is not an argument of this tool")
    return errors


def _broken_rules(schema: JsonObject, value: object) -> list[str]:
    wanted = schema["type"]
    if not _TYPES[wanted](value):
        return [f"of type {wanted}"]
    return [text for keyword, limit in schema.items() if (text := _broken_rule(keyword, limit, value))]


def _broken_rule(keyword: str, limit: Any, value: Any) -> str:  # noqa: ANN401  a JSON value and its keyword's argument
    match keyword:
        case "enum" if value not in limit:
            return "one of " + ", ".join(limit)
        case "minimum" if value < limit:
            return f"at least {limit}"
        case "maximum" if value > limit:
            return f"at most {limit}"
        case "minLength" if len(value) < limit:
            return f"at least {limit} characters long"
        case "maxLength" if len(value) > limit:
            return f"at most {limit} characters long"
        case _:
            return ""


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_integer(value: object) -> bool:
    return _is_number(value) and not (isinstance(value, float) and not value.is_integer())


_TYPES: Mapping[str, Callable[[object], bool]] = {
    "string": lambda value: isinstance(value, str),
    "number": _is_number,
    "integer": _is_integer,
    "boolean": lambda value: isinstance(value, bool),
    "object": lambda value: as_object(value) is not None,
}
