"""Instances made from a JSON Schema, and instances that differ from a given one in a single place."""

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeGuard, cast

Schema = dict[str, Any]
Resolve = Callable[[str], Schema]
Path = tuple[str | int, ...]

STRINGS = {"uri": "https://example.com/a", "uri-template": "file:///{path}", "byte": "AAAA"}
NAMED_STRINGS = {"Uri": STRINGS["uri"], "UriTemplate": STRINGS["uri-template"], "Base64": STRINGS["byte"]}
REPLACEMENTS: tuple[object, ...] = (None, True, -1, 1.5, "x", "{", [], [None], {"key": None})
_ADDITIONS: dict[str, object] = {
    "unknown": 1,
    "id": None,
    "method": "x",
    "result": {},
    "error": {"code": 1, "message": "x"},
}


@dataclass(frozen=True)
class Mutant:
    """A changed instance and the change in words, such as `$.id = null`."""

    label: str
    instance: object


def examples(schema: Schema, resolve: Resolve) -> list[object]:
    """An instance with all members and one with the required ones only, for each branch of a union."""
    branches = _branches(schema, resolve)
    made = [_example(branch, resolve, full) for branch in branches for full in (True, False)]
    return [one for index, one in enumerate(made) if one not in made[:index]]


def mutants(instance: object, depth: int) -> Iterator[Mutant]:
    """Every change of one place at most `depth` levels down: dropped, replaced, or at the root added."""
    for name, value in _ADDITIONS.items():
        if _is_object(instance) and name not in instance:
            yield Mutant(f"$.{name} added", {**instance, name: value})
    for path in paths(instance, depth):
        yield from mutants_at(instance, path)


def mutants_at(instance: object, path: Path, replacements: tuple[object, ...] = REPLACEMENTS) -> Iterator[Mutant]:
    """Every change of one place: dropped where it is a member, and replaced by each of the replacements."""
    where = "$" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    if path and isinstance(path[-1], str):
        yield Mutant(f"{where} dropped", _changed(instance, path, None, drop=True))
    for value in replacements:
        yield Mutant(f"{where} = {value!r}", _changed(instance, path, value))


def paths(instance: object, depth: int) -> Iterator[Path]:
    """Every place at most `depth` levels down, the root first."""
    yield ()
    if depth and _is_object(instance):
        for name, member in instance.items():
            yield from ((name, *path) for path in paths(member, depth - 1))
    elif depth and isinstance(instance, list):
        for index, item in enumerate(cast("list[object]", instance)):
            yield from ((index, *path) for path in paths(item, depth - 1))


def _is_object(instance: object) -> TypeGuard[dict[str, object]]:
    return isinstance(instance, dict)


def _branches(schema: Schema, resolve: Resolve) -> list[Schema]:
    if "anyOf" in schema:
        return [leaf for branch in schema["anyOf"] for leaf in _branches(branch, resolve)]
    if set(schema) <= {"$ref", "description"}:
        target = resolve(schema["$ref"])
        return _branches(target, resolve) if "anyOf" in target else [schema]
    return [schema]


def _example(schema: Schema, resolve: Resolve, full: bool) -> object:
    parts = list(parts_of(schema, resolve))
    for part in parts:
        if "const" in part:
            return part["const"]
    for part in parts:
        if "enum" in part:
            return min(part["enum"])
        if "anyOf" in part:
            return _example(part["anyOf"][0], resolve, full)
        if "type" in part:
            types = part["type"]
            return _of_type(types if isinstance(types, str) else types[0], parts, resolve, full)
    return "text"


def parts_of(schema: Schema, resolve: Resolve) -> Iterator[Schema]:
    """The schema and all it refers to in place."""
    yield schema
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        yield from parts_of(resolve(schema["$ref"]) | {"string": NAMED_STRINGS.get(name)}, resolve)
    for part in schema.get("allOf", []):
        yield from parts_of(part, resolve)


def _of_type(kind: str, parts: list[Schema], resolve: Resolve, full: bool) -> object:
    if kind == "string":
        found = (part.get("string") or STRINGS.get(part.get("format", "")) for part in parts)
        return next((one for one in found if one), "text")
    if kind == "array":
        items = next((part["items"] for part in parts if "items" in part), None)
        return [_example(items, resolve, full)] if items else []
    if kind == "object":
        return _of_object(parts, resolve, full)
    return {"integer": 1, "number": 0.5, "boolean": True, "null": None}[kind]


def _of_object(parts: list[Schema], resolve: Resolve, full: bool) -> object:
    required = {name for part in parts for name in part.get("required", [])}
    members: dict[str, list[Schema]] = {}
    for part in parts:
        for name, member in part.get("properties", {}).items():
            if "not" not in member and (full or name in required):
                members.setdefault(name, []).append(member)
    made = {name: _example({"allOf": same}, resolve, full) for name, same in members.items()}
    made |= kind_said(parts)
    others = next((part["additionalProperties"] for part in parts if part.get("additionalProperties")), None)
    if full and isinstance(others, dict) and not made:
        made["key"] = _example(cast("Schema", others), resolve, full)
    return made


def kind_said(parts: list[Schema]) -> dict[str, str]:
    """The `resultType` that belongs to a result; official schemas leave it open. Empty for other objects."""
    members = {name for part in parts for name in part.get("properties", {})}
    kind = "input_required" if "inputRequests" in members else "complete"
    return {"resultType": kind} if "resultType" in members else {}


def _changed(instance: object, path: Path, value: object, drop: bool = False) -> object:
    if not path:
        return value
    root = copy.deepcopy(instance)
    parent = cast("Any", root)
    for step in path[:-1]:
        parent = parent[step]
    if drop:
        del parent[path[-1]]
    else:
        parent[path[-1]] = value
    return root
