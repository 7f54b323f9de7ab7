"""What the authorization endpoint makes of challenges (RFC 7636 sections 4.2 to 4.4, OAuth 2.1 section 4.1.1)."""

import base64
import re
from collections.abc import Mapping

from conformance import Judge, requirement
from conformance.authorizations import ERRORS, Authorizations
from conformance.checks.authorization.authorization_endpoint.answers import refused, served
from conformance.oauth.authorization import Changes
from conformance.oauth.flow import OAuthFlow
from conformance.shapes import as_list
from conformance.survey import Survey

INVALID = ("invalid_request",)
NO_CHALLENGE, EMPTY_CHALLENGE = "no code_challenge", "an empty code_challenge"
NO_METHOD: Changes = {"code_challenge_method": None}
UNKNOWN_METHODS: Mapping[str, Changes] = {
    f"code_challenge_method {name}": {"code_challenge_method": name} for name in ("S512", "s256")
}
MALFORMED: Mapping[str, Changes] = {
    f"a code_challenge {name}": {"code_challenge": value}
    for name, value in {
        "of 42 characters": "A" * 42,
        "of 129 characters": "A" * 129,
        "with plus, slash and equals sign": "+/" + "A" * 40 + "=",
        "with a space": "A" * 21 + " " + "A" * 21,
    }.items()
}


@requirement("pkce.challenge-required-public")
def test_a_public_client_must_send_a_challenge(authorizations: Authorizations, oauth: OAuthFlow, judge: Judge) -> None:
    client = authorizations.web
    if not client.public:
        judge.not_applicable("the server gives every client a secret")
    good, asked = authorizations.good(), dict(authorizations.errors(NO_CHALLENGE, EMPTY_CHALLENGE))
    refused(judge, good, [(NO_CHALLENGE, asked[NO_CHALLENGE])], client.redirect_uris, errors=INVALID)
    empty = asked[EMPTY_CHALLENGE]
    if empty.accepted:
        grant = authorizations.approved(EMPTY_CHALLENGE, ERRORS[EMPTY_CHALLENGE])
        for verifier in (None, ""):
            reply = oauth.redeem(grant, {"code_verifier": verifier})
            judge.never(reply.issued_token, "a code with an empty challenge was redeemed", evidence=reply)
    refused(judge, good, [(EMPTY_CHALLENGE, empty)], client.redirect_uris, errors=INVALID, severity="advice")


@requirement("pkce.challenge-required-confidential")
def test_a_client_with_a_secret_must_send_a_challenge(authorizations: Authorizations, judge: Judge) -> None:
    client = authorizations.secret
    asked = authorizations.ask_each({NO_CHALLENGE: ERRORS[NO_CHALLENGE]}, client)
    refused(judge, authorizations.good(client), asked, (*client.redirect_uris, client.redirect_uri), errors=INVALID)


@requirement("pkce.plain-refused")
def test_the_method_plain_is_refused(authorizations: Authorizations, oauth: OAuthFlow, judge: Judge) -> None:
    if "plain" in as_list(oauth.discovery.server_metadata.get("code_challenge_methods_supported")):
        judge.not_applicable("the server publishes plain")
    asked = authorizations.errors("code_challenge_method plain")
    refused(judge, authorizations.good(), asked, authorizations.web.redirect_uris, errors=INVALID)


@requirement("pkce.missing-method-is-plain")
def test_a_challenge_without_method_is_not_taken_for_s256(
    authorizations: Authorizations, oauth: OAuthFlow, judge: Judge
) -> None:
    answer = authorizations.ask("no code_challenge_method", NO_METHOD)
    if not answer.accepted:
        asked = [("no code_challenge_method", answer)]
        refused(judge, authorizations.good(), asked, authorizations.web.redirect_uris, errors=INVALID)
        return
    grant = authorizations.approved("no code_challenge_method", NO_METHOD)
    hashed = oauth.redeem(grant)
    judge.advise(not hashed.issued_token, expected="not taken for S256", observed=hashed.summary, evidence=hashed)
    if not hashed.issued_token:
        plain = oauth.redeem(grant, {"code_verifier": grant.pkce.challenge})
        if not plain.issued_token:
            judge.could_not_run(f"the code could not be redeemed either way ({plain.summary})")
        judge.that(True, expected="taken for plain", observed=plain.summary, evidence=plain)


@requirement("pkce.unknown-method-refused")
def test_an_unknown_method_is_refused(authorizations: Authorizations, oauth: OAuthFlow, judge: Judge) -> None:
    asked = list(authorizations.ask_each(UNKNOWN_METHODS))
    for name, answer in asked:
        if answer.accepted:
            grant = authorizations.approved(name, UNKNOWN_METHODS[name])
            plain = oauth.redeem(grant, {"code_verifier": grant.pkce.challenge})
            judge.never(plain.issued_token, f"{name}: the challenge was taken for the verifier", evidence=plain)
            break
    uris = authorizations.web.redirect_uris
    refused(judge, authorizations.good(), asked, uris, errors=INVALID, severity="advice")


@requirement("pkce.malformed-challenge-refused")
def test_a_malformed_challenge_is_refused(authorizations: Authorizations, judge: Judge) -> None:
    uris = authorizations.web.redirect_uris
    refused(judge, authorizations.good(), authorizations.ask_each(MALFORMED), uris, errors=INVALID)


@requirement("pkce.downgrade-refused")
def test_a_verifier_without_challenge_is_refused(
    authorizations: Authorizations, oauth: OAuthFlow, judge: Judge
) -> None:
    answer = authorizations.ask(NO_CHALLENGE, ERRORS[NO_CHALLENGE])
    served(judge, authorizations.good())
    if answer.refused:
        judge.not_applicable(f"a request without challenge is refused ({answer.summary})")
    if not answer.accepted:
        judge.could_not_run(f"no code without challenge could be had ({answer.summary})")
    grant = authorizations.approved(NO_CHALLENGE, ERRORS[NO_CHALLENGE])
    attempt = oauth.redeem(grant)
    judge.never(attempt.issued_token, "a verifier was accepted for a request without challenge", evidence=attempt)
    if not attempt.issued_token:
        control = oauth.redeem(grant, {"code_verifier": None})
        judge.see(control)
        if not control.issued_token:
            judge.could_not_run(f"the code is refused without verifier too ({control.summary})")


@requirement("pkce.challenge-not-disclosed")
def test_the_challenge_is_not_in_the_response(survey: Survey, judge: Judge) -> None:
    grant = survey.login.grant if survey.login else None
    if not grant:
        judge.could_not_run("nobody logged in")
    for name, value in grant.response.parameters:
        hidden = [decoded(piece) for piece in re.split(r"[^A-Za-z0-9_-]", value)]
        found = any(grant.pkce.challenge in text for text in (value, *hidden))
        judge.never(found, f"the challenge stands in {name}", evidence=grant.response)


def decoded(piece: str) -> str:
    """A text that may be base64url, decoded as far as that goes."""
    usable = piece[: len(piece) - len(piece) % 4]
    return base64.urlsafe_b64decode(usable).decode("latin-1")
