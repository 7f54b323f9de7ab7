"""Every message of the whole run, judged once at no extra request."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from json import JSONDecodeError, JSONDecoder
from typing import Any

import pytest

from conformance import Judge, requirement
from conformance.arrived import Arrived, events, is_request, is_stream, media_type
from conformance.evidence import Exchange
from conformance.shapes import as_object, is_array, is_object, parsed
from conformance.wire import jsonrpc

_BELOW_THE_PROTOCOL = (307, 308, 400, 401, 403, 404, 405, 406, 413, 414, 415, 421, 429, 431)
_PROTOCOL_TYPES = ("application/json", "text/event-stream")
CONCISE = 300
"""Characters of a message that is still short."""


@pytest.fixture(scope="session")
def answers(transcript: Sequence[Exchange]) -> list[Exchange]:
    """Exchanges in which the MCP server sent a body; refusals of the token are not its messages."""
    return [one for one in transcript if one.response and one.response.size and one.status not in (401, 403)]


def charset_of(exchange: Exchange) -> str:
    """The charset parameter of the answer's media type, in lower case; empty without one."""
    lines = exchange.response.headers if exchange.response else ()
    value = next((value for name, value in lines if name.lower() == "content-type"), "")
    found = re.search(r";\s*charset\s*=\s*\"?([^\s;\"]+)", value, re.IGNORECASE)
    return found[1].lower() if found and media_type(exchange) in _PROTOCOL_TYPES else ""


def of_kind(messages: list[Arrived], *kinds: str) -> list[Arrived]:
    """Messages that look like responses, requests and so on by the members they have."""
    return [one for one in messages if is_object(one.message) and _looks_like(as_object(one.message), kinds)]


def _looks_like(message: dict[str, Any], kinds: tuple[str, ...]) -> bool:
    if "method" in message:
        return bool({"request", "notification"} & set(kinds))
    return "response" in kinds


def judge_each(judge: Judge, found: list[Arrived], expected: str, problem: Any) -> None:  # noqa: ANN401
    """Hold `problem(message)` against every message; it returns what is wrong, or an empty string."""
    if not found:
        judge.not_applicable("the server sent no such message")

    def told(one: Arrived) -> str:
        wrong = problem(one.message)
        return f"{wrong} (answer to {one.source.purpose})" if wrong else ""

    judge.each(found, expected, told, seen=f"{len(found)} messages are")


@requirement("jsonrpc.messages-well-formed")
def test_every_message_is_json_rpc(messages: list[Arrived], judge: Judge) -> None:
    def problem(message: Any) -> str:  # noqa: ANN401
        if jsonrpc.kind_of(message) in ("unknown", "batch"):
            return f"members {sorted(as_object(message))}" if is_object(message) else type(message).__name__
        return "" if message.get("jsonrpc") == "2.0" else f"jsonrpc is {message.get('jsonrpc')!r}"

    judge_each(judge, messages, "every message is a JSON-RPC 2.0 message", problem)


@requirement("jsonrpc.messages-are-utf8")
def test_every_message_is_utf_8(answers: list[Exchange], judge: Judge) -> None:
    if not answers:
        judge.could_not_run("the server sent nothing")
    broken = [one for one in answers if one.response and not one.response.utf8]
    for one in broken[:5]:
        judge.that(
            False,
            expected="valid UTF-8",
            observed=f"other bytes in the answer to {one.purpose}",
            evidence=_Seen(one.id),
        )
    for one in answers:
        charset = charset_of(one)
        if charset not in ("", "utf-8", "utf8"):
            judge.that(False, expected="charset utf-8 or none", observed=charset, evidence=_Seen(one.id))
    judge.that(
        not broken,
        expected="every answer is valid UTF-8",
        observed=f"{len(answers)} answers read, {len(broken)} broken",
    )


@dataclass(frozen=True)
class _Seen:
    exchange: str


@requirement("jsonrpc.error-has-code-and-message")
def test_every_error_has_code_and_message(messages: list[Arrived], judge: Judge) -> None:
    def problem(message: dict[str, Any]) -> str:
        error = message["error"]
        if not is_object(error):
            return f"error is {type(error).__name__}"
        if "code" not in error:
            return "no code"
        return "" if isinstance(as_object(error).get("message"), str) else "no message string"

    errors = [one for one in of_kind(messages, "response") if "error" in one.message]
    judge_each(judge, errors, "errors with code and message", problem)


@requirement("jsonrpc.error-code-is-integer")
def test_every_error_code_is_an_integer(messages: list[Arrived], judge: Judge) -> None:
    def problem(message: dict[str, Any]) -> str:
        code = message["error"]["code"]
        whole = isinstance(code, int | float) and not isinstance(code, bool) and code == int(code)
        return "" if whole else f"code {code!r}"

    errors = [one for one in of_kind(messages, "response") if is_object(one.message.get("error"))]
    judge_each(judge, [one for one in errors if "code" in one.message["error"]], "integer error codes", problem)


@requirement("jsonrpc.error-message-is-concise")
def test_every_error_message_is_short(messages: list[Arrived], judge: Judge) -> None:
    errors = [one for one in of_kind(messages, "response") if isinstance(message_of(one), str)]
    if not errors:
        judge.not_applicable("the server sent no error with a message")
    for one in errors:
        text = without_echoes(message_of(one), one.source.request.body)
        wordy = len(text) > CONCISE or len(text.strip().splitlines()) > 1
        observed = f"{len(text.splitlines())} lines, {len(text)} characters" if wordy else "short"
        judge.that(not wordy, expected="a short sentence", observed=observed, evidence=one if wordy else None)


def message_of(one: Arrived) -> Any:  # noqa: ANN401
    """The message of an error, whatever it is; None where there is none."""
    return as_object(as_object(one.message).get("error")).get("message")


def without_echoes(text: str, sent: str) -> str:
    """The text without long values that were sent."""
    for value in re.findall(r'"([^"\\]{60,})"', sent):
        text = text.replace(value, "…")
    return text


@requirement("jsonrpc.response-has-result-or-error")
def test_every_response_has_result_or_error(messages: list[Arrived], judge: Judge) -> None:
    def problem(message: dict[str, Any]) -> str:
        return "" if {"result", "error"} & message.keys() else f"members {sorted(message)}"

    judge_each(judge, of_kind(messages, "response"), "responses with result or error", problem)


@requirement("jsonrpc.response-not-both-result-and-error")
def test_no_response_has_both_result_and_error(messages: list[Arrived], judge: Judge) -> None:
    def problem(message: dict[str, Any]) -> str:
        return "both result and error" if {"result", "error"} <= message.keys() else ""

    judge_each(judge, of_kind(messages, "response"), "responses with one of result and error", problem)


@requirement("jsonrpc.result-is-object")
def test_every_result_is_an_object(messages: list[Arrived], judge: Judge) -> None:
    def problem(message: dict[str, Any]) -> str:
        return "" if is_object(message["result"]) else f"result is {message['result']!r}"

    results = [one for one in of_kind(messages, "response") if "result" in one.message]
    judge_each(judge, results, "results that are objects", problem)


@requirement("jsonrpc.notifications-have-no-id")
def test_no_notification_has_an_id(messages: list[Arrived], judge: Judge) -> None:
    def problem(message: dict[str, Any]) -> str:
        return f"{message['method']} has an id" if "id" in message else ""

    sent = of_kind(messages, "notification")
    judge_each(
        judge,
        [one for one in sent if str(one.message["method"]).startswith("notifications/")],
        "no id",
        problem,
    )


@requirement("jsonrpc.batches-not-sent")
def test_no_batch_is_sent(answers: list[Exchange], judge: Judge) -> None:
    if not answers:
        judge.could_not_run("the server sent nothing")
    for one in answers:
        texts = [event.data or "" for event in events(one)] or [one.response.body if one.response else ""]
        if any(is_array(parsed(text)) for text in texts):
            judge.that(
                False,
                expected="single messages",
                observed=f"an array in answer to {one.purpose}",
                severity="advice" if is_array(parsed(one.request.body)) else "violation",
                evidence=_Seen(one.id),
            )
    judge.that(True, expected="single messages", observed=f"{len(answers)} answers read")


@requirement("transport.request-answered-json-or-sse")
def test_every_request_is_answered_as_json_or_stream(transcript: Sequence[Exchange], judge: Judge) -> None:
    asked = [one for one in transcript if one.method == "POST" and one.response and is_request(one)]
    asked = [one for one in asked if one.status not in _BELOW_THE_PROTOCOL and one.status < 500]
    if not asked:
        judge.could_not_run("no request was answered")
    broken = [
        one for one in asked if media_type(one) not in ("application/json", "text/event-stream") or one.status == 202
    ]
    for one in broken[:5]:
        observed = f"HTTP {one.status}, {media_type(one) or 'no media type'} in answer to {one.purpose}"
        judge.that(False, expected="application/json or text/event-stream", observed=observed, evidence=_Seen(one.id))
    judge.that(
        not broken,
        expected="JSON or an event stream",
        observed=f"{len(asked)} answers read, {len(broken)} otherwise",
    )


@requirement("transport.json-answer-is-one-message")
def test_a_json_answer_is_one_message(transcript: Sequence[Exchange], judge: Judge) -> None:
    asked = [one for one in transcript if one.method == "POST" and is_request(one)]
    asked = [one for one in asked if one.status == 200 and media_type(one) == "application/json" and one.response]
    if not asked:
        judge.not_applicable("no request was answered as JSON")
    for one in asked:
        body = one.response.body.strip() if one.response else ""
        problem = _not_one_message(body)
        if problem:
            judge.that(
                False,
                expected="one response",
                observed=f"{problem} in answer to {one.purpose}",
                evidence=_Seen(one.id),
            )
    judge.that(True, expected="one response in each JSON answer", observed=f"{len(asked)} answers read")


def _not_one_message(body: str) -> str:
    try:
        value, end = JSONDecoder().raw_decode(body)
    except (JSONDecodeError, RecursionError):
        return "no JSON"
    if body[end:].strip():
        return "more than one JSON text"
    return "a message with a method" if is_object(value) and "method" in value else ""


@requirement("transport.sse-events-carry-messages")
def test_every_event_carries_a_message(transcript: Sequence[Exchange], judge: Judge) -> None:
    streams = [one for one in transcript if is_stream(one)]
    if not streams:
        judge.not_applicable("no request was answered with an event stream")
    count = 0
    for one in streams:
        for event in events(one):
            if not event.data or event.event == "endpoint":
                continue
            count += 1
            good = event.event == "message" and isinstance(parsed(event.data), dict | list)
            if not good:
                observed = f"event {event.event!r} with other data, in answer to {one.purpose}"
                judge.that(
                    False,
                    expected="one JSON-RPC message in each event",
                    observed=observed,
                    evidence=_Seen(one.id),
                )
    judge.that(True, expected="one JSON-RPC message in each event", observed=f"{count} events read")
