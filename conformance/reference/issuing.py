"""What every successful answer of the token endpoint is made of (RFC 6749 section 5.1)."""

from conformance.reference.access_tokens import AccessTokens
from conformance.reference.forms import OAuthError, Parameters
from conformance.reference.jsonrpc import JsonObject
from conformance.reference.requested import resource_paths
from conformance.reference.scopes import OPENID
from conformance.reference.site import Site
from conformance.reference.store import Grant, Store


class Issuing:
    """Makes the tokens of a grant."""

    def __init__(self, site: Site, store: Store, access_tokens: AccessTokens) -> None:
        self.site = site
        self.faults = site.faults
        self.store = store
        self.access_tokens = access_tokens

    def resources(self, grant: Grant, form: Parameters) -> frozenset[str]:
        """The resources a new token is for: those asked for, else all of the grant."""
        refused = "resource-refused-at-refresh" if form.get("refresh_token") else "resource-refused-at-token"
        if form.all("resource") and self.faults.active(refused):
            raise OAuthError("invalid_target", "resource is not supported")
        if self.faults.active("resource-at-token-ignored"):
            return grant.resources
        wanted = resource_paths(self.site, form)
        if not wanted <= grant.resources:
            raise OAuthError("invalid_target", "the resource was not granted")
        return wanted or grant.resources

    def refresh_token(self, grant: Grant, thumbprint: str) -> str:
        """A new refresh token, bound to the key of that thumbprint where there is one."""
        guessable = f"refresh-{len(self.store.refresh_tokens)}" if self.faults.active("refresh-tokens-counted") else ""
        return self.store.issue_refresh_token(grant, thumbprint, guessable)

    def issue(self, grant: Grant, resources: frozenset[str], scope: str, refresh_token: str, key: str) -> JsonObject:
        """The members of a successful answer (RFC 6749 section 5.1)."""
        answer: JsonObject = {
            "access_token": self.access_tokens.issue(grant, resources, scope, key),
            "token_type": "DPoP" if key else "Bearer",
            "expires_in": self.store.lifetime_of(grant),
            "scope": scope,
        }
        if OPENID in scope.split(" "):
            answer["id_token"] = self.access_tokens.issue_id_token(grant)
        return answer | {"refresh_token": refresh_token} if refresh_token else answer
