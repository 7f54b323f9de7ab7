"""Arguments that break one keyword of a schema: refused by it, and made only where it has that keyword."""

from typing import Any

import pytest

from conformance.breaking import broken_arguments, broken_by_2020_12
from conformance.schema import ServerSchema


def tool(*required: str, **properties: Any) -> dict[str, Any]:
    return {"name": "t", "inputSchema": {"type": "object", "properties": properties, "required": list(required)}}


BROKEN: dict[str, tuple[dict[str, Any], list[str]]] = {
    "nothing": (tool(), []),
    "anything": (tool(a={}), []),
    "a type": (tool(a={"type": "boolean"}), ["type"]),
    "a required member": (tool("a", a={"type": "string"}), ["required", "type"]),
    "a required member with a default": (tool("a", a={"type": "string", "default": "x"}), ["type"]),
    "a choice": (tool(a={"type": "string", "enum": ["x"]}), ["type", "enum"]),
    "a limit": (tool(a={"type": "integer", "minimum": 3, "maximum": 9}), ["type", "minimum"]),
    "a length": (tool(a={"type": "string", "maxLength": 5}), ["type", "maxLength"]),
    "a length too long to send": (tool(a={"type": "string", "maxLength": 10**9}), ["type"]),
    "arguments that cannot be made": (tool("a", a={"type": "string", "pattern": "^[A-Z]{3}-[0-9]{4}$"}), []),
}


@pytest.mark.parametrize("name", BROKEN)
def test_each_kind_of_keyword_is_broken_once(name: str) -> None:
    one, keywords = BROKEN[name]
    broken = broken_arguments(one)

    assert [found.keyword for found in broken] == keywords
    assert all(ServerSchema(one["inputSchema"]).errors(found.arguments) for found in broken)


@pytest.mark.parametrize("schema", [None, 5, [], {"type": "strng"}, {"$ref": "http://127.0.0.1:1/x"}])
def test_schemas_that_cannot_be_used_give_nothing(schema: object) -> None:
    assert broken_arguments({"inputSchema": schema}) == []
    assert broken_by_2020_12({"inputSchema": schema}) is None


NEW: dict[str, dict[str, Any]] = {
    "prefixItems": tool(a={"type": "array", "prefixItems": [{"type": "integer"}]}),
    "$defs": {"inputSchema": tool(a={"$ref": "#/$defs/x"})["inputSchema"] | {"$defs": {"x": {"type": "object"}}}},
    "dependentRequired": {
        "inputSchema": tool(a={"type": "string"}, b={"type": "string"})["inputSchema"]
        | {"dependentRequired": {"a": ["b"]}}
    },
}


@pytest.mark.parametrize("keyword", NEW)
def test_keywords_of_2020_12_are_broken(keyword: str) -> None:
    broken = broken_by_2020_12(NEW[keyword])

    assert broken
    assert broken.keyword == keyword
    assert ServerSchema(NEW[keyword]["inputSchema"]).errors(broken.arguments)


def test_schemas_of_another_dialect_are_left_alone() -> None:
    schema = NEW["$defs"]["inputSchema"] | {"$schema": "http://json-schema.org/draft-07/schema#"}

    assert broken_by_2020_12({"inputSchema": schema}) is None
