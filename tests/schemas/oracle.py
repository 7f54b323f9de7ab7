"""The official schemas of MCP, an oracle beside the checkout, and how their definitions correspond to ours.

Before 2025-11-25 they define requests and notifications without the JSON-RPC envelope, and many parts in place.
From then on they are files made of TypeScript, which lost what `repaired` gives back.
"""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any, cast

import jsonschema_rs
import pytest

from conformance.data import schemas_dir
from tests.schemas.examples import Resolve, Schema

REVISIONS = ("2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28")
ORACLE = Path(__file__).parents[3] / "shared" / "spec"
needs_oracle = pytest.mark.skipif(not ORACLE.is_dir(), reason=f"the official schemas are not in {ORACLE}")

RENAMED = {"JSONRPCResponse": "JSONRPCResultResponse", "JSONRPCError": "JSONRPCErrorResponse"}
"""Definitions of older revisions that we call as 2025-11-25 does."""
_IN_PLACE = {
    "Error": "#/definitions/JSONRPCError/properties/error",
    "RequestParams": "#/definitions/JSONRPCRequest/properties/params",
    "NotificationParams": "#/definitions/JSONRPCNotification/properties/params",
    "SamplingMessageContentBlock": "#/definitions/SamplingMessage/properties/content",
    "ContentBlock": "#/definitions/CallToolResult/properties/content/items",
    "Annotations": "#/definitions/Annotated/properties/annotations",
}
"""Definitions of ours that older revisions have in place. Further `<name>Params` are the `params` of `<name>`."""


@cache
def ours(revision: str) -> Schema:
    """Our schema of a revision."""
    return json.loads((schemas_dir() / "mcp" / revision / "schema.json").read_text(encoding="utf-8"))


@cache
def oracle(revision: str) -> Schema:
    """The official schema of a revision, repaired."""
    return repaired(json.loads((ORACLE / revision / "schema.json").read_text(encoding="utf-8")))


_LOST = ["string", "integer", "boolean"]
_REPAIRS: Schema = {"JSONValue": {}, "JSONObject": {"type": "object"}, "JSONArray": {"type": "array"}}


def repaired(schema: Any) -> Any:
    """The official schema with the numbers and nulls that the specification allows, and without endless definitions.

    The generator wrote integers for the numbers of a form's answer and of JSON values, and no null among the latter.
    """
    if isinstance(schema, list):
        parts = cast("list[Any]", schema)
        return ["string", "number", "boolean"] if parts == _LOST else [repaired(part) for part in parts]
    if not isinstance(schema, dict):
        return schema
    members = cast("Schema", schema)
    return {name: _REPAIRS[name] if name in _REPAIRS else repaired(part) for name, part in members.items()}


def oracle_definition(revision: str, name: str) -> Schema | None:
    """The oracle's schema for what we call `name`, None where it has none."""
    if "$defs" in oracle(revision):
        return {"$ref": f"#/$defs/{name}"} if name in oracle(revision)["$defs"] else None
    definitions = oracle(revision)["definitions"]
    if name == "JSONRPCResponse":
        return {"anyOf": [{"$ref": f"#/definitions/{renamed}"} for renamed in RENAMED]}
    official = next((old for old, new in RENAMED.items() if new == name), name)
    whole = "ReadResourceRequest" if name == "ResourceRequestParams" else official.removesuffix("Params")
    envelope = "#/definitions/JSONRPC" + ("Request" if whole.endswith("Request") else "Notification")
    if name in _IN_PLACE and name not in definitions:
        return {"$ref": _IN_PLACE[name]}
    if whole != official and whole in definitions:
        inner, outer = f"#/definitions/{whole}/properties/params", f"{envelope}/properties/params"
        return {"allOf": [{"$ref": inner}, {"$ref": outer}]}
    if official not in definitions:
        return None
    if re.search(r"(?<!JSONRPC)(?<!Batch)(Request|Notification)$", official):
        return {"allOf": [{"$ref": f"#/definitions/{official}"}, {"$ref": envelope}]}
    return {"$ref": f"#/definitions/{official}"}


def resolver(document: Schema) -> Resolve:
    """What finds the subschema that a reference within the document means."""

    def resolve(reference: str) -> Schema:
        found: Any = document
        for step in reference.removeprefix("#/").split("/"):
            found = found[step]
        return found

    return resolve


@cache
def our_judge(revision: str, name: str) -> jsonschema_rs.Validator:
    """A judge by our definition that is no code of ours, and fast."""
    return jsonschema_rs.Draft202012Validator({"$defs": ours(revision)["$defs"], "$ref": f"#/$defs/{name}"})


@cache
def oracle_judge(revision: str, name: str) -> jsonschema_rs.Validator | None:
    """A judge by the official definition of what we call `name`."""
    schema = oracle_definition(revision, name)
    if schema is None:
        return None
    whole = {key: value for key, value in oracle(revision).items() if key in ("$schema", "$defs", "definitions")}
    kind = jsonschema_rs.Draft202012Validator if "$defs" in whole else jsonschema_rs.Draft7Validator
    return kind({**whole, "allOf": [schema]}, validate_formats=False)
