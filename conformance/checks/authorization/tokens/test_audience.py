"""Tokens are for the resource they were asked for, and for no other."""

import pytest

from conformance import Judge, requirement
from conformance.ceremony.other_resource import OtherResource
from conformance.ceremony.reduced import Reduced
from conformance.oauth.flow import OAuthFlow
from conformance.oauth.insight import Insight
from conformance.oauth.redemption import UNRELATED_RESOURCE, Redemption
from conformance.oauth.resource_answers import ResourceAnswers
from conformance.oauth.token_reply import TokenReply
from conformance.probe import Probe
from conformance.refusals import must_refuse
from conformance.survey import Survey

IGNORED = "the authorization server takes no notice of resource"


@requirement("audience.token-for-other-resource-refused")
def test_a_token_for_another_resource_is_refused(
    other_resource: OtherResource, oauth: OAuthFlow, probe: Probe, judge: Judge
) -> None:
    judge.see(other_resource.answer)
    judge.see(other_resource.tokens)
    if other_resource.admission is None:
        judge.not_applicable(f"the authorization server issues no token for {other_resource.resource}")
    if other_resource.insight and other_resource.insight.names(oauth.resource):
        judge.not_applicable("the token for the other resource names this server too")
    must_refuse(judge, probe, {f"a token for {other_resource.resource}": other_resource.admission})


@requirement("audience.unbound-token-refused")
def test_a_token_for_no_resource_is_refused(reduced: Reduced, oauth: OAuthFlow, probe: Probe, judge: Judge) -> None:
    judge.see(reduced.tokens)
    if reduced.without_resource or not reduced.admission:
        judge.not_applicable("the authorization server issues no token without a resource")
    if not reduced.insight:
        judge.not_applicable("access tokens are opaque here, and introspection tells us nothing about them")
    named = list(reduced.insight.audiences)
    if reduced.insight.names(oauth.resource):
        judge.that(True, expected="no token for nobody", observed=f"aud names this server by default: {named}")
        return
    if reduced.admission.status == 403:
        judge.could_not_run(f"the token is refused for its scope ({reduced.admission.summary})")
    must_refuse(judge, probe, {f"a token with aud {named or 'left out'}": reduced.admission})


@requirement("audience.issued-token-restricted")
def test_a_token_names_the_resource_it_was_asked_for(insight: Insight, oauth: OAuthFlow, judge: Judge) -> None:
    named = list(insight.audiences) or "no aud"
    judge.that(insight.names(oauth.resource), expected=f"aud {oauth.resource}", observed=named)
    judge.see(insight.introspection)


@requirement("audience.accepts-resource-at-authorize")
def test_a_request_may_name_the_resource(survey: Survey, oauth: OAuthFlow, judge: Judge) -> None:
    assert survey.login  # noqa: S101 - checked by the condition `client`
    if survey.login.grant:
        judge.that(True, expected="the request with resource is served", observed="a code came")
        return
    named, plain = (oauth.ask(survey.login.client, changes) for changes in ({}, {"resource": None}))
    judge.see(plain)
    if named.refused and plain.refused:
        judge.could_not_run(f"the request is refused without resource too ({plain.summary})")
    judge.that(
        not named.refused, expected="the request with resource is served", observed=named.summary, evidence=named
    )


@requirement("audience.accepts-resource-at-token")
def test_a_token_request_may_name_the_resource(
    late: None, survey: Survey, judge: Judge, request: pytest.FixtureRequest
) -> None:
    tokens = survey.login.tokens if survey.login else None
    if not tokens:
        judge.could_not_run("no code came that could be exchanged")
    if not tokens.access_token and tokens.oauth_error != "invalid_target":
        judge.could_not_run(f"the exchange failed for another reason ({tokens.summary})")
    issued = tokens.access_token is not None
    judge.that(issued, expected="a token for a request with resource", observed=tokens.summary, evidence=tokens)
    if tokens.refresh_token:
        refreshed: TokenReply = request.getfixturevalue("refreshing").first
        served = refreshed.oauth_error != "invalid_target"
        judge.that(served, expected="a refresh with resource", observed=refreshed.summary, evidence=refreshed)


@requirement("audience.malformed-resource-refused")
def test_a_malformed_resource_is_refused(resource_answers: ResourceAnswers, judge: Judge) -> None:
    judge.see(resource_answers.good)
    if not resource_answers.heeded:
        judge.not_applicable(IGNORED)
    for name, answer in resource_answers.malformed.items():
        if answer.undecided:
            judge.could_not_run(f"a login comes before the answer ({answer.summary})")
        judge.that(answer.refused, expected=f"{name}: invalid_target", observed=answer.summary, evidence=answer)
        proper = answer.error in (None, "invalid_target", "invalid_request")
        judge.advise(proper, expected=f"{name}: invalid_target", observed=answer.summary)


@requirement("audience.unknown-resource-refused")
def test_a_resource_of_somebody_else_is_refused(unrelated_resource: OtherResource, judge: Judge) -> None:
    answer, tokens = unrelated_resource.answer, unrelated_resource.tokens
    judge.see(answer)
    if not tokens or not tokens.access_token:
        seen = tokens or answer
        judge.that(True, expected="no token for an unknown resource", observed=seen.summary, evidence=seen)
        return
    if unrelated_resource.insight is None:
        judge.could_not_run("a token was issued, and nobody tells us for which resource")
    if not unrelated_resource.insight.names(UNRELATED_RESOURCE):
        judge.not_applicable(IGNORED)
    judge.never(True, f"a token for {UNRELATED_RESOURCE} was issued", evidence=tokens)


@requirement("audience.resource-not-widened-at-token")
def test_a_code_gives_no_token_for_another_resource(
    redemption: Redemption, resource_answers: ResourceAnswers, judge: Judge
) -> None:
    refusal = redemption.refusal("foreign resource")
    attempt = refusal.attempt
    judge.see(refusal.control)
    if attempt.issued_token and not resource_answers.heeded:
        judge.not_applicable(IGNORED)
    if not attempt.issued_token and not refusal.proven:
        judge.could_not_run(f"the control failed too ({refusal.control.summary}), so the refusal proves nothing")
    proper = attempt.oauth_error == "invalid_target"
    judge.that(proper, expected="error invalid_target", observed=attempt.summary, evidence=attempt)


@requirement("audience.uppercase-host-tolerated")
def test_the_case_of_the_host_does_not_matter(resource_answers: ResourceAnswers, judge: Judge) -> None:
    judge.see(resource_answers.good)
    if not resource_answers.heeded:
        judge.not_applicable(IGNORED)
    seen = resource_answers.upper_case
    judge.that(not seen.refused, expected="served as in lower case", observed=seen.summary, evidence=seen)


@requirement("audience.works-without-resource")
def test_a_client_that_knows_no_resource_can_log_in(reduced: Reduced, probe: Probe, judge: Judge) -> None:
    refusal = reduced.without_resource
    if refusal:
        judge.that(False, expected="a login without resource", observed=refusal.summary, evidence=refusal)
        return
    if not reduced.admission:
        judge.could_not_run(f"no token was issued ({reduced.tokens.summary})")
    if reduced.admission.status == 403:
        judge.could_not_run(f"the token is refused for its scope ({reduced.admission.summary})")
    served = probe.admits(reduced.admission)
    judge.that(served, expected="the MCP server takes it", observed=reduced.admission.summary, evidence=reduced.tokens)
