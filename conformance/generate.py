"""Arguments for a tool, made from the subset of JSON Schema that tools use."""

import math
from dataclasses import dataclass
from typing import Any

from conformance.schema import ServerSchema, ServerSchemaError
from conformance.shapes import as_list, as_object, is_object

_DEEPEST = 8
_MOST_VALUES = 1000


class Unsupported(Exception):
    """The schema uses something arguments cannot be made for; the message names it."""


@dataclass
class _Root:
    """The whole schema, and how many more values may be made for it."""

    schema: dict[str, Any]
    left: int = _MOST_VALUES


def example(schema: Any) -> dict[str, Any]:  # noqa: ANN401
    """The smallest valid arguments object: required members only where that does, defaults and examples preferred.

    Raises:
        Unsupported: no arguments were found that the schema itself accepts.
    """
    if not is_object(schema):
        raise Unsupported("inputSchema is no object")
    root = as_object(schema)
    made = _value(root, _Root(root), 0)
    try:
        judge = ServerSchema(root)
        errors = judge.errors(made)
        if errors and is_object(made):
            made = as_object(made) | _every_member(root, as_object(made))
            errors = errors if judge.errors(made) else []
    except ServerSchemaError as failure:
        raise Unsupported(f"inputSchema cannot be used: {failure}") from None
    if errors or not is_object(made):
        raise Unsupported(f"the arguments found do not fit: {errors[0] if errors else 'not an object'}")
    return as_object(made)


def _every_member(root: dict[str, Any], made: dict[str, Any]) -> dict[str, Any]:
    """Values for the members that are not required, which some other keyword may ask for."""
    further = {name: one for name, one in as_object(root.get("properties")).items() if name not in made}
    return {name: _value(described, _Root(root), 1) for name, described in further.items()}


def _value(described: Any, root: _Root, depth: int) -> Any:  # noqa: ANN401
    if depth > _DEEPEST:
        raise Unsupported("inputSchema is nested too deeply")
    root.left -= 1
    if root.left < 0:
        raise Unsupported("inputSchema asks for too many values")
    if not is_object(described):
        return "text"
    schema = as_object(described)
    for known in ("const", "default"):
        if known in schema:
            return schema[known]
    for known in ("enum", "examples"):
        if as_list(schema.get(known)):
            return schema[known][0]
    if isinstance(schema.get("$ref"), str):
        return _value(_target(schema["$ref"], root.schema), root, depth + 1)
    for union in ("anyOf", "oneOf"):
        if as_list(schema.get(union)) and "properties" not in schema:
            return _value(schema[union][0], root, depth + 1)
    kind = schema.get("type", "object" if "properties" in schema else "string")
    kind = (as_list(kind) or [kind])[0]
    maker = _MAKERS.get(str(kind))
    if maker is None:
        raise Unsupported(f"inputSchema uses type {str(kind)[:60]!r}")
    return maker(schema, root, depth)


def _object(schema: dict[str, Any], root: _Root, depth: int) -> dict[str, Any]:
    properties = as_object(schema.get("properties"))
    names = [name for name in as_list(schema.get("required")) if isinstance(name, str)]
    return {name: _value(properties.get(name, {}), root, depth + 1) for name in names}


def _array(schema: dict[str, Any], root: _Root, depth: int) -> list[Any]:
    count = schema.get("minItems")
    count = count if isinstance(count, int) and 0 <= count <= 20 else 0
    return [_value(schema.get("items", {}), root, depth + 1) for _ in range(count)]


def _string(schema: dict[str, Any], *_: Any) -> str:  # noqa: ANN401
    text = _FORMATS.get(str(schema.get("format")), "conformance")
    shortest, longest = schema.get("minLength"), schema.get("maxLength")
    if isinstance(shortest, int) and len(text) < shortest <= 10_000:
        text = text.ljust(shortest, "x")
    return text[:longest] if isinstance(longest, int) and longest >= 0 else text


def _finite(schema: dict[str, Any], *names: str) -> list[float]:
    values = [schema.get(name) for name in names]
    return [one for one in values if isinstance(one, int | float) and math.isfinite(one)]


def _integer(schema: dict[str, Any], *_: Any) -> int:  # noqa: ANN401
    lows = [math.ceil(one) for one in _finite(schema, "minimum")]
    lows += [math.floor(one) + 1 for one in _finite(schema, "exclusiveMinimum")]
    highs = [math.floor(one) for one in _finite(schema, "maximum")]
    highs += [math.ceil(one) - 1 for one in _finite(schema, "exclusiveMaximum")]
    value = min([max([1, *lows]), *highs])
    step = schema.get("multipleOf")
    return -(-value // step) * step if isinstance(step, int) and step > 0 else value


def _number(schema: dict[str, Any], *_: Any) -> float:  # noqa: ANN401
    whole = _integer(schema)
    lows, highs = _finite(schema, "minimum", "exclusiveMinimum"), _finite(schema, "maximum", "exclusiveMaximum")
    if lows and highs and not max(lows) <= whole <= min(highs):
        return (max(lows) + min(highs)) / 2
    return whole


def _target(reference: str, root: dict[str, Any]) -> Any:  # noqa: ANN401
    if not reference.startswith("#"):
        raise Unsupported("inputSchema refers to another document")
    value: Any = root
    for part in reference.removeprefix("#").split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        if not is_object(value) or key not in value:
            raise Unsupported(f"inputSchema refers to {reference[:100]}, which is not there")
        value = value[key]  # type: ignore[reportUnknownVariableType]
    return value  # type: ignore[reportUnknownVariableType]


_FORMATS = {
    "date-time": "2026-01-01T00:00:00Z",
    "date": "2026-01-01",
    "time": "00:00:00Z",
    "email": "audit@example.com",
    "uri": "https://example.com/",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "hostname": "example.com",
    "ipv4": "192.0.2.1",
}
_MAKERS: dict[str, Any] = {
    "object": _object,
    "array": _array,
    "string": _string,
    "integer": _integer,
    "number": _number,
    "boolean": lambda *_: False,  # type: ignore[reportUnknownLambdaType]
    "null": lambda *_: None,  # type: ignore[reportUnknownLambdaType]
}
