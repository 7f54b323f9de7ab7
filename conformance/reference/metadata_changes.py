"""What faults change in the two metadata documents."""

from collections.abc import Mapping

from conformance.reference.client_metadata import AUTHENTICATION_METHODS, GRANT_TYPES
from conformance.reference.faults import Faults
from conformance.reference.jsonrpc import JsonObject
from conformance.reference.scopes import RESOURCE_SCOPES
from conformance.reference.site import JWKS_PATH, SERVER_METADATA_PATH, Site

LEFT_OUT = object()
"""Stands for a member that is not there."""


KNOWN_IN_EARLY_2025 = (
    "issuer",
    "authorization_endpoint",
    "token_endpoint",
    "registration_endpoint",
    "response_types_supported",
    "response_modes_supported",
    "grant_types_supported",
    "token_endpoint_auth_methods_supported",
    "revocation_endpoint",
    "code_challenge_methods_supported",
)


def changed(document: JsonObject, changes: Mapping[str, JsonObject], faults: Faults) -> JsonObject:
    """The document with the members that the fault of the server replaces."""
    replaced = document.copy()
    for fault, members in changes.items():
        if faults.active(fault):
            replaced |= members
    return {name: value for name, value in replaced.items() if value is not LEFT_OUT}


def of_resource(site: Site) -> Mapping[str, JsonObject]:
    """Members of the protected resource metadata by the fault that replaces them."""
    server = site.server
    return {
        "authorization-servers-empty": {"authorization_servers": []},
        "authorization-server-unreachable-second": {"authorization_servers": [server, site.origin + "/second"]},
        "authorization-server-by-metadata-url": {"authorization_servers": [server, server + SERVER_METADATA_PATH]},
        "resource-metadata-null-member": {"resource_documentation": None},
        "resource-scopes-missing": {"scopes_supported": LEFT_OUT},
        "resource-offline-access": {"scopes_supported": [*RESOURCE_SCOPES, "offline_access"]},
        "query-method-published": {"bearer_methods_supported": ["header", "query"]},
    }


def of_server(site: Site) -> Mapping[str, JsonObject]:
    """Members of the authorization server metadata by the fault that replaces them."""
    base = site.server
    return {
        "atlassian-2025": {
            "code_challenge_methods_supported": ["plain", "S256"],
            "revocation_endpoint": base + "/token",
        },
        "response-types-missing": {"response_types_supported": LEFT_OUT},
        "pkce-methods-missing": {"code_challenge_methods_supported": LEFT_OUT},
        "s256-unpublished": {"code_challenge_methods_supported": ["plain"]},
        "plain-published": {"code_challenge_methods_supported": ["plain", "S256"]},
        "service-methods-weak": {"token_endpoint_auth_methods_supported": ["none", "client_secret_post"]},
        "assertion-algorithms-unpublished": {"token_endpoint_auth_signing_alg_values_supported": LEFT_OUT},
        "dpop-algorithms-empty": {"dpop_signing_alg_values_supported": []},
        "dpop-algorithms-symmetric": {"dpop_signing_alg_values_supported": ["ES256", "HS256"]},
        "server-metadata-null-member": {"service_documentation": None},
        "grant-types-missing": {"grant_types_supported": LEFT_OUT},
        "grant-type-untrue": {"grant_types_supported": [*GRANT_TYPES, "urn:ietf:params:oauth:grant-type:saml2-bearer"]},
        "password-grant-published": {"grant_types_supported": [*GRANT_TYPES, "password"]},
        "implicit-grant-published": {"response_types_supported": ["code", "token"]},
        "secret-in-body-unsupported": {"token_endpoint_auth_methods_supported": ["none", "client_secret_basic"]},
        "auth-methods-missing": {"token_endpoint_auth_methods_supported": LEFT_OUT},
        "auth-signing-algs-missing": {
            "token_endpoint_auth_methods_supported": [*AUTHENTICATION_METHODS, "client_secret_jwt"],
            "token_endpoint_auth_signing_alg_values_supported": LEFT_OUT,
        },
        "terms-over-http": {"op_tos_uri": "http://www.example.com/terms"},
        "token-endpoint-fragment": {"token_endpoint": base + "/token#here"},
        "registration-not-published": {"registration_endpoint": LEFT_OUT},
        "server-lists-other-resources": {"protected_resources": ["https://other.example.com/mcp"]},
        "client-documents-not-advertised": {"client_id_metadata_document_supported": LEFT_OUT},
        "client-documents-flag-as-text": {"client_id_metadata_document_supported": "true"},
        "iss-missing": {"authorization_response_iss_parameter_supported": LEFT_OUT},
        "iss-not-published": {"authorization_response_iss_parameter_supported": LEFT_OUT},
        "certificate-for-other-host": {"jwks_uri": base.replace("127.0.0.1", "localhost") + JWKS_PATH},
        "endpoints-over-http": {"revocation_endpoint": base.replace("https:", "http:") + "/revoke"},
    }


def of_openid(site: Site) -> Mapping[str, JsonObject]:
    """Members of the OpenID configuration by the fault that replaces them there only."""
    return {
        "openid-members-missing": {"subject_types_supported": LEFT_OUT},
        "openid-configuration-differs": {"token_endpoint": site.server + "/oauth/token"},
    }
