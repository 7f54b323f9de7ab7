"""The official schemas of MCP, an oracle beside the checkout, and how their definitions correspond to ours.

Before 2025-11-25 they define requests and notifications without the JSON-RPC envelope, and many parts in place.
"""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from conformance.data import schemas_dir
from tests.schemas.examples import Resolve, Schema

REVISIONS = ("2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25")
NEWEST = REVISIONS[-1]
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
    """The official schema of a revision."""
    return json.loads((ORACLE / revision / "schema.json").read_text(encoding="utf-8"))


def oracle_definition(revision: str, name: str) -> Schema | None:
    """The oracle's schema for what we call `name`, None where it has none."""
    if revision == NEWEST:
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
    kind = jsonschema_rs.Draft202012Validator if revision == NEWEST else jsonschema_rs.Draft7Validator
    return kind({**whole, "allOf": [schema]}, validate_formats=False)
