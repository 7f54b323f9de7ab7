"""Which definition of a revision's schema judges a message, told by its method, code or kind of result."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from conformance.schema import message_definitions
from conformance.shapes import as_object

_ERRORS = {
    -32020: "HeaderMismatchError",
    -32021: "MissingRequiredClientCapabilityError",
    -32022: "UnsupportedProtocolVersionError",
    -32042: "URLElicitationRequiredError",
}


def response_definition(revision: str, request: Mapping[str, Any], result: Mapping[str, Any]) -> str | None:
    """What the result of a request of either side is, such as "ListToolsResult".

    The method decides, with two exceptions. In 2025-11-25 a request that asks to run as a task is answered with a
    "CreateTaskResult" first. From 2026-07-28 on a result says by its `resultType` of which kind it is: those that ask
    for input are an "InputRequiredResult", whatever the method.

    Returns:
        None for a method that the revision does not define, and for a kind of result that an extension defines.

    Raises:
        KeyError: the suite has no schema of that revision.
    """
    known = message_definitions(revision)
    name = (_methods(revision, "ClientRequest") | _methods(revision, "ServerRequest")).get(request["method"])
    if name is None:
        return None
    if "CreateTaskResult" in known and "task" in result and "task" in as_object(request.get("params")):
        return "CreateTaskResult"
    kind = result.get("resultType")
    if "ResultType" in known and isinstance(kind, str) and kind != "complete":
        return "InputRequiredResult" if kind == "input_required" else None
    final = f"{name.removesuffix('Request')}Result"
    return final if final in known else "EmptyResult"


def error_definition(revision: str, code: object) -> str | None:
    """What an error response is by its code; None for errors that have no form of their own in the revision.

    Raises:
        KeyError: the suite has no schema of that revision.
    """
    known = message_definitions(revision)
    return next((name for one, name in _ERRORS.items() if one == code and name in known), None)


def message_definition(revision: str, method: str) -> str | None:
    """What a request or notification of the server is by its method, such as "CreateMessageRequest".

    Returns:
        None for a method with which the revision lets no server send anything.

    Raises:
        KeyError: the suite has no schema of that revision.
    """
    return (_methods(revision, "ServerRequest") | _methods(revision, "ServerNotification")).get(method)


def question_definition(revision: str, method: str) -> str | None:
    """What a result asks of the client is by its method; None for what the revision lets no result ask.

    Raises:
        KeyError: the suite has no schema of that revision.
    """
    return _methods(revision, "InputRequest").get(method)


def content_definition(revision: str, type: str) -> str | None:
    """What a content block is by its `type`, such as "TextContent"; None where the revision has no such block.

    Raises:
        KeyError: the suite has no schema of that revision.
    """
    return _named_by(revision, "ContentBlock", "type").get(type)


def _methods(revision: str, union: str) -> dict[str, str]:
    """The definitions of a union by method; none where the revision has no such messages."""
    return dict(_named_by(revision, union, "method")) if union in message_definitions(revision) else {}


@cache
def _named_by(revision: str, union: str, member: str) -> Mapping[str, str]:
    """The definitions of a union by the constant that tells them apart."""
    definitions = message_definitions(revision)
    names: list[str] = [branch["$ref"].rsplit("/", 1)[-1] for branch in definitions[union]["anyOf"]]
    return {_constant(definitions[name], member): name for name in names}


def _constant(definition: Mapping[str, Any], member: str) -> str:
    return definition["properties"][member]["const"]
