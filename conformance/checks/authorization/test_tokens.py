"""Answers of the token endpoint, refresh and revocation."""

import pytest

from conformance import Judge, requirement
from conformance.audit import Audit
from conformance.ceremony.refreshing import Refreshing
from conformance.ceremony.replay import Replay
from conformance.ceremony.revoking import Revocation
from conformance.oauth.flow import TokenReply
from conformance.schema import oauth_errors
from conformance.survey import Survey
from conformance.verdict import CouldNotRun
from conformance.wire.http import Reply


def login_reply(survey: Survey, judge: Judge) -> TokenReply:
    """The token response of the survey's login."""
    reply = survey.login.tokens if survey.login else None
    if reply is None:
        judge.could_not_run("nobody logged in")
    return reply


@requirement("token.success-response")
def test_a_token_response_has_the_right_form(survey: Survey, judge: Judge) -> None:
    reply = login_reply(survey, judge)
    kind = reply.reply.media_type or "none"
    judge.that(reply.status == 200, expected="HTTP 200", observed=reply.status, evidence=reply)
    judge.that(kind == "application/json", expected="media type application/json", observed=kind, evidence=reply)
    shape = [line for line in oauth_errors("token-response", reply.reply.json_object) if "expires_in" not in line]
    judge.that(
        not shape,
        expected="the members of RFC 6749 section 5.1",
        observed=shape or "all right",
        evidence=reply,
    )
    token_type = str(reply.reply.json_object.get("token_type"))
    usable = token_type.lower() in ("bearer", "dpop")
    judge.that(usable, expected="token_type Bearer or DPoP", observed=token_type, evidence=reply)


@requirement("token.success-not-cacheable")
def test_a_token_response_is_not_cached(survey: Survey, judge: Judge) -> None:
    reply = login_reply(survey, judge)
    field = reply.reply.header("cache-control") or ""
    directives = [one.strip().lower() for one in field.split(",")]
    judge.that(
        "no-store" in directives,
        expected="Cache-Control: no-store",
        observed=field or "absent",
        evidence=reply,
    )


@requirement("token.expires-in")
def test_the_lifetime_is_a_positive_number(survey: Survey, judge: Judge) -> None:
    reply = login_reply(survey, judge)
    value = reply.reply.json_object.get("expires_in")
    good = isinstance(value, int | float) and not isinstance(value, bool) and value > 0
    judge.that(good, expected="expires_in: a positive number", observed=repr(value), evidence=reply)


@requirement("token.code-single-use")
def test_a_code_yields_tokens_once(replay: Replay, judge: Judge) -> None:
    judge.see(replay.first)
    if not replay.first.access_token:
        judge.could_not_run(f"the first redemption failed ({replay.first.summary})")
    second = replay.second
    judge.that(not second.issued_token, expected="no token for a used code", observed=second.summary, evidence=second)
    proper = second.oauth_error == "invalid_grant" or second.issued_token
    judge.that(proper, expected="error invalid_grant", observed=second.summary, evidence=second)


@requirement("token.unknown-code-refused")
def test_a_code_that_was_never_issued_is_refused(replay: Replay, judge: Judge) -> None:
    unknown = replay.unknown
    if not replay.first.access_token and not unknown.issued_token:
        judge.could_not_run(f"the right code is refused as well ({replay.first.summary})")
    proper = unknown.oauth_error in ("invalid_grant", "invalid_request") and unknown.status < 500
    judge.that(proper, expected="error invalid_grant", observed=unknown.summary, evidence=unknown)
    judge.never(unknown.issued_token, "a token was issued", evidence=unknown)
    judge.see(replay.first)


@requirement("refresh.works")
def test_a_refresh_gives_a_token_the_mcp_server_accepts(refreshing: Refreshing, judge: Judge) -> None:
    first = refreshing.first
    good = first.access_token is not None
    judge.that(good, expected="a new access token", observed=first.summary, evidence=first)
    if refreshing.admission:
        seen = refreshing.admission
        if not refreshing.admitted and seen.status not in (401, 403):
            judge.could_not_run(f"the refreshed token could not be tried at the MCP server ({seen.summary})")
        judge.that(refreshing.admitted, expected="the MCP server takes it", observed=seen.summary, evidence=seen)


@requirement("refresh.rotates-for-public-clients")
def test_a_refresh_replaces_the_refresh_token(refreshing: Refreshing, judge: Judge) -> None:
    if not refreshing.first.access_token:
        judge.could_not_run(f"no refresh succeeded ({refreshing.first.summary})")
    if not refreshing.second.access_token:
        judge.could_not_run(f"only one refresh succeeded ({refreshing.second.summary})")
    observed = "replaced" if refreshing.replaced else "the same token, or none, came back"
    judge.that(
        refreshing.replaced,
        expected="another refresh token each time",
        observed=observed,
        evidence=refreshing.first,
    )
    judge.see(refreshing.second)


@requirement("refresh.bound-to-client")
def test_a_foreign_client_cannot_refresh(refreshing: Refreshing, judge: Judge) -> None:
    foreign = refreshing.foreign
    if foreign is None:
        judge.could_not_run("no second client could be registered, or no refresh succeeded before")
    judge.that(
        not foreign.issued_token,
        expected="no token for another client",
        observed=foreign.summary,
        evidence=foreign,
    )
    survived = refreshing.second.access_token is not None
    if not survived and not foreign.issued_token:
        judge.note("the attempt of the foreign client ended the grant")
    if not refreshing.first.access_token:
        judge.could_not_run("the owner could not refresh, so the refusal proves nothing")
    judge.see(refreshing.second)


NEVER_ISSUED = "pytest-mcp-conformance-never-issued"


@pytest.fixture(scope="session")
def unknown_revocation(audit: Audit) -> tuple[Reply, Reply | None]:
    """A token that was never issued, revoked by the login's client and, if that fails, by one with a secret."""
    login, oauth = audit.need_survey().login, audit.flow()
    assert login  # noqa: S101 - checked by the condition `client`
    reply = oauth.revoke(NEVER_ISSUED, login.client)
    if reply.status == 200 or not login.client.public:
        return reply, None
    try:
        return reply, oauth.revoke(NEVER_ISSUED, oauth.confidential_client())
    except CouldNotRun:
        return reply, None


@requirement("revocation.public-client-accepted")
def test_a_public_client_may_revoke(unknown_revocation: tuple[Reply, Reply | None], judge: Judge) -> None:
    public, confidential = unknown_revocation
    if public.status != 200 and (confidential is None or confidential.status != 200):
        judge.could_not_run(f"no client of ours could revoke ({public.summary}), so the public one proves nothing")
    judge.that(public.status == 200, expected="HTTP 200", observed=public.summary, evidence=public)


@requirement("revocation.unknown-token-succeeds")
def test_revoking_an_unknown_token_is_answered_with_200(
    unknown_revocation: tuple[Reply, Reply | None], judge: Judge
) -> None:
    public, confidential = unknown_revocation
    if confidential:
        judge.note(f"a public client is turned away ({public.summary}), so a client with a secret was used")
    reply = confidential or public
    judge.that(reply.status == 200, expected="HTTP 200", observed=reply.summary, evidence=reply)


@requirement("revocation.access-token-revocable")
def test_an_access_token_can_be_revoked(revocation: Revocation, judge: Judge) -> None:
    if not revocation.worked:
        judge.could_not_run(f"the token did not work before ({revocation.before.summary})")
    answer = revocation.answer
    honest = revocation.unsupported
    judge.that(
        answer.status == 200 or honest,
        expected="HTTP 200, or unsupported_token_type",
        observed=answer.summary,
        evidence=answer,
    )
    if answer.status == 200:
        _dead(judge, revocation)


@requirement("revocation.revoked-access-token-refused-by-resource")
def test_a_revoked_access_token_is_refused_by_the_mcp_server(revocation: Revocation, judge: Judge) -> None:
    if not revocation.worked:
        judge.could_not_run(f"the token did not work before ({revocation.before.summary})")
    if revocation.unsupported:
        judge.not_applicable("the server says that it cannot revoke access tokens")
    if revocation.answer.status != 200:
        judge.could_not_run(f"the revocation was refused ({revocation.answer.summary})")
    judge.see(revocation.answer)
    _dead(judge, revocation)


def _dead(judge: Judge, revocation: Revocation) -> None:
    after = revocation.after
    if not after.ok and not revocation.refused:
        judge.could_not_run(f"after the revocation the MCP server neither serves nor refuses ({after.summary})")
    observed = f"{after.summary} after {revocation.seconds:.0f} s"
    judge.that(revocation.refused, expected="the MCP server answers 401", observed=observed, evidence=after)
