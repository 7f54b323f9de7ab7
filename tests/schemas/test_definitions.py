"""Every method and content block of a revision leads to the definition that judges it."""

import pytest

from conformance.definitions import SCHEMA_REVISIONS, content_definition, message_definition, response_definition
from conformance.schema import message_errors
from tests.schemas.oracle import REVISIONS, ours

RESULTS = {
    "initialize": "InitializeResult",
    "ping": "EmptyResult",
    "logging/setLevel": "EmptyResult",
    "tools/list": "ListToolsResult",
    "tools/call": "CallToolResult",
    "resources/list": "ListResourcesResult",
    "resources/templates/list": "ListResourceTemplatesResult",
    "resources/read": "ReadResourceResult",
    "resources/subscribe": "EmptyResult",
    "resources/unsubscribe": "EmptyResult",
    "prompts/list": "ListPromptsResult",
    "prompts/get": "GetPromptResult",
    "completion/complete": "CompleteResult",
    "sampling/createMessage": "CreateMessageResult",
    "roots/list": "ListRootsResult",
}
LATER_RESULTS = {
    "2025-06-18": {"elicitation/create": "ElicitResult"},
    "2025-11-25": {
        "tasks/get": "GetTaskResult",
        "tasks/result": "GetTaskPayloadResult",
        "tasks/cancel": "CancelTaskResult",
        "tasks/list": "ListTasksResult",
    },
}
MESSAGES = {
    "ping": "PingRequest",
    "sampling/createMessage": "CreateMessageRequest",
    "roots/list": "ListRootsRequest",
    "notifications/cancelled": "CancelledNotification",
    "notifications/progress": "ProgressNotification",
    "notifications/message": "LoggingMessageNotification",
    "notifications/tools/list_changed": "ToolListChangedNotification",
    "notifications/resources/list_changed": "ResourceListChangedNotification",
    "notifications/resources/updated": "ResourceUpdatedNotification",
    "notifications/prompts/list_changed": "PromptListChangedNotification",
}
LATER_MESSAGES = {
    "2025-06-18": {"elicitation/create": "ElicitRequest"},
    "2025-11-25": {
        "tasks/get": "GetTaskRequest",
        "tasks/result": "GetTaskPayloadRequest",
        "tasks/cancel": "CancelTaskRequest",
        "tasks/list": "ListTasksRequest",
        "notifications/tasks/status": "TaskStatusNotification",
        "notifications/elicitation/complete": "ElicitationCompleteNotification",
    },
}

every_revision = pytest.mark.parametrize("revision", REVISIONS)


def known_in(revision: str, first: dict[str, str], later: dict[str, dict[str, str]]) -> dict[str, str]:
    added = [new for since, new in later.items() if since <= revision]
    return {method: name for new in (first, *added) for method, name in new.items()}


def test_that_every_revision_with_a_schema_is_known() -> None:
    assert SCHEMA_REVISIONS == REVISIONS


@every_revision
def test_that_each_method_has_the_result_of_the_revision(revision: str) -> None:
    everything = known_in(REVISIONS[-1], RESULTS, LATER_RESULTS)
    known = known_in(revision, RESULTS, LATER_RESULTS)

    assert {method: response_definition(revision, method) for method in everything} == {
        method: known.get(method) for method in everything
    }
    assert set(known.values()) <= set(ours(revision)["$defs"])


@every_revision
def test_that_each_message_of_a_server_has_a_definition(revision: str) -> None:
    everything = known_in(REVISIONS[-1], MESSAGES, LATER_MESSAGES)
    known = known_in(revision, MESSAGES, LATER_MESSAGES)

    assert {method: message_definition(revision, method) for method in everything} == {
        method: known.get(method) for method in everything
    }
    unions = [ours(revision)["$defs"][union]["anyOf"] for union in ("ServerRequest", "ServerNotification")]
    assert len(known) == sum(map(len, unions))


@every_revision
def test_that_each_content_block_has_a_definition(revision: str) -> None:
    types = ("text", "image", "audio", "resource_link", "resource", "video")
    found = {type: content_definition(revision, type) for type in types}
    since = {"audio": "2025-03-26", "resource_link": "2025-06-18", "video": "9999"}

    assert {type for type, name in found.items() if name} == {type for type in types if since.get(type, "") <= revision}
    assert message_errors(revision, found["text"] or "", {"type": "text", "text": ""}) == []


def test_that_what_only_clients_send_has_no_definition_here() -> None:
    assert message_definition("2025-11-25", "notifications/initialized") is None
    assert message_definition("2025-11-25", "tools/list") is None
    assert response_definition("2025-11-25", "notifications/progress") is None


def test_that_a_revision_without_schema_is_our_mistake() -> None:
    with pytest.raises(KeyError):
        response_definition("2020-01-01", "ping")
