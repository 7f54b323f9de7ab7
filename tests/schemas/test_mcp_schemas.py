"""Our schemas of MCP messages: well-formed, complete, and in agreement with the official ones.

Every definition of ours is held against the oracle's on instances made from both, and on every change of one
place in them. They are judged by another engine than the audit uses; that both agree is tested with generated
instances.
"""

import json
from collections.abc import Iterator
from functools import cache

import pytest
from jsonschema import Draft202012Validator

from conformance.schema import message_errors
from tests.schemas.differences import INTENDED_DIFFERENCES, Difference, intended, lacks_id
from tests.schemas.examples import Mutant, Schema, examples, mutants
from tests.schemas.oracle import (
    ORACLE,
    RENAMED,
    REVISIONS,
    needs_oracle,
    oracle,
    oracle_definition,
    oracle_judge,
    our_judge,
    ours,
    resolver,
)

KEYWORDS = frozenset(
    "$ref description title type required properties additionalProperties items anyOf allOf const enum pattern"
    " minimum maximum minItems not".split()
)

every_revision = pytest.mark.parametrize("revision", REVISIONS)

OURS_ONLY = {
    "Uri": "format uri",
    "UriTemplate": "format uri-template",
    "Base64": "format byte",
    "Meta": "every _meta member, before 2026-07-28",
    "CapabilityObject": "capabilities without members",
    "ExtensionSettings": "the experimental and extensions members of capabilities",
    "FinalResult": "results with the resultType complete",
    "ToolSchema": "Tool.inputSchema",
    "TaskRequestParams": "GetTaskRequest.params and its like",
}
ORACLE_ONLY = {
    "Annotated": "the base of what carries annotations",
    "BaseMetadata": "never sent by itself",
    "Icons": "never sent by itself",
    "Request": "JSONRPCRequest is what is sent",
    "Notification": "JSONRPCNotification is what is sent",
    "PaginatedRequest": "each list request is what is sent",
    "ServerResult": "contains Result, so every object fits",
    "ClientResult": "contains Result, so every object fits",
    "JSONValue": "anything fits",
    "JSONObject": "every object fits",
    "JSONArray": "every array fits",
    "ReadResourceRequestParams": "the same as ResourceRequestParams, before 2026-07-28",
    "SubscribeRequestParams": "the same as ResourceRequestParams",
    "UnsubscribeRequestParams": "the same as ResourceRequestParams",
}


def instances(revision: str, name: str) -> list[object]:
    """Examples of a definition, made from our schema and, where it has one, from the oracle's."""
    document = ours(revision)
    made = examples(document["$defs"][name], resolver(document))
    official = oracle_definition(revision, name) if ORACLE.is_dir() else None
    if official and "anyOf" not in document["$defs"][name]:
        made += [one for one in examples(official, resolver(oracle(revision))) if one not in made]
    return made


def disagreements(revision: str, name: str) -> Iterator[tuple[str, Mutant]]:
    """The changes judged differently; not deep in messages and large unions, whose parts are judged alone."""
    theirs, mine = oracle_judge(revision, name), our_judge(revision, name)
    if theirs is None:
        return
    made = [one for one in instances(revision, name) if not lacks_id(one)]
    depth = 1 if len(made) > 8 else 2 if name.endswith(("Request", "Notification", "ResultResponse")) else 4
    distinct = {json.dumps(mutant.instance): mutant for one in made for mutant in mutants(one, depth)}
    for mutant in distinct.values():
        accepted = theirs.is_valid(mutant.instance)
        if accepted != mine.is_valid(mutant.instance):
            yield ("stricter" if accepted else "looser"), mutant


@cache
def differences(revision: str) -> tuple[set[Difference], list[str]]:
    """The listed differences met with, and lines on those that are not listed."""
    used: set[Difference] = set()
    unintended: list[str] = []
    for name in ours(revision)["$defs"]:
        for direction, mutant in disagreements(revision, name):
            difference = intended(direction, name, mutant)
            if difference:
                used.add(difference)
            else:
                unintended.append(f"{direction}: {name} {mutant.label}")
    return used, unintended


def subschemas(schema: object) -> Iterator[Schema]:
    if isinstance(schema, list):
        for one in schema:  # pyright: ignore[reportUnknownVariableType]
            yield from subschemas(one)  # pyright: ignore[reportUnknownArgumentType]
    elif isinstance(schema, dict):
        typed: Schema = schema  # pyright: ignore[reportUnknownVariableType]
        yield typed
        for keyword, value in typed.items():
            if keyword == "properties":
                yield from subschemas(list(value.values()))
            elif keyword in ("items", "additionalProperties", "not", "anyOf", "allOf"):
                yield from subschemas(value)


@every_revision
def test_that_the_file_is_a_schema_of_2020_12_with_an_id_of_ours(revision: str) -> None:
    schema = ours(revision)

    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == f"https://pytest-mcp-conformance.invalid/schemas/mcp/{revision}/schema.json"


@every_revision
def test_that_every_definition_is_described(revision: str) -> None:
    undescribed = [name for name, one in ours(revision)["$defs"].items() if len(one.get("description", "")) < 10]

    assert undescribed == []


@every_revision
def test_that_no_description_is_the_official_one(revision: str) -> None:
    if not ORACLE.is_dir():
        pytest.skip(f"the official schemas are not in {ORACLE}")
    official = json.dumps(oracle(revision))
    described = [
        one["description"] for one in subschemas(list(ours(revision)["$defs"].values())) if "description" in one
    ]

    assert [text for text in described if len(text) > 20 and json.dumps(text)[1:-1] in official] == []


@every_revision
def test_that_only_keywords_with_messages_of_our_own_are_used(revision: str) -> None:
    parts = list(subschemas(list(ours(revision)["$defs"].values())))

    assert {keyword for part in parts for keyword in part} <= KEYWORDS
    assert all("title" in part for part in parts if "pattern" in part)
    assert all(isinstance(value, str) for part in parts for value in part.get("enum", []))


@every_revision
def test_that_every_reference_leads_somewhere(revision: str) -> None:
    definitions = ours(revision)["$defs"]
    references = [part["$ref"] for part in subschemas(list(definitions.values())) if "$ref" in part]

    assert references
    assert {reference.removeprefix("#/$defs/") for reference in references} <= set(definitions)


@every_revision
def test_that_every_definition_accepts_its_examples(revision: str) -> None:
    for name in set(ours(revision)["$defs"]) - {"Uri", "Base64"}:
        for instance in instances(revision, name):
            assert message_errors(revision, name, instance) == [], name


@needs_oracle
@every_revision
def test_that_every_official_definition_is_there_or_has_a_reason_not_to_be(revision: str) -> None:
    official = oracle(revision)
    names = {RENAMED.get(name, name) for name in official.get("$defs") or official["definitions"]}

    assert names - set(ours(revision)["$defs"]) <= set(ORACLE_ONLY)
    assert {name for name in ours(revision)["$defs"] if not oracle_definition(revision, name)} <= set(OURS_ONLY)


@needs_oracle
@every_revision
def test_that_the_official_schema_accepts_our_examples(revision: str) -> None:
    for name in ours(revision)["$defs"]:
        validator = oracle_judge(revision, name)
        if validator is None:
            continue
        for instance in instances(revision, name):
            if revision >= "2025-11-25" or not lacks_id(instance):
                assert validator.is_valid(instance), (name, instance)


@needs_oracle
@every_revision
def test_that_every_change_is_judged_as_the_official_schema_does(revision: str) -> None:
    _, unintended = differences(revision)

    assert unintended == []


@needs_oracle
def test_that_every_intended_difference_is_met_with() -> None:
    used = set[Difference]().union(*(differences(revision)[0] for revision in REVISIONS))

    assert [one.where for one in INTENDED_DIFFERENCES if one not in used] == []
