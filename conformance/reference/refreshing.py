"""Refresh tokens at the token endpoint (RFC 6749 section 6, OAuth 2.1 section 4.3)."""

from conformance.reference.forms import CrashError, OAuthError, Parameters
from conformance.reference.issuing import Issuing
from conformance.reference.jsonrpc import JsonObject
from conformance.reference.store import Client, Grant, RefreshToken


class Refreshing:
    """Exchanges refresh tokens for tokens."""

    def __init__(self, issuing: Issuing) -> None:
        self.issuing = issuing
        self.faults = issuing.faults
        self.store = issuing.store

    def refresh(self, client: Client, form: Parameters, key: str) -> JsonObject:
        """New tokens for a refresh token, which its successor replaces; using it again ends the grant."""
        value = form.get("refresh_token")
        if value is None:
            if self.faults.active("missing-refresh-token-500"):
                raise CrashError
            raise OAuthError("invalid_request", "refresh_token is missing")
        token = self._find(value)
        if token is None or self.faults.active("refresh-refused"):
            error = (
                "invalid_request" if self.faults.active("unknown-refresh-token-invalid-request") else "invalid_grant"
            )
            raise OAuthError(error, "the refresh token is not valid")
        if token.grant.client_id != client.id and not self.faults.active("refresh-any-client"):
            raise OAuthError("invalid_grant", "the refresh token is not valid")
        if token.thumbprint not in ("", key) and not self.faults.active("dpop-refresh-unbound"):
            raise OAuthError("invalid_grant", "the refresh token is bound to another key")
        reused = token.used and not self.faults.active("old-refresh-token-works")
        if reused and not self.faults.active("refresh-token-reuse-unnoticed"):
            token.grant.revoked = True
        if reused or token.grant.revoked:
            raise OAuthError("invalid_grant", "the refresh token is not valid any more")
        scope = self._scope(token.grant, form)
        resources = self.issuing.resources(token.grant, form)
        if form.get("resource") is None and self.faults.active("refresh-widens-audience"):
            resources = frozenset(self.issuing.site.resource_paths)
        if self.faults.active("refreshed-token-useless"):
            resources = frozenset[str]()
        return self.issuing.issue(token.grant, resources, scope, self._rotate(token, value), key)

    def _find(self, value: str) -> RefreshToken | None:
        access = self.issuing.access_tokens.find(value)
        if access and self.faults.active("access-token-refreshable"):
            return RefreshToken(access.grant)
        return self.store.refresh_tokens.get(value)

    def _scope(self, grant: Grant, form: Parameters) -> str:
        """The scope a refreshed token is for: that asked for, else all of the grant. Raises OAuthError."""
        scope = form.get("scope") or grant.scope
        wider = not set(scope.split(" ")) <= set(grant.scope.split(" "))
        if wider and not self.faults.active("refresh-widens-scope"):
            raise OAuthError("invalid_scope", "the scope exceeds what was granted")
        if self.faults.active("refresh-narrowing-sticks"):
            grant.scope = scope
        return scope

    def _rotate(self, token: RefreshToken, value: str) -> str:
        if self.faults.active("refresh-not-rotated"):
            return value
        token.used = True
        if self.issuing.site.strict:
            self.store.end_access(token.grant)
        return self.issuing.refresh_token(token.grant, token.thumbprint)
