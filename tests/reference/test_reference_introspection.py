"""The introspection endpoint: clients with a secret learn what their own tokens are, and nothing of others."""

import pytest

from .client import REDIRECT_URI, Client, Json

INACTIVE: Json = {"active": False}


@pytest.fixture
def owner(client: Client) -> dict[str, str]:
    """Credentials of a client with a secret, whose access token `client` uses from now on."""
    registered = client.register(token_endpoint_auth_method="client_secret_post").json()
    client.client_id = registered["client_id"]
    credentials = {name: registered[name] for name in ("client_id", "client_secret")}
    client.tokens = client.redeem(client.code(), redirect_uri=REDIRECT_URI, **credentials).raise_for_status().json()
    return credentials


def introspect(client: Client, token: str, **credentials: str) -> tuple[int, Json]:
    answer = client.post("/introspect", data={"token": token} | credentials)
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.status_code, answer.json()


def test_a_client_learns_what_its_own_token_is(client: Client, owner: dict[str, str]) -> None:
    status, told = introspect(client, client.tokens["access_token"], **owner)

    assert (status, told["active"], told["client_id"]) == (200, True, owner["client_id"])
    assert told["scope"] == client.tokens["scope"]
    assert told["token_type"] == "Bearer"


def test_ended_and_unknown_tokens_are_inactive_without_a_reason(client: Client, owner: dict[str, str]) -> None:
    token = client.tokens["access_token"]
    assert client.post("/revoke", data={"token": token} | owner).status_code == 200

    assert introspect(client, token, **owner) == (200, INACTIVE)
    assert introspect(client, "nobody-issued-this", **owner) == (200, INACTIVE)


def test_nobody_else_learns_anything(client: Client, owner: dict[str, str]) -> None:
    token = client.tokens["access_token"]
    other = client.register(token_endpoint_auth_method="client_secret_post").json()
    public = client.new_client()

    assert introspect(client, token, client_id=other["client_id"], client_secret=other["client_secret"])[1] == INACTIVE
    for credentials in ({}, {"client_id": public}, owner | {"client_secret": "wrong"}):
        status, told = introspect(client, token, **credentials)
        assert (status, told["error"]) == (401, "invalid_client")
