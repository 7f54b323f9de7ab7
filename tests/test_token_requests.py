"""Token requests with Basic credentials, against servers that differ in what else they want."""

from collections.abc import Iterator
from urllib.parse import parse_qs

import pytest

from conformance.evidence import Recorder
from conformance.oauth.consent import NoConsent
from conformance.oauth.discovery import Discovery
from conformance.oauth.flow import OAuthFlow, basic_credentials
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


@pytest.mark.parametrize(("insists", "asked"), [(True, 3), (False, 2)])
def test_a_client_is_named_beside_basic_credentials_where_the_server_insists(
    http: HttpClient, insists: bool, asked: int
) -> None:
    def answer(request: Handler) -> None:
        named = "client_id" in parse_qs(request.body.decode())
        request.send(400, '{"error": "invalid_grant"}' if named == insists else '{"error": "invalid_request"}')

    with website(answer) as origin:
        found = Discovery(servers=(AuthorizationServer(origin),), fallback=True)
        flow = OAuthFlow(http, found, NoConsent("none", ""), CLIENT.redirect_uri, f"{origin}/mcp")
        requests = TokenRequests(flow, CLIENT, Once(http.recorder.redactor))
        replies = [requests.control(), requests.with_header("again", basic_credentials("id", "secret"), CLIENT)]

    assert [one.oauth_error for one in replies] == ["invalid_grant"] * 2
    assert http.recorder.sent == asked
