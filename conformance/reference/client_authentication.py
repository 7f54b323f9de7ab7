"""How clients prove who they are at the endpoints they call (RFC 6749 section 2.3, OAuth 2.1 section 2.4)."""

import base64
from urllib.parse import unquote_plus

from starlette.requests import Request
from starlette.responses import JSONResponse

from conformance.reference.client_assertions import ClientAssertions
from conformance.reference.client_documents import is_document_url
from conformance.reference.forms import CrashError, OAuthError, Parameters
from conformance.reference.services import SERVICE_GRANT
from conformance.reference.site import Site
from conformance.reference.store import Client, Store


class ClientAuthentication:
    """Finds the client of a request and holds it to the method it registered."""

    def __init__(self, site: Site, store: Store) -> None:
        self.store = store
        self.faults = site.faults
        self.assertions = ClientAssertions(site, store)

    def client(self, request: Request, form: Parameters) -> Client:
        """The client of a request. Raises OAuthError(invalid_client)."""
        if form.get("client_assertion") is not None:
            return self.assertions.client(form)
        scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
        header_used = scheme.lower() == "basic"
        secret, method = form.get("client_secret"), "none"
        if header_used and secret is not None and not self.faults.active("two-authentications-accepted"):
            raise OAuthError("invalid_request", "the client authenticates in two ways")
        id = form.get("client_id")
        if header_used:
            named, (id, secret), method = id, self._basic_credentials(credentials), "client_secret_basic"
            if named not in (None, id):
                raise OAuthError("invalid_client", "client_id contradicts the Authorization header", 401)
        elif secret is not None:
            method = "client_secret_post"
        if id is None and self.faults.active("client-taken-from-code"):
            code = self.store.codes.get(form.get("code") or "")
            id = code.grant.client_id if code else None
        client = self.store.clients.get(id or "")
        if is_document_url(id or "") and self.faults.active("client-document-unknown-at-token"):
            client = None
        if client is None:
            raise self._unknown(id)
        web = client.redirect_uris[0].startswith("https:") if client.redirect_uris else False
        if web and method == "none" and self.faults.active("public-web-client-needs-secret"):
            raise OAuthError("invalid_client", "client_secret is missing", 401)
        self._check(client, method, secret, form)
        return client

    def refusal(self, error: OAuthError) -> JSONResponse:
        """The refusal; a failed client authentication names a scheme to use (RFC 6749 section 5.2)."""
        challenge = error.status == 401 and not self.faults.active("wrong-secret-without-challenge")
        return error.response({"WWW-Authenticate": 'Basic realm="clients"'} if challenge else None)

    def _check(self, client: Client, method: str, secret: str | None, form: Parameters) -> None:
        """Hold a client to its method and its secret. Raises OAuthError."""
        if SERVICE_GRANT in client.grant_types and self.faults.active("service-secret-ignored"):
            return
        if secret is not None and not client.knows_secret(secret):
            redeems = form.get("grant_type") == "authorization_code"
            if redeems and method == "client_secret_post" and self.faults.active("wrong-secret-invalid-grant"):
                raise OAuthError("invalid_grant", "the client and the code do not go together")
            raise OAuthError("invalid_client", "the client authentication failed", 401)
        if method in client.authentication_methods:
            if method == "none" and form.get("grant_type") and self.faults.active("public-clients-refused-at-token"):
                raise OAuthError("invalid_client", "client_secret is missing", 401)
            if method == "client_secret_basic" and self.faults.active("basic-refused"):
                raise OAuthError("invalid_client", "the client authentication failed", 401)
            return
        if method == "none" and client.secret and self._without_secret(form):
            return
        if "none" in (method, client.authentication_method) or not self.faults.active("any-authentication-method"):
            raise OAuthError("invalid_client", "the client authenticates in another way than it registered", 401)

    def _without_secret(self, form: Parameters) -> bool:
        """Whether a fault spares a client its secret here."""
        spared = {
            "authorization_code": "redemption-without-secret",
            "refresh_token": "refresh-without-secret",
            None: "revocation-without-secret",
        }
        name = spared.get(form.get("grant_type"))
        return name is not None and self.faults.active(name)

    def _unknown(self, id: str | None) -> OAuthError:
        if id is not None and self.faults.active("unknown-client-invalid-grant"):
            return OAuthError("invalid_grant", "the grant is not known")
        return OAuthError("invalid_client", "the client is not known", 401)

    def _basic_credentials(self, encoded: str) -> tuple[str, str]:
        """Id and secret from Basic credentials (RFC 6749 section 2.3.1). Raises OAuthError(invalid_client)."""
        try:
            decoded = base64.b64decode(encoded.strip(), validate=True).decode()
        except ValueError:
            decoded = ""
        id, colon, secret = decoded.partition(":")
        if colon:
            return unquote_plus(id), unquote_plus(secret)
        if self.faults.active("malformed-credentials-500"):
            raise CrashError
        raise OAuthError("invalid_client", "the Basic credentials cannot be read", 401)
