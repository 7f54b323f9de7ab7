"""Proof Key for Code Exchange: a code is worthless without its verifier."""

import pytest

from conformance import Judge, requirement
from conformance.audit import Audit
from conformance.authorizations import Authorizations
from conformance.ceremony.reduced import Reduced
from conformance.checks.authorization.refusals import redemption_refused
from conformance.oauth.pkce import Pkce
from conformance.oauth.redemption import Redemption
from conformance.oauth.token_reply import TokenReply
from conformance.verdict import Narrowed

MALFORMED_VERIFIER = "a b/" + "a" * 125
"""129 characters, among them a space and a slash."""


@requirement("pkce.s256-supported")
def test_the_shortest_verifier_redeems_its_code(redemption: Redemption, judge: Judge) -> None:
    reply = redemption.accepted
    good = reply.access_token is not None
    judge.that(good, expected="a token for a verifier of 43 characters", observed=reply.summary, evidence=reply)


@requirement("pkce.s256-supported")
def test_the_longest_verifier_redeems_its_code(redemption: Redemption, reduced: Reduced, judge: Judge) -> None:
    judge.see(redemption.accepted)
    reply = reduced.tokens
    good = reply.access_token is not None
    judge.that(good, expected="a token for a verifier of 128 characters", observed=reply.summary, evidence=reply)


@requirement("pkce.wrong-verifier-refused")
def test_another_verifier_does_not_redeem_the_code(redemption: Redemption, judge: Judge) -> None:
    redemption_refused(judge, "another verifier", redemption.refusal("wrong verifier"))


@requirement("pkce.missing-verifier-refused")
def test_no_verifier_does_not_redeem_the_code(redemption: Redemption, judge: Judge) -> None:
    for name in ("missing verifier", "empty verifier"):
        redemption_refused(judge, f"a {name}", redemption.refusal(name))


@requirement("pkce.challenge-not-accepted-as-verifier")
def test_the_challenge_does_not_redeem_the_code(redemption: Redemption, judge: Judge) -> None:
    redemption_refused(judge, "the challenge as verifier", redemption.refusal("challenge as verifier"))


@pytest.fixture(scope="session")
def malformed(audit: Audit, authorizations: Authorizations) -> TokenReply | None:
    """A redemption with a verifier outside the grammar whose hash matches; one approval, none where it costs."""

    def redeemed() -> TokenReply:
        oauth = audit.flow()
        grant = oauth.authorize(Pkce.of(MALFORMED_VERIFIER), authorizations.web, of="malformed")
        return oauth.redeem(grant, purpose="token request with a malformed verifier")

    try:
        return audit.once("malformed verifier", redeemed)
    except Narrowed:
        return None


@requirement("pkce.malformed-verifier-refused")
def test_a_malformed_verifier_breaks_nothing(
    redemption: Redemption, malformed: TokenReply | None, judge: Judge
) -> None:
    attempts = {"too short and wrong": redemption.refusal("malformed verifier").attempt}
    attempts |= {"too long and right, with a space": malformed} if malformed else {}
    for name, attempt in attempts.items():
        alive = attempt.status < 500
        judge.that(alive, expected=f"{name}: no server error", observed=attempt.summary, evidence=attempt)
        if attempt.issued_token:
            judge.note(f"a verifier is accepted that is {name}")
