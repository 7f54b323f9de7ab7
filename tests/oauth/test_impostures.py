"""Whether a client failed to authenticate, at token endpoints that look at the code first."""

import json
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from conformance.ceremony.confidential import ConfidentialGrant, Impostures
from conformance.evidence import Recorder
from conformance.oauth.browser import Browser
from conformance.oauth.consent import AuthorizationResponse, AutomaticConsent
from conformance.oauth.discovery import Discovery
from conformance.oauth.flow import Grant, OAuthFlow
from conformance.oauth.metadata import AuthorizationServer
from conformance.oauth.pkce import Pkce
from conformance.oauth.registration import Client
from conformance.oauth.token_reply import TokenReply
from conformance.once import Once
from conformance.redaction import Redactor
from conformance.verdict import CouldNotRun
from conformance.wire.http import HttpClient, Reply
from tests.auditing import Handler, website

REDIRECT = "http://127.0.0.1:1/cb"
CLIENT = Client("id", REDIRECT, secret="right", auth_method="client_secret_post")
NAME = "a wrong secret in the body"


def code_first(request: Handler) -> None:
    """Knows the code `good` and the secret `right`, and looks at the code before the secret."""
    given = parse_qs(request.body.decode())
    if urlsplit(request.path).path == "/authorize":
        request.send(302, Location=f"{REDIRECT}?code=good")
    elif given["code"] != ["good"]:
        request.send(400, '{"error": "invalid_grant"}')
    elif given.get("client_secret") != ["right"]:
        request.send(401, '{"error": "invalid_client"}')
    else:
        request.send(200, '{"access_token": "t", "token_type": "Bearer"}')


def answered(status: int, **members: str) -> TokenReply:
    headers = (("Content-Type", "application/json"),)
    return TokenReply(Reply(status, headers, json.dumps(members).encode(), ""))


BAD_CODE = answered(400, error="invalid_grant")
REFUSED = answered(401, error="invalid_client")
TOKENS = answered(200, access_token="t", token_type="Bearer")


def granted(**attempts: TokenReply) -> ConfidentialGrant:
    return ConfidentialGrant(
        Grant(CLIENT, Pkce.s256(), AuthorizationResponse((("code", "spent"),)), "", {}), attempts, TOKENS
    )


@pytest.fixture
def oauth() -> Iterator[OAuthFlow]:
    with website(code_first) as origin:
        http = HttpClient(Recorder(Redactor()), timeout=5)
        found = Discovery(servers=(AuthorizationServer(origin),), fallback=True)
        yield OAuthFlow(http, found, AutomaticConsent(Browser(http), {}), REDIRECT, origin, client=CLIENT)
        http.close()


def settled(oauth: OAuthFlow, made: ConfidentialGrant | None, seen: TokenReply = BAD_CODE) -> TokenReply:
    impostures = Impostures(oauth, Once(Redactor()), lambda: made)
    return impostures.settled(NAME, replace(CLIENT, secret="wrong"), "body", seen, BAD_CODE)


def test_a_good_code_settles_what_a_bad_one_leaves_open(oauth: OAuthFlow) -> None:
    assert settled(oauth, granted(none=REFUSED)).oauth_error == "invalid_client"
    assert oauth.http.recorder.approvals == 1


def test_a_client_that_is_taken_for_authenticated_gets_tokens_for_a_good_code(oauth: OAuthFlow) -> None:
    impostures = Impostures(oauth, Once(Redactor()), lambda: granted(none=REFUSED))

    assert impostures.settled("the secret in the body", CLIENT, "body", BAD_CODE, BAD_CODE).issued_token


def test_nothing_more_is_asked_where_the_answers_differ_or_authentication_is_skipped(oauth: OAuthFlow) -> None:
    assert settled(oauth, granted(none=REFUSED), seen=REFUSED) is REFUSED
    assert settled(oauth, granted(none=TOKENS)) is BAD_CODE
    assert oauth.http.recorder.sent == 0


def test_an_attempt_that_was_made_with_a_good_code_is_not_made_again(oauth: OAuthFlow) -> None:
    made = granted(**{"no secret": REFUSED, NAME: REFUSED})
    impostures = Impostures(oauth, Once(Redactor()), lambda: made)

    assert impostures.settled("no secret", CLIENT, "identified", BAD_CODE, BAD_CODE) is REFUSED
    assert settled(oauth, made) is REFUSED
    assert oauth.http.recorder.sent == 0


def test_without_a_login_it_stays_open(oauth: OAuthFlow) -> None:
    with pytest.raises(CouldNotRun, match="before the client"):
        settled(oauth, None)
