"""What a token is for, and which scopes are known."""

import json

import pytest

from conformance.oauth import scopes
from conformance.oauth.challenge import Challenge
from conformance.oauth.discovery import Discovery
from conformance.oauth.insight import Insight
from conformance.oauth.metadata import AuthorizationServer, Document
from conformance.wire.http import Reply

RESOURCE = "https://mcp.example/a/mcp"


@pytest.mark.parametrize(
    ("audience", "named"),
    [
        (RESOURCE, True),
        (RESOURCE + "/", True),
        ("HTTPS://MCP.EXAMPLE/a/mcp", True),
        ("https://mcp.example", True),
        ("https://mcp.example/a", True),
        (["client-1", RESOURCE], True),
        ("https://mcp.example/A/mcp", False),
        ("https://mcp.example/a/m", False),
        ("https://mcp.example/a/mcp/more", False),
        ("https://other.example/a/mcp", False),
        ("http://mcp.example/a/mcp", False),
        ("client-1", False),
        ("", False),
        (None, False),
        (5, False),
        ([None, {}], False),
    ],
)
def test_an_audience_names_the_resource_or_what_is_above_it(audience: object, named: bool) -> None:
    assert Insight({"aud": audience}).names(RESOURCE) is named


@pytest.mark.parametrize(("scope", "words"), [("a b", {"a", "b"}), (None, set[str]()), (["a"], set[str]())])
def test_the_scope_is_read_as_words(scope: object, words: set[str]) -> None:
    assert Insight({"scope": scope}).scopes == words


def test_the_scopes_of_the_challenge_come_first_and_identity_is_none_of_them() -> None:
    challenge = Challenge("Bearer", (("scope", "openid read offline_access"),))

    discovery = Discovery("2025-11-25", challenge=challenge)

    assert scopes.of_challenge(discovery) == ("openid", "read", "offline_access")
    assert scopes.of_resource(discovery) == ("read",)
    assert scopes.of_server(discovery) == ()
    assert scopes.of_resource(Discovery("2025-11-25")) == ()


@pytest.mark.parametrize(
    ("held", "further"),
    [
        ({"read"}, "write"),
        ({"read", "write"}, "admin"),
        ({"read", "write", "admin"}, ""),
        (set[str](), ""),
    ],
)
def test_a_further_scope_is_one_of_the_resource_or_else_of_the_server(held: set[str], further: str) -> None:
    listed = {"scopes_supported": ["openid", "offline_access", "read", "admin", "profile"]}
    document = Document("url", "RFC 8414", Reply(200, (), json.dumps(listed).encode(), "exchange"))
    challenge = Challenge("Bearer", (("scope", "read write"),))
    discovery = Discovery(challenge=challenge, servers=(AuthorizationServer("issuer", (document,)),))

    assert scopes.beyond(discovery, held) == further
