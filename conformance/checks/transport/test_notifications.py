"""How Streamable HTTP takes what is not answered (specification page basic/transports)."""

from typing import Any

import pytest

from conformance import Judge, requirement
from conformance.audit import Audit
from conformance.ceremony.ended_session import EndedSession
from conformance.ceremony.notifying import cancel_nothing
from conformance.ceremony.sessions import error_of, streamable
from conformance.probe import Probe
from conformance.verdict import CouldNotRun, NotApplicable
from conformance.wire import jsonrpc
from conformance.wire.connection import Answer, Connection
from conformance.wire.http import NoAnswer, Reply


@pytest.fixture
def notified(audit: Audit) -> Answer:
    """The answer to a notification that is in order, sent once in a run."""
    return cancel_nothing(audit)


@pytest.fixture
def refusable(audit: Audit, probe: Probe, mcp: Connection) -> list[Reply]:
    """Answers to notifications that a server may well refuse: a malformed one, and one in a session that ended."""
    malformed = jsonrpc.notification("notifications/progress", {"progressToken": {}, "progress": "much"})
    purpose = "malformed notification"
    replies = [audit.once(purpose, lambda: streamable(mcp).craft("POST", purpose, malformed))]
    try:
        notified = audit.once("ended session", lambda: EndedSession.perform(probe)).notified
    except (CouldNotRun, NotApplicable, NoAnswer):
        return replies
    return [*replies, *([notified] if notified else [])]


@requirement("transport.notification-accepted-202")
def test_a_notification_is_accepted_with_202(notified: Answer, judge: Judge) -> None:
    status, observed = notified.http.status, notified.http.summary
    good = status == 202 or status >= 400
    judge.that(good, expected="HTTP 202, or an error status", observed=observed, evidence=notified)


@requirement("transport.notification-202-has-no-body")
def test_the_202_for_a_notification_is_empty(notified: Answer, judge: Judge) -> None:
    if notified.http.status != 202:
        judge.not_applicable(f"notifications are not answered with 202 ({notified.http.summary})")
    size = len(notified.http.body)
    judge.that(not size, expected="no body", observed=f"{size} bytes", evidence=notified)


@requirement("transport.response-accepted-202")
def test_a_response_is_accepted_with_202_and_no_body(mcp: Connection, judge: Judge) -> None:
    response: dict[str, Any] = {"jsonrpc": "2.0", "id": "conformance-never-asked", "result": {}}
    reply = streamable(mcp).craft("POST", "response to nothing", response)
    empty = reply.status == 202 and not reply.body
    judge.that(
        empty or reply.status >= 400,
        expected="HTTP 202 without body, or an error status",
        observed=reply.summary,
        evidence=reply,
    )


@requirement("transport.refused-message-http-error")
def test_a_notification_is_refused_by_status(refusable: list[Reply], judge: Judge) -> None:
    for reply in refusable:
        disguised = reply.ok and error_of(reply) is not None
        judge.that(not disguised, expected="HTTP 202, or an error status", observed=reply.summary, evidence=reply)


@requirement("transport.refusal-body-optional")
def test_the_refusal_of_a_notification_answers_no_request(refusable: list[Reply], judge: Judge) -> None:
    refused = [reply for reply in refusable if reply.status >= 400]
    if not refused:
        judge.not_applicable("no notification was refused")
    for reply in refused:
        id = (error_of(reply) or {}).get("id")
        observed = reply.summary if id is None else f"an error with id {id!r}"
        judge.that(id is None, expected="no body, text, or an error without id", observed=observed, evidence=reply)
