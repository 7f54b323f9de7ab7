"""How answers of the authorization endpoint become verdicts."""

import pytest

from conformance.checks.authorization.authorization_endpoint.answers import granted, refused
from conformance.judge import Failure, Judge
from conformance.oauth.authorization import AuthorizationAnswer, Kind
from conformance.redaction import Redactor
from conformance.verdict import CouldNotRun
from conformance.wire.http import Reply

REGISTERED = "https://client.example/cb"


def answer(kind: Kind, location: str = REGISTERED, error: str = "invalid_request") -> AuthorizationAnswer:
    sent = {"code": (("code", "c"),), "error": (("error", error),)}.get(kind, ())
    reply = Reply(400 if kind == "refused" else 200, (), b"", "exchange")
    return AuthorizationAnswer(kind, (reply,), "s", location if sent else "", sent)


def verdict_of(judge: Judge) -> str:
    try:
        judge.close()
    except Failure as failure:
        return max((one.severity for one in failure.broken), key=("advice", "violation").index)
    return "pass"


def judged(control: Kind, *seen: AuthorizationAnswer, **options: str) -> str:
    judge = Judge(Redactor())
    try:
        refused(judge, answer(control), [(f"request {n}", one) for n, one in enumerate(seen)], (REGISTERED,), **options)  # type: ignore[arg-type]
    except CouldNotRun:
        return "could-not-run"
    return verdict_of(judge)


@pytest.mark.parametrize(
    ("kind", "verdict"),
    [
        ("refused", "pass"),
        ("error", "pass"),
        ("code", "violation"),
        ("consent", "violation"),
        ("login", "could-not-run"),
        ("elsewhere", "could-not-run"),
        ("crash", "advice"),
    ],
)
def test_a_bad_request_has_to_be_refused(kind: Kind, verdict: str) -> None:
    assert judged("consent", answer(kind)) == verdict
    assert judged("code", answer(kind)) == verdict


def test_an_error_has_to_go_to_a_registered_place() -> None:
    assert judged("consent", answer("error", "https://other.example/cb?error=x")) == "violation"
    assert judged("consent", answer("error", f"{REGISTERED}?x=1")) == "violation"
    assert judged("consent", answer("error", f"{REGISTERED}?error=x&state=s")) == "pass"


def test_an_unusual_error_warns() -> None:
    assert judged("consent", answer("error", error="odd"), errors=("invalid_request",)) == "advice"  # type: ignore[arg-type]
    assert judged("consent", answer("error"), errors=("invalid_request",)) == "pass"  # type: ignore[arg-type]


def test_nothing_is_judged_where_a_good_request_is_not_served() -> None:
    for kind in ("refused", "error", "crash"):
        assert judged(kind, answer("refused")) == "could-not-run"


def test_a_consent_page_is_no_acceptance_for_who_has_to_sign_in_first() -> None:
    assert judged("login", answer("consent")) == "could-not-run"
    assert judged("login", answer("refused")) == "pass"


def test_a_broken_rule_outweighs_what_is_not_known() -> None:
    assert judged("consent", answer("login"), answer("code")) == "violation"
    assert judged("consent", answer("login"), answer("refused")) == "could-not-run"
    assert judged("consent", answer("login"), answer("code"), severity="advice") == "could-not-run"


@pytest.mark.parametrize(
    ("control", "seen", "foil", "verdict"),
    [
        ("consent", "consent", "refused", "pass"),
        ("code", "code", "code", "pass"),
        ("consent", "error", "refused", "violation"),
        ("consent", "crash", "refused", "violation"),
        ("login", "login", "refused", "pass"),
        ("login", "login", "login", "could-not-run"),
        ("elsewhere", "elsewhere", "error", "pass"),
        ("refused", "error", "refused", "could-not-run"),
    ],
)
def test_a_variant_has_to_be_served_as_a_good_request(control: Kind, seen: Kind, foil: Kind, verdict: str) -> None:
    judge = Judge(Redactor())
    try:
        granted(judge, lambda: answer(control), "a variant", answer(seen), answer(foil))
        found = verdict_of(judge)
    except CouldNotRun:
        found = "could-not-run"

    assert found == verdict
