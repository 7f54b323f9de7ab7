"""The two well-known documents a client finds its way by (RFC 9728 and RFC 8414)."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from conformance.reference.client_metadata import AUTHENTICATION_METHODS, GRANT_TYPES
from conformance.reference.jsonrpc import JsonObject
from conformance.reference.scopes import RESOURCE_SCOPES, SCOPES
from conformance.reference.site import JWKS_PATH, RESOURCE_METADATA_PREFIX, RESOURCE_PATHS, Site


class Metadata:
    """Serves the documents."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.faults = site.faults

    async def resource(self, request: Request) -> Response:
        """The protected resource metadata of the endpoint whose path follows the well-known prefix."""
        if self.faults.active("resource-metadata-not-found"):
            return Response("Not Found", 404, media_type="text/plain")
        document: JsonObject = {
            "resource": self.site.resource(request.url.path.removeprefix(RESOURCE_METADATA_PREFIX)),
            "authorization_servers": [self.site.server],
            "scopes_supported": list(RESOURCE_SCOPES),
            "bearer_methods_supported": ["header"],
            "resource_name": "Reference server",
        }
        if self.faults.active("authorization-servers-empty"):
            document["authorization_servers"] = []
        if self.faults.active("authorization-server-unreachable-second"):
            document["authorization_servers"] = [self.site.server, self.site.origin + "/second"]
        if self.faults.active("resource-metadata-null-member"):
            document["resource_documentation"] = None
        return _document(document, self.faults.active("resource-metadata-as-text"))

    async def server(self, request: Request) -> Response:
        """The authorization server metadata."""
        if self.faults.active("server-metadata-not-found"):
            return Response("Not Found", 404, media_type="text/plain")
        base = self.site.server
        document: JsonObject = {
            "issuer": self.site.issuer,
            "authorization_endpoint": base + "/authorize",
            "token_endpoint": base + "/token",
            "registration_endpoint": base + "/register",
            "revocation_endpoint": base + "/revoke",
            "jwks_uri": base + JWKS_PATH,
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": list(GRANT_TYPES),
            "token_endpoint_auth_methods_supported": list(AUTHENTICATION_METHODS),
            "revocation_endpoint_auth_methods_supported": list(AUTHENTICATION_METHODS),
            "code_challenge_methods_supported": ["S256"],
            "scopes_supported": list(SCOPES),
            "authorization_response_iss_parameter_supported": True,
            "protected_resources": [self.site.resource(path) for path in RESOURCE_PATHS],
            "client_id_metadata_document_supported": True,
        }
        if not self.site.client_documents or self.faults.active("client-documents-not-advertised"):
            del document["client_id_metadata_document_supported"]
        if self.faults.active("client-documents-flag-as-text"):
            document["client_id_metadata_document_supported"] = "true"
        if self.faults.active("response-types-missing"):
            del document["response_types_supported"]
        if self.faults.active("pkce-methods-missing"):
            del document["code_challenge_methods_supported"]
        if self.faults.active("plain-published"):
            document["code_challenge_methods_supported"] = ["plain", "S256"]
        if self.faults.active("server-metadata-null-member"):
            document["service_documentation"] = None
        return _document(document, self.faults.active("server-metadata-as-text"))


def _document(document: JsonObject, as_text: bool) -> Response:
    response = JSONResponse(document, headers={"Cache-Control": "no-cache"})
    if as_text:
        response.headers["Content-Type"] = "text/plain; charset=utf-8"
    return response
