"""Access tokens: signed by the authorization server (RFC 9068), checked by the MCP server on each request."""

import time
from dataclasses import dataclass
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from conformance.reference.jsonrpc import JsonObject
from conformance.reference.scopes import BASE
from conformance.reference.signing import SigningKey
from conformance.reference.site import Site
from conformance.reference.store import AccessToken, Grant, Store

ACCESS_TOKEN, ID_TOKEN = "at+jwt", "JWT"


@dataclass(frozen=True, slots=True)
class Bearer:
    """Whom a good token speaks for, what it allows, and the thumbprint of the key it is bound to, if it is."""

    user: str
    scopes: frozenset[str]
    thumbprint: str = ""


class AccessTokens:
    """Issues tokens and says which of them are good; the store knows which were revoked."""

    def __init__(self, site: Site, store: Store) -> None:
        self.site = site
        self.faults = site.faults
        self.store = store
        self.key = SigningKey(site.faults)

    async def jwks(self, _request: Request) -> Response:
        """The published keys (RFC 7517 section 5)."""
        private = self.site.faults.active("jwks-with-private-key")
        return JSONResponse({"keys": [self.key.private_jwk if private else self.key.jwk]})

    def issue(self, grant: Grant, resources: frozenset[str], scope: str, thumbprint: str = "") -> str:
        """A new access token of `grant` for endpoints (by their paths) and a scope, bound to a key if one is named."""
        id, now = str(uuid4()), int(time.time())
        end = now + self.store.lifetime_of(grant)
        self.store.access_tokens[id] = AccessToken(grant, resources, scope, end, thumbprint)
        audience = sorted(self.site.origin + path if path in self.site.resource_paths else path for path in resources)
        claims: JsonObject = {
            "iss": self.site.issuer,
            "sub": grant.user,
            "aud": audience[0] if len(audience) == 1 else audience,
            "client_id": grant.client_id,
            "scope": scope,
            "iat": now,
            "exp": end,
            "jti": id,
        }
        if self.faults.active("audience-never") or (len(audience) > 1 and self.faults.active("audience-optional")):
            del claims["aud"]
        if thumbprint and not self.faults.active("dpop-thumbprint-missing"):
            claims["cnf"] = {"jkt": thumbprint}
        return self.key.sign(claims, ACCESS_TOKEN)

    def issue_id_token(self, grant: Grant) -> str:
        """A token that tells the client who logged in (OpenID Connect Core section 2)."""
        now = int(time.time())
        claims: JsonObject = {"iss": self.site.issuer, "sub": grant.user, "aud": grant.client_id, "iat": now}
        claims |= {"exp": now + self.store.access_token_lifetime} | ({"nonce": grant.nonce} if grant.nonce else {})
        return self.key.sign(claims, ID_TOKEN)

    def claims(self, token: str) -> JsonObject:
        """The claims of a token that was signed here; empty for any other."""
        return (self.key.open(token) or ("", {}))[1]

    def find(self, token: str) -> AccessToken | None:
        """What the store knows of an access token that was issued here, good or not."""
        type, claims = self.key.open(token) or ("", {})
        return self.store.access_tokens.get(str(claims.get("jti"))) if type == ACCESS_TOKEN else None

    def bearer(self, token: str, path: str) -> Bearer | None:
        """Whom a token speaks for at the endpoint `path`; None where it is not good there."""
        refresh_token = self.store.refresh_tokens.get(token)
        if refresh_token and self.faults.active("refresh-token-accepted"):
            return Bearer(refresh_token.grant.user, frozenset(refresh_token.grant.scope.split(" ")))
        type, claims = self.key.open(token) or ("", {})
        known = self.store.access_tokens.get(str(claims.get("jti")))
        scopes = frozenset(str(claims.get("scope", BASE)).split(" "))
        speaker = Bearer(str(claims.get("sub")), scopes, known.thumbprint if known else "")
        if type == ID_TOKEN and self.faults.active("id-token-accepted"):
            return speaker
        good = type == ACCESS_TOKEN and self._current(claims) and self._meant_for(claims, path)
        return speaker if good and not (known and known.ended) else None

    def _current(self, claims: JsonObject) -> bool:
        timeless = any(self.faults.active(name) for name in ("expired-token-accepted", "calls-take-expired-token"))
        unexpired = time.time() < float(claims.get("exp", 0)) or timeless
        return claims.get("iss") == self.site.issuer and unexpired

    def _meant_for(self, claims: JsonObject, path: str) -> bool:
        if any(self.faults.active(name) for name in ("audience-unchecked", "calls-take-foreign-token")):
            return True
        if "aud" not in claims:
            return any(self.faults.active(name) for name in ("audience-optional", "audience-never"))
        audience = claims["aud"]
        return self.site.origin + path in ([audience] if isinstance(audience, str) else audience)
