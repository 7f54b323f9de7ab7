"""What is mentioned as unusual and legal."""

import json

import pytest

from conformance.oauth.discovery import Discovery
from conformance.oauth.metadata import AuthorizationServer, Document
from conformance.oauth.oddities import oddities
from conformance.wire.http import Reply

ISSUER = "https://login.example"
USUAL = {
    "authorization_endpoint": f"{ISSUER}/authorize",
    "token_endpoint": f"{ISSUER}/token",
    "revocation_endpoint": f"{ISSUER}/revoke",
}


def reply(content: object) -> Reply:
    return Reply(200, (), json.dumps(content).encode(), "#1", ISSUER)


def found(metadata: dict[str, str], **tokens: str) -> list[str]:
    server = AuthorizationServer(ISSUER, (Document(ISSUER, "RFC 8414", reply(metadata)),))
    return list(oddities(Discovery(servers=(server,)), reply({"token_type": "Bearer", "scope": "mcp"} | tokens)))


def test_a_usual_server_is_not_mentioned() -> None:
    assert found(USUAL) == []
    assert list(oddities(Discovery(), None)) == []


@pytest.mark.parametrize(
    ("metadata", "tokens", "word"),
    [
        ({"revocation_endpoint": f"{ISSUER}/token"}, {}, "revocation endpoint"),
        ({"token_endpoint": "https://api.example/token"}, {}, "token_endpoint"),
        ({}, {"token_type": "bearer"}, "token_type"),
        ({}, {"scope": ""}, "scope"),
    ],
)
def test_what_is_unusual_is_mentioned_once(metadata: dict[str, str], tokens: dict[str, str], word: str) -> None:
    (sentence,) = found(USUAL | metadata, **tokens)

    assert word in sentence
