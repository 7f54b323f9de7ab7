"""Token requests with Basic credentials, against servers that differ in what else they want."""

import json
from collections.abc import Iterator
from urllib.parse import parse_qs

import pytest

from conformance.evidence import Recorder
from conformance.oauth.client_authentication import basic_credentials
from conformance.oauth.consent import NoConsent
from conformance.oauth.discovery import Discovery
from conformance.oauth.flow import OAuthFlow
from conformance.oauth.metadata import AuthorizationServer
from conformance.oauth.registration import Client
from conformance.once import Once
from conformance.redaction import Redactor
from conformance.token_requests import TokenRequests
from conformance.wire.http import HttpClient
from tests.auditing import Handler, website

CLIENT = Client("id", "http://127.0.0.1:1/cb", "secret", "client_secret_basic")


@pytest.fixture
def http() -> Iterator[HttpClient]:
    client = HttpClient(Recorder(Redactor()), timeout=5)
    yield client
    client.close()


def requests_to(origin: str, http: HttpClient) -> TokenRequests:
    found = Discovery(servers=(AuthorizationServer(origin),), fallback=True)
    flow = OAuthFlow(http, found, NoConsent("none", ""), CLIENT.redirect_uri, f"{origin}/mcp")
    return TokenRequests(flow, CLIENT, Once(http.recorder.redactor))


@pytest.mark.parametrize(("insists", "asked"), [(True, 3), (False, 2)])
def test_a_client_is_named_beside_basic_credentials_where_the_server_insists(
    http: HttpClient, insists: bool, asked: int
) -> None:
    def answer(request: Handler) -> None:
        named = "client_id" in parse_qs(request.body.decode())
        request.send(400, '{"error": "invalid_grant"}' if named == insists else '{"error": "invalid_request"}')

    with website(answer) as origin:
        requests = requests_to(origin, http)
        replies = [requests.control(), requests.with_header("again", basic_credentials("id", "secret"), CLIENT)]

    assert [one.oauth_error for one in replies] == ["invalid_grant"] * 2
    assert http.recorder.sent == asked


def test_a_client_whose_secret_is_wrong_stays_a_client_whose_secret_is_wrong(http: HttpClient) -> None:
    def answer(request: Handler) -> None:
        twice = "client_id" in parse_qs(request.body.decode())
        request.send(400 if twice else 401, json.dumps({"error": "invalid_request" if twice else "invalid_client"}))

    with website(answer) as origin:
        assert requests_to(origin, http).control().oauth_error == "invalid_client"
