"""What introspection tells of tokens that cannot be read, and how it becomes verdicts."""

import json
from collections.abc import Mapping
from urllib.parse import parse_qs

import pytest

from conformance.ceremony.binding import Binding
from conformance.ceremony.possession import Possession
from conformance.ceremony.refreshing import Refresher
from conformance.checks.authorization.token_endpoint.test_dpop import test_a_proof_binds_the_token_to_its_key as bound
from conformance.checks.authorization.tokens.test_refresh import test_a_refreshed_token_is_for_the_same_resource as kept
from conformance.evidence import Recorder
from conformance.oauth.consent import NoConsent
from conformance.oauth.discovery import Discovery
from conformance.oauth.flow import OAuthFlow
from conformance.oauth.insight import Insight
from conformance.oauth.metadata import AuthorizationServer, Document
from conformance.oauth.registration import Client
from conformance.oauth.token_reply import TokenReply
from conformance.probe import Probe
from conformance.redaction import Redactor
from conformance.survey import Survey
from conformance.wire.http import HttpClient, Reply
from tests.auditing import Handler, website
from tests.judging import verdict

CLIENT = Client("id", "http://127.0.0.1:1/cb")


def replied(content: Mapping[str, object]) -> Reply:
    return Reply(200, (), json.dumps(content).encode(), "exchange")


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"cnf": {"jkt": "thumbprint"}}, "pass"),
        ({"cnf": {"jkt": "another"}}, "violation"),
        ({}, "could-not-run"),
        (None, "could-not-run"),
    ],
)
def test_introspection_tells_the_key_of_a_token(told: dict[str, object] | None, expected: str) -> None:
    accepted = TokenReply(replied({"access_token": "opaque", "token_type": "DPoP"}))
    insight = None if told is None else Insight(told, replied(told))
    possession = Possession(Binding(CLIENT, "thumbprint", {}, frozenset(), accepted), None, None, insight)

    assert verdict(lambda judge: bound(possession, judge)) == expected


@pytest.mark.parametrize(
    ("audiences", "expected"),
    [
        (["mcp", "mcp", "mcp"], "pass"),
        (["mcp", "mcp", "other"], "advice"),
        (["mcp", None, "mcp"], "advice"),
        ([None, None, None], "could-not-run"),
    ],
)
def test_introspection_tells_whom_a_refreshed_token_is_for(audiences: list[str | None], expected: str) -> None:
    made: list[str] = []

    def answer(request: Handler) -> None:
        form = parse_qs(request.body.decode())
        if request.path == "/token" and form["refresh_token"][0] == f"refresh-{len(made)}":
            made.append(f"refresh-{len(made) + 1}")
            request.send(200, json.dumps({"access_token": f"opaque-{len(made)}", "refresh_token": made[-1]}))
        elif request.path == "/introspect":
            audience = audiences[int(form["token"][0].removeprefix("opaque-"))]
            request.send(200, json.dumps({"active": True, **({"aud": audience} if audience else {})}))
        else:
            request.send(400, '{"error": "invalid_grant"}')

    with website(answer) as origin:
        document = Document(
            "url",
            "RFC 8414",
            replied({"token_endpoint": f"{origin}/token", "introspection_endpoint": f"{origin}/introspect"}),
        )
        http = HttpClient(Recorder(Redactor()), timeout=5)
        found = Discovery(servers=(AuthorizationServer(origin, (document,)),), fallback=True)
        flow = OAuthFlow(http, found, NoConsent("none", ""), CLIENT.redirect_uri, f"{origin}/mcp")
        probe = Probe(Survey(origin, endpoint=f"{origin}/mcp", transport="streamable-http"), http)
        tokens = TokenReply(replied({"access_token": "opaque-0", "refresh_token": "refresh-0"}))
        refreshing = Refresher(flow, probe, CLIENT, tokens).perform({})
        http.close()

    assert verdict(lambda judge: kept(refreshing, judge)) == expected
