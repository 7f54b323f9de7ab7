"""Scopes at the authorization server."""

import pytest

from conformance import Judge, requirement
from conformance.authorizations import Authorizations
from conformance.ceremony.reduced import Reduced
from conformance.oauth import scopes
from conformance.oauth.authorization import AuthorizationAnswer
from conformance.oauth.flow import OAuthFlow
from conformance.oauth.registration import Client
from conformance.probe import Probe
from conformance.survey import Survey
from conformance.wire.http import Reply

MARKUP = "<i>scope</i>"
MALFORMED = {"quotes and a backslash": f'"{MARKUP}\\"', "4 kB": "x" * 4096}


def asking_client(survey: Survey) -> Client:
    """A client without a grant, so that asking ends none."""
    assert survey.login  # noqa: S101 - checked by the condition `client`
    return survey.login.foreign or survey.login.client


@requirement("scope.challenged-scopes-suffice")
def test_the_scopes_of_the_challenge_are_enough(
    survey: Survey, oauth: OAuthFlow, probe: Probe, judge: Judge, request: pytest.FixtureRequest
) -> None:
    if not oauth.scope:
        judge.not_applicable("neither the challenge nor the metadata of the resource names scopes")
    if survey.token:
        reply: Reply = request.getfixturevalue("knock_with_token")
        if not probe.admits(reply) and reply.status != 403:
            judge.could_not_run(f"the request failed for another reason than its scopes ({reply.summary})")
        judge.that(probe.admits(reply), expected="the request is served", observed=reply.summary, evidence=reply)
        return
    if not survey.login:
        judge.could_not_run("no client could ask for them")
    answer = oauth.ask(survey.login.client, purpose="authorization request with the challenged scopes")
    if answer.error != "invalid_scope":
        judge.could_not_run(f"nobody logged in, and not for the scopes ({answer.summary})")
    judge.that(False, expected=f"scope {oauth.scope} is granted", observed=answer.summary, evidence=answer)


@requirement("scope.granted-scope-reported")
def test_the_granted_scope_is_told_where_it_differs(reduced: Reduced, oauth: OAuthFlow, judge: Judge) -> None:
    if reduced.unknown_scope:
        observed = reduced.unknown_scope.summary
        judge.that(True, expected="the scope, or a refusal", observed=observed, evidence=reduced.unknown_scope)
        return
    told = reduced.tokens.reply.json_object.get("scope")
    if not reduced.tokens.access_token:
        judge.could_not_run(f"no token was issued ({reduced.tokens.summary})")
    if told is None:
        _untold(reduced, judge)
        return
    judge.that(isinstance(told, str), expected="scope as one string", observed=repr(told), evidence=reduced.tokens)
    if scopes.INVENTED in str(told).split():
        _echoed(oauth, str(told), judge)


def _untold(reduced: Reduced, judge: Judge) -> None:
    """No scope in the answer says that all of what was asked for was granted."""
    granted = reduced.insight.scopes if reduced.insight else None
    expected = f"the granted scope, which is not {reduced.asked}"
    if granted is None:
        judge.advise(False, expected=expected, observed="no scope in the answer", evidence=reduced.tokens)
        return
    same = granted == frozenset(reduced.asked.split())
    observed = f"no scope in the answer; the token has {' '.join(sorted(granted))}"
    judge.that(same, expected=expected, observed=observed, evidence=reduced.tokens)


def _echoed(oauth: OAuthFlow, told: str, judge: Judge) -> None:
    published = scopes.of_server(oauth.discovery)
    if published:
        judge.advise(False, expected=f"scopes out of {' '.join(published)}", observed=f"scope {told}")
    judge.note("The server grants a scope that it cannot know.")


@requirement("scope.omitted-scope-handled")
def test_a_request_without_scope_is_handled(
    survey: Survey, oauth: OAuthFlow, authorizations: Authorizations, judge: Judge
) -> None:
    client, answer = asking_client(survey), authorizations.bare
    if not answer.accepted and not answer.undecided:
        answer = oauth.ask(client, {"scope": None}, purpose="authorization request without scope")
    judge.that(answer.kind != "crash", expected="no server error", observed=answer.summary, evidence=answer)
    if answer.refused and answer.error != "invalid_scope":
        control = oauth.ask(client, purpose="authorization request with scope, control")
        if control.refused:
            judge.could_not_run(f"a request with scope is refused too ({control.summary})")
        judge.advise(False, expected="a default, or invalid_scope", observed=answer.summary)


@requirement("scope.malformed-scope-handled")
def test_a_malformed_scope_breaks_nothing(survey: Survey, oauth: OAuthFlow, judge: Judge) -> None:
    for name, scope in MALFORMED.items():
        answer = oauth.ask(asking_client(survey), {"scope": scope}, purpose=f"authorization request, scope of {name}")
        judge.that(
            answer.kind != "crash", expected=f"{name}: no server error", observed=answer.summary, evidence=answer
        )
        judge.never(MARKUP in page_of(answer), f"{name}: the page repeats markup unescaped", evidence=answer)


def page_of(answer: AuthorizationAnswer) -> str:
    """The page that was shown, if one was."""
    return answer.page if "html" in answer.reply.media_type else ""
