"""What an access token is not, and that nobody can guess one."""

from conformance import Judge, requirement
from conformance.guessing import weakness
from conformance.probe import Probe
from conformance.refusals import must_refuse
from conformance.survey import Survey


@requirement("bearer.refresh-token-refused")
def test_a_refresh_token_is_no_access_token(good_token: str, survey: Survey, probe: Probe, judge: Judge) -> None:
    tokens = survey.login.tokens if survey.login else None
    assert tokens  # noqa: S101 - checked by the condition `refresh_token`
    reply = probe.knock(f"Bearer {tokens.refresh_token}", "initialize with a refresh token")
    must_refuse(judge, probe, {"a refresh token": reply})


@requirement("bearer.tokens-unguessable")
def test_secrets_cannot_be_guessed(survey: Survey, judge: Judge) -> None:
    if not survey.login or not survey.login.tokens or not survey.login.response:
        judge.could_not_run("a token was given, so nothing was issued to us")
    issued = {
        "the code": survey.login.response.get("code"),
        "the access token": survey.login.tokens.access_token,
        "the refresh token": survey.login.tokens.refresh_token,
        "the client secret": survey.login.client.secret,
    }
    for name, value in issued.items():
        if value:
            found = weakness([value])
            judge.that(not found, expected=f"{name} is long and random", observed=found or "no pattern found")
    judge.note("Heuristic: that no pattern was found is no proof.")
