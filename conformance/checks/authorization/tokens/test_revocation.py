"""Token revocation: a user who disconnects a client ends its access."""

from dataclasses import replace

import pytest

from conformance import Judge, requirement
from conformance.ceremony.revoking import (
    AccessRevocation,
    Admission,
    ForeignRevocation,
    RefreshRevocation,
    revoke_by_get,
)
from conformance.checks.authorization.refusals import dead
from conformance.oauth.flow import OAuthFlow
from conformance.oauth.registration import Client
from conformance.survey import Survey
from conformance.token_requests import NEVER_ISSUED, WRONG_SECRET


def need_admission(admission: Admission, judge: Judge) -> None:
    """End the check where no client of ours may revoke."""
    if not admission.open:
        judge.not_applicable(f"no client that we can register may revoke ({admission.answer.summary})")


@requirement("revocation.unknown-token-succeeds")
def test_revoking_an_unknown_token_is_answered_with_200(admission: Admission, judge: Judge) -> None:
    need_admission(admission, judge)
    if not admission.to_first:
        judge.note(f"a public client is turned away ({admission.first.summary}), so one with a secret was used")
    reply = admission.answer
    judge.that(reply.status == 200, expected="HTTP 200", observed=reply.summary, evidence=reply)


@requirement("revocation.unknown-token-succeeds")
def test_revoking_a_token_again_is_answered_with_200(access_revocation: AccessRevocation, judge: Judge) -> None:
    again = access_revocation.again
    if again is None:
        judge.not_applicable("no token was revoked before")
    judge.that(again.status == 200, expected="HTTP 200", observed=again.summary, evidence=again)


@requirement("revocation.public-client-accepted")
def test_a_public_client_may_revoke(admission: Admission, judge: Judge) -> None:
    reply = admission.first
    if reply.status != 200 and admission.to_first:
        judge.could_not_run(f"a revocation fails, but not because of its client ({reply.summary})")
    judge.that(reply.status == 200, expected="HTTP 200", observed=reply.summary, evidence=reply)


@requirement("revocation.missing-token-refused")
def test_a_revocation_without_token_is_refused(admission: Admission, oauth: OAuthFlow, judge: Judge) -> None:
    need_admission(admission, judge)
    reply = oauth.revoke(None, admission.client, purpose="revocation without token")
    error = reply.json_object.get("error")
    refused = 400 <= reply.status < 500 and error in ("invalid_request", "unsupported_grant_type")
    judge.that(refused, expected="error invalid_request", observed=reply.summary, evidence=reply)
    exact = error == "invalid_request" or not refused
    judge.advise(exact, expected="the error invalid_request", observed=reply.summary, evidence=reply)


@requirement("revocation.client-authentication-required")
def test_a_client_with_a_secret_must_use_it_to_revoke(posting_client: Client, oauth: OAuthFlow, judge: Judge) -> None:
    right = oauth.revoke(NEVER_ISSUED, posting_client, purpose="revocation with the right secret")
    if right.status != 200:
        judge.could_not_run(f"the right secret is refused as well ({right.summary})")
    impostor = replace(posting_client, secret=WRONG_SECRET)
    without = oauth.revoke(NEVER_ISSUED, posting_client, authentication="identified", purpose="revocation, no secret")
    wrong = oauth.revoke(NEVER_ISSUED, impostor, purpose="revocation with a wrong secret")
    for name, reply in {"no secret": without, "a wrong secret": wrong}.items():
        refused = 400 <= reply.status < 500
        judge.that(refused, expected=f"a refusal with {name}", observed=reply.summary, evidence=reply)
        exact = not refused or reply.json_object.get("error") == "invalid_client"
        judge.advise(exact, expected=f"error invalid_client with {name}", observed=reply.summary, evidence=reply)


@requirement("revocation.post-only")
def test_a_get_request_revokes_nothing(admission: Admission, oauth: OAuthFlow, judge: Judge) -> None:
    reply = revoke_by_get(oauth, admission.client)
    judge.never(reply.ok, f"GET is answered with HTTP {reply.status}", evidence=reply)
    judge.that(reply.status < 500 or reply.status == 501, expected="no server error", observed=reply.summary)


@requirement("revocation.unknown-hint-ignored")
def test_an_unknown_hint_is_ignored(admission: Admission, oauth: OAuthFlow, judge: Judge) -> None:
    need_admission(admission, judge)
    if admission.answer.status != 200:
        judge.could_not_run(f"the revocation is refused without a hint as well ({admission.answer.summary})")
    reply = oauth.revoke(NEVER_ISSUED, admission.client, "bogus", purpose="revocation with an unknown hint")
    judge.that(reply.status == 200, expected="HTTP 200", observed=reply.summary, evidence=reply)


@requirement("revocation.unknown-hint-ignored")
def test_a_wrong_hint_does_not_prevent_a_revocation(
    access_revocation: AccessRevocation, survey: Survey, judge: Judge, request: pytest.FixtureRequest
) -> None:
    if access_revocation.ended.unsupported:
        judge.see(access_revocation.ended.answer)
        tokens = survey.login.tokens if survey.login else None
        if not tokens or not tokens.refresh_token:
            judge.not_applicable("the server says that it revokes no access tokens, and it issues no refresh tokens")
        misled(request.getfixturevalue("refresh_revocation"), judge)
        return
    need_life(access_revocation, judge)
    hinted, plain = access_revocation.hinted, access_revocation.plain
    judge.see(hinted.answer)
    if plain and not plain.effective:
        judge.could_not_run(f"the right hint does not end the token either ({plain.answer.summary})")
    judge.that(hinted.answer.status == 200, expected="HTTP 200", observed=hinted.answer.summary)
    if hinted.access:
        dead(judge, hinted.access)


def misled(revocation: RefreshRevocation, judge: Judge) -> None:
    """Judge that a refresh token ends although the hint says that it is an access token."""
    assert revocation.hinted  # noqa: S101 - tried where access tokens cannot be revoked
    answer, attempt = revocation.hinted
    if attempt.issued_token and revocation.attempt.issued_token:
        judge.could_not_run(f"the right hint does not end the token either ({revocation.ended.answer.summary})")
    judge.that(answer.status == 200, expected="HTTP 200", observed=answer.summary, evidence=answer)
    judge.never(attempt.issued_token, "the revoked refresh token gives tokens", evidence=attempt)
    if not attempt.issued_token and attempt.oauth_error != "invalid_grant":
        judge.could_not_run(f"the refresh after the revocation fails for another reason ({attempt.summary})")


@requirement("revocation.access-token-revocable")
def test_an_access_token_can_be_revoked(access_revocation: AccessRevocation, judge: Judge) -> None:
    need_life(access_revocation, judge)
    ended = access_revocation.ended
    honest = ended.answer.status == 200 or ended.unsupported
    expected = "HTTP 200, or unsupported_token_type"
    judge.that(honest, expected=expected, observed=ended.answer.summary, evidence=ended.answer)
    if ended.access:
        dead(judge, ended.access)


@requirement("revocation.revoked-access-token-refused-by-resource")
def test_a_revoked_access_token_is_refused_by_the_mcp_server(access_revocation: AccessRevocation, judge: Judge) -> None:
    need_life(access_revocation, judge)
    ended = access_revocation.ended
    if ended.unsupported:
        judge.not_applicable("the server says that it cannot revoke access tokens")
    if not ended.access:
        judge.could_not_run(f"the revocation was refused ({ended.answer.summary})")
    judge.see(ended.answer)
    dead(judge, ended.access)


@requirement("revocation.foreign-token-untouched")
def test_a_client_cannot_revoke_the_tokens_of_another(foreign_revocation: ForeignRevocation, judge: Judge) -> None:
    tried, refresh = foreign_revocation, foreign_revocation.refresh
    if not tried.worked:
        judge.could_not_run(f"the access token did not work before ({tried.before.summary})")
    for reply in tried.answers:
        judge.see(reply)
    expected = "the access token still works"
    judge.that(tried.survived, expected=expected, observed=tried.after.summary, evidence=tried.after)
    if refresh:
        alive = refresh.access_token is not None
        if not alive and refresh.oauth_error != "invalid_grant":
            judge.could_not_run(f"the owner's refresh fails for another reason ({refresh.summary})")
        judge.that(alive, expected="the refresh token still works", observed=refresh.summary, evidence=refresh)


@requirement("revocation.refresh-token-revocable")
def test_a_refresh_token_can_be_revoked(refresh_revocation: RefreshRevocation, judge: Judge) -> None:
    answer, attempt = refresh_revocation.ended.answer, refresh_revocation.attempt
    judge.see(refresh_revocation.alive)
    judge.that(answer.status == 200, expected="HTTP 200", observed=answer.summary, evidence=answer)
    judge.never(attempt.issued_token, "the revoked refresh token gives tokens", evidence=attempt)
    if not attempt.refused:
        judge.could_not_run(f"the refresh after the revocation was neither served nor refused ({attempt.summary})")


@requirement("revocation.refresh-revocation-ends-access")
def test_the_end_of_a_refresh_token_ends_the_access(refresh_revocation: RefreshRevocation, judge: Judge) -> None:
    ended = refresh_revocation.ended
    if not refresh_revocation.worked or not ended.access:
        judge.could_not_run("the access token did not work before, or the refresh token could not be revoked")
    if refresh_revocation.attempt.issued_token:
        judge.could_not_run("the revoked refresh token still works")
    judge.see(ended.answer)
    dead(judge, ended.access)


def need_life(revocation: AccessRevocation, judge: Judge) -> None:
    """End the check where the token did not work before it was revoked."""
    if not revocation.worked:
        judge.could_not_run(f"the token did not work before ({revocation.before.summary})")
