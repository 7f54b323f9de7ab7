"""Arguments made from a tool's schema are accepted by that schema, or honestly not made."""

import time
from typing import Any

import pytest

from conformance.generate import Unsupported, example
from conformance.schema import ServerSchema

OBJECT: dict[str, Any] = {"type": "object"}


def object_of(required: bool = True, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties) if required else []}


MADE: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "nothing": (OBJECT, {}),
    "optional": (object_of(False, a={"type": "string"}), {}),
    "string": (object_of(a={"type": "string"}), {"a": "conformance"}),
    "untyped": (object_of(a={}), {"a": "conformance"}),
    "any": (object_of(a=True), {"a": "text"}),
    "default": (object_of(a={"type": "integer", "default": 7}), {"a": 7}),
    "const": (object_of(a={"const": None}), {"a": None}),
    "enum": (object_of(a={"enum": ["b", "c"]}), {"a": "b"}),
    "examples": (object_of(a={"type": "string", "examples": ["e"]}), {"a": "e"}),
    "long": (object_of(a={"type": "string", "minLength": 14}), {"a": "conformancexxx"}),
    "short": (object_of(a={"type": "string", "maxLength": 3}), {"a": "con"}),
    "empty": (object_of(a={"type": "string", "maxLength": 0}), {"a": ""}),
    "date": (object_of(a={"type": "string", "format": "date"}), {"a": "2026-01-01"}),
    "boolean": (object_of(a={"type": "boolean"}), {"a": False}),
    "null": (object_of(a={"type": "null"}), {"a": None}),
    "several types": (object_of(a={"type": ["integer", "null"]}), {"a": 1}),
    "integer": (object_of(a={"type": "integer", "minimum": 5}), {"a": 5}),
    "negative": (object_of(a={"type": "integer", "maximum": -3}), {"a": -3}),
    "exclusive": (object_of(a={"type": "integer", "exclusiveMinimum": 5}), {"a": 6}),
    "below": (object_of(a={"type": "integer", "exclusiveMaximum": 1}), {"a": 0}),
    "multiple": (object_of(a={"type": "integer", "minimum": 5, "multipleOf": 4}), {"a": 8}),
    "number": (object_of(a={"type": "number"}), {"a": 1}),
    "array": (object_of(a={"type": "array", "items": {"type": "string"}}), {"a": []}),
    "two items": (object_of(a={"type": "array", "items": {"type": "null"}, "minItems": 2}), {"a": [None, None]}),
    "nested": (object_of(a=object_of(b={"type": "integer"})), {"a": {"b": 1}}),
    "any of": (object_of(a={"anyOf": [{"type": "integer"}, {"type": "null"}]}), {"a": 1}),
    "one of": (object_of(a={"oneOf": [{"type": "boolean"}, {"type": "null"}]}), {"a": False}),
    "reference": (object_of(a={"$ref": "#/$defs/x"}) | {"$defs": {"x": {"const": 3}}}, {"a": 3}),
    "escaped reference": (object_of(a={"$ref": "#/$defs/x~1y"}) | {"$defs": {"x/y": {"const": 3}}}, {"a": 3}),
    "required but not described": ({"type": "object", "required": ["a"]}, {"a": "conformance"}),
}


@pytest.mark.parametrize("name", MADE)
def test_arguments_are_made(name: str) -> None:
    schema, arguments = MADE[name]

    assert example(schema) == arguments
    assert ServerSchema(schema).errors(arguments) == []


IMPOSSIBLE: dict[str, Any] = {
    "no object": ["x"],
    "boolean": True,
    "pattern": object_of(a={"type": "string", "pattern": "^[A-Z]{3}-[0-9]{4}$"}),
    "contradiction": object_of(a={"type": "integer", "minimum": 5, "maximum": 1}),
    "not allowed": {"type": "object", "required": ["a"], "additionalProperties": False},
    "unknown type": object_of(a={"type": "decimal"}),
    "other document": object_of(a={"$ref": "http://127.0.0.1:1/schema.json"}),
    "dangling": object_of(a={"$ref": "#/$defs/none"}),
    "endless": object_of(a={"$ref": "#/properties/a"}),
    "endless object": {"$ref": "#"} | object_of(a={"$ref": "#"}),
    "array at the root": {"type": "array"},
    "wrong default": object_of(a={"type": "integer", "default": "x"}),
    "too many items": object_of(a={"type": "array", "minItems": 10**9}),
    "too long": object_of(a={"type": "string", "minLength": 10**9}),
    "broken bounds": object_of(a={"type": "integer", "minimum": "five"}),
    "invalid": {"type": "object", "properties": []},
}


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_what_cannot_be_made_is_said_in_one_line(name: str) -> None:
    with pytest.raises(Unsupported) as failure:
        example(IMPOSSIBLE[name])

    assert str(failure.value)
    assert "\n" not in str(failure.value)
    assert len(str(failure.value)) < 500


@pytest.mark.parametrize(
    "root", [{"$ref": "#/$defs/"}, {"$ref": "#/$defs/0"}, {"$ref": 5}, {"anyOf": []}, {"enum": []}]
)
def test_odd_schemas_do_not_crash(root: dict[str, Any]) -> None:
    with pytest.raises(Unsupported):
        example({"type": "object", "required": ["a"], "properties": {"a": root | {"const": 1, "type": "string"}}})
    try:
        example({"type": "object", "required": ["a"], "properties": {"a": root}})
    except Unsupported as failure:
        assert str(failure)


BOUNDS: list[dict[str, float]] = [
    {"minimum": 0.25, "maximum": 0.75},
    {"exclusiveMinimum": 0.25, "exclusiveMaximum": 0.5},
    {"minimum": 5.5},
    {"maximum": -5.5},
    {"exclusiveMinimum": 7.5, "maximum": 8},
    {"minimum": -1e300, "maximum": 1e300},
]


@pytest.mark.parametrize("bounds", BOUNDS, ids=str)
def test_bounds_of_numbers_may_be_fractions(bounds: dict[str, float]) -> None:
    schema = object_of(a={"type": "number", **bounds})

    assert ServerSchema(schema).errors(example(schema)) == []


def test_a_schema_that_asks_for_too_much_is_given_up_in_time() -> None:
    items: dict[str, Any] = {"type": "string"}
    for _ in range(7):
        items = {"type": "array", "minItems": 20, "items": items}
    started = time.process_time()

    with pytest.raises(Unsupported, match="too many values"):
        example(object_of(a=items))

    assert time.process_time() - started < 1


def test_infinite_bounds_do_not_crash() -> None:
    with pytest.raises(Unsupported):
        example(object_of(a={"type": "integer", "minimum": float("inf"), "enum": 1, "maxLength": float("nan")}))
