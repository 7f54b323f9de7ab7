"""What tokens open: signatures, scopes, resources, users, and the revision without sessions."""

import time
from typing import Any

import httpx
import jwt
import pytest

from conformance.oauth.jwt import Key, read, unsigned

from .client import Client, Json, initialize_message

META = {"io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientCapabilities": {}}


def knock(client: Client, token: str) -> httpx.Response:
    client.use(token)
    return client.post_message(initialize_message())


def forged(client: Client, **changes: Any) -> tuple[Json, Json]:
    """Header and claims of the client's token, with changes of the claims."""
    token = read(client.tokens["access_token"])
    assert token
    return token.header, token.claims | changes


def test_an_access_token_is_signed_with_the_published_key(client: Client) -> None:
    token = client.log_in(resource=client.server.url)["access_token"]
    metadata = client.get("/.well-known/oauth-authorization-server").json()
    published = jwt.PyJWKSet.from_dict(client.get(metadata["jwks_uri"]).json())
    header = jwt.get_unverified_header(token)
    claims = jwt.decode(token, published[header["kid"]], ["ES256"], audience=client.server.url)
    assert header["typ"] == "at+jwt"
    assert claims["iss"] == metadata["issuer"]
    assert claims["client_id"] == client.client_id
    assert claims["sub"] == "alice"
    assert claims["scope"] == "mcp mcp:reports"
    assert claims["exp"] - claims["iat"] == 3600
    assert abs(claims["iat"] - time.time()) < 5
    assert metadata["protected_resources"] == [client.server.url, client.server.sse_url]


def test_a_token_for_all_resources_names_them_all(client: Client) -> None:
    token = read(client.log_in()["access_token"])
    assert token
    assert token.audiences == (client.server.url, client.server.sse_url)


def test_forged_tokens_are_refused(client: Client) -> None:
    client.log_in(resource=client.server.url)
    key = Key.generate()
    header, claims = forged(client)
    assert knock(client, key.sign(header, claims)).status_code == 401
    assert knock(client, key.sign(header | {"jwk": key.public}, claims)).status_code == 401
    assert knock(client, unsigned(header | {"alg": "none"}, claims)).status_code == 401
    assert knock(client, jwt.encode(claims, "s" * 32, "HS256", header | {"alg": "HS256"})).status_code == 401
    assert knock(client, client.tokens["access_token"]).status_code == 200


def test_an_id_token_tells_the_client_and_opens_nothing(client: Client) -> None:
    client.new_client()
    code = client.code(scope="openid mcp", nonce="n-1")
    tokens = client.redeem(code).json()
    told = read(tokens["id_token"])
    assert told
    assert told.audiences == (client.client_id,)
    assert told.claims["nonce"] == "n-1"
    assert knock(client, tokens["id_token"]).status_code == 401
    assert knock(client, tokens["refresh_token"]).status_code == 401
    assert knock(client, tokens["access_token"]).status_code == 200


@pytest.mark.parametrize(
    ("asked", "granted"),
    [
        (None, "mcp mcp:reports"),
        ("mcp", "mcp"),
        ("mcp:reports mcp invented", "mcp mcp:reports"),
        ("openid mcp", "mcp openid"),
    ],
)
def test_what_is_known_of_the_scope_is_granted(client: Client, asked: str | None, granted: str) -> None:
    client.new_client()
    assert client.redeem(client.code(scope=asked)).json()["scope"] == granted


def test_a_refresh_may_narrow_the_scope_and_widen_it_back(client: Client) -> None:
    first = client.log_in()
    narrowed = client.refresh(first["refresh_token"], scope="mcp").json()
    assert narrowed["scope"] == "mcp"
    assert client.refresh(narrowed["refresh_token"]).json()["scope"] == "mcp mcp:reports"


def test_a_narrow_token_is_told_which_scope_is_needed(client: Client) -> None:
    client.log_in(scope="mcp")
    client.initialize()
    assert client.call("tools/call", name="echo", arguments={"text": "x"})["result"]
    response = client.post_message({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "report"}})
    assert response.status_code == 403
    challenge = response.headers["WWW-Authenticate"]
    assert 'error="insufficient_scope"' in challenge
    assert 'scope="mcp mcp:reports"' in challenge
    assert 'resource_metadata="' in challenge
    client.log_in()
    client.initialize()
    assert client.call("tools/call", name="report", arguments={})["result"]["structuredContent"]


def test_the_base_scope_is_needed_for_everything(client: Client) -> None:
    response = knock(client, client.log_in(scope="mcp:reports")["access_token"])
    assert response.status_code == 403
    assert 'scope="mcp"' in response.headers["WWW-Authenticate"]


def test_a_session_belongs_to_its_user(session: Client) -> None:
    session.use(session.server.access_token_for("bob"))
    assert session.post_message({"jsonrpc": "2.0", "id": 1, "method": "ping"}).status_code == 404
    session.use(session.server.access_token_for("alice"))
    assert session.call("ping") == {"jsonrpc": "2.0", "id": 1, "result": {}}


def alone(client: Client, method: str, headers: Json, **params: Any) -> httpx.Response:
    message = {"jsonrpc": "2.0", "id": 7, "method": method, "params": params}
    return client.post_message(message, **{"MCP-Protocol-Version": "2026-07-28"} | headers)


def test_the_newest_revision_needs_no_session(client: Client) -> None:
    assert alone(client, "server/discover", {"Mcp-Method": "server/discover"}, _meta=META).status_code == 401
    client.log_in(scope="mcp")
    discovered = alone(client, "server/discover", {"Mcp-Method": "server/discover"}, _meta=META).json()["result"]
    assert discovered["supportedVersions"] == ["2026-07-28", "2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"]
    listed = alone(client, "tools/list", {"Mcp-Method": "tools/list"}, _meta=META).json()["result"]
    assert (listed["resultType"], len(listed["tools"])) == ("complete", 16)
    names = {"Mcp-Method": "tools/call", "Mcp-Name": "recall"}
    assert alone(client, "tools/call", names, name="recall", _meta=META).json()["result"]["resultType"] == "complete"
    reported = alone(client, "tools/call", names | {"Mcp-Name": "report"}, name="report", _meta=META)
    assert reported.status_code == 403


def test_the_newest_revision_compares_header_and_body(client: Client) -> None:
    client.log_in()
    for headers, params, code in [
        ({}, {"_meta": META}, -32020),
        ({"Mcp-Method": "tools/call"}, {"_meta": META}, -32020),
        ({"Mcp-Method": "tools/list"}, {}, -32602),
        ({"Mcp-Method": "tools/list"}, {"_meta": "x"}, -32602),
    ]:
        response = alone(client, "tools/list", headers, **params)
        assert (response.status_code, response.json()["error"]["code"]) == (400, code)
    unknown = alone(client, "ping", {"Mcp-Method": "ping"}, _meta=META)
    assert (unknown.status_code, unknown.json()["error"]["code"]) == (404, -32601)


def test_the_newest_revision_compares_header_and_arguments(client: Client) -> None:
    client.log_in()
    full = {"Mcp-Param-Region": "eu", "Mcp-Param-Shelf": "42"}
    for headers, arguments, status in [
        (full, {"region": "eu", "shelf": 42}, 200),
        (full | {"Mcp-Param-Shelf": "42.0", "Mcp-Param-Region": "=?base64?ZXU=?="}, {"region": "eu", "shelf": 42}, 200),
        ({"Mcp-Param-Region": "eu"}, {"region": "eu", "shelf": None}, 200),
        (full | {"Mcp-Param-Language": "de"}, {"region": "eu", "shelf": 42, "reader": {"language": "de"}}, 200),
        (full, {"region": "eu", "shelf": 42, "reader": {"language": "de"}}, 400),
        (full | {"Mcp-Param-Region": "us"}, {"region": "eu", "shelf": 42}, 400),
        (full | {"Mcp-Param-Region": "=?BASE64?ZXU=?="}, {"region": "eu", "shelf": 42}, 400),
        (full | {"Mcp-Param-Region": "=?base64?%?="}, {"region": "eu", "shelf": 42}, 400),
        (full | {"Mcp-Param-Shelf": "many"}, {"region": "eu", "shelf": 42}, 400),
        ({"Mcp-Param-Region": "eu"}, {"region": "eu", "shelf": 42}, 400),
        (full | {"Mcp-Param-Indoors": "True"}, {"region": "eu", "shelf": 42, "indoors": True}, 400),
    ]:
        named = headers | {"Mcp-Method": "tools/call", "Mcp-Name": "locate"}
        response = alone(client, "tools/call", named, name="locate", arguments=arguments, _meta=META)
        assert (response.status_code, headers, arguments) == (status, headers, arguments)
        assert status == 200 or response.json()["error"]["code"] == -32020
