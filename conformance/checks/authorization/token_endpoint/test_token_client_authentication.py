"""How clients with a secret prove who they are at the token endpoint."""

import base64
from collections.abc import Callable
from dataclasses import replace

import pytest

from conformance import Judge, requirement
from conformance.ceremony.confidential import Impostures
from conformance.checks.authorization.refusals import control, refused, unauthenticated
from conformance.oauth.client_authentication import Authentication, basic_credentials
from conformance.oauth.flow import OAuthFlow
from conformance.oauth.registration import Client
from conformance.shapes import as_list
from conformance.survey import Survey
from conformance.token_requests import WRONG_SECRET, TokenRequests
from conformance.verdict import CouldNotRun, NotApplicable

BASIC = "client_secret_basic"
POST = "client_secret_post"


def methods_listed(survey: Survey) -> list[str]:
    """The authentication methods that the metadata lists."""
    metadata = survey.discovery.server_metadata if survey.discovery else {}
    listed = as_list(metadata.get("token_endpoint_auth_methods_supported"))
    return [one for one in listed if isinstance(one, str)]


@pytest.fixture
def in_header(survey: Survey, secret_client: Callable[[str], Client]) -> Client:
    """A client that sends its secret by HTTP Basic, which OAuth 2.1 leaves optional."""
    listed = methods_listed(survey)
    if listed and BASIC not in listed:
        raise NotApplicable(f"the metadata lists no {BASIC}")
    return registered_for(BASIC, secret_client)


@pytest.fixture
def in_body(secret_client: Callable[[str], Client]) -> Client:
    """A client that sends its secret in the body."""
    return registered_for(POST, secret_client)


def registered_for(method: str, secret_client: Callable[[str], Client]) -> Client:
    """A client that asked for a method and got it. Raises NotApplicable."""
    client = secret_client(method)
    if client.auth_method != method:
        raise NotApplicable(f"a client that asked for {method} was registered for {client.auth_method}")
    return client


@requirement("token.secret-in-body-supported")
def test_a_client_can_send_its_secret_in_the_body(
    survey: Survey, posting_client: Client, token_requests: TokenRequests, judge: Judge
) -> None:
    listed, method = methods_listed(survey), posting_client.auth_method
    judge.advise(not listed or POST in listed, expected=f"{POST} in the metadata", observed=listed)
    judge.advise(method == POST, expected=f"a client registered for {POST}", observed=method)
    if method == POST:
        reply = token_requests.control(posting_client)
        known = reply.oauth_error != "invalid_client"
        judge.that(known, expected="the client is recognised", observed=reply.summary, evidence=reply)
        control(judge, token_requests, posting_client)


@requirement("token.advertised-auth-methods-work")
def test_each_announced_authentication_method_works(
    survey: Survey, token_requests: TokenRequests, secret_client: Callable[[str], Client], judge: Judge
) -> None:
    listed = methods_listed(survey)
    if not listed:
        judge.not_applicable("the metadata lists no authentication methods")
    for method in ("none", POST, BASIC):
        client = obtained(method, survey, secret_client) if method in listed else None
        if client is None:
            continue
        reply = token_requests.plain(client)
        known = reply.oauth_error != "invalid_client"
        judge.that(known, expected=f"{method} works", observed=reply.summary, evidence=reply)
    if not judge.observations:
        judge.could_not_run(f"we have no client for any of {', '.join(listed)}")


def obtained(method: str, survey: Survey, secret_client: Callable[[str], Client]) -> Client | None:
    """A client for a method, None where the server registers none for it."""
    if method == "none":
        return survey.login.client if survey.login and survey.login.client.public else None
    try:
        return registered_for(method, secret_client)
    except (NotApplicable, CouldNotRun):
        return None


@requirement("token.confidential-client-must-authenticate")
def test_a_client_with_a_secret_must_use_it(
    posting_client: Client, token_requests: TokenRequests, impostures: Impostures, judge: Judge
) -> None:
    right = control(judge, token_requests, posting_client)
    reply = token_requests.send("no secret", client=posting_client, authentication="identified")
    reply = impostures.settled("no secret", posting_client, "identified", reply, right)
    unauthenticated(judge, "a client without its secret", reply, right, "invalid_client")


@requirement("token.wrong-secret-in-body")
def test_a_wrong_secret_in_the_body_is_refused(
    in_body: Client, token_requests: TokenRequests, impostures: Impostures, judge: Judge
) -> None:
    right, impostor = control(judge, token_requests, in_body), replace(in_body, secret=WRONG_SECRET)
    name = "a wrong secret in the body"
    reply = token_requests.send(name, client=impostor, authentication="body")
    reply = impostures.settled(name, impostor, "body", reply, right)
    unauthenticated(judge, "a wrong client_secret", reply, right, "invalid_client")


@requirement("token.credentials-in-uri-refused")
def test_credentials_in_the_address_are_not_used(
    posting_client: Client, oauth: OAuthFlow, token_requests: TokenRequests, judge: Judge
) -> None:
    if oauth.given == posting_client:
        judge.could_not_run(
            "the secret given with --client-secret is not put into an address, where logs would keep it"
        )
    right = control(judge, token_requests, posting_client)
    credentials = {"client_id": posting_client.id, "client_secret": posting_client.secret or ""}
    reply = token_requests.with_query("credentials in the query", credentials, posting_client)
    unauthenticated(judge, "credentials in the query", reply, right, "invalid_client", "invalid_request")


@requirement("token.wrong-secret-in-header")
def test_a_wrong_secret_in_the_header_is_answered_with_a_challenge(
    in_header: Client, token_requests: TokenRequests, impostures: Impostures, judge: Judge
) -> None:
    right, name = control(judge, token_requests, in_header), "a wrong secret in the header"
    reply = token_requests.with_header(name, basic_credentials(in_header.id, WRONG_SECRET), in_header)
    impostor, beside = replace(in_header, secret=WRONG_SECRET), token_requests.beside_basic(in_header)
    reply = impostures.settled(name, impostor, "header", reply, right, beside)
    unauthenticated(judge, "wrong Basic credentials", reply, right, "invalid_client")
    judge.that(reply.status == 401, expected="HTTP 401", observed=reply.summary, evidence=reply)
    challenges = reply.reply.header_all("www-authenticate")
    named = any(one.strip().lower().startswith("basic") for one in challenges)
    judge.that(named, expected="WWW-Authenticate: Basic", observed=challenges or "absent", evidence=reply)


@requirement("token.malformed-basic-credentials")
def test_broken_basic_credentials_are_a_failed_authentication(
    in_header: Client, token_requests: TokenRequests, judge: Judge
) -> None:
    usual = control(judge, token_requests, in_header)
    without_colon = base64.b64encode(b"no colon in here").decode()
    for name, value in {"no base64": "%%%", "no colon": without_colon}.items():
        reply = token_requests.with_header(f"Basic credentials with {name}", f"Basic {value}", in_header, named=True)
        unauthenticated(judge, f"Basic credentials with {name}", reply, usual, "invalid_client", "invalid_request")
    right = basic_credentials(in_header.id, in_header.secret or "").replace("Basic", "basic", 1)
    reply = token_requests.with_header("the scheme in lower case", right, in_header)
    same = reply.oauth_error == usual.oauth_error
    judge.that(same, expected="`basic` in lower case works", observed=reply.summary, evidence=reply)


@requirement("token.registered-auth-method-enforced")
def test_a_client_authenticates_as_it_registered(
    survey: Survey,
    secret_client: Callable[[str], Client],
    token_requests: TokenRequests,
    impostures: Impostures,
    judge: Judge,
) -> None:
    others: dict[str, Authentication] = {POST: "header", BASIC: "body"}
    basic = obtained(BASIC, survey, secret_client)
    named = basic is not None and bool(token_requests.beside_basic(basic))
    for method, other in others.items():
        client = obtained(method, survey, secret_client)
        if client is None:
            continue
        right = control(judge, token_requests, client)
        beside, name = {"client_id": client.id} if named else {}, f"the secret in the {other}, {method}"
        reply = token_requests.send(name, beside, client=client, authentication=other)
        reply = impostures.settled(name, client, other, reply, right, beside)
        judge.that(
            reply.refused and reply.oauth_error != right.oauth_error,
            expected=f"a client registered for {method} is refused with its secret in the {other}",
            observed=reply.summary,
            evidence=reply,
        )
    if not judge.observations:
        judge.not_applicable("no client was registered for the method it asked for")


@requirement("token.multiple-auth-methods-refused")
def test_two_authentications_at_once_are_refused(
    in_header: Client, token_requests: TokenRequests, judge: Judge
) -> None:
    control(judge, token_requests, in_header)
    reply = token_requests.send("two authentications", client=in_header, authentication="both")
    refused(judge, "Basic credentials and client_secret", reply, "invalid_request", "invalid_client")
