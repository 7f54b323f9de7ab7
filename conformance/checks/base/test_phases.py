"""What may be said while the handshake is not over (specification pages basic/lifecycle and basic/utilities/ping)."""

import pytest

from conformance import Judge, requirement
from conformance.audit import Audit
from conformance.early import Early, asks_more_than_ping
from conformance.probe import Probe
from conformance.shapes import as_object

HARMLESS = ("ping", "notifications/message")


@pytest.fixture(scope="session")
def early(audit: Audit) -> Early:
    """A handshake that stops after `initialize`."""
    return audit.once("early phases", lambda: Early.perform(Probe(audit.need_survey(), audit.http)))


@requirement("lifecycle.first-interaction-is-initialization")
def test_the_server_says_nothing_before_initialize(early: Early, judge: Judge) -> None:
    judge.see(early.opening)
    for one in early.before:
        method = as_object(one.value).get("method", "a response")
        severity = "advice" if method in HARMLESS else "violation"
        judge.that(False, expected="no message yet", observed=f"{method} came", severity=severity, evidence=one)
    judge.that(True, expected="no message before initialize", observed=f"{len(early.before)} came")


@requirement("lifecycle.no-requests-before-initialized")
def test_the_server_asks_nothing_before_it_is_told_that_the_client_is_ready(early: Early, judge: Judge) -> None:
    if early.opening.result is None:
        judge.could_not_run(f"initialize with capabilities was not answered with a result ({early.opening.summary})")
    asked = [as_object(one.value)["method"] for one in early.after if asks_more_than_ping(one.value)]
    expected = "no request but ping before notifications/initialized"
    judge.that(not asked, expected=expected, observed=", ".join(asked) or "none came", evidence=early.ping)


@requirement("ping.answered-before-initialized")
def test_a_ping_is_answered_during_the_handshake(early: Early, judge: Judge) -> None:
    if early.opening.result is None:
        judge.could_not_run(f"initialize with capabilities was not answered with a result ({early.opening.summary})")
    judge.that(early.ping.result is not None, expected="a result", observed=early.ping.summary, evidence=early.ping)
    if early.first_ping:
        good, observed = early.first_ping.result is not None, early.first_ping.summary
        expected = "a result before initialize, too"
        judge.advise(good, expected=expected, observed=observed, evidence=early.first_ping)
    elif early.ended:
        judge.advise(False, expected="a result before initialize, too", observed=early.ended)
