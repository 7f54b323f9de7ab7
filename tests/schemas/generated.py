"""Instances of a JSON Schema made by hypothesis, with any optional members, unknown ones among them."""

from typing import Any, cast

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from tests.schemas.examples import STRINGS, Path, Resolve, Schema, kind_said, parts_of, paths

Strategy = st.SearchStrategy[Any]

REPEATABLE = settings(
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
"""The same instances in every run, on slow machines too."""

_TEXT = st.sampled_from(["", "a", "text", "für", "\u2028", "0"])
_JSON = st.sampled_from([None, False, 0, -1.5, "", [], {}, [{"key": [1]}]])
_KEYS = st.sampled_from(["key", "a b", "$ref"])


def instances_of(schema: Schema, resolve: Resolve) -> Strategy:
    """Valid instances, as far as the keywords our schemas use are concerned."""
    parts = list(parts_of(schema, resolve))
    for part in parts:
        if "const" in part:
            return st.just(part["const"])
        if "enum" in part:
            return st.sampled_from(part["enum"])
        if "anyOf" in part:
            return st.one_of([instances_of(branch, resolve) for branch in part["anyOf"]])
    types = next((part["type"] for part in parts if "type" in part), None)
    if types is None:
        return _JSON
    return st.one_of([_of_type(kind, parts, resolve) for kind in ([types] if isinstance(types, str) else types)])


def _of_type(kind: str, parts: list[Schema], resolve: Resolve) -> Strategy:
    if kind == "string":
        found = (part.get("string") or STRINGS.get(part.get("format", "")) for part in parts)
        return next((st.just(one) for one in found if one), _TEXT)
    if kind == "array":
        items = next((instances_of(part["items"], resolve) for part in parts if "items" in part), _JSON)
        return st.lists(items, min_size=max(part.get("minItems", 0) for part in parts), max_size=2)
    if kind == "object":
        return _of_object(parts, resolve)
    numbers = {"integer": [0, 1, 1.0], "number": [0, 1, 0.5], "boolean": [True, False], "null": [None]}
    return st.sampled_from(numbers[kind])


def _of_object(parts: list[Schema], resolve: Resolve) -> Strategy:
    required = {name for part in parts for name in part.get("required", [])}
    members: dict[str, list[Schema]] = {}
    for part in parts:
        for name, member in part.get("properties", {}).items():
            if "not" not in member:
                members.setdefault(name, []).append(member)
    made = {name: instances_of({"allOf": same}, resolve) for name, same in members.items()}
    made |= {name: st.just(kind) for name, kind in kind_said(parts).items()}
    others = next((part["additionalProperties"] for part in parts if part.get("additionalProperties")), None)
    unknown = instances_of(cast("Schema", others), resolve) if isinstance(others, dict) and not made else _JSON
    return st.builds(
        lambda known, more: {**more, **known},
        st.fixed_dictionaries(
            {name: one for name, one in made.items() if name in required},
            optional={name: one for name, one in made.items() if name not in required},
        ),
        st.dictionaries(_KEYS, unknown, max_size=1),
    )


def words_of(document: Schema) -> list[str]:
    """Every string of a `const` or an `enum` of our schema: what may stand in place of another such string."""
    found: set[str] = set()

    def collect(value: object) -> None:
        if isinstance(value, list):
            for one in value:  # pyright: ignore[reportUnknownVariableType]
                collect(one)  # pyright: ignore[reportUnknownArgumentType]
        elif isinstance(value, dict):
            schema: dict[str, Any] = value  # pyright: ignore[reportUnknownVariableType]
            named = [schema.get("const"), *(schema["enum"] if isinstance(schema.get("enum"), list) else [])]
            found.update(one for one in named if isinstance(one, str))
            collect(list(schema.values()))

    collect(document)
    return sorted(found)


def place_in(instance: object) -> st.SearchStrategy[Path]:
    """Any place of an instance, the root included."""
    return st.sampled_from(list(paths(instance, 12)))
