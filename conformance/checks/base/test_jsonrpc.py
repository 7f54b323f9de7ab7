"""JSON-RPC 2.0 as the base protocol (specification page basic/index)."""

import pytest

from conformance import Judge, requirement
from conformance.audit import Audit
from conformance.shapes import as_object, is_object
from conformance.wire import jsonrpc
from conformance.wire.connection import Answer, Connection

NO_SUCH_METHOD = "conformance/no-such-method"


@pytest.fixture(scope="session")
def unknown_method(audit: Audit) -> dict[int | str, Answer]:
    """An unknown method asked for under an integer and a string id."""
    connection = audit.mcp()
    return {name: connection.request(NO_SUCH_METHOD, id=name) for name in (990_001, "990002")}


@requirement("jsonrpc.response-echoes-request-id")
def test_a_response_carries_the_id_of_its_request(mcp: Connection, judge: Judge) -> None:
    for sent in (0, 980_001, "980002", "x" * 200):
        answer = mcp.request("ping", id=sent)
        if answer.response is None:
            judge.could_not_run(f"ping was not answered ({answer.summary})")
        got = answer.response.get("id")
        judge.that(jsonrpc.same_id(got, sent), expected=f"id {sent!r}", observed=repr(got), evidence=answer)


@requirement("jsonrpc.error-response-echoes-id")
def test_an_error_carries_the_id_of_its_request(unknown_method: dict[int | str, Answer], judge: Judge) -> None:
    for sent, answer in unknown_method.items():
        if answer.error is None:
            judge.could_not_run(f"no error could be provoked ({answer.summary})")
        got = (answer.response or {}).get("id")
        judge.that(jsonrpc.same_id(got, sent), expected=f"id {sent!r}", observed=repr(got), evidence=answer)


@requirement("jsonrpc.unknown-method-not-found")
def test_an_unknown_method_is_answered_with_method_not_found(
    unknown_method: dict[int | str, Answer], judge: Judge
) -> None:
    for answer in unknown_method.values():
        good = answer.error_code == jsonrpc.METHOD_NOT_FOUND
        judge.that(good, expected="JSON-RPC error -32601", observed=answer.summary, evidence=answer)


@requirement("jsonrpc.malformed-json-code")
def test_broken_json_is_a_parse_error(mcp: Connection, judge: Judge) -> None:
    answer = mcp.post(b'{"jsonrpc":"2.0","id":970001,"method":', purpose="broken JSON")
    _refused(judge, answer, jsonrpc.PARSE_ERROR, "broken JSON")
    _nothing_came(judge)


@requirement("jsonrpc.invalid-request-code")
def test_json_that_is_no_request_is_an_invalid_request(mcp: Connection, judge: Judge) -> None:
    broken = {
        "a numeric method": {"jsonrpc": "2.0", "id": 970_002, "method": 5},
        "jsonrpc 1.0": {"jsonrpc": "1.0", "id": 970_003, "method": "ping"},
    }
    for name, message in broken.items():
        answer = mcp.post(jsonrpc.encode(message), purpose=name)
        _refused(judge, answer, jsonrpc.INVALID_REQUEST, name)
    _nothing_came(judge)


@requirement("jsonrpc.no-reply-to-notifications")
def test_a_notification_gets_no_json_rpc_response(mcp: Connection, judge: Judge) -> None:
    for method in ("notifications/cancelled", "notifications/conformance-unknown"):
        params = {"requestId": 999_999, "reason": "conformance audit"} if method.endswith("cancelled") else None
        answer = mcp.notify(method, params)
        replied = not answer.refused and any(jsonrpc.kind_of(one) in ("result", "error") for one in answer.messages)
        judge.that(not replied, expected=f"no response to {method}", observed=answer.summary, evidence=answer)


def _nothing_came(judge: Judge) -> None:
    if not judge.observations:
        judge.not_applicable("the server takes such messages and never answers them")


def _refused(judge: Judge, answer: Answer, code: int, name: str) -> None:
    """A refusal below JSON-RPC (4xx without JSON-RPC body) is as good as the error code."""
    error = next((one for one in answer.messages if jsonrpc.kind_of(one) == "error"), None)
    if error is not None:
        got = as_object(error["error"]).get("code")
        judge.that(got == code, expected=f"error {code} for {name}", observed=got, evidence=answer)
        return
    if answer.http.status in (0, 202):
        judge.note(f"{name} was taken and never answered")
        return
    bare = 400 <= answer.http.status < 500
    judge.that(bare, expected=f"error {code} or a 4xx for {name}", observed=answer.http.summary, evidence=answer)


@requirement("ping.answered-promptly")
def test_a_ping_is_answered(mcp: Connection, judge: Judge) -> None:
    answer = mcp.request("ping")
    good = answer.response is not None and "result" in answer.response
    judge.that(good, expected="a result", observed=answer.summary, evidence=answer)
    judge.that(
        answer.seconds < 2,
        expected="within two seconds",
        observed="it took longer" if answer.seconds >= 2 else "in time",
    )


@requirement("ping.result-empty")
def test_the_answer_to_a_ping_is_empty(mcp: Connection, judge: Judge) -> None:
    answer = mcp.request("ping")
    if answer.response is None or answer.error is not None:
        judge.could_not_run(f"ping was not answered with a result ({answer.summary})")
    value = answer.response.get("result")
    empty = is_object(value) and not as_object(value).keys() - {"_meta"}
    judge.that(empty, expected="an empty object", observed=str(value), evidence=answer)
