"""What an access token is not, and that nobody can guess one."""

from conformance import Judge, requirement
from conformance.ceremony.reduced import Reduced
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


@requirement("bearer.id-token-refused")
def test_an_id_token_is_no_access_token(
    good_token: str, survey: Survey, reduced: Reduced, probe: Probe, judge: Judge
) -> None:
    replies = [survey.login.tokens if survey.login else None, reduced.tokens]
    tokens = [reply.reply.json_object.get("id_token") for reply in replies if reply]
    given = next((token for token in tokens if isinstance(token, str) and token), None)
    if given is None:
        judge.not_applicable("no id_token was issued")
    reply = probe.knock(f"Bearer {given}", "initialize with an id token")
    must_refuse(judge, probe, {"an id token": reply})


@requirement("bearer.tokens-unguessable")
def test_secrets_cannot_be_guessed(survey: Survey, reduced: Reduced, judge: Judge) -> None:
    login = survey.login
    if not login or not login.grant or not login.tokens:
        judge.could_not_run("a token was given, so nothing was issued to us")
    issued = {
        "codes": [login.grant.code, reduced.grant.code],
        "access tokens": [login.tokens.access_token, reduced.tokens.access_token],
        "refresh tokens": [login.tokens.refresh_token, reduced.tokens.refresh_token],
        "client secrets": [login.client.secret],
    }
    for name, values in issued.items():
        found = weakness([value for value in values if value])
        judge.that(not found, expected=f"{name} are long and random", observed=found or "no pattern found")
    judge.note("Heuristic: that no pattern was found is no proof.")
