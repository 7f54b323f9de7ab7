"""The official examples of the messages of 2026-07-28: each is what its folder says, and nothing else."""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from conformance.schema import message_errors
from tests.schemas.examples import Schema
from tests.schemas.oracle import ORACLE, oracle_judge, our_judge, ours

REVISION = "2026-07-28"
EXAMPLES = ORACLE / REVISION / "examples"
needs_examples = pytest.mark.skipif(not EXAMPLES.is_dir(), reason=f"the official examples are not in {EXAMPLES}")

LOOKALIKES = {
    "EmptyResult": "demands no more than any result",
    "PaginatedResult": "demands no more than a final result",
    "PaginatedRequestParams": "demands no more than any parameters",
    "InputResponseRequestParams": "demands no more than any parameters",
    "CallToolRequestParams": "demands no more than a name",
    "GetPromptRequestParams": "demands no more than a name",
    "Prompt": "demands no more than a name",
    "PromptArgument": "demands no more than a name",
    "Resource": "demands no more than a name and a URI",
    "ResourceContents": "demands no more than a URI",
    "ResourceUpdatedNotificationParams": "demands no more than a URI",
    "Root": "demands no more than a URI",
    "PromptMessage": "demands no more than a role and content",
    "SamplingMessage": "demands no more than a role and content",
    "LegacyTitledEnumSchema": "need not have titles",
}
"""Definitions that objects of another kind fit as well; where they stand says which is meant."""

BROKEN = {
    "read-resource-result-response": "has no caching hints; officially it passes for a result that asks for input",
}
"""Official examples that are not what they are examples of."""


@cache
def examples() -> list[tuple[str, str, Any]]:
    """Each example after the names of its definition and of its file."""
    files = sorted(EXAMPLES.glob("*/*.json"))
    return [(file.parent.name, file.stem, json.loads(file.read_text(encoding="utf-8"))) for file in files]


def demanding() -> Iterator[str]:
    """The definitions that not every object fits."""
    return (name for name in ours(REVISION)["$defs"] if not our_judge(REVISION, name).is_valid({}))


def named(schemas: list[Schema]) -> set[str]:
    return {schema["$ref"].rsplit("/", 1)[-1] for schema in schemas if "$ref" in schema}


def kinds_of(name: str) -> set[str]:
    """A definition, those it builds on, and the unions that hold one of them."""
    definitions = ours(REVISION)["$defs"]
    found, new = set[str](), {name}
    while new:
        found |= new
        based = {base for one in new for base in named([definitions[one], *definitions[one].get("allOf", [])])}
        unions = {one for one, schema in definitions.items() if named(schema.get("anyOf", [])) & new}
        new = (based | unions) - found
    return found


@needs_examples
def test_that_each_example_is_what_it_is_an_example_of() -> None:
    assert len(examples()) > 100
    for name, file, instance in examples():
        assert bool(message_errors(REVISION, name, instance)) == (file in BROKEN), (name, file)


@needs_examples
def test_that_no_example_is_taken_for_anything_else() -> None:
    mistaken = {
        (name, other)
        for other in demanding()
        for name, _, instance in examples()
        if our_judge(REVISION, other).is_valid(instance) and other not in kinds_of(name)
    }

    assert {pair for pair in mistaken if pair[1] not in LOOKALIKES} == set()
    assert {other for _, other in mistaken} == set(LOOKALIKES)


@needs_examples
def test_that_no_example_fits_a_definition_whose_official_one_it_does_not_fit() -> None:
    for other in ours(REVISION)["$defs"]:
        theirs = oracle_judge(REVISION, other)
        for name, _, instance in examples() if theirs else ():
            if theirs and our_judge(REVISION, other).is_valid(instance):
                assert theirs.is_valid(instance), (name, other)
