"""A client reads, replaces and deletes its registration; nobody else does (RFC 7592)."""

from typing import Any

import httpx
import pytest

from conformance.reference import ReferenceServer
from conformance.reference.faults import Profile
from tests.reference.client import REDIRECT_URI, VERIFIER, Client, Json


def registered(client: Client, **members: Any) -> Json:
    document = client.register(**members).json()
    client.client_id = document["client_id"]
    return document


def manage(client: Client, method: str, document: Json, token: str = "", body: Json | None = None) -> httpx.Response:
    headers = {b"Authorization": f"Bearer {token or document['registration_access_token']}".encode("latin-1")}
    return client.request(method, document["registration_client_uri"], headers=headers, json=body)


def replacement(document: Json) -> Json:
    assigned = ("registration_", "client_secret_expires_at", "client_id_issued_at")
    return {name: value for name, value in document.items() if not name.startswith(assigned)}


def test_a_client_reads_what_it_registered(client: Client) -> None:
    document = registered(client, token_endpoint_auth_method="client_secret_post")
    response = manage(client, "GET", document)

    assert response.json() == document
    assert response.headers["Cache-Control"] == "no-store"


def test_a_client_replaces_its_metadata(client: Client) -> None:
    document = registered(client, client_uri="https://client.example/")
    wanted = replacement(document) | {"redirect_uris": ["https://client.example/cb"]}
    del wanted["client_uri"]
    response = manage(client, "PUT", document, body=wanted)

    assert response.status_code == 200
    assert response.json()["redirect_uris"] == ["https://client.example/cb"]
    assert "client_uri" not in response.json()
    assert client.authorize(redirect_uri=REDIRECT_URI).status_code == 400
    assert client.authorize(redirect_uri="https://client.example/cb").status_code == 302
    assert manage(client, "GET", response.json()).json() == response.json()


@pytest.mark.parametrize(
    "members",
    [
        {"client_id": "another"},
        {"client_secret": "another"},
        {"registration_access_token": "mine"},
        {"client_secret_expires_at": 0},
        {"redirect_uris": ["javascript:alert(1)"]},
    ],
)
def test_a_replacement_that_is_wrong_changes_nothing(client: Client, members: Json) -> None:
    document = registered(client)

    assert manage(client, "PUT", document, body=replacement(document) | members).status_code == 400
    assert manage(client, "GET", document).json() == document


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_only_the_token_of_the_client_opens_its_registration(client: Client, method: str) -> None:
    document, other = registered(client), registered(client)
    unknown = document | {"registration_client_uri": document["registration_client_uri"] + "x"}

    for wrong in ("garbage", other["registration_access_token"], "ü"):
        assert manage(client, method, document, wrong, replacement(document)).status_code == 401
    assert manage(client, method, unknown, body={}).status_code == 401
    assert client.request(method, document["registration_client_uri"]).status_code == 401
    assert manage(client, "GET", document).json() == document


def test_nobody_manages_the_client_that_was_registered_beforehand(client: Client) -> None:
    headers = {"Authorization": "Bearer"}

    assert client.delete("/register/preregistered-public-client", headers=headers).status_code == 401


def test_a_deleted_client_ends_with_all_it_was_granted(client: Client) -> None:
    document = registered(client)
    tokens = client.redeem(client.code()).json()
    code = client.code()
    client.use(tokens["access_token"])
    assert client.post_message({"jsonrpc": "2.0", "id": 1, "method": "ping"}).status_code != 401

    assert manage(client, "DELETE", document).status_code == 204

    assert manage(client, "GET", document).status_code == 401
    assert client.authorize().status_code == 400
    assert client.post_message({"jsonrpc": "2.0", "id": 1, "method": "ping"}).status_code == 401
    for response in (client.redeem(code, code_verifier=VERIFIER), client.refresh(tokens["refresh_token"])):
        assert response.json()["error"] == "invalid_client"


@pytest.mark.parametrize(("profile", "status"), [("combined", 200), ("strict", 401)])
def test_a_strict_server_ends_a_token_that_is_used_at_another_client(profile: Profile, status: int) -> None:
    with ReferenceServer(profile=profile) as server, Client(server) as client:
        document, other = registered(client), registered(client)

        assert manage(client, "GET", document, other["registration_access_token"]).status_code == 401
        assert manage(client, "GET", other).status_code == status
        assert manage(client, "GET", document).status_code == 200
