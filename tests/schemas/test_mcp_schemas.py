"""Our schemas of MCP messages: well-formed, complete, and in agreement with the official ones.

The official `schema.json` files are an oracle beside the checkout. Every definition of ours is held against
the oracle's on instances made from both, and on every change of one place in them.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from jsonschema import Draft202012Validator

from conformance.data import schemas_dir
from conformance.schema import message_errors
from tests.schemas.examples import Mutant, Schema, examples, mutants

REVISIONS = ("2025-06-18", "2025-11-25")
ORACLE = Path(__file__).parents[3] / "shared" / "spec"
KEYWORDS = frozenset(
    "$ref description title type required properties additionalProperties items anyOf allOf const enum pattern"
    " minimum maximum not".split()
)

pytestmark = pytest.mark.parametrize("revision", REVISIONS)
needs_oracle = pytest.mark.skipif(not ORACLE.is_dir(), reason=f"the official schemas are not in {ORACLE}")


@dataclass(frozen=True)
class Difference:
    """A difference from the official schema that we want: `stricter` or `looser` there, where, and why."""

    direction: str
    where: str
    why: str


INTENDED_DIFFERENCES = (
    Difference("stricter", r" \$.*\.(uri|url|src|websiteUrl) = '[x{]'$", "a URI has a scheme (RFC 3986)"),
    Difference("stricter", r" \$.*\.(uriTemplate|ref\.uri) = '{'$", "templates are those of RFC 6570"),
    Difference("stricter", r" \$.*\.(data|blob) = '[x{]'$", "base64 decodes"),
    Difference("stricter", r" \$\.(result|error) added$", "a message is of one kind; results are not errors"),
    Difference("stricter", r"(Response|Message|RequiredError) \$\.method added$", "a message is of one kind"),
    Difference("stricter", r"(Notification|Message) \$\.id added$", "a notification has no id, not even null"),
    Difference("stricter", r"^JSONRPCMessage \$\.(id|params\._meta.*) = ", "a broken request is not a notification"),
    Difference("stricter", r"^PrimitiveSchemaDefinition \$\.(enum|oneOf)", "a broken choice is not a field for text"),
    Difference(
        "looser",
        r"(Response|Message|RequiredError) \$\.id (= None|added|dropped)$",
        "an unreadable request has no id: JSON-RPC says null, the later revision absent, and both are met with",
    ),
    Difference("looser", r"^ElicitResult \$\.content\.key = 1\.5$", "numbers may be fractions; the file was generated"),
)

OURS_ONLY = {
    "Uri": "format uri",
    "UriTemplate": "format uri-template",
    "Base64": "format byte",
    "Meta": "every _meta member",
    "CapabilityObject": "capabilities without members",
    "ToolSchema": "Tool.inputSchema",
    "TaskRequestParams": "GetTaskRequest.params and its like",
}
ORACLE_ONLY = {
    "BaseMetadata": "never sent by itself",
    "Icons": "never sent by itself",
    "Request": "JSONRPCRequest is what is sent",
    "Notification": "JSONRPCNotification is what is sent",
    "PaginatedRequest": "each list request is what is sent",
    "ServerResult": "contains Result, so every object fits",
    "ClientResult": "contains Result, so every object fits",
    "ReadResourceRequestParams": "the same as ResourceRequestParams",
    "SubscribeRequestParams": "the same as ResourceRequestParams",
    "UnsubscribeRequestParams": "the same as ResourceRequestParams",
}
RENAMED = {"JSONRPCResponse": "JSONRPCResultResponse", "JSONRPCError": "JSONRPCErrorResponse"}
"""Definitions of 2025-06-18 that we call as 2025-11-25 does."""
SPLIT_OFF = {
    "Error": "#/definitions/JSONRPCError/properties/error",
    "RequestParams": "#/definitions/JSONRPCRequest/properties/params",
    "NotificationParams": "#/definitions/JSONRPCNotification/properties/params",
    "SamplingMessageContentBlock": "#/definitions/SamplingMessage/properties/content",
}
"""Definitions of ours that 2025-06-18 has in place. Further `<name>Params` are the `params` of `<name>`."""


@cache
def ours(revision: str) -> Schema:
    return json.loads((schemas_dir() / "mcp" / revision / "schema.json").read_text(encoding="utf-8"))


@cache
def oracle(revision: str) -> Schema:
    return json.loads((ORACLE / revision / "schema.json").read_text(encoding="utf-8"))


def oracle_definition(revision: str, name: str) -> Schema | None:
    """The oracle's schema for what we call `name`.

    In 2025-06-18 requests and notifications are defined without their JSON-RPC envelope, which we add.
    """
    if revision != "2025-06-18":
        return {"$ref": f"#/$defs/{name}"} if name in oracle(revision)["$defs"] else None
    definitions = oracle(revision)["definitions"]
    if name == "JSONRPCResponse":
        return {"anyOf": [{"$ref": f"#/definitions/{renamed}"} for renamed in RENAMED]}
    official = next((old for old, new in RENAMED.items() if new == name), name)
    whole = "ReadResourceRequest" if name == "ResourceRequestParams" else official.removesuffix("Params")
    envelope = "#/definitions/JSONRPC" + ("Request" if whole.endswith("Request") else "Notification")
    if name in SPLIT_OFF:
        return {"$ref": SPLIT_OFF[name]}
    if whole != official and whole in definitions:
        inner, outer = f"#/definitions/{whole}/properties/params", f"{envelope}/properties/params"
        return {"allOf": [{"$ref": inner}, {"$ref": outer}]}
    if official not in definitions:
        return None
    if re.search(r"(?<!JSONRPC)(Request|Notification)$", official):
        return {"allOf": [{"$ref": f"#/definitions/{official}"}, {"$ref": envelope}]}
    return {"$ref": f"#/definitions/{official}"}


def judge(revision: str, schema: Schema) -> jsonschema_rs.Validator:
    whole = {key: value for key, value in oracle(revision).items() if key in ("$schema", "$defs", "definitions")}
    validator = jsonschema_rs.Draft7Validator if revision == "2025-06-18" else jsonschema_rs.Draft202012Validator
    return validator({**whole, "allOf": [schema]}, validate_formats=False)


def resolver(document: Schema) -> Any:
    def resolve(reference: str) -> Schema:
        found: Any = document
        for step in reference.removeprefix("#/").split("/"):
            found = found[step]
        return found

    return resolve


def instances(revision: str, name: str) -> list[object]:
    """Examples of a definition, made from our schema and, where it has one, from the oracle's."""
    document = ours(revision)
    made = examples(document["$defs"][name], resolver(document))
    official = oracle_definition(revision, name) if ORACLE.is_dir() else None
    if official and "anyOf" not in document["$defs"][name]:
        made += [one for one in examples(official, resolver(oracle(revision))) if one not in made]
    return made


def lacks_id(instance: object) -> bool:
    """Whether it is an error response without an id, which 2025-06-18 does not know."""
    return isinstance(instance, dict) and "error" in instance and "id" not in instance


def disagreements(revision: str, name: str) -> Iterator[tuple[str, Mutant]]:
    """The changes judged differently; not deep in messages and large unions, whose parts are judged alone."""
    official = oracle_definition(revision, name)
    if official is None:
        return
    validator = judge(revision, official)
    made = [one for one in instances(revision, name) if not lacks_id(one)]
    depth = 1 if len(made) > 8 else 2 if name.endswith(("Request", "Notification")) else 4
    distinct = {json.dumps(mutant.instance): mutant for one in made for mutant in mutants(one, depth)}
    for mutant in distinct.values():
        theirs, accepted = validator.is_valid(mutant.instance), not message_errors(revision, name, mutant.instance)
        if theirs != accepted:
            yield ("stricter" if theirs else "looser"), mutant


def intended(direction: str, name: str, mutant: Mutant) -> Difference | None:
    label = f"{name} {mutant.label}"
    fitting = (one for one in INTENDED_DIFFERENCES if one.direction == direction and re.search(one.where, label))
    return next(fitting, None)


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


def test_that_the_file_is_a_schema_of_2020_12_with_an_id_of_ours(revision: str) -> None:
    schema = ours(revision)

    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == f"https://pytest-mcp-conformance.invalid/schemas/mcp/{revision}/schema.json"


def test_that_every_definition_is_described(revision: str) -> None:
    undescribed = [name for name, one in ours(revision)["$defs"].items() if len(one.get("description", "")) < 10]

    assert undescribed == []


def test_that_no_description_is_the_official_one(revision: str) -> None:
    if not ORACLE.is_dir():
        pytest.skip(f"the official schemas are not in {ORACLE}")
    official = json.dumps(oracle(revision))
    described = [
        one["description"] for one in subschemas(list(ours(revision)["$defs"].values())) if "description" in one
    ]

    assert [text for text in described if len(text) > 20 and json.dumps(text)[1:-1] in official] == []


def test_that_only_keywords_with_messages_of_our_own_are_used(revision: str) -> None:
    parts = list(subschemas(list(ours(revision)["$defs"].values())))

    assert {keyword for part in parts for keyword in part} <= KEYWORDS
    assert all("title" in part for part in parts if "pattern" in part)
    assert all(isinstance(value, str) for part in parts for value in part.get("enum", []))


def test_that_every_reference_leads_somewhere(revision: str) -> None:
    definitions = ours(revision)["$defs"]
    references = [part["$ref"] for part in subschemas(list(definitions.values())) if "$ref" in part]

    assert references
    assert {reference.removeprefix("#/$defs/") for reference in references} <= set(definitions)


def test_that_every_definition_accepts_its_examples(revision: str) -> None:
    for name in set(ours(revision)["$defs"]) - {"Uri", "Base64"}:
        for instance in instances(revision, name):
            assert message_errors(revision, name, instance) == [], name


@needs_oracle
def test_that_every_official_definition_is_there_or_has_a_reason_not_to_be(revision: str) -> None:
    official = oracle(revision)
    names = {RENAMED.get(name, name) for name in official.get("$defs") or official["definitions"]}

    assert names - set(ours(revision)["$defs"]) <= set(ORACLE_ONLY)
    assert {name for name in ours(revision)["$defs"] if not oracle_definition(revision, name)} <= set(OURS_ONLY)


@needs_oracle
def test_that_the_official_schema_accepts_our_examples(revision: str) -> None:
    for name in ours(revision)["$defs"]:
        official = oracle_definition(revision, name)
        if official is None:
            continue
        validator = judge(revision, official)
        for instance in instances(revision, name):
            if revision == "2025-11-25" or not lacks_id(instance):
                assert validator.is_valid(instance), (name, instance)


@needs_oracle
def test_that_every_change_is_judged_as_the_official_schema_does(revision: str) -> None:
    unintended: list[str] = []
    used: set[Difference] = set()
    for name in ours(revision)["$defs"]:
        for direction, mutant in disagreements(revision, name):
            difference = intended(direction, name, mutant)
            if difference:
                used.add(difference)
            else:
                unintended.append(f"{direction}: {name} {mutant.label}")

    assert unintended == []
    assert [one.where for one in INTENDED_DIFFERENCES if one not in used] == []


def test_that_the_types_of_the_python_sdk_accept_our_examples(revision: str) -> None:
    types = pytest.importorskip("mcp_types")
    exempt = {"Root": "uri is file: only", "ListRootsResult": "the same", "JSONRPCResponse": "results only"}
    models = {name: getattr(types, name, None) for name in ours(revision)["$defs"] if name not in exempt}
    models = {name: model for name, model in models.items() if hasattr(model, "model_validate")}
    assert len(models) > 60

    for name, model in models.items():
        for instance in examples(ours(revision)["$defs"][name], resolver(ours(revision))):
            model.model_validate(instance)  # pyright: ignore[reportOptionalMemberAccess]
