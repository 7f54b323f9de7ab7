"""The deployments of the reference server."""

import ssl
import time
from collections.abc import Mapping
from typing import get_args

import httpx
import pytest

from conformance.reference import ReferenceServer
from conformance.reference.faults import Profile

from .client import Client, answer_of, hidden_fields


@pytest.mark.parametrize("profile", get_args(Profile))
def test_every_deployment_with_a_login_asks_for_a_token(profile: Profile) -> None:
    with ReferenceServer(profile=profile) as server, httpx.Client(verify=_trust(server)) as client:
        answer = client.post(server.url, json=_request("tools/call", {"name": "recall"}))

    assert answer.status_code == (401 if server.protected else 400)
    assert not server.protected or answer.headers["www-authenticate"].startswith("Bearer ")


@pytest.mark.parametrize(("profile", "status"), [("lazy", 200), ("lists", 401), ("combined", 401)])
def test_a_lazy_deployment_opens_without_a_token_and_goes_on_with_one(profile: Profile, status: int) -> None:
    with ReferenceServer(profile=profile) as server, Client(server) as client:
        opening = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "c", "version": "1"}}
        answer = client.post("/mcp", json=_request("initialize", opening))
        assert answer.status_code == (401 if profile == "combined" else 200)
        session = {"Mcp-Session-Id": answer.headers.get("Mcp-Session-Id", "")}
        assert client.post("/mcp", json=_request("tools/list"), headers=session).status_code == status
        if profile != "combined":
            token = {"Authorization": f"Bearer {server.access_token_for('ann')}"}
            call = _request("tools/call", {"name": "recall"})
            assert client.post("/mcp", json=call, headers=session | token).status_code == 200
            assert client.post("/mcp", json=call, headers=session).status_code == 401


def _request(method: str, params: Mapping[str, object] | None = None) -> dict[str, object]:
    return {"jsonrpc": "2.0", "id": 1, "method": method, "params": params or {}}


def test_an_authorization_server_of_its_own_is_found_by_the_path_of_its_issuer() -> None:
    with ReferenceServer(profile="separate") as server, Client(server) as client:
        resource = client.get("/.well-known/oauth-protected-resource/mcp").json()
        issuer = httpx.URL(resource["authorization_servers"][0])
        place = issuer.copy_with(path="/.well-known/oauth-authorization-server" + issuer.path)
        document = client.get(place).json()

        assert issuer.port != client.base_url.port
        assert document["issuer"] == str(issuer)
        assert document["token_endpoint"] == f"{issuer}/token"
        assert client.get("/authorize").status_code == 404
        assert client.get(f"{issuer}/authorize").status_code == 400


def test_a_plain_deployment_publishes_nothing_and_logs_in_at_the_root() -> None:
    with ReferenceServer(profile="plain") as server, Client(server) as client:
        for name in ("oauth-protected-resource", "oauth-protected-resource/mcp", "oauth-authorization-server"):
            assert client.get(f"/.well-known/{name}").status_code == 404
        assert "resource_metadata" not in client.post("/mcp").headers["www-authenticate"]
        assert client.log_in()["token_type"] == "Bearer"


def test_the_metadata_follows_the_path_of_the_endpoint() -> None:
    with ReferenceServer(path="/v1/mcp") as server, Client(server) as client:
        place = f"{server.origin}/.well-known/oauth-protected-resource/v1/mcp"
        assert f'resource_metadata="{place}"' in client.post(server.url).headers["www-authenticate"]
        assert client.get(place).json()["resource"] == server.url == f"{server.origin}/v1/mcp"
        assert client.get("/.well-known/oauth-protected-resource/mcp").status_code == 404
        assert client.post("/mcp").status_code == 404
        answer = client.delete(server.url, headers={"Authorization": f"Bearer {server.access_token_for('ann')}"})
        assert answer.status_code == 400


def test_an_encrypted_deployment_answers_to_those_who_trust_its_authority() -> None:
    with ReferenceServer(profile="tls") as server:
        place = f"{server.origin}/.well-known/oauth-authorization-server"
        assert httpx.get(place, verify=_trust(server)).json()["issuer"] == server.origin
        with pytest.raises(httpx.ConnectError, match="certificate"):
            httpx.get(place)
        with pytest.raises(httpx.TransportError):
            httpx.get(place.replace("https:", "http:"))
        file = server.ca_file
    assert server.origin.startswith("https://127.0.0.1:")
    assert file
    assert not file.exists()


def _trust(server: ReferenceServer) -> ssl.SSLContext | bool:
    return ssl.create_default_context(cafile=server.ca_file) if server.ca_file else True


def test_a_proxy_asks_for_consent_and_sends_users_to_a_third_party() -> None:
    with ReferenceServer(consent="form", profile="proxy") as server, Client(server) as client:
        client.new_client()
        consent = client.authorize()
        assert "test client" in consent.text
        asked = client.post("/consent", data=hidden_fields(consent.text) | {"decision": "approve"})
        upstream = httpx.URL(asked.headers["Location"])
        assert upstream.port != client.base_url.port
        assert upstream.params["client_id"] != client.client_id
        assert upstream.params["redirect_uri"] == f"{server.origin}/callback"

        page = client.get(upstream)
        account = {"username": server.username, "password": server.password}
        back = client.post(upstream.join("/login"), data=hidden_fields(page.text) | account).headers["Location"]
        with Client(server) as stranger:
            assert stranger.get(back).status_code == 400
        answer = answer_of(client.get(client.get(upstream).headers["Location"]))
        assert client.redeem(answer["code"]).status_code == 200
        assert client.get(back).status_code == 400
        assert client.get(upstream.copy_set_param("redirect_uri", "https://evil.example/")).status_code == 400


def test_a_brief_deployment_ends_codes_soon() -> None:
    with ReferenceServer(profile="brief") as server, Client(server) as client:
        client.new_client()
        code = client.code()
        time.sleep(2.1)
        assert client.redeem(code).json()["error"] == "invalid_grant"
