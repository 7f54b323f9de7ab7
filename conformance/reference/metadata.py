"""The well-known documents a client finds its way by (RFC 9728, RFC 8414, OpenID Connect Discovery 1.0)."""

from collections.abc import Awaitable, Callable

import jwt
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from conformance.reference.client_assertions import ALGORITHMS as ASSERTION_ALGORITHMS
from conformance.reference.client_metadata import AUTHENTICATION_METHODS, GRANT_TYPES
from conformance.reference.dpop import ALGORITHMS
from conformance.reference.jsonrpc import JsonObject
from conformance.reference.metadata_changes import KNOWN_IN_EARLY_2025, changed, of_openid, of_resource, of_server
from conformance.reference.scopes import RESOURCE_SCOPES, SCOPES
from conformance.reference.services import KEY_METHOD, SERVICE_GRANT
from conformance.reference.signing import ALGORITHM, SigningKey
from conformance.reference.site import (
    JWKS_PATH,
    MOVED_METADATA_PREFIX,
    OPENID_PATH,
    RESOURCE_METADATA_PREFIX,
    SERVER_METADATA_PATH,
    Site,
)

Endpoint = Callable[[Request], Awaitable[Response]]


class Metadata:
    """Serves the documents."""

    def __init__(self, site: Site, key: SigningKey) -> None:
        self.site = site
        self.key = key
        self.faults = site.faults

    def of_resource(self) -> dict[str, Endpoint]:
        """The endpoints about resources, by what their paths begin with."""
        if not self.site.has_resource_metadata:
            return {}
        endpoints: dict[str, Endpoint] = {RESOURCE_METADATA_PREFIX: self.resource}
        moved = ("resource-metadata-redirected", "resource-metadata-only-by-challenge")
        elsewhere = any(self.faults.active(name) for name in moved)
        return endpoints | ({MOVED_METADATA_PREFIX: self.moved_resource} if elsewhere else {})

    def of_server(self) -> dict[str, Endpoint]:
        """The endpoints about the authorization server, by their paths."""
        base = self.site.server_path
        if self.faults.active("server-metadata-below-root"):
            return {SERVER_METADATA_PATH + self.site.mcp_path: self.server}
        if not self.site.has_metadata:
            return {}
        if self.faults.active("atlassian-2025"):
            return {SERVER_METADATA_PATH + base: self.server}
        misplaced = self.faults.active("server-metadata-path-appended")
        place = base + SERVER_METADATA_PATH if misplaced else SERVER_METADATA_PATH + base
        return {place: self.server, OPENID_PATH + base: self.openid, base + OPENID_PATH: self.openid}

    async def resource(self, request: Request) -> Response:
        """The protected resource metadata of the endpoint whose path follows the well-known prefix."""
        path = request.url.path.removeprefix(RESOURCE_METADATA_PREFIX)
        known = path in self.site.resource_paths or self.faults.active("resource-metadata-for-any-path")
        if not known or self.faults.active("resource-metadata-not-found"):
            return _not_found()
        if self.faults.active("resource-metadata-needs-token"):
            return Response(status_code=401, headers={"WWW-Authenticate": "Bearer"})
        if self.faults.active("resource-metadata-redirected"):
            return RedirectResponse(MOVED_METADATA_PREFIX + path, 302)
        if self.faults.active("resource-metadata-only-by-challenge"):
            return _not_found()
        return self._resource(path)

    async def moved_resource(self, request: Request) -> Response:
        """The same where only the challenge or a redirect leads."""
        return self._resource(request.url.path.removeprefix(MOVED_METADATA_PREFIX))

    def _resource(self, path: str) -> Response:
        document: JsonObject = {
            "resource": self.site.resource(path),
            "authorization_servers": [self.site.server],
            "scopes_supported": list(RESOURCE_SCOPES),
            "bearer_methods_supported": ["header"],
            "dpop_signing_alg_values_supported": list(ALGORITHMS),
            "dpop_bound_access_tokens_required": False,
            "resource_name": "Reference server",
        }
        document = changed(document, of_resource(self.site), self.faults)
        document["signed_metadata"] = self.key.sign(document | {"iss": self.site.server}, "JWT")
        if self.faults.active("resource-metadata-unsigned"):
            document["signed_metadata"] = jwt.encode(document, "", algorithm="none")
        return _document(document, self.faults.active("resource-metadata-as-text"))

    async def server(self, request: Request) -> Response:
        """The authorization server metadata of RFC 8414."""
        hidden = ("server-metadata-not-found", "server-metadata-openid-only")
        if any(self.faults.active(name) for name in hidden):
            return _not_found()
        version = request.headers.get("mcp-protocol-version")
        if version == "2025-03-26" and self.faults.active("server-metadata-by-version"):
            return Response("Unsupported version", 400, media_type="text/plain")
        return _document(self._server(), self.faults.active("server-metadata-as-text"))

    async def openid(self, request: Request) -> Response:
        """The OpenID configuration: the same and what an OpenID provider has to add."""
        appended = request.url.path == self.site.server_path + OPENID_PATH
        misplaced = appended and self.faults.active("openid-configuration-not-appended")
        if misplaced or self.faults.active("server-metadata-not-found"):
            return _not_found()
        document = self._server() | {
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": [ALGORITHM],
        }
        return _document(changed(document, of_openid(self.site), self.faults))

    def _server(self) -> JsonObject:
        base = self.site.server
        document: JsonObject = {
            "issuer": self.site.issuer,
            "authorization_endpoint": base + "/authorize",
            "token_endpoint": base + "/token",
            "registration_endpoint": base + "/register",
            "revocation_endpoint": base + "/revoke",
            "introspection_endpoint": base + "/introspect",
            "jwks_uri": base + JWKS_PATH,
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": list(GRANT_TYPES),
            "token_endpoint_auth_methods_supported": list(AUTHENTICATION_METHODS),
            "revocation_endpoint_auth_methods_supported": list(AUTHENTICATION_METHODS),
            "introspection_endpoint_auth_methods_supported": list(AUTHENTICATION_METHODS[1:]),
            "code_challenge_methods_supported": ["S256"],
            "scopes_supported": list(SCOPES),
            "authorization_response_iss_parameter_supported": True,
            "dpop_signing_alg_values_supported": list(ALGORITHMS),
            "protected_resources": [self.site.resource(path) for path in self.site.resource_paths],
            "client_id_metadata_document_supported": True,
        }
        if self.site.has_services:
            document["grant_types_supported"] = [*GRANT_TYPES, SERVICE_GRANT]
            document["token_endpoint_auth_methods_supported"] = [*AUTHENTICATION_METHODS, KEY_METHOD]
            document["token_endpoint_auth_signing_alg_values_supported"] = list(ASSERTION_ALGORITHMS)
        if not self.site.client_documents:
            del document["client_id_metadata_document_supported"]
        if self.faults.active("atlassian-2025"):
            document = {name: document[name] for name in KNOWN_IN_EARLY_2025}
        return changed(document, of_server(self.site), self.faults)


def _not_found() -> Response:
    return Response("Not Found", 404, media_type="text/plain")


def _document(document: JsonObject, as_text: bool = False) -> Response:
    response = JSONResponse(document, headers={"Cache-Control": "no-cache"})
    if as_text:
        response.headers["Content-Type"] = "text/plain; charset=utf-8"
    return response
