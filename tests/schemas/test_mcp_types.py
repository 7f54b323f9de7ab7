"""The types of the Python SDK and our newest schemas accept what the other one makes."""

import types
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.schema import message_errors
from tests.schemas.examples import STRINGS, examples
from tests.schemas.generated import REPEATABLE
from tests.schemas.oracle import REVISIONS, ours, resolver

mcp_types: Any = pytest.importorskip("mcp_types")
methods: Any = pytest.importorskip("mcp_types.methods")

HANDSHAKE, STATELESS = "2025-11-25", "2026-07-28"

BEYOND_THE_TYPES = {
    "Root": "uri is file: only",
    "ListRootsResult": "the same",
    "JSONRPCResponse": "results only",
    "InputRequiredResult": "has requests or a state, which is a requirement of its own",
}
BEYOND_THE_SCHEMA = {
    "JSONRPCResponse": "we call it JSONRPCResultResponse",
    "GetTaskPayloadResult": "any object",
}
FORMS = {
    **dict.fromkeys(("uri", "src", "url", "website_url"), st.just("file:///a")),
    "uri_template": st.just(STRINGS["uri-template"]),
    **dict.fromkeys(("data", "blob"), st.just(STRINGS["byte"])),
    **dict.fromkeys(("priority", "cost_priority", "speed_priority", "intelligence_priority"), st.floats(0, 1)),
    "ttl_ms": st.integers(0),
}
"""Fields whose values the types leave to their names, or check without saying so in the annotation."""
OPTIONAL_LATER = {"elicitation_id"}
"""Fields that the types need not have because a later revision has none."""
SCHEMA = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}
OBJECTS = {
    **dict.fromkeys(("input_schema", "output_schema", "requested_schema", "structured_content"), SCHEMA),
    "io_modelcontextprotocol_server_info": {"name": "a", "version": "1"},
}


def models(revision: str, exempt: dict[str, str]) -> dict[str, Any]:
    """The types with the name of a definition of ours."""
    found = {name: getattr(mcp_types, name, None) for name in ours(revision)["$defs"] if name not in exempt}
    return {name: model for name, model in found.items() if hasattr(model, "model_validate")}


def sent_in(revision: str) -> dict[str, Any]:
    """The types of all messages that may be sent in a revision, for which alone the SDK keeps types of its own."""
    maps = (methods.CLIENT_REQUESTS, methods.CLIENT_NOTIFICATIONS, methods.SERVER_RESULTS, methods.SERVER_NOTIFICATIONS)
    found = [model for one in maps for (_, since), model in one.items() if since == revision]
    return {one.__name__: one for model in found for one in get_args(model) or [model]}


@pytest.mark.parametrize("revision", REVISIONS)
def test_that_the_types_accept_our_examples(revision: str) -> None:
    accepting = models(revision, BEYOND_THE_TYPES)
    assert len(accepting) > 60

    for name, model in accepting.items():
        for instance in examples(ours(revision)["$defs"][name], resolver(ours(revision))):
            model.model_validate(instance)


def test_that_the_types_of_what_is_sent_accept_our_examples() -> None:
    accepting = sent_in(STATELESS)
    assert len(accepting) > 25

    for name, model in accepting.items():
        for instance in examples(ours(STATELESS)["$defs"][name], resolver(ours(STATELESS))):
            model.model_validate(instance)


@cache
def made_by(model: Any) -> st.SearchStrategy[Any]:
    """Objects of a type: its required fields and any others, none of them None."""
    values = {name: value_of(name, field.annotation) for name, field in model.model_fields.items()}
    if "result_type" in values:
        values["result_type"] = st.just("input_required" if "input_requests" in values else "complete")
    needed = {name for name, field in model.model_fields.items() if field.is_required()} | OPTIONAL_LATER
    return st.fixed_dictionaries(
        {name: value for name, value in values.items() if name in needed},
        optional={name: value for name, value in values.items() if name not in needed},
    ).map(lambda values: model(**values))


def value_of(name: str, annotation: Any) -> st.SearchStrategy[Any]:
    """Values of one field; None stands for a member that is left out, so it is never among them."""
    if name in OBJECTS:
        return st.just(OBJECTS[name])
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in (Union, types.UnionType):
        return st.one_of([value_of(name, one) for one in arguments if one is not type(None)])
    if hasattr(annotation, "model_fields"):
        return made_by(annotation)
    if name in FORMS and annotation is not Any and origin is not dict:
        return FORMS[name]
    if origin is Literal:
        return st.sampled_from(arguments)
    if annotation is Any or getattr(annotation, "__name__", "") == "JSONValue":
        return st.sampled_from([True, 1, 0.5, "text", [], {}])
    if origin is dict:
        return st.dictionaries(st.just("key"), value_of("", arguments[1]))
    if origin is list:
        return st.lists(value_of(name, arguments[0]), max_size=2)
    return st.from_type(annotation)


def sent(name: str, value: Any) -> Any:
    """What the SDK sends for an object: without None, in the envelope of its kind."""
    members = value.model_dump(by_alias=True, mode="json", exclude_none=True)
    envelope = {"jsonrpc": "2.0", "id": 1} if name.endswith("Request") else {"jsonrpc": "2.0"}
    return {**envelope, **members} if name.endswith(("Request", "Notification")) else members


@pytest.mark.parametrize(
    ("revision", "making"),
    [(HANDSHAKE, models(HANDSHAKE, BEYOND_THE_SCHEMA)), (STATELESS, sent_in(STATELESS))],
    ids=[HANDSHAKE, STATELESS],
)
def test_that_our_schema_accepts_what_the_types_make(revision: str, making: dict[str, Any]) -> None:

    @settings(REPEATABLE, max_examples=200)
    @given(st.data())
    def judge(data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(making)))
        message = sent(name, data.draw(made_by(making[name])))
        assert message_errors(revision, name, message) == [], name

    judge()
