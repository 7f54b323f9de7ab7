"""Clients known by the URL of their metadata document."""

import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from conformance.oauth.assertions import ASSERTION_TYPE
from conformance.oauth.documents import Document, DocumentServer, Hosted
from conformance.oauth.jwt import Key
from conformance.reference import ReferenceServer

from .client import REDIRECT_URI, Client, answer_of


@pytest.fixture(scope="module")
def documents() -> Iterator[DocumentServer]:
    server = DocumentServer()
    yield server
    server.close()


def host(documents: DocumentServer, cache: str = "", **changes: Any) -> Hosted:
    hosted = documents.host()
    members = {"client_id": hosted.url, "client_name": "A client", "redirect_uris": [REDIRECT_URI]} | changes
    hosted.document = Document.of({k: v for k, v in members.items() if v is not ...}, Cache_Control=cache)
    return hosted


def refusal(client: Client, **parameters: str) -> str:
    response = client.authorize(**parameters)
    assert response.status_code == 400
    assert "location" not in response.headers
    return response.text


def test_a_client_with_a_document_gets_tokens_and_refreshes_them(client: Client, documents: DocumentServer) -> None:
    client.client_id = host(documents, grant_types=["authorization_code", "refresh_token"]).url
    tokens = client.redeem(client.code()).raise_for_status().json()
    assert client.refresh(tokens["refresh_token"]).status_code == 200


def test_support_is_published(client: Client) -> None:
    metadata = client.get("/.well-known/oauth-authorization-server").json()
    assert metadata["client_id_metadata_document_supported"] is True


@pytest.mark.parametrize(
    "url",
    [
        "http://client.example/client.json",
        "https://client.example",
        "https://client.example/",
        "https://client.example/a/../client.json",
        "https://client.example/a/%2E%2e/client.json",
        "https://client.example/./client.json",
        "https://client.example/client.json#part",
        "https://user@client.example/client.json",
        "https://client.example:port/client.json",
        "https://[client.example/client.json",
        "https://client.example/a client.json",
        "https:///client.json",
        "http://0.0.0.0/client.json",
    ],
)
def test_an_irregular_url_is_refused_before_any_fetch(client: Client, url: str) -> None:
    assert "The client&#x27;s URL" in refusal(client, client_id=url)


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": ...},
        {"client_id": "https://client.example/client.json"},
        {"client_name": ...},
        {"client_name": " "},
        {"redirect_uris": ...},
        {"redirect_uris": []},
        {"redirect_uris": REDIRECT_URI},
        {"redirect_uris": [REDIRECT_URI, "javascript:alert(1)"]},
        {"grant_types": [1]},
        {"client_secret": "x"},
        {"client_secret_expires_at": 0},
        {"token_endpoint_auth_method": "client_secret_basic"},
        {"token_endpoint_auth_method": ["none"]},
        {"token_endpoint_auth_method": "private_key_jwt"},
    ],
)
def test_a_defective_document_is_refused(client: Client, documents: DocumentServer, changes: dict[str, Any]) -> None:
    refusal(client, client_id=host(documents, **changes).url)


def test_only_a_small_json_object_with_status_200_is_a_document(client: Client, documents: DocumentServer) -> None:
    for document in (
        Document(b"{", 200),
        Document(b"[]", 200),
        Document(b'{"a": NaN}', 200),
        Document(status=302, headers={"Location": host(documents).url}),
    ):
        refusal(client, client_id=documents.host(document).url)
    assert "bytes" in refusal(client, client_id=host(documents, x="y" * 5_000).url)
    assert "status 203" in refusal(client, client_id=documents.host(Document(b"{}", 203)).url)


def test_a_document_that_does_not_come_is_given_up(client: Client, documents: DocumentServer) -> None:
    assert "TimeoutError" in refusal(client, client_id=documents.host(Document(delay=60)).url)
    refusal(client, client_id=documents.origin.replace("http", "https") + "/client.json")
    refusal(client, client_id="https://localhost:1/client.json")
    refusal(client, client_id="https://10.0.0.1/client.json")


def test_only_good_documents_are_kept_and_only_as_long_as_they_allow(client: Client, documents: DocumentServer) -> None:
    for cache, fetches in (("max-age=60", 1), ("", 2), ("no-store", 2), ("max-age=60, no-cache", 2), ("max-age=0", 2)):
        hosted = host(documents, cache)
        for _ in range(2):
            answer_of(client.authorize(client_id=hosted.url))
        assert len(hosted.fetches) == fetches, cache
    hosted = host(documents, "max-age=60", client_name=...)
    refusal(client, client_id=hosted.url)
    hosted.document = host(documents, client_id=hosted.url).document
    answer_of(client.authorize(client_id=hosted.url))


def test_redirect_uris_are_those_of_the_document_but_for_loopback_ports(
    client: Client, documents: DocumentServer
) -> None:
    url = host(documents, redirect_uris=["http://127.0.0.1/cb", "https://client.example/cb"]).url
    answer_of(client.authorize(client_id=url, redirect_uri="http://127.0.0.1:49152/cb"))
    answer_of(client.authorize(client_id=url, redirect_uri="https://client.example/cb"))
    for uri in ("http://127.0.0.1:49152/other", "http://localhost/cb", "https://client.example:8443/cb"):
        refusal(client, client_id=url, redirect_uri=uri)


@pytest.mark.parametrize("by_address", [False, True])
def test_a_client_with_a_key_gets_tokens_for_what_it_signs(
    client: Client, documents: DocumentServer, by_address: bool
) -> None:
    own, foreign = Key.generate(), Key.generate()
    keys: dict[str, Any] = {"keys": [Key.generate().published, own.published]}
    published: dict[str, Any] = {"jwks_uri": documents.host(Document.of(keys)).url} if by_address else {"jwks": keys}
    client.client_id = host(documents, token_endpoint_auth_method="private_key_jwt", **published).url
    code = client.code()
    claims = {"iss": client.client_id, "sub": client.client_id, "aud": client.server.origin, "exp": time.time() + 60}

    def redeem(key: Key) -> httpx.Response:
        text = key.sign({"kid": own.thumbprint}, claims | {"jti": key.thumbprint})
        return client.redeem(code, client_assertion_type=ASSERTION_TYPE, client_assertion=text)

    assert client.redeem(code).json()["error"] == "invalid_client"
    assert redeem(foreign).json()["error"] == "invalid_client"
    assert redeem(own).json()["access_token"]


@pytest.mark.parametrize("keys", [{"keys": []}, {}, [], None])
def test_a_client_without_a_usable_key_gets_nothing(client: Client, documents: DocumentServer, keys: object) -> None:
    client.client_id = host(documents, token_endpoint_auth_method="private_key_jwt", jwks=keys).url
    assert client.redeem(client.code()).json()["error"] == "invalid_client"


def test_a_client_whose_keys_cannot_be_fetched_is_refused(client: Client, documents: DocumentServer) -> None:
    keys = documents.host(Document(status=404))
    hosted = host(documents, token_endpoint_auth_method="private_key_jwt", jwks_uri=keys.url)
    assert "status 404" in refusal(client, client_id=hosted.url)


def test_a_url_is_an_unknown_client_where_documents_are_not_offered(documents: DocumentServer) -> None:
    hosted = host(documents)
    with ReferenceServer("client-documents-not-offered") as server, Client(server) as client:
        refusal(client, client_id=hosted.url)
    assert not hosted.fetched()
