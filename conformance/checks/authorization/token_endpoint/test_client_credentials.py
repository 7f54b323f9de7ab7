"""Tokens for clients that act for themselves, without a user (OAuth 2.1 section 4.2)."""

from dataclasses import replace

import pytest

from conformance import Judge, requirement
from conformance.audit import Audit
from conformance.oauth import assertions
from conformance.oauth.client_authentication import Authentication
from conformance.oauth.flow import OAuthFlow
from conformance.oauth.jwt import Key
from conformance.oauth.registration import Client
from conformance.oauth.service import service_request, service_token
from conformance.oauth.token_reply import TokenReply
from conformance.probe import Probe
from conformance.shapes import as_list
from conformance.survey import Survey
from conformance.untrusted_issuer import UntrustedGrant

WRONG_SECRET = "pytest-mcp-conformance-wrong-secret"  # noqa: S105 - a wrong one
PLACES: dict[str, Authentication] = {"in the header": "header", "in the body": "body"}
REFUSALS = ("invalid_client", "unauthorized_client", "unsupported_grant_type")


@pytest.fixture(scope="session")
def untrusted(audit: Audit) -> UntrustedGrant:
    """The answer to a token of an issuer nobody trusts."""
    login = audit.need_survey().login
    return audit.once("untrusted issuer", lambda: UntrustedGrant.perform(audit, login.client if login else None))


def service_of(survey: Survey) -> Client:
    """The client that acts for itself."""
    assert survey.login  # noqa: S101 - checked by the condition `client_credentials_client`
    return survey.login.client


def refused(judge: Judge, name: str, reply: TokenReply, errors: tuple[str, ...]) -> None:
    """Judge that no token was issued, and that the error is a fitting one."""
    if not reply.issued_token and (reply.status == 429 or reply.status >= 500):
        judge.could_not_run(f"{name} is neither accepted nor refused ({reply.summary})")
    judge.that(not reply.issued_token, expected=f"{name}: no token", observed=reply.summary, evidence=reply)
    fitting = reply.issued_token or reply.oauth_error in errors
    judge.advise(fitting, expected=f"{name}: error {' or '.join(errors)}", observed=reply.summary)


@requirement("client-credentials.auth-methods-published")
def test_services_learn_how_to_authenticate(survey: Survey, judge: Judge) -> None:
    document = survey.discovery.server_document if survey.discovery else None
    content = document.content if document else {}
    methods = [str(one) for one in as_list(content.get("token_endpoint_auth_methods_supported"))]
    shown = ", ".join(methods) or "none"
    known = {"private_key_jwt", "client_secret_basic", "client_secret_post"} & set(methods)
    judge.that(bool(known), expected="private_key_jwt or client_secret_basic", observed=shown, evidence=document)
    judge.advise(known != {"client_secret_post"}, expected="more than client_secret_post", observed=shown)
    if "private_key_jwt" in methods:
        algorithms = content.get("token_endpoint_auth_signing_alg_values_supported")
        listed = bool(as_list(algorithms))
        judge.that(listed, expected="algorithms for private_key_jwt", observed=repr(algorithms), evidence=document)


@requirement("client-credentials.public-client-refused")
def test_a_public_client_gets_no_token_for_itself(survey: Survey, oauth: OAuthFlow, judge: Judge) -> None:
    fields = service_request(oauth)
    reply = oauth.token(fields, service_of(survey), "identified", "client credentials request of a public client")
    refused(judge, "a public client", reply, REFUSALS)


@requirement("client-credentials.unregistered-grant-refused")
def test_a_client_without_this_grant_gets_no_token_for_itself(
    oauth: OAuthFlow, posting_client: Client, judge: Judge
) -> None:
    if oauth.configured and posting_client == oauth.client:
        judge.not_applicable("the client was given, so it may have this grant")
    purpose = "client credentials request of a client for users"
    reply = oauth.token(service_request(oauth), posting_client, purpose=purpose)
    refused(judge, "a client registered for authorization codes", reply, REFUSALS)


@requirement("client-credentials.token-works")
def test_a_service_gets_a_token_the_mcp_server_accepts(survey: Survey, probe: Probe, judge: Judge) -> None:
    tokens = survey.login.tokens if survey.login else None
    if tokens is None:
        judge.could_not_run("no answer of the token endpoint came")
    if tokens.oauth_error in (*REFUSALS, "access_denied"):
        judge.could_not_run(f"the client given may not act for itself ({tokens.summary})")
    judge.that(tokens.access_token is not None, expected="a token", observed=tokens.summary, evidence=tokens)
    if tokens.access_token:
        reply = probe.knock(f"Bearer {tokens.access_token}", "initialize of a service")
        if not probe.admits(reply) and not probe.refuses(reply):
            judge.could_not_run(f"the request failed for another reason than its token ({reply.summary})")
        judge.that(probe.admits(reply), expected="the MCP server takes it", observed=reply.summary, evidence=reply)


@requirement("client-credentials.no-refresh-token")
def test_a_service_gets_no_refresh_token(survey: Survey, judge: Judge) -> None:
    tokens = survey.login.tokens if survey.login else None
    if tokens is None or not tokens.access_token:
        judge.could_not_run("the service got no token at all")
    judge.that(tokens.refresh_token is None, expected="no refresh_token", observed=tokens.summary, evidence=tokens)


@requirement("client-credentials.wrong-credentials-refused")
def test_a_service_with_a_wrong_secret_gets_no_token(survey: Survey, oauth: OAuthFlow, judge: Judge) -> None:
    client, tokens = service_of(survey), survey.login.tokens if survey.login else None
    if client.secret is None:
        judge.not_applicable("the client authenticates with a key")
    if tokens is None or not tokens.access_token:
        judge.could_not_run("the right secret is refused too")
    judge.see(tokens)
    wrong = replace(client, secret=WRONG_SECRET)
    for name, where in PLACES.items():
        purpose = f"client credentials request, wrong secret {name}"
        reply = oauth.token(service_request(oauth), wrong, where, purpose)
        refused(judge, f"a wrong secret {name}", reply, ("invalid_client",))
        if where == "header" and reply.oauth_error == "invalid_client":
            challenge = reply.reply.header("www-authenticate") or "no WWW-Authenticate"
            told = reply.status == 401 and challenge != "no WWW-Authenticate"
            observed = f"HTTP {reply.status}, {challenge}"
            judge.that(told, expected="401 with WWW-Authenticate", observed=observed, evidence=reply)


@requirement("client-credentials.bad-assertion-refused")
def test_a_bad_assertion_does_not_authenticate(survey: Survey, oauth: OAuthFlow, judge: Judge) -> None:
    client = service_of(survey)
    assert client.key  # noqa: S101 - checked by the condition `private_key_jwt_client`
    control = service_token(oauth, client)
    judge.see(control)
    if not control.access_token and control.oauth_error in (None, "invalid_client"):
        judge.could_not_run(f"a good assertion is refused too ({control.summary})")
    for defect in assertions.DEFECTS:
        text = assertions.assertion(Key.of_pem(client.key), client.id, oauth.audience, defect=defect)
        fields = {**service_request(oauth), **assertions.parameters(text)}
        reply = oauth.token(fields, client, "identified", f"client credentials request with {defect}")
        refused(judge, defect, reply, ("invalid_client",))


@requirement("client-credentials.untrusted-jwt-grant-refused")
def test_a_token_of_an_issuer_nobody_trusts_is_no_grant(untrusted: UntrustedGrant, judge: Judge) -> None:
    reply = untrusted.reply
    if reply.oauth_error in ("unauthorized_client", "invalid_client"):
        judge.not_applicable(f"our client may not use the grant jwt-bearer ({reply.summary})")
    refused(judge, "a token of a stranger", reply, ("invalid_grant", "unsupported_grant_type"))
    asked = ", ".join(untrusted.fetched) or "nothing"
    judge.advise(not untrusted.fetched, expected="nothing is fetched from a stranger", observed=asked, evidence=reply)
