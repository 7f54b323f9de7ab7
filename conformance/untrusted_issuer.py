"""A token of an issuer nobody trusts, given to the token endpoint as a grant (RFC 7523 section 2.1)."""

import secrets
import time
from dataclasses import dataclass

from conformance.audit import Audit
from conformance.oauth.documents import Document
from conformance.oauth.jwt import Key
from conformance.oauth.registration import Client
from conformance.oauth.token_reply import TokenReply
from conformance.wire.http import is_loopback

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_NOWHERE = "https://issuer.invalid"
_METADATA = ("/.well-known/openid-configuration", "/.well-known/oauth-authorization-server")
_KEYS = "/.well-known/jwks.json"


@dataclass(frozen=True)
class UntrustedGrant:
    """The answer to the grant. `fetched` are the documents of the issuer the server asked for meanwhile."""

    reply: TokenReply
    fetched: tuple[str, ...]

    @classmethod
    def perform(cls, audit: Audit, client: Client | None) -> "UntrustedGrant":
        """One request; the issuer publishes its key where the server can reach this machine. Raises NoAnswer."""
        oauth = audit.flow()
        reachable = is_loopback(oauth.endpoint("token_endpoint")) or bool(audit.settings.document_origin)
        issuer = audit.documents().origin if reachable else _NOWHERE
        now = int(time.time())
        claims = {"iss": issuer, "sub": "somebody", "aud": oauth.discovery.issuer, "iat": now, "exp": now + 120}
        claims |= {"jti": secrets.token_urlsafe(16), "resource": oauth.resource}
        key = Key.generate()
        token = key.sign({"typ": "JWT", "kid": key.thumbprint}, claims)
        hosted = {}
        if reachable:
            metadata = {"issuer": issuer, "jwks_uri": issuer + _KEYS}
            hosted = {path: audit.documents().host(Document.of(metadata), path) for path in _METADATA}
            hosted[_KEYS] = audit.documents().host(Document.of({"keys": [key.published]}), _KEYS)
        fields = {"grant_type": JWT_BEARER, "assertion": token, "resource": oauth.resource}
        authentication = "registered" if client else "none"
        reply = oauth.token(fields, client or Client("", ""), authentication, "token request with a foreign JWT")
        fetched = tuple(path for path, one in hosted.items() if one.fetched())
        return cls(reply, fetched)
