"""Codes and the tokens that the token endpoint gives for them."""

from conformance import Judge, requirement
from conformance.authorizations import Authorizations
from conformance.ceremony.confidential import ConfidentialGrant, Replay
from conformance.ceremony.race import Race
from conformance.ceremony.reduced import Reduced
from conformance.checks.authorization.refusals import dead, redemption_refused, turned_down
from conformance.oauth.jwt import read
from conformance.oauth.redemption import Redemption
from conformance.oauth.token_reply import TokenReply
from conformance.schema import oauth_errors
from conformance.survey import Survey
from conformance.verdict import CouldNotRun

HOUR = 3600
DAY = 24 * HOUR


def login_reply(survey: Survey, judge: Judge) -> TokenReply:
    """The successful token response of the survey's login."""
    reply = survey.login.tokens if survey.login else None
    if reply is None:
        judge.could_not_run("nobody logged in")
    if not reply.reply.ok:
        judge.could_not_run(f"the login failed ({reply.summary})")
    return reply


@requirement("token.public-client-flow")
def test_a_public_client_completes_the_flow(survey: Survey, reduced: Reduced, judge: Judge) -> None:
    login = survey.login.tokens if survey.login else None
    reply = login if login and login.access_token else reduced.tokens
    got_it = reply.access_token is not None
    judge.that(got_it, expected="tokens for a client without secret", observed=reply.summary, evidence=reply)


@requirement("token.success-response")
def test_a_token_response_has_the_right_form(survey: Survey, judge: Judge) -> None:
    reply = login_reply(survey, judge)
    kind = reply.reply.media_type or "none"
    judge.that(reply.status == 200, expected="HTTP 200", observed=reply.status, evidence=reply)
    judge.that(kind == "application/json", expected="media type application/json", observed=kind, evidence=reply)
    shape = [line for line in oauth_errors("token-response", reply.reply.json_object) if "expires_in" not in line]
    expected = "the members of RFC 6749 section 5.1"
    judge.that(not shape, expected=expected, observed=shape or "all right", evidence=reply)
    token_type = str(reply.reply.json_object.get("token_type"))
    usable = token_type.lower() in ("bearer", "dpop")
    judge.that(usable, expected="token_type Bearer or DPoP", observed=token_type, evidence=reply)


@requirement("token.expires-in")
def test_the_lifetime_is_a_positive_number(survey: Survey, judge: Judge) -> None:
    reply = login_reply(survey, judge)
    value = reply.reply.json_object.get("expires_in")
    told, claimed = number(value), claimed_lifetime(reply)
    good = told is not None and told > 0
    judge.that(good, expected="expires_in: a positive number", observed=repr(value), evidence=reply)
    if told and claimed:
        close = abs(told - claimed) <= 60
        judge.that(close, expected="the lifetime that the token tells itself", observed=f"{told:g}, not {claimed:g}")


@requirement("token.short-lived")
def test_access_tokens_live_only_a_short_time(survey: Survey, judge: Judge) -> None:
    reply = login_reply(survey, judge)
    seconds = number(reply.reply.json_object.get("expires_in")) or claimed_lifetime(reply)
    observed = f"{seconds / HOUR:.1f} hours" if seconds else "no end is known"
    short = seconds is not None and seconds <= DAY
    judge.that(short, expected="at most a day, better an hour", observed=observed, evidence=reply)
    if seconds and HOUR < seconds <= DAY:
        judge.note(f"access tokens live for {observed}; an hour is usual")


def claimed_lifetime(reply: TokenReply) -> float | None:
    """How many seconds a readable access token says that it lives."""
    token = read(reply.access_token or "")
    issued, end = (number(token.claims.get(name)) if token else None for name in ("iat", "exp"))
    return end - issued if issued and end else None


def number(value: object) -> float | None:
    """A JSON number, None for anything else."""
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


@requirement("token.unknown-parameters-ignored")
def test_an_unknown_parameter_is_ignored(redemption: Redemption, judge: Judge) -> None:
    unknown, control = redemption.unknown, redemption.accepted
    if unknown is None:
        raise redemption.hindrance or CouldNotRun("a redemption with an unknown parameter was not tried")
    judge.see(control)
    if not unknown.access_token and not control.access_token:
        judge.could_not_run(f"the same request without it fails as well ({control.summary})")
    ignored = unknown.access_token is not None
    judge.that(ignored, expected="tokens despite x_unknown", observed=unknown.summary, evidence=unknown)


@requirement("token.repeated-parameters-refused")
def test_a_repeated_parameter_is_refused(redemption: Redemption, judge: Judge) -> None:
    for name in ("repeated client_id", "repeated code"):
        refusal = redemption.refusal(name)
        redemption_refused(judge, name, refusal)
        exact = refusal.attempt.oauth_error == "invalid_request" or refusal.attempt.issued_token
        observed = refusal.attempt.summary
        judge.advise(exact, expected=f"error invalid_request for a {name}", observed=observed, evidence=refusal)


@requirement("token.public-client-needs-client-id")
def test_a_public_client_must_name_itself(redemption: Redemption, judge: Judge) -> None:
    refusal = redemption.refusal("missing client_id")
    redemption_refused(judge, "a request without client_id", refusal, "invalid_client")


@requirement("token.code-bound-to-client")
def test_another_client_cannot_redeem_the_code(redemption: Redemption, judge: Judge) -> None:
    redemption_refused(judge, "a foreign client", redemption.refusal("foreign client"), "invalid_client")


@requirement("token.redirect-uri-mismatch-refused")
def test_another_redirect_uri_does_not_redeem_the_code(
    redemption: Redemption, authorizations: Authorizations, judge: Judge
) -> None:
    for name in ("redirect_uri with slash", "other redirect_uri"):
        refusal = redemption.refusal(name)
        spared = refusal.attempt.issued_token and not serves_clients_without_pkce(authorizations, judge)
        redemption_refused(judge, name, refusal, severity="advice" if spared else "violation")


def serves_clients_without_pkce(authorizations: Authorizations, judge: Judge) -> bool:
    """Whether clients of OAuth 2.0 get codes, which nothing but the redirect URI protects."""
    [(_, answer)] = authorizations.errors("no code_challenge")
    judge.see(answer)
    return answer.accepted


@requirement("token.redirect-uri-accepted")
def test_the_redirect_uri_of_the_request_is_accepted(survey: Survey, reduced: Reduced, judge: Judge) -> None:
    login = survey.login.tokens if survey.login else None
    reply = login if login and login.access_token else reduced.with_uri
    if reply is None or not (reply.access_token or reduced.tokens.access_token):
        judge.could_not_run("no code could be redeemed, with redirect_uri or without")
    accepted = reply.access_token is not None
    judge.that(accepted, expected="tokens for the same redirect_uri", observed=reply.summary, evidence=reply)
    judge.see(reduced.tokens)


@requirement("token.redirect-uri-optional")
def test_the_redirect_uri_may_be_left_out(reduced: Reduced, judge: Judge) -> None:
    without = reduced.without_uri
    if without is None or not reduced.tokens.access_token:
        judge.could_not_run(f"no code was redeemed without redirect_uri ({reduced.tokens.summary})")
    served = without.access_token is not None
    expected = "tokens, or a refusal that says why"
    judge.that(served or without.refused, expected=expected, observed=without.summary, evidence=without)
    if not served:
        judge.note(f"redirect_uri has to be repeated here, as in OAuth 2.0 ({without.summary})")


@requirement("token.confidential-client-must-authenticate")
def test_a_code_is_worthless_without_the_secret_of_its_client(confidential: ConfidentialGrant, judge: Judge) -> None:
    for name, reply in confidential.attempts.items():
        judge.never(reply.issued_token, f"tokens came with {name}", evidence=reply)
    judge.see(confidential.tokens)
    if not confidential.tokens.access_token:
        judge.could_not_run(f"the right secret was refused as well ({confidential.tokens.summary})")


@requirement("token.code-single-use")
def test_a_code_yields_tokens_once(confidential: ConfidentialGrant, replay: Replay, judge: Judge) -> None:
    judge.see(confidential.tokens)
    turned_down(judge, "a used code", replay.complete, "invalid_grant")


@requirement("token.invalid-replay-does-not-revoke")
def test_a_replay_with_a_wrong_verifier_ends_nothing(replay: Replay, judge: Judge) -> None:
    if not replay.worked:
        judge.could_not_run(f"the access token did not work before ({replay.before.summary})")
    if replay.invalid is None or replay.between is None:
        judge.could_not_run("a failed redemption makes this server forget a code, so only a complete one was tried")
    if replay.invalid.issued_token:
        judge.could_not_run("the replay with a wrong verifier gave tokens")
    judge.see(replay.invalid)
    expected = "the MCP server still takes the token"
    judge.that(replay.survived, expected=expected, observed=replay.between.summary, evidence=replay.between)


@requirement("token.replay-revokes-tokens")
def test_the_replay_of_a_code_ends_its_tokens(complete_replay: Replay, judge: Judge) -> None:
    replay = complete_replay
    if not replay.survived:
        last = replay.between or replay.before
        judge.could_not_run(f"the access token did not work before the replay ({last.summary})")
    if replay.access is None:
        judge.could_not_run("the replay gave tokens instead of being refused")
    judge.see(replay.complete)
    dead(judge, replay.access)
    refresh = replay.refresh
    if refresh:
        judge.that(
            not refresh.issued_token,
            expected="the refresh token is dead",
            observed=refresh.summary,
            evidence=refresh,
        )


@requirement("token.concurrent-redemption")
def test_two_redemptions_at_once_yield_tokens_once(race: Race, judge: Judge) -> None:
    winners = race.winners
    for reply in race.replies:
        judge.see(reply)
    if not winners:
        judge.could_not_run(f"neither redemption gave tokens ({race.replies[0].summary})")
    different = {one.access_token for one in winners}
    judge.that(len(different) == 1, expected="tokens for one of them", observed=f"{len(different)} access tokens")
    if not race.overlapped:
        judge.could_not_run("one redemption was answered before the other had been sent, so they did not race")
    judge.note("the two redemptions overlapped; one attempt that does not succeed is no proof that none can")
