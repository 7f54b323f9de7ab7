"""The authorization server with automatic consent: registration, codes, tokens, refresh, revocation."""

import base64
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from .client import REDIRECT_URI, VERIFIER, Client, Json, answer_of, challenge_of


def refused(response: httpx.Response, *errors: str) -> None:
    assert response.status_code in (400, 401), response.text
    assert response.headers["Content-Type"] == "application/json"
    assert response.headers["Cache-Control"] == "no-store"
    assert response.json()["error"] in errors


def accepted(client: Client) -> bool:
    """Whether the MCP endpoint takes the token; 400 comes after it did, for the session that is missing."""
    status = client.post_message({"jsonrpc": "2.0", "id": 1, "method": "ping"}).status_code
    assert status in (400, 401)
    return status == 400


def test_documents_lead_from_the_endpoint_to_the_authorization_server(client: Client) -> None:
    for path in ("/mcp", "/sse"):
        challenge = client.get(path).headers["WWW-Authenticate"]
        address = challenge.split('resource_metadata="')[1].split('"')[0]
        document = client.get(address).json()
        assert document["resource"] == client.server.origin + path
        assert document["authorization_servers"] == [client.server.origin]
    metadata = client.get("/.well-known/oauth-authorization-server").json()
    assert metadata["issuer"] == client.server.origin
    assert metadata["code_challenge_methods_supported"] == ["S256"]
    assert client.get("/.well-known/oauth-protected-resource").status_code == 404
    assert client.get("/.well-known/oauth-protected-resource/other").status_code == 404


def test_registration_reports_all_it_keeps_and_its_defaults(client: Client) -> None:
    uris = [
        "http://127.0.0.1:5/cb",
        "https://client.example/CB?x=1&y=%2F",
        "http://localhost:5",
        "com.example.app:/cb",
    ]
    response = client.register(redirect_uris=uris, client_uri="https://client.example/", x_unknown={"a": 1}, scope=None)
    assert response.status_code == 201
    assert response.headers["Cache-Control"] == "no-store"
    document = response.json()
    assert document["redirect_uris"] == uris
    assert document["client_uri"] == "https://client.example/"
    assert "client_secret" not in document
    assert "x_unknown" not in document

    defaults = client.post("/register", json={"redirect_uris": [REDIRECT_URI]}).json()
    assert defaults["token_endpoint_auth_method"] == "client_secret_basic"
    assert defaults["grant_types"] == ["authorization_code"]
    assert defaults["response_types"] == ["code"]
    assert len(defaults["client_secret"]) == 43
    assert defaults["client_secret_expires_at"] > defaults["client_id_issued_at"]


@pytest.mark.parametrize(
    "uri",
    [
        "https://client.example/cb#frag",
        "https://client.example/cb#",
        "/cb",
        "//client.example/cb",
        "client.example/cb",
        "",
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        " javascript:alert(1)",
        "java\tscript:alert(1)",
        "\u0001javascript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "blob:https://client.example/x",
        "file:///etc/passwd",
        "http://client.example/cb",
        "http://localhost.client.example/cb",
        "http://127.0.0.1.client.example/cb",
        "http://localhost@client.example/cb",
        "http://127.0.0.1:99999/cb",
        "http://[::1/cb",
        "https:///cb",
        "https://client.example\\@evil.example/cb",
        "https://user@client.example/cb",
        "https://client.example/ü",
        "myapp:/cb",
    ],
)
def test_registration_refuses_the_redirect_uri(client: Client, uri: str) -> None:
    refused(client.register(redirect_uris=[uri]), "invalid_redirect_uri")


BAD_METADATA: list[tuple[Json, str]] = [
    ({"redirect_uris": None}, "invalid_redirect_uri"),
    ({"redirect_uris": []}, "invalid_redirect_uri"),
    ({"redirect_uris": REDIRECT_URI}, "invalid_redirect_uri"),
    ({"redirect_uris": [1, {}]}, "invalid_redirect_uri"),
    ({"grant_types": "authorization_code"}, "invalid_client_metadata"),
    ({"grant_types": ["authorization_code", "password"]}, "invalid_client_metadata"),
    ({"grant_types": ["implicit"]}, "invalid_client_metadata"),
    ({"response_types": ["token"]}, "invalid_client_metadata"),
    ({"token_endpoint_auth_method": "bogus_method"}, "invalid_client_metadata"),
    ({"token_endpoint_auth_method": ["none"]}, "invalid_client_metadata"),
    ({"application_type": "desktop"}, "invalid_client_metadata"),
    ({"client_name": {"a": 1}}, "invalid_client_metadata"),
    ({"client_uri": "javascript:alert(1)"}, "invalid_client_metadata"),
    ({"logo_uri": "data:text/html,x"}, "invalid_client_metadata"),
    ({"contacts": [5]}, "invalid_client_metadata"),
]


@pytest.mark.parametrize(("members", "error"), BAD_METADATA)
def test_registration_refuses_the_metadata(client: Client, members: Json, error: str) -> None:
    refused(client.register(**members), error)


@pytest.mark.parametrize("body", [b'{"redirect_uris":[', b"[]", b'"x"', b"", b"\xff", b"NaN", b"[" * 100_000])
def test_registration_refuses_a_body_that_is_no_json_object(client: Client, body: bytes) -> None:
    refused(
        client.post("/register", content=body, headers={"Content-Type": "application/json"}),
        "invalid_client_metadata",
    )


def test_registration_refuses_another_content_type(client: Client) -> None:
    refused(client.post("/register", data={"redirect_uris": REDIRECT_URI}), "invalid_client_metadata")


def test_a_code_becomes_tokens_that_open_the_endpoint(client: Client) -> None:
    client.new_client()
    response = client.authorize(state="ü +&=%<\"'~/", resource=client.server.url)
    answer = answer_of(response)
    assert answer["state"] == "ü +&=%<\"'~/"
    assert answer["iss"] == client.server.origin
    assert challenge_of(VERIFIER) not in response.headers["Location"]

    redeemed = client.redeem(answer["code"], redirect_uri=REDIRECT_URI, resource=client.server.url, x_unknown="1")
    assert redeemed.status_code == 200
    assert redeemed.headers["Cache-Control"] == "no-store"
    tokens = redeemed.json()
    assert tokens["token_type"] == "Bearer"
    assert tokens["expires_in"] == 3600
    assert tokens["scope"] == "mcp mcp:reports"
    assert min(map(len, (answer["code"], tokens["access_token"], tokens["refresh_token"]))) == 43
    client.use(tokens["access_token"])
    assert accepted(client)


def test_state_survives_byte_by_byte_even_if_it_is_not_utf_8(client: Client) -> None:
    client.new_client()
    query = httpx.QueryParams(
        client_id=client.client_id,
        response_type="code",
        code_challenge=challenge_of(VERIFIER),
        code_challenge_method="S256",
    )
    response = client.get(f"/authorize?{query}&state=%FF%00a")
    assert "state=%FF%00a&" in response.headers["Location"]


def test_a_redirect_uri_keeps_its_query(client: Client) -> None:
    uri = "http://127.0.0.1/cb?keep=1%262"
    client.new_client(redirect_uris=[uri])
    location = client.authorize(redirect_uri=uri).headers["Location"]
    assert location.startswith(uri + "&code=")
    assert parse_qs(urlsplit(location).query)["keep"] == ["1&2"]


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "localhost"])
def test_loopback_redirects_may_use_any_port(client: Client, host: str) -> None:
    client.new_client(redirect_uris=[f"http://{host}:5/cb"])
    for allowed in (f"http://{host}:51004/cb", f"http://{host}/cb"):
        assert answer_of(client.authorize(redirect_uri=allowed))["code"]
    for other in (
        f"http://{host}:5/other",
        f"https://{host}:5/cb",
        f"http://{host}:5x/cb",
        f"http://{host}:5/cb?a=1",
    ):
        assert client.authorize(redirect_uri=other).status_code == 400


@pytest.mark.parametrize(
    "uri",
    [
        "https://other.example/cb",
        "https://client.example/cb/",
        "https://client.example/CB",
        "https://client.example/cb/../evil",
        "https://client.example/%63b",
        "https://client.example/cb?x=1",
        "http://client.example/cb",
        "https://client.example:8443/cb",
        "https://client.example@evil.example/cb",
        "https://client.example/cb\r\nX-Test: 1",
        None,
    ],
)
def test_an_unregistered_redirect_uri_is_never_used(client: Client, uri: str | None) -> None:
    client.new_client(redirect_uris=["https://client.example/cb", "https://client.example/other"])
    response = client.authorize(redirect_uri=uri)
    assert response.status_code == 400
    assert "Location" not in response.headers
    assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]


def test_unknown_or_repeated_clients_are_not_redirected(client: Client) -> None:
    client.new_client()
    assert client.authorize(client_id="unknown").status_code == 400
    assert client.authorize(client_id=None).status_code == 400
    for repeated in ("client_id", "redirect_uri"):
        query = httpx.QueryParams(client_id=client.client_id, redirect_uri=REDIRECT_URI).add(
            repeated, "https://x.example"
        )
        assert client.get(f"/authorize?{query}").status_code == 400


@pytest.mark.parametrize(
    ("parameters", "error"),
    [
        ({"response_type": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge": ""}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": "s256"}, "invalid_request"),
        ({"code_challenge": "a" * 42}, "invalid_request"),
        ({"code_challenge": "a" * 42 + "="}, "invalid_request"),
        ({"code_challenge": "a" * 43 + "\n"}, "invalid_request"),
        ({"scope": "other"}, "invalid_scope"),
        ({"scope": '"mcp"'}, "invalid_scope"),
        ({"resource": "https://unrelated.example/mcp"}, "invalid_target"),
        ({"resource": "/mcp"}, "invalid_target"),
    ],
)
def test_errors_of_authorization_requests_are_redirected(
    client: Client, parameters: dict[str, str | None], error: str
) -> None:
    client.new_client()
    answer = answer_of(client.authorize(**parameters))
    assert answer["error"] == error
    assert answer["state"] == "the state"
    assert answer["iss"] == client.server.origin
    assert "code" not in answer


def test_empty_and_unknown_parameters_change_nothing(client: Client) -> None:
    client.new_client()
    assert client.code(scope="", resource="", x_unknown="1")
    assert client.code(redirect_uri=None)
    assert client.code(resource=client.server.url.replace("http", "HTTP"))
    assert client.code(scope="mcp invented")


def test_every_wrong_redemption_keeps_the_code_alive(client: Client) -> None:
    stranger = client.new_client()
    client.new_client(redirect_uris=[REDIRECT_URI, REDIRECT_URI + "/2"])
    code = client.code()
    refused(client.redeem(code, code_verifier="w" * 43), "invalid_grant")
    refused(client.redeem(code, code_verifier=None), "invalid_request")
    refused(client.redeem(code, code_verifier=""), "invalid_request")
    refused(client.redeem(code, code_verifier=challenge_of(VERIFIER)), "invalid_grant")
    refused(client.redeem(code, code_verifier="v" * 42), "invalid_grant")
    refused(client.redeem(code, code_verifier="v" * 129), "invalid_grant")
    refused(client.redeem(code, code_verifier="v" * 42 + "/"), "invalid_grant")
    refused(client.redeem(code, client_id=stranger), "invalid_grant")
    refused(client.redeem(code, client_id=None), "invalid_client")
    refused(client.redeem(code, redirect_uri=REDIRECT_URI + "/2"), "invalid_grant")
    refused(client.redeem(code, resource="https://unrelated.example/"), "invalid_target")
    repeated = [("client_id", client.client_id)] * 2 + [("grant_type", "authorization_code"), ("code", code)]
    body = str(httpx.QueryParams([*repeated, ("code_verifier", VERIFIER)]))
    form_type = {"Content-Type": "application/x-www-form-urlencoded"}
    refused(client.post("/token", content=body, headers=form_type), "invalid_request")
    assert client.redeem(code).status_code == 200


def test_the_longest_verifier_works(client: Client) -> None:
    client.new_client()
    verifier = "-._~" * 32
    assert client.redeem(client.code(code_challenge=challenge_of(verifier)), code_verifier=verifier).status_code == 200


def test_only_a_complete_replay_ends_the_grant(client: Client) -> None:
    client.new_client()
    code = client.code()
    tokens = client.redeem(code).json()
    client.use(tokens["access_token"])
    refused(client.redeem(code, code_verifier="w" * 43), "invalid_grant")
    assert accepted(client)
    refused(client.redeem(code), "invalid_grant")
    assert not accepted(client)
    refused(client.refresh(tokens["refresh_token"]), "invalid_grant")


@pytest.mark.parametrize(
    ("parameters", "error"),
    [
        ({}, "invalid_request"),
        ({"grant_type": "urn:example:nope"}, "unsupported_grant_type"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "authorization_code"}, "invalid_request"),
        ({"grant_type": "authorization_code", "code": "x"}, "invalid_grant"),
        ({"grant_type": "authorization_code", "code": "a:b.c" * 800}, "invalid_grant"),
        ({"grant_type": "refresh_token"}, "invalid_request"),
        ({"grant_type": "refresh_token", "refresh_token": "x"}, "invalid_grant"),
        ({"grant_type": "refresh_token", "refresh_token": "x", "client_id": "unknown"}, "invalid_client"),
        ({"grant_type": "authorization_code", "code": "x", "client_secret": "x"}, "invalid_client"),
    ],
)
def test_the_token_endpoint_refuses(client: Client, parameters: dict[str, str], error: str) -> None:
    client.new_client()
    refused(client.ask_token(**parameters), error)


def test_the_token_endpoint_takes_forms_by_post_only(client: Client) -> None:
    client.new_client()
    refused(client.post("/token", json={"grant_type": "authorization_code"}), "invalid_request")
    assert client.get("/token").status_code == 405
    named = {"Content-Type": "Application/X-WWW-Form-Urlencoded; charset=UTF-8"}
    body = f"grant_type=authorization_code&code=x&client_id={client.client_id}"
    refused(client.post("/token", content=body, headers=named), "invalid_grant")


def test_confidential_clients_must_authenticate_as_registered(client: Client) -> None:
    wrong = "x" * 43
    posting = client.register(token_endpoint_auth_method="client_secret_post").json()
    client.client_id, secret = posting["client_id"], posting["client_secret"]
    code = client.code()
    refused(client.redeem(code), "invalid_client")
    refused(client.redeem(code, client_secret=wrong), "invalid_client")
    refused(client.post("/token", data={"code": code}, headers=basic(client.client_id, secret)), "invalid_client")
    tokens = client.redeem(code, client_secret=secret).json()
    refused(client.refresh(tokens["refresh_token"]), "invalid_client")
    assert client.refresh(tokens["refresh_token"], client_secret=secret).status_code == 200

    naming = client.register(token_endpoint_auth_method="client_secret_basic").json()
    client.client_id, secret = naming["client_id"], naming["client_secret"]
    form = {"grant_type": "authorization_code", "code": client.code(), "code_verifier": VERIFIER}
    for broken in (
        basic(client.client_id, wrong),
        {"Authorization": "Basic %%%"},
        {"Authorization": "Basic YQ=="},
    ):
        response = client.post("/token", data=form, headers=broken)
        refused(response, "invalid_client")
        assert response.headers["WWW-Authenticate"].startswith("Basic")
    both = form | {"client_secret": secret}
    refused(client.post("/token", data=both, headers=basic(client.client_id, secret)), "invalid_request")
    assert client.post("/token", data=form, headers=basic(client.client_id, secret)).status_code == 200


def basic(id: str, secret: str) -> dict[str, str]:
    return {"Authorization": "basic " + base64.b64encode(f"{id}:{secret}".encode()).decode()}


def test_refreshing_rotates_and_reuse_ends_the_family(client: Client) -> None:
    first = client.log_in()
    stranger = client.register().json()["client_id"]
    refused(client.refresh(first["refresh_token"], client_id=stranger), "invalid_grant")
    refused(client.refresh(first["refresh_token"], scope="mcp more"), "invalid_scope")
    refused(client.refresh(first["refresh_token"], resource="https://unrelated.example/"), "invalid_target")
    second = client.refresh(first["refresh_token"], scope="mcp", resource=client.server.url).json()
    assert second["refresh_token"] != first["refresh_token"]
    client.use(second["access_token"])
    assert accepted(client)
    third = client.refresh(second["refresh_token"]).json()
    refused(client.refresh(first["refresh_token"]), "invalid_grant")
    refused(client.refresh(third["refresh_token"]), "invalid_grant")
    client.use(third["access_token"])
    assert not accepted(client)
    refused(client.refresh(third["access_token"]), "invalid_grant")


def test_a_client_without_the_refresh_grant_gets_no_refresh_token(client: Client) -> None:
    client.new_client(grant_types=["authorization_code"])
    assert "refresh_token" not in client.redeem(client.code()).json()
    refused(client.refresh("x"), "unauthorized_client")


def revoke(client: Client, token: str, **form: str) -> httpx.Response:
    return client.post("/revoke", data={"client_id": client.client_id, "token": token} | form)


def test_revoking_ends_tokens(client: Client) -> None:
    tokens = client.log_in()
    assert revoke(client, "unknown", token_type_hint="bogus").status_code == 200
    refused(client.post("/revoke", data={"client_id": client.client_id}), "invalid_request")
    refused(revoke(client, "unknown", client_id="unknown"), "invalid_client")
    assert client.get("/revoke", params={"token": tokens["access_token"]}).status_code == 405

    stranger = client.register().json()["client_id"]
    for token in (tokens["access_token"], tokens["refresh_token"]):
        assert revoke(client, token, client_id=stranger).status_code == 200
    assert accepted(client)

    assert revoke(client, tokens["access_token"], token_type_hint="refresh_token").status_code == 200
    assert not accepted(client)
    renewed = client.refresh(tokens["refresh_token"]).json()
    client.use(renewed["access_token"])
    assert accepted(client)
    for _ in range(2):
        assert revoke(client, renewed["refresh_token"]).status_code == 200
    assert not accepted(client)
    refused(client.refresh(renewed["refresh_token"]), "invalid_grant")


def test_tokens_open_only_the_resource_they_are_for(client: Client) -> None:
    client.log_in(resource=client.server.sse_url)
    assert not accepted(client)
    refused(client.refresh(client.tokens["refresh_token"], resource=client.server.url), "invalid_target")
    client.log_in()
    assert accepted(client)


def test_requests_without_a_usable_token_are_challenged(client: Client) -> None:
    token = client.log_in()["access_token"]
    del client.headers["Authorization"]
    for headers in ({}, {"Authorization": "Foo abc"}, {"Authorization": "Bearer"}):
        response = client.post("/mcp", headers=headers, params={"access_token": token})
        assert response.status_code == 401
        assert 'scope="mcp mcp:reports"' in response.headers["WWW-Authenticate"]
        assert "error" not in response.headers["WWW-Authenticate"]
    for bad in ("x", "a.b.c", "a b", f"{token} x", token[:-1], client.tokens["refresh_token"], "y" * 16_000):
        response = client.post("/mcp", headers={"Authorization": f"Bearer {bad}"})
        assert response.status_code == 401
        assert 'error="invalid_token"' in response.headers["WWW-Authenticate"]
        assert "resource_metadata=" in response.headers["WWW-Authenticate"]
    assert client.post("/mcp", headers=[("Authorization", f"Bearer {token}")] * 2).status_code == 401
    for method, path in (("GET", "/mcp"), ("DELETE", "/mcp"), ("GET", "/sse"), ("POST", "/messages")):
        assert client.request(method, path).status_code == 401
    for scheme in ("bearer", "BEARER", "bEaReR"):
        assert client.post("/mcp", headers={"Authorization": f"{scheme} {token}"}).status_code == 415
