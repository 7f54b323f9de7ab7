"""Which scopes the challenge asks for."""

from conformance import Judge, requirement
from conformance.oauth.challenge import bearer
from conformance.probe import Probe
from conformance.survey import Survey
from conformance.wire.http import Reply


def scope_of(reply: Reply | None) -> str | None:
    """The scope in the Bearer challenge of an answer."""
    challenge = bearer(reply.header_all("www-authenticate")) if reply else None
    return challenge.get("scope") if challenge else None


@requirement("challenge.scope-guidance")
def test_the_challenge_says_which_scopes_to_ask_for(survey: Survey, judge: Judge) -> None:
    scope = scope_of(survey.refusal)
    judge.that(bool(scope), expected="scope in the challenge", observed=scope or "no scope", evidence=survey.refusal)


@requirement("challenge.scope-stable")
def test_the_same_request_is_asked_for_the_same_scopes(survey: Survey, probe: Probe, judge: Judge) -> None:
    again = [probe.knock(None, f"initialize without token, {time} time") for time in ("second", "third")]
    scopes = [scope_of(reply) for reply in (survey.refusal, *again)]
    if not any(scopes):
        judge.not_applicable("no challenge names a scope")
    for reply, scope in zip(again, scopes[1:], strict=True):
        same = set((scope or "").split()) == set((scopes[0] or "").split())
        judge.that(same, expected=f"scope {scopes[0]}", observed=scope or "no scope", evidence=reply)
