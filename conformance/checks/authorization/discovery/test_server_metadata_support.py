"""What the authorization server metadata says is supported, and whether that is so."""

from conformance import Judge, requirement
from conformance.oauth.discovery import Discovery
from conformance.oauth.flow import OAuthFlow
from conformance.oauth.library import Library
from conformance.oauth.metadata import Document, openid_places
from conformance.shapes import as_list
from conformance.survey import Survey

SEEN_OR_UNASKABLE = ("authorization_code", "refresh_token", "implicit")
"""Grants that the run itself uses, or that never reach the token endpoint."""


@requirement("server-metadata.pkce-methods-published")
def test_s256_is_published(discovery: Discovery, server_metadata: Document, library: Library, judge: Judge) -> None:
    openid = library.all(openid_places(discovery.issuer)) if discovery.revision >= "2025-11-25" else []
    for document in {one.url: one for one in (server_metadata, *openid)}.values():
        listed = document.content.get("code_challenge_methods_supported")
        expected = "code_challenge_methods_supported with S256"
        judge.that("S256" in as_list(listed), expected=expected, observed=str(listed or "absent"), evidence=document)


@requirement("server-metadata.plain-not-published")
def test_plain_is_not_published(server_metadata: Document, judge: Judge) -> None:
    listed = as_list(server_metadata.content.get("code_challenge_methods_supported"))
    if not listed:
        judge.not_applicable("no challenge methods are published")
    expected = "no plain among the methods"
    judge.that("plain" not in listed, expected=expected, observed=str(listed), evidence=server_metadata)


@requirement("server-metadata.grant-types-accurate")
def test_the_grants_listed_are_the_grants_supported(
    survey: Survey, oauth: OAuthFlow, server_metadata: Document, judge: Judge
) -> None:
    listed = server_metadata.content.get("grant_types_supported")
    client = oauth.client or oauth.new_client()
    if listed is None:
        implicit = oauth.ask(client, {"response_type": "token"}, purpose="implicit grant")
        if not implicit.refused:
            judge.could_not_run(f"the list is absent, and whether implicit works is unknown: {implicit.summary}")
        judge.that(
            False, expected="grant_types_supported", observed="absent, but implicit is refused", evidence=implicit
        )
        return
    grants = [one for one in as_list(listed) if isinstance(one, str)]
    refreshable = bool(survey.login and survey.login.tokens and survey.login.tokens.refresh_token)
    for wanted in ["authorization_code"] + (["refresh_token"] if refreshable else []):
        judge.that(wanted in grants, expected=f"{wanted} listed", observed=str(listed), evidence=server_metadata)
    for grant in (one for one in grants if one not in SEEN_OR_UNASKABLE):
        reply = oauth.token({"grant_type": grant}, client, purpose=f"token request with {grant}")
        if reply.status == 429 or reply.status >= 500:
            judge.could_not_run(f"a token request with {grant} is answered {reply.summary}")
        unknown = reply.oauth_error == "unsupported_grant_type"
        judge.that(
            not unknown, expected=f"{grant} supported, since it is listed", observed=reply.summary, evidence=reply
        )


@requirement("server-metadata.no-password-grant")
def test_the_password_grant_is_not_listed(server_metadata: Document, judge: Judge) -> None:
    listed = as_list(server_metadata.content.get("grant_types_supported"))
    expected = "no password among the grants"
    judge.that("password" not in listed, expected=expected, observed=listed or "absent", evidence=server_metadata)


@requirement("server-metadata.no-implicit-grant")
def test_the_implicit_grant_is_not_listed(server_metadata: Document, judge: Judge) -> None:
    grants = as_list(server_metadata.content.get("grant_types_supported"))
    types = [str(one) for one in as_list(server_metadata.content.get("response_types_supported"))]
    tokens = [one for one in types if "token" in one.split(" ")]
    expected = "no response type with token, no implicit grant"
    judge.that(not tokens, expected=expected, observed=types, evidence=server_metadata)
    judge.that("implicit" not in grants, expected=expected, observed=grants or "absent", evidence=server_metadata)


@requirement("server-metadata.auth-methods-accurate")
def test_the_authentication_methods_listed_are_those_in_use(
    survey: Survey, server_metadata: Document, judge: Judge
) -> None:
    login = survey.login
    if not login or not login.tokens or not login.tokens.access_token:
        judge.could_not_run("nobody logged in, so no authentication method is known to work")
    used, content = login.client.auth_method, server_metadata.content
    listed = content.get("token_endpoint_auth_methods_supported")
    observed = "absent, which means client_secret_basic" if listed is None else str(listed)
    good = used in (as_list(listed) if listed is not None else ["client_secret_basic"])
    judge.that(good, expected=f"{used} listed, since it works", observed=observed, evidence=server_metadata)
    name = "revocation_endpoint_auth_methods_supported"
    if "revocation_endpoint" in content and used not in as_list(content.get(name)):
        judge.note(f"{name} does not list {used}")


@requirement("server-metadata.auth-signing-algs-present")
def test_algorithms_are_listed_where_clients_sign(server_metadata: Document, judge: Judge) -> None:
    methods = as_list(server_metadata.content.get("token_endpoint_auth_methods_supported"))
    if not {"private_key_jwt", "client_secret_jwt"} & {str(one) for one in methods}:
        judge.not_applicable("no client authenticates with a JWT")
    listed = server_metadata.content.get("token_endpoint_auth_signing_alg_values_supported")
    good = bool(as_list(listed)) and "none" not in as_list(listed)
    expected = "token_endpoint_auth_signing_alg_values_supported without none"
    judge.that(good, expected=expected, observed=str(listed or "absent"), evidence=server_metadata)
