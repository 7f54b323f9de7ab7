"""Our schemas of OAuth documents: what real servers send fits, what breaks the shape does not."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from conformance.data import schemas_dir
from conformance.schema import oauth_errors

Document = dict[str, Any]

NAMES = (
    "protected-resource-metadata",
    "authorization-server-metadata",
    "registration-response",
    "token-response",
    "error-response",
)
RESOURCE, SERVER, REGISTRATION, TOKEN, ERROR = NAMES

RESOURCE_AT_A_GATEWAY: Document = {
    "resource": "https://mcp.gateway.example/v1/mcp",
    "resource_name": "Gateway tools",
    "resource_name#de": "Werkzeuge der Schleuse",
    "authorization_servers": ["https://login.gateway.example"],
    "scopes_supported": ["tools:read", "tools:write"],
    "bearer_methods_supported": ["header"],
    "resource_documentation": "https://docs.gateway.example/mcp",
    "tls_client_certificate_bound_access_tokens": False,
    "x_region": {"default": "eu"},
}
WORKER_WITH_OPEN_REGISTRATION: Document = {
    "issuer": "https://tickets.workers.example",
    "authorization_endpoint": "https://tickets.workers.example/authorize",
    "token_endpoint": "https://tickets.workers.example/token",
    "registration_endpoint": "https://tickets.workers.example/register",
    "response_types_supported": ["code"],
    "response_modes_supported": ["query"],
    "grant_types_supported": ["authorization_code", "refresh_token"],
    "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
    "revocation_endpoint": "https://tickets.workers.example/token",
    "code_challenge_methods_supported": ["plain", "S256"],
    "client_id_metadata_document_supported": True,
}
REALM_WITH_OPENID: Document = {
    "issuer": "https://sso.example/realms/mcp",
    "authorization_endpoint": "https://sso.example/realms/mcp/protocol/openid-connect/auth",
    "token_endpoint": "https://sso.example/realms/mcp/protocol/openid-connect/token",
    "introspection_endpoint": "https://sso.example/realms/mcp/protocol/openid-connect/token/introspect",
    "userinfo_endpoint": "https://sso.example/realms/mcp/protocol/openid-connect/userinfo",
    "end_session_endpoint": "https://sso.example/realms/mcp/protocol/openid-connect/logout",
    "frontchannel_logout_session_supported": True,
    "frontchannel_logout_supported": True,
    "jwks_uri": "https://sso.example/realms/mcp/protocol/openid-connect/certs",
    "check_session_iframe": "https://sso.example/realms/mcp/protocol/openid-connect/login-status-iframe.html",
    "grant_types_supported": ["authorization_code", "client_credentials", "implicit", "refresh_token"],
    "acr_values_supported": ["0", "1"],
    "response_types_supported": ["code", "none", "id_token", "code id_token token"],
    "subject_types_supported": ["public", "pairwise"],
    "prompt_values_supported": ["none", "login", "consent"],
    "id_token_signing_alg_values_supported": ["PS384", "RS256", "EdDSA"],
    "id_token_encryption_alg_values_supported": ["RSA-OAEP"],
    "id_token_encryption_enc_values_supported": ["A256GCM"],
    "userinfo_signing_alg_values_supported": ["RS256", "none"],
    "request_object_signing_alg_values_supported": ["RS256", "none"],
    "response_modes_supported": ["query", "fragment", "form_post", "query.jwt"],
    "registration_endpoint": "https://sso.example/realms/mcp/clients-registrations/openid-connect",
    "token_endpoint_auth_methods_supported": ["private_key_jwt", "client_secret_basic"],
    "token_endpoint_auth_signing_alg_values_supported": ["PS384", "RS256"],
    "claims_supported": ["aud", "sub", "iss"],
    "claim_types_supported": ["normal"],
    "claims_parameter_supported": True,
    "scopes_supported": ["openid", "offline_access", "profile"],
    "request_parameter_supported": True,
    "request_uri_parameter_supported": True,
    "require_request_uri_registration": True,
    "code_challenge_methods_supported": ["plain", "S256"],
    "tls_client_certificate_bound_access_tokens": True,
    "dpop_signing_alg_values_supported": ["ES256"],
    "revocation_endpoint": "https://sso.example/realms/mcp/protocol/openid-connect/revoke",
    "backchannel_logout_supported": True,
    "device_authorization_endpoint": "https://sso.example/realms/mcp/protocol/openid-connect/auth/device",
    "pushed_authorization_request_endpoint": "https://sso.example/realms/mcp/protocol/ext/par/request",
    "require_pushed_authorization_requests": False,
    "mtls_endpoint_aliases": {"token_endpoint": "https://mtls.sso.example/token"},
    "authorization_response_iss_parameter_supported": True,
}
PUBLIC_CLIENT: Document = {
    "client_id": "s6BhdRkqt3",
    "client_id_issued_at": 1_790_000_000,
    "client_name": "pytest-mcp-conformance",
    "redirect_uris": ["http://127.0.0.1:8765/callback"],
    "grant_types": ["authorization_code", "refresh_token"],
    "response_types": ["code"],
    "token_endpoint_auth_method": "none",
    "contacts": [],
    "logo_uri": "",
    "registration_client_uri": "https://login.example/register/s6BhdRkqt3",
    "registration_access_token": "reg-23410913",
}
CONFIDENTIAL_CLIENT: Document = {"client_id": "a", "client_secret": "b", "client_secret_expires_at": 0}
TOKENS: Document = {
    "access_token": "2YotnFZFEjr1zCsicMWpAA",
    "token_type": "bearer",
    "expires_in": 3600,
    "refresh_token": "tGzv3JOkF0XG5Qx2TlKWIA",
    "scope": "tools:read tools:write",
    "account": None,
}

GOOD: list[tuple[str, Document]] = [
    (RESOURCE, {"resource": "https://a.example"}),
    (RESOURCE, RESOURCE_AT_A_GATEWAY),
    (RESOURCE, {"resource": "https://a.example", "bearer_methods_supported": []}),
    (SERVER, WORKER_WITH_OPEN_REGISTRATION),
    (SERVER, REALM_WITH_OPENID),
    (
        SERVER,
        {
            "issuer": "https://machines.example",
            "token_endpoint": "https://machines.example/token",
            "response_types_supported": ["none"],
            "grant_types_supported": ["client_credentials"],
        },
    ),
    (
        SERVER,
        {
            "issuer": "https://old.example",
            "authorization_endpoint": "https://old.example/authorize",
            "response_types_supported": ["token"],
            "grant_types_supported": ["implicit"],
        },
    ),
    (REGISTRATION, PUBLIC_CLIENT),
    (REGISTRATION, CONFIDENTIAL_CLIENT),
    (TOKEN, TOKENS),
    (TOKEN, {"access_token": "a b", "token_type": "DPoP", "expires_in": 59.5, "scope": ""}),
    (ERROR, {"error": "invalid_grant"}),
    (
        ERROR,
        {
            "error": "invalid_client_metadata",
            "error_description": "",
            "error_uri": "https://a.example/#e",
            "status": 400,
        },
    ),
]

BAD: list[tuple[str, Document, Document, str]] = [
    (RESOURCE, RESOURCE_AT_A_GATEWAY, {"resource": None}, "$.resource: expected a string, got null"),
    (RESOURCE, RESOURCE_AT_A_GATEWAY, {"resource": ""}, "$.resource: must not be empty"),
    (
        RESOURCE,
        RESOURCE_AT_A_GATEWAY,
        {"authorization_servers": "https://login.gateway.example"},
        '$.authorization_servers: expected an array, got "https://login.gateway.example"',
    ),
    (RESOURCE, RESOURCE_AT_A_GATEWAY, {"authorization_servers": []}, "$.authorization_servers: must not be empty"),
    (
        RESOURCE,
        RESOURCE_AT_A_GATEWAY,
        {"authorization_servers": [{"issuer": "https://a.example"}]},
        "$.authorization_servers[0]: expected a string, got an object with 1 member",
    ),
    (RESOURCE, RESOURCE_AT_A_GATEWAY, {"scopes_supported": None}, "$.scopes_supported: expected an array, got null"),
    (
        RESOURCE,
        RESOURCE_AT_A_GATEWAY,
        {"resource_name#fr": 1},
        '$["resource_name#fr"]: expected a string, got 1',
    ),
    (
        RESOURCE,
        RESOURCE_AT_A_GATEWAY,
        {"dpop_bound_access_tokens_required": "true"},
        '$.dpop_bound_access_tokens_required: expected a boolean, got "true"',
    ),
    (SERVER, REALM_WITH_OPENID, {"issuer": ["a"]}, "$.issuer: expected a string, got an array of 1 item"),
    (
        SERVER,
        WORKER_WITH_OPEN_REGISTRATION,
        {"code_challenge_methods_supported": []},
        "$.code_challenge_methods_supported: must not be empty",
    ),
    (
        SERVER,
        WORKER_WITH_OPEN_REGISTRATION,
        {"grant_types_supported": [None]},
        "$.grant_types_supported[0]: expected a string, got null",
    ),
    (
        SERVER,
        REALM_WITH_OPENID,
        {"authorization_response_iss_parameter_supported": "true"},
        '$.authorization_response_iss_parameter_supported: expected a boolean, got "true"',
    ),
    (SERVER, REALM_WITH_OPENID, {"jwks_uri": None}, "$.jwks_uri: expected a string, got null"),
    (
        SERVER,
        REALM_WITH_OPENID,
        {"mtls_endpoint_aliases": []},
        "$.mtls_endpoint_aliases: expected an object, got an empty array",
    ),
    (REGISTRATION, PUBLIC_CLIENT, {"client_id": ""}, "$.client_id: must not be empty"),
    (REGISTRATION, PUBLIC_CLIENT, {"client_id": 7}, "$.client_id: expected a string, got 7"),
    (REGISTRATION, PUBLIC_CLIENT, {"client_uri": None}, "$.client_uri: expected a string, got null"),
    (
        REGISTRATION,
        CONFIDENTIAL_CLIENT,
        {"client_secret_expires_at": "2027-01-01"},
        '$.client_secret_expires_at: expected an integer, got "2027-01-01"',
    ),
    (REGISTRATION, PUBLIC_CLIENT, {"redirect_uris": "a"}, '$.redirect_uris: expected an array, got "a"'),
    (REGISTRATION, PUBLIC_CLIENT, {"redirect_uris": []}, "$.redirect_uris: must not be empty"),
    (TOKEN, TOKENS, {"access_token": None}, "$.access_token: expected a string, got null"),
    (TOKEN, TOKENS, {"refresh_token": ""}, "$.refresh_token: must not be empty"),
    (TOKEN, TOKENS, {"expires_in": "3600"}, '$.expires_in: expected a number, got "3600"'),
    (TOKEN, TOKENS, {"expires_in": -1}, "$.expires_in: expected at least 0, got -1"),
    (TOKEN, TOKENS, {"scope": ["a"]}, "$.scope: expected a string, got an array of 1 item"),
    (TOKEN, TOKENS, {"scope": "a  b"}, '$.scope: expected scopes separated by single spaces, got "a  b"'),
    (TOKEN, TOKENS, {"refresh_token": None}, "$.refresh_token: expected a string, got null"),
    (
        ERROR,
        {"error": "invalid_grant"},
        {"error": {"code": 400}},
        "$.error: expected a string, got an object with 1 member",
    ),
    (
        ERROR,
        {"error": "invalid_grant"},
        {"error_description": 'the "code"'},
        '$.error_description: expected printable ASCII without quotes and backslashes, got "the "code""',
    ),
    (ERROR, {"error": "invalid_grant"}, {"error_uri": "a b"}, '$.error_uri: expected characters of a URI, got "a b"'),
]

REQUIRED: list[tuple[str, Document, list[str]]] = [
    (RESOURCE, RESOURCE_AT_A_GATEWAY, ["resource"]),
    (
        SERVER,
        REALM_WITH_OPENID,
        ["issuer", "authorization_endpoint", "token_endpoint", "response_types_supported"],
    ),
    (REGISTRATION, CONFIDENTIAL_CLIENT, ["client_id"]),
    (TOKEN, TOKENS, ["access_token", "token_type"]),
    (ERROR, {"error": "invalid_grant", "error_description": "no"}, ["error"]),
]


def schema(name: str) -> Document:
    return json.loads((schemas_dir() / "oauth" / f"{name}.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", NAMES)
def test_that_the_file_is_a_described_schema_of_2020_12(name: str) -> None:
    found = schema(name)

    Draft202012Validator.check_schema(found)
    assert found["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert found["$id"] == f"https://pytest-mcp-conformance.invalid/schemas/oauth/{name}.json"
    parts = [found, *found["properties"].values(), *found.get("$defs", {}).values()]
    assert [part for part in parts if len(part.get("description", "")) < 10] == []


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", [None, True, 1, "x", [], [{}]])
def test_that_only_an_object_is_a_document(name: str, value: object) -> None:
    (error,) = oauth_errors(name, value)

    assert error.startswith("$: expected an object, got ")


@pytest.mark.parametrize(("name", "document"), GOOD)
def test_that_what_real_servers_send_fits(name: str, document: Document) -> None:
    assert oauth_errors(name, document) == []
    assert oauth_errors(name, {**document, "vendor_extension": None}) == []


@pytest.mark.parametrize(("name", "document", "change", "error"), BAD)
def test_that_a_broken_member_is_named(name: str, document: Document, change: Document, error: str) -> None:
    assert oauth_errors(name, {**document, **change}) == [error]


@pytest.mark.parametrize(("name", "document", "required"), REQUIRED)
def test_that_only_what_the_rfc_requires_is_required(name: str, document: Document, required: list[str]) -> None:
    missing = {
        member: oauth_errors(name, {key: value for key, value in document.items() if key != member})
        for member in document
    }

    assert {member: errors for member, errors in missing.items() if errors} == {
        member: [f'$: the member "{member}" is missing'] for member in required
    }
