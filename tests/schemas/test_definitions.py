"""Every method and content block of a revision leads to the definition that judges it."""

import pytest

from conformance.catalogue import REVISIONS
from conformance.definitions import content_definition, error_definition, message_definition, response_definition
from conformance.schema import message_errors
from tests.schemas.oracle import ours

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
    "2026-07-28": {"server/discover": "DiscoverResult", "subscriptions/listen": "SubscriptionsListenResult"},
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
    "2026-07-28": {"notifications/subscriptions/acknowledged": "SubscriptionsAcknowledgedNotification"},
}
GONE = {
    "2026-07-28": (
        "initialize ping logging/setLevel resources/subscribe resources/unsubscribe sampling/createMessage roots/list"
        " elicitation/create tasks/get tasks/result tasks/cancel tasks/list notifications/tasks/status"
        " notifications/elicitation/complete"
    ).split()
}
ERRORS = {
    -32042: ("URLElicitationRequiredError", {"2025-11-25"}),
    -32020: ("HeaderMismatchError", {"2026-07-28"}),
    -32021: ("MissingRequiredClientCapabilityError", {"2026-07-28"}),
    -32022: ("UnsupportedProtocolVersionError", {"2026-07-28"}),
    -32602: ("", set[str]()),
}

every_revision = pytest.mark.parametrize("revision", REVISIONS)


def known_in(revision: str, first: dict[str, str], later: dict[str, dict[str, str]]) -> dict[str, str]:
    added = [new for since, new in later.items() if since <= revision]
    gone = {method for since, old in GONE.items() if since <= revision for method in old}
    return {method: name for new in (first, *added) for method, name in new.items() if method not in gone}


def everything(first: dict[str, str], later: dict[str, dict[str, str]]) -> set[str]:
    return {method for new in (first, *later.values()) for method in new}


def result_of(revision: str, method: str, *, params: object = None, **members: object) -> str | None:
    return response_definition(revision, {"method": method, "params": params}, members)


@every_revision
def test_that_each_method_has_the_result_of_the_revision(revision: str) -> None:
    methods = everything(RESULTS, LATER_RESULTS)
    known = known_in(revision, RESULTS, LATER_RESULTS)

    assert {method: result_of(revision, method, resultType="complete") for method in methods} == {
        method: known.get(method) for method in methods
    }
    assert set(known.values()) <= set(ours(revision)["$defs"])


@every_revision
def test_that_each_message_of_a_server_has_a_definition(revision: str) -> None:
    methods = everything(MESSAGES, LATER_MESSAGES)
    known = known_in(revision, MESSAGES, LATER_MESSAGES)

    assert {method: message_definition(revision, method) for method in methods} == {
        method: known.get(method) for method in methods
    }
    unions = [ours(revision)["$defs"].get(union, {"anyOf": []}) for union in ("ServerRequest", "ServerNotification")]
    assert len(known) == sum(len(union["anyOf"]) for union in unions)


@every_revision
def test_that_only_errors_with_a_form_of_their_own_have_a_definition(revision: str) -> None:
    expected = {code: name if revision in revisions else None for code, (name, revisions) in ERRORS.items()}

    assert {code: error_definition(revision, code) for code in ERRORS} == expected
    assert error_definition(revision, [-32042]) is None


@every_revision
def test_that_only_a_result_of_2025_11_25_can_be_a_new_task(revision: str) -> None:
    plain = result_of(revision, "tools/call", params={"task": {}}, task={})

    assert plain == ("CreateTaskResult" if revision == "2025-11-25" else "CallToolResult")
    assert result_of(revision, "tools/call", params={}, task={}) == "CallToolResult"
    assert result_of(revision, "tools/call", params={"task": {}}, content=[]) == "CallToolResult"


@pytest.mark.parametrize("method", ["tools/call", "tools/list", "server/discover"])
def test_that_a_result_of_2026_07_28_is_of_the_kind_it_says_it_is(method: str) -> None:
    final = result_of("2026-07-28", method)

    assert result_of("2026-07-28", method, resultType="input_required") == "InputRequiredResult"
    assert result_of("2026-07-28", method, resultType="task") is None
    assert result_of("2026-07-28", method, resultType=1) == final
    assert final


def test_that_a_result_says_no_kind_before_2026_07_28() -> None:
    assert result_of("2025-11-25", "tools/call", resultType="input_required") == "CallToolResult"


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
    assert result_of("2025-11-25", "notifications/progress") is None


def test_that_a_revision_without_schema_is_our_mistake() -> None:
    with pytest.raises(KeyError):
        result_of("2020-01-01", "ping")
