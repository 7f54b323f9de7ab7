"""Validation against JSON Schemas, with errors that can be read: `$.tools[0].name: expected a string, got 3`.

Two engines with a hard border between them. Our own schemas are trusted and small: `jsonschema` judges by
them. A schema that came from the target is hostile input: `ServerSchema` judges by it, out of process.
"""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any, Protocol, cast

from jsonschema import Draft202012Validator, ValidationError
from jsonschema.validators import extend  # pyright: ignore[reportUnknownVariableType]
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from conformance import describe
from conformance.data import schemas_dir
from conformance.server_schema import ServerSchema, ServerSchemaError

__all__ = ["ServerSchema", "ServerSchemaError", "message_definitions", "message_errors", "oauth_errors"]

ERROR_LIMIT = 10
"""How many errors are told about one instance."""

_DISCRIMINATORS = ("type", "method", "mode", "resultType")
_TYPES = {
    "string": "a string",
    "integer": "an integer",
    "number": "a number",
    "boolean": "a boolean",
    "object": "an object",
    "array": "an array",
    "null": "null",
}
_Schema = dict[str, Any]
_Errors = Iterator[ValidationError]


class _Validator(Protocol):
    """What we use of a validator of jsonschema, which is not typed as a whole."""

    def iter_errors(self, instance: object) -> _Errors: ...
    def is_valid(self, instance: object) -> bool: ...
    def is_type(self, instance: object, type: str) -> bool: ...
    def descend(self, instance: object, schema: _Schema) -> _Errors: ...
    def evolve(self, *, schema: _Schema) -> "_Validator": ...


def message_errors(revision: str, definition: str, instance: object) -> list[str]:
    """What is wrong with a message, or a part of one, of the Model Context Protocol.

    Args:
        revision: a revision with a file in `schemas/mcp`, such as "2025-11-25".
        definition: a name under `$defs` of that file, such as "ListToolsResult".
        instance: the parsed JSON value; may be hostile.

    Returns:
        At most 10 lines of at most 200 characters, each with a JSONPath; none when the instance is valid.

    Raises:
        KeyError: the suite has no schema of that revision, or the schema no such definition.
    """
    return _errors(f"mcp/{revision}/schema.json", definition, instance)


def message_definitions(revision: str) -> Mapping[str, _Schema]:
    """The definitions of a revision by name. Raises KeyError where the suite has no schema of it."""
    return _load(schemas_dir() / f"mcp/{revision}/schema.json")["$defs"]


def oauth_errors(name: str, instance: object) -> list[str]:
    """What is wrong with the shape of an OAuth document; see `message_errors` for the lines.

    Args:
        name: a file in `schemas/oauth` without its ending: "protected-resource-metadata",
            "authorization-server-metadata", "registration-response", "token-response" or "error-response".
        instance: the parsed JSON value; may be hostile.

    Raises:
        KeyError: the suite has no such schema.
    """
    return _errors(f"oauth/{name}.json", "", instance)


_judged: dict[tuple[str, str, bytes], list[str]] = {}


def _errors(file: str, definition: str, instance: object) -> list[str]:
    """The lines about an instance; nothing is judged twice, as the same pages and documents come again and again."""
    try:
        digest = sha256(json.dumps(instance).encode()).digest()
    except RecursionError:
        return _lines(_validator(file, definition), instance)
    known = (file, definition, digest)
    if known not in _judged:
        _judged[known] = _lines(_validator(file, definition), instance)
    return list(_judged[known])


def _lines(validator: _Validator, instance: object) -> list[str]:
    found = validator.iter_errors(instance)
    lines = (
        describe.line(f"{describe.location(error.absolute_path)}: {error.message}")
        for error in islice(found, 2 * ERROR_LIMIT)
    )
    return list(dict.fromkeys(lines))[:ERROR_LIMIT]


@cache
def _validator(file: str, definition: str) -> _Validator:
    schema = _load(schemas_dir() / file)
    if definition and definition not in schema["$defs"]:
        raise KeyError(f"{file} defines no {definition}")
    registry = Registry[Any]().with_resource(schema["$id"], DRAFT202012.create_resource(schema))
    target = f"{schema['$id']}#/$defs/{definition}" if definition else schema["$id"]
    return _OurValidator({"$ref": target}, registry=registry)


@cache
def _load(path: Path) -> _Schema:
    """Our schema without `$schema`, at which jsonschema would change to its own class of that dialect."""
    try:
        schema = cast("_Schema", json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise KeyError(f"the suite has no schema {path.parent.name}/{path.name}") from None
    return {name: part for name, part in schema.items() if name != "$schema"}


# The keywords our schemas use, with messages of our own. None of them prints the instance as a whole, so
# the cost of an error does not depend on the size and depth of what the target sent.


def _told(what: str, instance: object) -> str:
    return f"expected {describe.line(what, 110)}, got {describe.value(instance)}"


def _expected(what: str, instance: object) -> ValidationError:
    return ValidationError(_told(what, instance))


def _type(validator: _Validator, types: str | list[str], instance: object, _: _Schema) -> _Errors:
    names = [types] if isinstance(types, str) else types
    if not any(validator.is_type(instance, name) for name in names):
        yield _expected(describe.choice(_TYPES[name] for name in names), instance)


def _required(validator: _Validator, names: list[str], instance: object, _: _Schema) -> _Errors:
    if isinstance(instance, dict):
        for name in names:
            if name not in instance:
                yield ValidationError(f'the member "{name}" is missing', validator_value=name)


def _const(_: _Validator, value: object, instance: object, __: _Schema) -> _Errors:
    if type(instance) is bool or instance != value:
        yield _expected(describe.value(value), instance)


def _enum(_: _Validator, values: list[object], instance: object, __: _Schema) -> _Errors:
    if not isinstance(instance, str) or instance not in values:
        yield _expected("one of " + describe.choice(map(describe.value, values)), instance)


def _pattern(_: _Validator, pattern: str, instance: object, schema: _Schema) -> _Errors:
    if isinstance(instance, str) and not re.search(pattern, instance):
        yield _expected(schema["title"], instance)


def _minimum(validator: _Validator, limit: float, instance: object, _: _Schema) -> _Errors:
    if validator.is_type(instance, "number") and cast("float", instance) < limit:
        yield _expected(f"at least {limit}", instance)


def _maximum(validator: _Validator, limit: float, instance: object, _: _Schema) -> _Errors:
    if validator.is_type(instance, "number") and cast("float", instance) > limit:
        yield _expected(f"at most {limit}", instance)


def _not_empty(_: _Validator, __: int, instance: object, ___: _Schema) -> _Errors:
    if instance in ("", []):
        yield ValidationError("must not be empty")


def _absent(validator: _Validator, schema: _Schema, instance: object, _: _Schema) -> _Errors:
    if validator.evolve(schema=schema).is_valid(instance):
        yield ValidationError("must not be here")


def _any_of(validator: _Validator, branches: list[_Schema], instance: object, _: _Schema) -> _Errors:
    """The errors of the branch the instance was meant for, rather than "none of them fits"."""
    tried: list[list[ValidationError]] = []
    for branch in branches:
        errors = list(validator.descend(instance, branch))
        if not errors:
            return
        tried.append(errors)
    nearest = min(map(_distance, tried))
    if nearest[:2] == (0, 0):
        yield from _of_right_kind([errors for errors in tried if _distance(errors) == nearest])
    else:
        meant = [errors for errors in tried if _distance(errors)[:2] == nearest[:2]]
        yield from _merged([error for errors in meant for error in errors if _is_kind_error(error)])


def _of_right_kind(equals: list[list[ValidationError]]) -> _Errors:
    """The first of equally near branches, or all together if each merely lacks a member of its own."""
    lacking = [errors[0] for errors in equals if len(errors) == 1 and _is_lacking(errors[0])]
    if 1 < len(lacking) == len(equals):
        names = dict.fromkeys(f'"{error.validator_value}"' for error in lacking)
        yield ValidationError(f"needs a member {describe.choice(names)}")
    else:
        yield from equals[0]


def _is_lacking(error: ValidationError) -> bool:
    return error.validator == "required" and not error.relative_path


def _is_kind_error(error: ValidationError) -> bool:
    """Whether the error says that the instance is not of the branch's kind, rather than broken."""
    path = error.relative_path
    if error.validator == "type":
        return not path
    return error.validator in ("const", "enum") and len(path) == 1 and path[0] in _DISCRIMINATORS


def _distance(errors: list[ValidationError]) -> tuple[int, int, int, int, int]:
    roots = sum(not error.relative_path and error.validator == "type" for error in errors)
    kinds = sum(_is_kind_error(error) for error in errors)
    lacking = sum(error.validator in ("required", "not") for error in errors)
    return roots, kinds, lacking, -max(len(error.relative_path) for error in errors), len(errors)


def _merged(errors: list[ValidationError]) -> _Errors:
    """One error for each place instead of one for each branch and place."""
    places: dict[tuple[str | int, ...], list[ValidationError]] = {}
    for error in errors:
        places.setdefault(tuple(error.relative_path), []).append(error)
    for path, same in places.items():
        values = [value for error in same for value in _listed(error.validator_value)]
        if path:
            keyword, what = "enum", "one of " + describe.choice(dict.fromkeys(map(describe.value, values)))
        else:
            keyword, what = "type", describe.choice(dict.fromkeys(_TYPES[name] for name in values))
        instance = same[0].instance
        yield ValidationError(
            _told(what, instance), path=path, validator=keyword, validator_value=values, instance=instance
        )


def _listed(value: object) -> list[Any]:
    return cast("list[Any]", value) if isinstance(value, list) else [value]


_KEYWORDS: Mapping[str, Any] = {
    "type": _type,
    "required": _required,
    "const": _const,
    "enum": _enum,
    "pattern": _pattern,
    "minimum": _minimum,
    "maximum": _maximum,
    "minLength": _not_empty,
    "minItems": _not_empty,
    "not": _absent,
    "anyOf": _any_of,
}
_OurValidator = cast("Any", extend(Draft202012Validator, validators=_KEYWORDS))
