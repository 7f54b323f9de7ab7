"""What the server told while requests were at work, on every connection of the run."""

import json
from collections import defaultdict
from typing import Any

from conformance import Judge, requirement
from conformance.arrived import Arrived, requests_in
from conformance.audit import Audit
from conformance.conversations import Conversation, requests_of
from conformance.interaction.progress import token_of
from conformance.shapes import as_object
from conformance.survey import Survey
from conformance.wire import jsonrpc
from conformance.wire.meta import LOG_LEVEL_KEY
from conformance.wire.subscription import CANCELLED, LISTEN

_SHOWN = 5
"""Broken messages that are shown of many."""


def told(conversation: Conversation, method: str) -> list[Arrived]:
    """The notifications of a method."""
    return [one for one in conversation.arrived if one.message.get("method") == method]


def params_of(one: Arrived) -> dict[str, Any]:
    """The params of a message, empty where there are none."""
    return as_object(one.message.get("params"))


@requirement("logging.capability-declared")
def test_only_a_server_that_declares_it_logs(conversations: list[Conversation], survey: Survey, judge: Judge) -> None:
    known = survey.capabilities if survey.stateless else None
    logged = [(known or each.declared, told(each, "notifications/message")) for each in conversations]
    if not any(found for _, found in logged):
        judge.not_applicable("the server logged nothing")
    for declared, found in logged:
        if found and declared is not None and declared.get("logging") in (None, False):
            judge.that(False, expected="the capability logging", observed="a log message without it", evidence=found[0])
    number = sum(len(found) for _, found in logged)
    judge.that(True, expected="the capability logging", observed=f"{number} log messages")


@requirement("logging.only-on-request")
def test_nothing_is_logged_for_a_request_without_a_level(messages: list[Arrived], survey: Survey, judge: Judge) -> None:
    if survey.transport == "stdio":
        judge.not_applicable("over stdio nothing tells for which request something is logged")
    logged = [one for one in messages if one.message.get("method") == "notifications/message"]
    asked = [(one, requests_in(one.source)) for one in logged]
    unasked = [one for one, sent in asked if sent and not any(map(_names_level, sent))]
    for one in unasked[:_SHOWN]:
        judge.that(False, expected="no log message", observed=f"one with {one.source.purpose}", evidence=one)
    judge.that(not unasked, expected="no log message without a level", observed=f"{len(logged)} log messages")


def _names_level(sent: dict[str, Any]) -> bool:
    """Whether a request names a log level, or is no request of which the log would be one."""
    meta = as_object(as_object(sent.get("params")).get("_meta"))
    return LOG_LEVEL_KEY in meta or sent["method"] == "subscriptions/listen"


@requirement("progress.only-active-tokens")
def test_progress_bears_the_token_of_a_request(conversations: list[Conversation], judge: Judge) -> None:
    number, wrong = 0, list[tuple[Arrived, list[Any]]]()
    for conversation in conversations:
        given = [token for sent in conversation.sent if (token := token_of(sent)) is not None]
        reports = told(conversation, "notifications/progress")
        number += len(reports)
        wrong += [(one, given) for one in reports if not _is_among(params_of(one).get("progressToken"), given)]
    if not number:
        judge.not_applicable("the server reported no progress")
    for one, given in wrong[:_SHOWN]:
        observed = f"progressToken {params_of(one).get('progressToken')!r}, given were {given[:10]}"
        judge.that(False, expected="a token of the client, unchanged", observed=observed, evidence=one)
    judge.that(not wrong, expected="tokens of the client, unchanged", observed=f"{number} reports of progress")


def _is_among(id: object, ids: list[Any]) -> bool:
    return any(jsonrpc.same_id(id, each) for each in ids)


@requirement("progress.own-token-type")
def test_a_progress_token_of_the_server_is_a_string_or_an_integer(
    conversations: list[Conversation], judge: Judge
) -> None:
    marked = [(one, token) for one in requests_of(conversations) if (token := token_of(one.message)) is not None]
    if not marked:
        judge.not_applicable("the server put no progress token on a request of its own")
    for one, token in marked:
        whole = isinstance(token, int) or (isinstance(token, float) and token.is_integer())
        good = isinstance(token, str) or (whole and not isinstance(token, bool))
        judge.that(good, expected="a string or an integer", observed=repr(token), evidence=one)


@requirement("cancellation.server-cancels-only-own-requests")
def test_the_server_cancels_only_what_it_asked(messages: list[Arrived], judge: Judge) -> None:
    asked, cancellations = defaultdict[str, list[Any]](list), list[Arrived]()
    for one in messages:
        message = as_object(one.message)
        if {"id", "method"} <= message.keys():
            asked[one.source.conversation].append(message["id"])
        elif message.get("method") == "notifications/cancelled":
            cancellations.append(one)
    if not cancellations:
        judge.not_applicable("the server cancelled nothing")
    named = [(one, params_of(one).get("requestId"), asked[one.source.conversation]) for one in cancellations]
    wrong = [(one, id, own) for one, id, own in named if not _is_among(id, own)]
    for one, id, own in wrong[:_SHOWN]:
        observed = f"requestId {id!r}, while the server had asked {own[:10]}"
        judge.that(False, expected="the id of a request of the server", observed=observed, evidence=one)
    observed = f"{len(cancellations)} cancellations"
    judge.that(not wrong, expected="ids of requests of the server", observed=observed)


@requirement("cancellation.server-cancel-only-for-listen")
def test_the_server_cancels_subscriptions_only(conversations: list[Conversation], judge: Judge) -> None:
    number = 0
    for conversation in conversations:
        listening = [sent.get("id") for sent in conversation.sent if sent.get("method") == LISTEN]
        for one in told(conversation, CANCELLED):
            id, number = params_of(one).get("requestId"), number + 1
            observed = f"requestId {id!r}, while the subscriptions were {listening[:10]}"
            expected = "the id of a subscription"
            judge.that(_is_among(id, listening), expected=expected, observed=observed, evidence=one)
    if not number:
        judge.not_applicable("the server cancelled nothing")


@requirement("logging.no-credentials")
def test_the_access_token_is_not_logged(messages: list[Arrived], audit: Audit, survey: Survey, judge: Judge) -> None:
    logged = [one for one in messages if as_object(one.message).get("method") == "notifications/message"]
    if not survey.token or not logged:
        judge.not_applicable("no token is used, or the server logged nothing")
    redactor = audit.recorder.redactor
    shown = [redactor.fingerprint(value, label) for value, label in redactor.known() if value == survey.token]
    leaking = [one for one in logged if any(mark in json.dumps(one.message, ensure_ascii=False) for mark in shown)]
    evidence = leaking[0] if leaking else None
    judge.never(leaking, "the access token stands in a log message", evidence=evidence)
