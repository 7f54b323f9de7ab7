"""JSON-RPC 2.0 as the base protocol (specification page basic/index)."""

from contextlib import suppress
from typing import Any

import pytest

from conformance import Judge, requirement
from conformance.audit import Audit
from conformance.ceremony.notifying import CANCELLED, cancel_nothing
from conformance.ceremony.numbering import Numbering
from conformance.ceremony.unknown_methods import unknown_methods
from conformance.interaction.colliding import Colliding
from conformance.offered import Offered
from conformance.probe import Probe
from conformance.shapes import as_object, is_object
from conformance.survey import Survey
from conformance.tool_calls import only_reads
from conformance.wire import jsonrpc
from conformance.wire.connection import Answer, Connection
from conformance.wire.http import NoAnswer
from conformance.wire.jsonrpc import HEADER_MISMATCH


@pytest.fixture(scope="session")
def unknown_method(audit: Audit) -> dict[int | str, Answer]:
    """An unknown method asked for under an integer and a string id."""
    return unknown_methods(audit)


@pytest.fixture(scope="session")
def numbering(audit: Audit) -> Numbering:
    """A cheap request under ids of every kind."""
    return Numbering.of(audit)


@requirement("jsonrpc.response-echoes-request-id")
def test_a_response_carries_the_id_of_its_request(numbering: Numbering, judge: Judge) -> None:
    for sent in numbering.outcomes:
        answer = numbering.answer(sent)
        if answer.response is None:
            judge.could_not_run(f"the request with id {sent!r} was not answered ({answer.summary})")
        got = answer.response.get("id")
        judge.that(jsonrpc.same_id(got, sent), expected=f"id {sent!r}", observed=repr(got), evidence=answer)


@requirement("jsonrpc.error-response-echoes-id")
def test_an_error_carries_the_id_of_its_request(unknown_method: dict[int | str, Answer], judge: Judge) -> None:
    for sent, answer in unknown_method.items():
        if answer.error is None:
            judge.could_not_run(f"no error could be provoked ({answer.summary})")
        got = (answer.response or {}).get("id")
        judge.that(jsonrpc.same_id(got, sent), expected=f"id {sent!r}", observed=repr(got), evidence=answer)


@requirement("jsonrpc.server-request-id-not-reused")
def test_two_requests_of_the_server_in_a_row_have_two_ids(offered: Offered, probe: Probe, judge: Judge) -> None:
    call = {"name": offered.tool("test_sampling"), "arguments": {"prompt": "conformance audit"}}
    with probe.session({"sampling": {}}, {"sampling/createMessage": sample}) as connection:
        answers = [connection.request("tools/call", call) for _ in range(2)]
        heard = [as_object(one.value) for one in connection.heard.since()]
    ids = [one.get("id") for one in heard if one.get("method") == "sampling/createMessage"]
    if len(ids) < 2:
        judge.could_not_run(f"two calls of test_sampling asked for {len(ids)} samples ({answers[-1].summary})")
    observed = f"ids {ids}"
    judge.that(not jsonrpc.same_id(*ids[:2]), expected="two ids", observed=observed, evidence=answers[-1])


def sample(_: dict[str, Any]) -> dict[str, Any]:
    """What a model says."""
    return {"role": "assistant", "model": "conformance", "content": {"type": "text", "text": "conformance audit"}}


@requirement("jsonrpc.unknown-method-not-found")
def test_an_unknown_method_is_answered_with_method_not_found(
    unknown_method: dict[int | str, Answer], judge: Judge
) -> None:
    for answer in unknown_method.values():
        good = answer.error_code == jsonrpc.METHOD_NOT_FOUND
        judge.that(good, expected="JSON-RPC error -32601", observed=answer.summary, evidence=answer)


@pytest.fixture(scope="session")
def broken_json(audit: Audit) -> Answer:
    """What comes for a truncated JSON text. Raises NoAnswer where the server ends."""

    def send() -> Answer:
        return _post_unreadable(audit, b'{"jsonrpc":"2.0","id":970001,"method":', "broken JSON")

    return audit.once("broken JSON", send)


def _post_unreadable(audit: Audit, body: bytes, purpose: str) -> Answer:
    """The answer to a body; what follows goes to another session where it ended this one, as with some gateways."""
    connection = audit.mcp()
    answer = connection.post(body, purpose=purpose)
    if answer.refused and not answer.messages:
        with suppress(NoAnswer):
            if connection.alive().response is not None:
                return answer
        audit.close_session()
    return answer


@requirement("jsonrpc.malformed-json-code")
def test_broken_json_is_a_parse_error(broken_json: Answer, survey: Survey, judge: Judge) -> None:
    _refused(judge, broken_json, jsonrpc.PARSE_ERROR, "broken JSON", survey)
    _nothing_came(judge)


@requirement("jsonrpc.unreadable-id-not-invented")
def test_the_answer_to_broken_json_bears_no_id(broken_json: Answer, judge: Judge) -> None:
    errors = [as_object(one) for one in broken_json.messages if jsonrpc.kind_of(one) == "error"]
    if not errors and not broken_json.refused:
        judge.not_applicable("broken JSON is never answered")
    for error in errors:
        id = error.get("id")
        judge.that(id is None, expected="no id, or null", observed=repr(id), evidence=broken_json)
    judge.that(True, expected="no id, or null", observed=broken_json.summary)


@requirement("jsonrpc.malformed-params-code")
def test_params_that_do_not_fit_are_invalid_params(survey: Survey, mcp: Connection, judge: Judge) -> None:
    offered = [call for feature, call in _wrong(survey).items() if feature in survey.capabilities]
    if not offered:
        judge.not_applicable("the server declares neither resources nor prompts nor tools")
    for method, params in offered[:2]:
        answer = mcp.request(method, params)
        if answer.http.status in (401, 403):
            judge.could_not_run(f"{method} is refused for its token ({answer.summary})")
        good = answer.error_code in (jsonrpc.INVALID_PARAMS, jsonrpc.INVALID_REQUEST)
        sent = f"{method} with {'params ' + str(params)}"
        judge.that(good, expected=f"error -32602 for {sent}", observed=answer.summary, evidence=answer)


def _wrong(survey: Survey) -> dict[str, tuple[str, dict[str, Any]]]:
    """A request with params that do not fit, by its feature; where header fields repeat a name, one with a name."""
    if not survey.stateless:
        return {
            "resources": ("resources/read", {}),
            "prompts": ("prompts/get", {"name": 5}),
            "tools": ("tools/call", {"arguments": {}}),
        }
    name = next((str(tool.get("name")) for tool in survey.tools if only_reads(tool)), "conformance")
    return {
        "prompts": ("prompts/get", {"name": "conformance", "arguments": "none"}),
        "tools": ("tools/call", {"name": name, "arguments": []}),
        "completions": ("completion/complete", {"ref": "none"}),
    }


@requirement("jsonrpc.one-response-per-request")
def test_a_request_is_answered_once(numbering: Numbering, judge: Judge) -> None:
    if not numbering.answered:
        judge.could_not_run(f"no such request was answered ({numbering.answer().summary})")
    for id, answer in numbering.answered.items():
        times = numbering.times(id)
        judge.that(times < 2, expected=f"one response to {id!r}", observed=f"{times} of them", evidence=answer)


@requirement("jsonrpc.invalid-request-code")
def test_json_that_is_no_request_is_an_invalid_request(
    audit: Audit, mcp: Connection, survey: Survey, judge: Judge
) -> None:
    broken = {
        "a numeric method": {"jsonrpc": "2.0", "id": 970_002, "method": 5},
        "jsonrpc 1.0": {"jsonrpc": "1.0", "id": 970_003, "method": mcp.quick},
    }
    params = mcp.introduced({})
    for name, message in broken.items():
        body = jsonrpc.encode(message | ({"params": params} if params else {}))
        _refused(judge, _post_unreadable(audit, body, name), jsonrpc.INVALID_REQUEST, name, survey)
    _nothing_came(judge)


@requirement("jsonrpc.no-reply-to-notifications")
def test_a_notification_gets_no_json_rpc_response(audit: Audit, mcp: Connection, judge: Judge) -> None:
    unknown = "notifications/conformance-unknown"
    for method, answer in {CANCELLED: cancel_nothing(audit), unknown: mcp.notify(unknown)}.items():
        replied = not answer.refused and any(jsonrpc.kind_of(one) in ("result", "error") for one in answer.messages)
        judge.that(not replied, expected=f"no response to {method}", observed=answer.summary, evidence=answer)


def _nothing_came(judge: Judge) -> None:
    if not judge.observations:
        judge.not_applicable("the server takes such messages and never answers them")


def _refused(judge: Judge, answer: Answer, code: int, name: str, survey: Survey) -> None:
    """A refusal below JSON-RPC (4xx without JSON-RPC body) is as good as the error code.

    So is one for header fields, which such a message cannot match, where they repeat the body.
    """
    error = next((one for one in answer.messages if jsonrpc.kind_of(one) == "error"), None)
    if error is not None:
        got = as_object(error["error"]).get("code")
        mismatch = survey.stateless and survey.transport != "stdio" and got == HEADER_MISMATCH
        judge.that(got == code or mismatch, expected=f"error {code} for {name}", observed=got, evidence=answer)
        return
    if answer.http.status in (0, 202):
        judge.note(f"{name} was taken and never answered")
        return
    bare = 400 <= answer.http.status < 500
    judge.that(bare, expected=f"error {code} or a 4xx for {name}", observed=answer.http.summary, evidence=answer)


@requirement("ping.answered-promptly")
def test_a_ping_is_answered(numbering: Numbering, judge: Judge) -> None:
    answer = numbering.answer()
    good = answer.response is not None and "result" in answer.response
    judge.that(good, expected="a result", observed=answer.summary, evidence=answer)
    judge.that(
        answer.seconds < 2,
        expected="within two seconds",
        observed="it took longer" if answer.seconds >= 2 else "in time",
    )


@requirement("ping.result-empty")
def test_the_answer_to_a_ping_is_empty(numbering: Numbering, judge: Judge) -> None:
    answer = numbering.answer()
    if answer.response is None or answer.error is not None:
        judge.could_not_run(f"ping was not answered with a result ({answer.summary})")
    value = answer.response.get("result")
    empty = is_object(value) and not as_object(value).keys() - {"_meta"}
    judge.that(empty, expected="an empty object", observed=str(value), evidence=answer)


@requirement("jsonrpc.one-response-per-request")
def test_each_of_two_clients_with_the_same_id_gets_its_own_answer(colliding: Colliding, judge: Judge) -> None:
    telling = [(part, other) for part, other in colliding.sides if colliding.tells_apart(part, other)]
    if not telling:
        judge.not_applicable("the answers of the tools cannot be told apart")
    for part, other in telling:
        if colliding.is_swapped(part, other):
            observed = f"what the call of {other.tool} by another client was to get"
            judge.that(False, expected=f"the answer to the call of {part.tool}", observed=observed, evidence=part)
    unanswered = next((part for part, _ in telling if not part.outcome), None)
    if unanswered:
        told = unanswered.answer.summary if unanswered.answer else "no answer"
        judge.could_not_run(f"{unanswered.tool} did not work beside a call of another client ({told})")
    judge.that(True, expected="its own answer for each client", observed=f"{len(telling)} answers")
