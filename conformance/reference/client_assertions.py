"""Clients that authenticate by what they sign (RFC 7523 section 3)."""

import jwt
from jwt.types import Options

from conformance.reference.client_documents import is_document_url
from conformance.reference.forms import OAuthError, Parameters
from conformance.reference.jsonrpc import JsonObject
from conformance.reference.site import Site
from conformance.reference.store import Client, Store

ALGORITHMS = ("ES256",)
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class ClientAssertions:
    """Checks assertions, each of which is good once."""

    def __init__(self, site: Site, store: Store) -> None:
        self.site = site
        self.faults = site.faults
        self.store = store
        self._seen: set[str] = set()

    def client(self, form: Parameters) -> Client:
        """The client that signed the assertion of a request. Raises OAuthError(invalid_client)."""
        if form.get("client_assertion_type") != ASSERTION_TYPE:
            raise OAuthError("invalid_client", f"client_assertion_type must be {ASSERTION_TYPE}", 401)
        text = form.get("client_assertion") or ""
        try:
            named = jwt.decode(text, options={"verify_signature": False}).get("sub")
            client = self.store.clients.get(str(named))
            if client is None or not client.keys or form.get("client_id") not in (None, client.id):
                raise OAuthError("invalid_client", "the client is not known, or has no key", 401)
            id = self._id(text, client)
        except jwt.PyJWTError as error:
            raise OAuthError("invalid_client", f"the assertion is not good: {error}", 401) from None
        if id in self._seen:
            raise OAuthError("invalid_client", "the assertion was used before", 401)
        self._seen.add(id)
        return client

    def _id(self, text: str, client: Client) -> str:
        """The id of an assertion that is good. Raises jwt.PyJWTError."""
        any_key = is_document_url(client.id) and self.faults.active("client-document-any-key")
        options: Options = {
            "require": ["iss", "sub", "aud", "exp", "jti"],
            "verify_signature": not (any_key or self.faults.active("assertion-signature-ignored")),
            "verify_exp": not self.faults.active("assertion-expiry-ignored"),
            "verify_aud": not self.faults.active("assertion-audience-ignored"),
            "verify_iss": not self.faults.active("assertion-issuer-ignored"),
        }
        audience = (self.site.issuer, self.site.server + "/token")
        key = jwt.PyJWK(self._key(text, client), ALGORITHMS[0])
        claims = jwt.decode(text, key, list(ALGORITHMS), options, audience=audience, issuer=client.id)
        return str(claims["jti"])

    def _key(self, text: str, client: Client) -> JsonObject:
        """The key that the header of an assertion names; the first where it names none."""
        id = jwt.get_unverified_header(text).get("kid")
        return next((one for one in client.keys if one.get("kid") == id), client.keys[0])
