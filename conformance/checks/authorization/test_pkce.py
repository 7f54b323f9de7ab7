"""Proof Key for Code Exchange: a code is worthless without its verifier."""

import pytest

from conformance import Judge, requirement
from conformance.audit import Audit
from conformance.authorizations import Authorizations
from conformance.ceremony.reduced import Reduced
from conformance.checks.authorization.refusals import redemption_refused
from conformance.oauth.flow import TokenReply
from conformance.oauth.pkce import Pkce
from conformance.oauth.redemption import Redemption
from conformance.verdict import Narrowed

MALFORMED_VERIFIERS = {
    "10 characters": "abcdefghij",
    "129 characters": "a" * 129,
    "43 characters with space and slash": "a b/" + "a" * 39,
}


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
