"""What the server sent unasked or twice, on every connection of the run (specification page basic/lifecycle)."""

from collections import Counter
from typing import Any

from conformance import Judge, requirement
from conformance.arrived import Arrived
from conformance.conversations import Conversation, requests_of
from conformance.shapes import as_object

CLIENT_CAPABILITIES = {
    "sampling/createMessage": "sampling",
    "elicitation/create": "elicitation",
    "roots/list": "roots",
    "tasks/get": "tasks",
    "tasks/result": "tasks",
    "tasks/list": "tasks",
    "tasks/cancel": "tasks",
}
SERVER_CAPABILITIES = {
    "notifications/tools/list_changed": ("tools", "listChanged"),
    "notifications/prompts/list_changed": ("prompts", "listChanged"),
    "notifications/resources/list_changed": ("resources", "listChanged"),
    "notifications/resources/updated": ("resources", "subscribe"),
    "notifications/message": ("logging",),
    "notifications/tasks/status": ("tasks",),
}


def asked(conversations: list[Conversation], judge: Judge) -> list[Arrived]:
    """The requests of the server; not applicable where it sent none."""
    found = list(requests_of(conversations))
    if not found:
        judge.not_applicable("the server sent no request")
    return found


@requirement("jsonrpc.server-request-id-is-string-or-integer")
def test_a_request_of_the_server_has_a_string_or_an_integer_as_id(
    conversations: list[Conversation], judge: Judge
) -> None:
    for one in asked(conversations, judge):
        id = one.message.get("id", "missing")
        whole = isinstance(id, int | float) and not isinstance(id, bool) and id == int(id)
        good = "id" in one.message and (id is None or isinstance(id, str) or whole)
        judge.that(good, expected="a string or an integer as id", observed=repr(id), evidence=one)


@requirement("jsonrpc.server-request-id-not-null")
def test_no_request_of_the_server_has_null_as_id(conversations: list[Conversation], judge: Judge) -> None:
    for one in asked(conversations, judge):
        null = "id" in one.message and one.message["id"] is None
        judge.never(null, f"{one.message['method']} came with the id null", evidence=one)


@requirement("jsonrpc.server-request-id-not-reused")
def test_no_two_requests_of_the_server_share_an_id(conversations: list[Conversation], judge: Judge) -> None:
    most = max(len(one.requests) for one in conversations)
    if most < 2:
        judge.not_applicable("the server never sent two requests on one connection")
    for conversation in conversations:
        ids = Counter(_key(one.message.get("id")) for one in conversation.requests)
        for one in conversation.requests:
            id = one.message.get("id")
            if id is not None and ids[_key(id)] > 1:
                observed = f"id {id!r} on {ids[_key(id)]} requests"
                judge.that(False, expected="a new id for each request", observed=observed, evidence=one)
    judge.that(True, expected="a new id for each request", observed=f"{most} requests at most on one connection")


@requirement("jsonrpc.one-response-per-request")
def test_no_request_of_the_run_is_answered_twice(conversations: list[Conversation], judge: Judge) -> None:
    for conversation in conversations:
        open_ = Counter(_key(one["id"]) for one in conversation.sent if "method" in one and "id" in one)
        for one in conversation.arrived:
            key = _key(one.message.get("id"))
            if "method" in one.message or key not in open_:
                continue
            open_[key] -= 1
            if open_[key] < 0:
                observed = f"another response with the id {one.message['id']!r}"
                judge.that(False, expected="one response to each request", observed=observed, evidence=one)
    judge.that(True, expected="one response to each request", observed=f"{len(conversations)} connections read")


@requirement("lifecycle.undeclared-client-capabilities-not-used")
def test_the_server_asks_only_for_what_the_client_offers(conversations: list[Conversation], judge: Judge) -> None:
    for conversation in conversations:
        for one in conversation.requests:
            wanted = CLIENT_CAPABILITIES.get(str(one.message["method"]))
            if wanted and wanted not in conversation.offered:
                observed = f"{one.message['method']} where the client declared no {wanted}"
                judge.that(False, expected="only what the client declared", observed=observed, evidence=one)
            elif "task" in as_object(one.message.get("params")) and "tasks" not in conversation.offered:
                observed = f"{one.message['method']} as a task where the client declared no tasks"
                judge.that(False, expected="only what the client declared", observed=observed, evidence=one)
    number = len(list(requests_of(conversations)))
    judge.that(True, expected="only what the client declared", observed=f"{number} requests of the server")


@requirement("lifecycle.undeclared-server-capabilities-not-used")
def test_the_server_sends_only_what_it_declared(conversations: list[Conversation], judge: Judge) -> None:
    number = 0
    for conversation in conversations:
        for one in conversation.arrived if conversation.declared is not None else ():
            path = SERVER_CAPABILITIES.get(str(one.message.get("method")), ())
            number += bool(path)
            if path and not _declares(conversation.declared, path):
                observed = f"{one.message['method']} without {'.'.join(path)}"
                judge.that(False, expected="only what the server declared", observed=observed, evidence=one)
    judge.that(True, expected="only what the server declared", observed=f"{number} notifications that need one")


def _declares(capabilities: Any, path: tuple[str, ...]) -> bool:  # noqa: ANN401
    for name in path:
        capabilities = as_object(capabilities).get(name)
    return capabilities is not None and capabilities is not False


def _key(id: object) -> tuple[bool, object]:
    """The same for ids that are the same JSON value."""
    number = isinstance(id, int | float) and not isinstance(id, bool)
    return isinstance(id, str), id if isinstance(id, str) or number else repr(id)
