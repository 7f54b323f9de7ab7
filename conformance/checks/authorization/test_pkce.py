"""Proof Key for Code Exchange: a code is worthless without its verifier."""

import pytest

from conformance import Judge, requirement
from conformance.audit import Audit
from conformance.authorizations import Authorizations
from conformance.ceremony.replay import Replay
from conformance.oauth.flow import TokenReply
from conformance.oauth.pkce import Pkce
from conformance.oauth.redemption import Redemption, Refusal
from conformance.verdict import Narrowed

MALFORMED_VERIFIERS = {
    "10 characters": "abcdefghij",
    "129 characters": "a" * 129,
    "43 characters with space and slash": "a b/" + "a" * 39,
}


def refused(judge: Judge, name: str, refusal: Refusal) -> None:
    """Judge that a defective redemption was refused for its defect."""
    attempt = refusal.attempt
    judge.see(refusal.control)
    if not attempt.issued_token and not refusal.proven:
        judge.could_not_run(f"the control failed too ({refusal.control.summary}), so the refusal proves nothing")
    judge.that(not attempt.issued_token, expected=f"no token for {name}", observed=attempt.summary, evidence=attempt)
    proper = attempt.oauth_error in ("invalid_grant", "invalid_request") or attempt.issued_token
    judge.that(proper, expected="error invalid_grant or invalid_request", observed=attempt.summary, evidence=attempt)


@requirement("pkce.s256-supported")
def test_the_right_verifier_redeems_the_code(redemption: Redemption, replay: Replay, judge: Judge) -> None:
    for name, reply in {"43 characters": redemption.accepted, "128 characters": replay.first}.items():
        good = reply.access_token is not None
        judge.that(good, expected=f"a token for a verifier of {name}", observed=reply.summary, evidence=reply)


@requirement("pkce.wrong-verifier-refused")
def test_another_verifier_does_not_redeem_the_code(redemption: Redemption, judge: Judge) -> None:
    refused(judge, "another verifier", redemption.refusal("wrong verifier"))


@requirement("pkce.missing-verifier-refused")
def test_no_verifier_does_not_redeem_the_code(redemption: Redemption, judge: Judge) -> None:
    refused(judge, "a missing verifier", redemption.refusal("missing verifier"))


@requirement("pkce.challenge-not-accepted-as-verifier")
def test_the_challenge_does_not_redeem_the_code(redemption: Redemption, judge: Judge) -> None:
    refused(judge, "the challenge in place of the verifier", redemption.refusal("challenge as verifier"))


@pytest.fixture(scope="session")
def malformed(audit: Audit, authorizations: Authorizations) -> dict[str, TokenReply]:
    """Redemptions with verifiers outside the grammar whose hashes match; three approvals, none where they cost."""

    def redeemed(verifier: str) -> TokenReply:
        oauth = audit.flow()
        return oauth.redeem(oauth.authorize(Pkce.of(verifier), authorizations.web, of="malformed"))

    def all_of_them() -> dict[str, TokenReply]:
        return {name: redeemed(verifier) for name, verifier in MALFORMED_VERIFIERS.items()}

    try:
        return audit.once("malformed verifiers", all_of_them)
    except Narrowed:
        return {}


@requirement("pkce.malformed-verifier-refused")
def test_a_malformed_verifier_breaks_nothing(
    redemption: Redemption, malformed: dict[str, TokenReply], judge: Judge
) -> None:
    wrong = {"too short and wrong": redemption.refusal("malformed verifier").attempt}
    for name, attempt in (wrong | malformed).items():
        alive = attempt.status < 500
        judge.that(alive, expected=f"{name}: no server error", observed=attempt.summary, evidence=attempt)
        if attempt.issued_token:
            judge.note(f"a verifier of {name} is accepted")
