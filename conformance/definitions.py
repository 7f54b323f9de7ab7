"""Which definition of a revision's schema judges a message, told by its method."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from conformance.catalogue import REVISIONS
from conformance.schema import message_definitions

SCHEMA_REVISIONS = REVISIONS[:-1]
"""The revisions with a schema in `schemas/mcp`, oldest first."""


def response_definition(revision: str, method: str) -> str | None:
    """What the result of a request is by its method, such as "ListToolsResult"; of requests of either side.

    A request that runs as a task is answered with a "CreateTaskResult" first.

    Returns:
        None for a method that the revision does not define.

    Raises:
        KeyError: the suite has no schema of that revision.
    """
    request = (_methods(revision, "ClientRequest") | _methods(revision, "ServerRequest")).get(method)
    if request is None:
        return None
    result = f"{request.removesuffix('Request')}Result"
    return result if result in message_definitions(revision) else "EmptyResult"


def message_definition(revision: str, method: str) -> str | None:
    """What a request or notification of the server is by its method, such as "CreateMessageRequest".

    Returns:
        None for a method with which the revision lets no server send anything.

    Raises:
        KeyError: the suite has no schema of that revision.
    """
    return (_methods(revision, "ServerRequest") | _methods(revision, "ServerNotification")).get(method)


def content_definition(revision: str, type: str) -> str | None:
    """What a content block is by its `type`, such as "TextContent"; None where the revision has no such block.

    Raises:
        KeyError: the suite has no schema of that revision.
    """
    return _named_by(revision, "ContentBlock", "type").get(type)


def _methods(revision: str, union: str) -> dict[str, str]:
    return dict(_named_by(revision, union, "method"))


@cache
def _named_by(revision: str, union: str, member: str) -> Mapping[str, str]:
    """The definitions of a union by the constant that tells them apart."""
    definitions = message_definitions(revision)
    names: list[str] = [branch["$ref"].rsplit("/", 1)[-1] for branch in definitions[union]["anyOf"]]
    return {_constant(definitions[name], member): name for name in names}


def _constant(definition: Mapping[str, Any], member: str) -> str:
    return definition["properties"][member]["const"]
