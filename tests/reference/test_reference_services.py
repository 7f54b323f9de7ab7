"""Clients of the reference server that act for themselves, without a user."""

from collections.abc import Iterator

import httpx
import jwt as pyjwt
import pytest

from conformance.oauth.assertions import DEFECTS, assertion, parameters
from conformance.oauth.jwt import Key
from conformance.reference import ReferenceServer
from conformance.reference.services import BY_KEY, BY_SECRET

from .client import Client

GRANT = {"grant_type": "client_credentials"}


@pytest.fixture(scope="module")
def services() -> Iterator[ReferenceServer]:
    with ReferenceServer(profile="service") as running:
        yield running


@pytest.fixture
def client(services: ReferenceServer) -> Iterator[Client]:
    with Client(services) as made:
        yield made


def by_key(client: Client, defect: str = "", audience: str = "") -> dict[str, str]:
    """The parameters of a request of the client that has a key."""
    assert client.server.client_key
    key = Key.of_pem(client.server.client_key.read_text())
    return GRANT | parameters(assertion(key, BY_KEY, audience or client.server.origin, defect=defect))


def ask(client: Client, fields: dict[str, str], **about: tuple[str, str]) -> httpx.Response:
    return client.post("/token", data=fields, **about)  # type: ignore[arg-type]


@pytest.mark.parametrize("way", ["header", "body"])
def test_a_service_gets_a_token_for_itself_by_its_secret(client: Client, way: str) -> None:
    secret = client.server.client_secret
    if way == "header":
        answer = ask(client, GRANT, auth=(BY_SECRET, secret))
    else:
        answer = ask(client, GRANT | {"client_id": BY_SECRET, "client_secret": secret})

    tokens = answer.raise_for_status().json()
    assert "refresh_token" not in tokens
    assert pyjwt.decode(tokens["access_token"], options={"verify_signature": False})["sub"] == BY_SECRET
    client.use(tokens["access_token"])
    assert client.initialize()


def test_a_wrong_secret_or_a_resource_of_others_is_refused(client: Client) -> None:
    wrong = ask(client, GRANT, auth=(BY_SECRET, "wrong"))
    assert (wrong.status_code, wrong.json()["error"]) == (401, "invalid_client")
    assert wrong.headers["WWW-Authenticate"].startswith("Basic")
    other = ask(client, GRANT | {"resource": "https://x.example/"}, auth=(BY_SECRET, client.server.client_secret))
    assert other.json()["error"] == "invalid_target"


@pytest.mark.parametrize("path", ["", "/token"])
def test_a_service_gets_a_token_for_itself_by_its_key_once(client: Client, path: str) -> None:
    fields = by_key(client, audience=client.server.origin + path)

    assert ask(client, fields).status_code == 200
    assert ask(client, fields).json()["error"] == "invalid_client"


@pytest.mark.parametrize("defect", DEFECTS)
def test_a_bad_assertion_is_refused(client: Client, defect: str) -> None:
    answer = ask(client, by_key(client, defect))
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


@pytest.mark.parametrize("text", ["", "x", "a.b.c", "ü.ü.ü"])
def test_what_is_no_assertion_is_refused(client: Client, text: str) -> None:
    assert ask(client, by_key(client) | {"client_assertion": text}).json()["error"] == "invalid_client"
    assert ask(client, by_key(client) | {"client_assertion_type": text}).json()["error"] == "invalid_client"
    assert ask(client, by_key(client) | {"client_id": BY_SECRET}).json()["error"] == "invalid_client"


def test_users_clients_may_not_act_for_themselves(client: Client) -> None:
    public = client.new_client()
    assert ask(client, GRANT | {"client_id": public}).json()["error"] == "unauthorized_client"
    assert client.register(grant_types=["client_credentials"]).status_code == 400


def test_the_metadata_says_so_and_only_here(client: Client) -> None:
    path = "/.well-known/oauth-authorization-server"
    document = client.get(path).json()
    assert "client_credentials" in document["grant_types_supported"]
    assert "private_key_jwt" in document["token_endpoint_auth_methods_supported"]
    assert document["token_endpoint_auth_signing_alg_values_supported"] == ["ES256"]
    with ReferenceServer() as server, Client(server) as other:
        assert "client_credentials" not in other.get(path).json()["grant_types_supported"]
        answer = ask(other, GRANT | {"client_id": other.new_client()})
        assert answer.json()["error"] == "unsupported_grant_type"


def test_the_key_is_gone_afterwards() -> None:
    with ReferenceServer(profile="service") as server:
        file = server.client_key
        assert file
        assert file.exists()
        assert server.client_secret
    assert not file.exists()
