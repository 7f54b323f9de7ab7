"""References of schemas that lead to the network."""

from typing import Any

import pytest

from conformance.external_refs import composes, network_refs

HOST = "https://schemas.example"


@pytest.mark.parametrize(
    ("schema", "refs"),
    [
        ({"properties": {"a": {"$ref": f"{HOST}/a.json#/x"}}}, [f"{HOST}/a.json"]),
        ({"properties": {"a": {"$ref": "#/$defs/a"}}, "$defs": {"a": {}}}, []),
        ({"$id": f"{HOST}/own.json", "properties": {"a": {"$ref": "#/$defs/a"}}}, []),
        ({"$id": f"{HOST}/own.json", "properties": {"a": {"$ref": "other.json"}}}, [f"{HOST}/other.json"]),
        ({"$defs": {"b": {"$id": f"{HOST}/b.json"}}, "items": {"$ref": f"{HOST}/b.json"}}, []),
        ({"$ref": "https://json-schema.org/draft/2020-12/schema"}, []),
        ({"const": {"$ref": f"{HOST}/value.json"}}, []),
        ({"allOf": [{"$ref": f"{HOST}/a.json"}, {"$ref": f"{HOST}/a.json"}]}, [f"{HOST}/a.json"]),
        (True, []),
        (None, []),
    ],
)
def test_only_what_is_elsewhere_counts(schema: Any, refs: list[str]) -> None:
    assert network_refs(schema) == refs


def test_a_schema_of_others_is_told_from_a_plain_one() -> None:
    assert composes({"properties": {"a": {"anyOf": [{}]}}})
    assert not composes({"type": "object", "properties": {"a": {"type": "string"}}})


def test_the_depth_of_a_schema_does_not_matter() -> None:
    deep: Any = {"$ref": f"{HOST}/deep.json"}
    for _ in range(5_000):
        deep = {"items": [deep]}

    assert network_refs(deep) == [f"{HOST}/deep.json"]
    assert composes(deep)
