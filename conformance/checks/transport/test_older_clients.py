"""What clients of older revisions send (page basic/transports/streamable-http, backward compatibility)."""

import pytest

from conformance import Judge, requirement
from conformance.audit import Audit
from conformance.ceremony.eras import OldWays
from conformance.survey import Survey
from conformance.wire.connection import HANDSHAKE_REVISIONS, Answer
from conformance.wire.http import SENDER_REFUSED, Reply


@pytest.fixture(scope="session")
def old_ways(audit: Audit) -> OldWays:
    """A GET, a DELETE, and requests with header fields that are gone."""
    return audit.once("old ways", lambda: OldWays.perform(audit.mcp()))


@requirement("transport.get-405-when-modern-only")
def test_a_get_is_answered_with_405(old_ways: OldWays, judge: Judge) -> None:
    reply = _admitted(judge, old_ways.get)
    judge.that(reply.status == 405, expected="HTTP 405", observed=reply.summary, evidence=reply)


@requirement("transport.delete-405-when-modern-only")
def test_a_delete_is_answered_with_405(old_ways: OldWays, judge: Judge) -> None:
    reply = _admitted(judge, old_ways.delete)
    judge.that(reply.status == 405, expected="HTTP 405", observed=reply.summary, evidence=reply)


def _admitted(judge: Judge, reply: Reply) -> Reply:
    """An answer that says something about the request; could not run where the sender is turned down."""
    if reply.status in SENDER_REFUSED:
        judge.could_not_run(f"the request is refused for its sender ({reply.summary})")
    return reply


@requirement("transport.session-header-ignored")
def test_a_session_id_is_ignored(old_ways: OldWays, judge: Judge) -> None:
    _served(judge, old_ways.session)


@requirement("transport.last-event-id-ignored")
def test_the_id_of_an_event_is_ignored(old_ways: OldWays, judge: Judge) -> None:
    _served(judge, old_ways.event)


def _served(judge: Judge, answer: Answer) -> None:
    _admitted(judge, answer.http)
    judge.that(answer.result is not None, expected="a result as usual", observed=answer.summary, evidence=answer)


@requirement("session.no-id-minted")
def test_no_answer_names_a_session(old_ways: OldWays, survey: Survey, judge: Judge) -> None:
    answers = [old_ways.session, *([survey.opening] if survey.opening else [])]
    answers += [page for listing in survey.listings.values() for page in listing.pages]
    for answer in answers:
        id = answer.http.header("mcp-session-id")
        observed = "one was sent" if id is not None else "none"
        judge.that(id is None, expected="no session id", observed=observed, evidence=answer)


@requirement("transport.legacy-initialize-400")
def test_initialize_is_refused_with_400(survey: Survey, judge: Judge) -> None:
    answer = survey.handshakes.get(HANDSHAKE_REVISIONS[-1])
    if answer is None or answer.http.status in SENDER_REFUSED:
        judge.could_not_run("initialize was not tried, or refused for its sender")
    good = answer.http.status == 400 and answer.error is not None
    expected, severity = "HTTP 400 with a JSON-RPC error", "violation" if answer.result is not None else "advice"
    judge.that(good, expected=expected, observed=answer.summary, severity=severity, evidence=answer)
