"""What is sent to the redirect URI (OAuth 2.1 sections 4.1.2 and 4.1.2.1)."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from conformance import Judge, requirement
from conformance.authorizations import Authorizations
from conformance.ceremony.aging import Aging
from conformance.ceremony.denial import ODD_STATES
from conformance.checks.authorization.authorization_endpoint.answers import served
from conformance.oauth.consent import at_redirect_uri
from conformance.oauth.flow import Grant
from conformance.survey import Survey

REGISTERED_CODES = frozenset(
    """
    invalid_request unauthorized_client access_denied unsupported_response_type invalid_scope server_error
    temporarily_unavailable invalid_target interaction_required login_required account_selection_required
    consent_required invalid_request_uri invalid_request_object request_not_supported request_uri_not_supported
    registration_not_supported invalid_authorization_details unmet_authentication_requirements invalid_dpop_proof
    """.split()
)
ONCE = ("code", "state", "iss", "error")
DESCRIPTION = re.compile(r"[\x20\x21\x23-\x5b\x5d-\x7e]*")
OUTSIDE_GRAMMAR = re.compile(r"[^\x20-\x7e]")

Response = tuple[str, tuple[tuple[str, str], ...], str, Any]
"""Name of a request, parameters of its response, state that was sent, and the evidence."""


def of_grants(name: str, *grants: Grant | None) -> Iterator[Response]:
    for grant in grants:
        if grant and grant.response.parameters:
            yield name, grant.response.parameters, grant.state, grant.response


def responses(authorizations: Authorizations, survey: Survey) -> Iterator[Response]:
    """The responses to good and bad requests of the area."""
    yield from of_grants("the login", survey.login.grant if survey.login else None)
    yield from of_grants("a denied request", *authorizations.denials)
    for name, answer in (("a good request", authorizations.good()), *authorizations.errors()):
        if answer.redirected:
            yield name, answer.parameters, answer.state, answer


def need_any(judge: Judge, authorizations: Authorizations, reason: str) -> None:
    """End the check where it saw nothing: for the reason there was no denial either, else for this one."""
    if not judge.observations:
        _ = authorizations.denial
        judge.could_not_run(reason)


def parameter(parameters: tuple[tuple[str, str], ...], name: str) -> str | None:
    """The first value of a parameter."""
    return next((value for key, value in parameters if key == name), None)


@requirement("authorization-endpoint.code-returned-in-query")
def test_a_code_comes_in_the_query_of_the_redirect_uri(survey: Survey, judge: Judge) -> None:
    grant = survey.login.grant if survey.login else None
    if not grant:
        judge.could_not_run("nobody logged in")
    response, location = grant.response, grant.response.location
    names = sorted(name for name, _ in response.parameters)
    single = names.count("code") == 1 and bool(grant.code) and "error" not in names
    judge.that(single, expected="one code and no error", observed=names, evidence=response)
    if location:
        there = at_redirect_uri(location, grant.client.redirect_uri)
        judge.that(there, expected=grant.client.redirect_uri, observed=location.partition("?")[0], evidence=response)
        fragment = location.partition("#")[2]
        judge.that("#" not in location, expected="no fragment", observed=f"#{fragment}", evidence=response)


@requirement("authorization-endpoint.response-parameters-not-repeated")
def test_no_response_repeats_a_parameter(authorizations: Authorizations, survey: Survey, judge: Judge) -> None:
    for name, parameters, _, evidence in responses(authorizations, survey):
        counted = Counter(key for key, _ in parameters)
        repeated = [key for key in ONCE if counted[key] > 1]
        judge.that(not repeated, expected=f"{name}: each once", observed=repeated or "so", evidence=evidence)
    need_any(judge, authorizations, "no response was sent to a redirect URI")


@requirement("authorization-endpoint.error-response-carries-state")
def test_an_error_comes_with_the_state_of_its_request(
    authorizations: Authorizations, survey: Survey, judge: Judge
) -> None:
    for name, parameters, state, evidence in responses(authorizations, survey):
        if parameter(parameters, "error") and state:
            returned = [value for key, value in parameters if key == "state"]
            good = returned == [state] or (len(returned) == 1 and state in ODD_STATES)
            observed = "so" if good else f"{len(returned)} values" if returned else "no state"
            judge.that(good, expected=f"{name}: the state sent", observed=observed, evidence=evidence)
    need_any(judge, authorizations, "no error was sent to a redirect URI")


@requirement("authorization-endpoint.error-code-registered")
def test_an_error_has_a_registered_code(authorizations: Authorizations, survey: Survey, judge: Judge) -> None:
    for name, parameters, _, evidence in responses(authorizations, survey):
        error, text = parameter(parameters, "error"), parameter(parameters, "error_description") or ""
        if error is not None:
            known = error in REGISTERED_CODES
            judge.that(known, expected=f"{name}: a registered code", observed=error, evidence=evidence)
            plain = DESCRIPTION.fullmatch(text) is not None
            expected = f"{name}: error_description in ASCII, without quotes and backslashes"
            judge.that(plain, expected=expected, observed=text or "none", evidence=evidence)
    need_any(judge, authorizations, "no error was sent to a redirect URI")


@requirement("authorization-endpoint.denial-reported")
def test_a_denial_is_reported_to_the_client(authorizations: Authorizations, judge: Judge) -> None:
    response = authorizations.denial.fresh.response
    if response.get("code"):
        judge.not_applicable("the server asks nobody for consent")
    error, state = response.get("error"), response.get("state")
    if error != "access_denied":
        served(judge, authorizations.good(authorizations.hostile))
    judge.that(error == "access_denied", expected="error access_denied", observed=error, evidence=response)
    judge.that(bool(state), expected="the state of the request", observed="so" if state else "none", evidence=response)


@requirement("authorization-endpoint.state-returned-exactly")
def test_a_state_comes_back_as_it_was_sent(authorizations: Authorizations, judge: Judge) -> None:
    returned: list[tuple[str, str, str | None, object]] = []
    if len(authorizations.denials) < 2:
        answer = authorizations.ask("an odd state", {"state": ODD_STATES[0]})
        if answer.redirected:
            returned.append(("signed in", answer.state, answer.get("state"), answer))
    for name, grant in zip(("after a sign-in", "signed in"), authorizations.denials, strict=False):
        returned.append((name, grant.state, grant.response.get("state"), grant.response))
    for name, sent, came, evidence in returned:
        alike = came is not None and OUTSIDE_GRAMMAR.sub("", came) == OUTSIDE_GRAMMAR.sub("", sent)
        judge.that(alike, expected=f"{name}: {sent}", observed=came, evidence=evidence)
        if alike:
            judge.advise(came == sent, expected=f"{name}, all characters: {sent}", observed=came, evidence=evidence)
    need_any(judge, authorizations, "no response with an odd state came")
    for grant in authorizations.denials[:1]:
        hindrance = authorizations.denial.hindrance
        kept = grant.state in ODD_STATES
        judge.that(kept, expected="a response to a request with an odd state", observed=hindrance or "so")
        judge.advise(not hindrance, expected="a response whatever is in the state", observed=hindrance or "so")


@requirement("authorization-endpoint.redirect-query-kept")
def test_the_query_of_a_redirect_uri_is_kept(
    authorizations: Authorizations, secret_grant: Grant | None, judge: Judge
) -> None:
    decided = dict(zip(("denied after a sign-in", "denied"), authorizations.denials, strict=False))
    for name, grant in (decided | ({"approved": secret_grant} if secret_grant else {})).items():
        query = grant.client.redirect_uri.partition("?")[2]
        sent = grant.response.location.partition("#")[0].partition("?")[2]
        if query and grant.response.location:
            kept = query in sent.split("&")
            judge.that(kept, expected=f"{name}: {query} in the query", observed=sent, evidence=grant.response)
    need_any(judge, authorizations, "no response was sent to a redirect URI with a query")


@requirement("authorization-endpoint.code-expires")
def test_a_code_ends_soon(aging: Aging, judge: Judge) -> None:
    reply, age = aging.reply, f"a code of {aging.age:.0f} s"
    if not reply.issued_token and not reply.refused:
        judge.could_not_run(f"{age} was neither redeemed nor refused ({reply.summary})")
    judge.advise(reply.refused, expected=f"no token for {age}", observed=reply.summary, evidence=reply)
