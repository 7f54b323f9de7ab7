"""The revocation endpoint (RFC 7009)."""

from starlette.requests import Request
from starlette.responses import Response

from conformance.reference.access_tokens import AccessTokens
from conformance.reference.client_authentication import ClientAuthentication
from conformance.reference.forms import NO_STORE, CrashError, OAuthError, Parameters, read_form
from conformance.reference.site import Site
from conformance.reference.store import Client, Store


class Revocation:
    """Ends tokens. A refresh token takes its grant along; foreign and unknown tokens change nothing."""

    def __init__(self, site: Site, store: Store, access_tokens: AccessTokens) -> None:
        self.faults = site.faults
        self.strict = site.strict
        self.detached = site.detached
        self.store = store
        self.access_tokens = access_tokens
        self.clients = ClientAuthentication(site, store)

    async def revoke(self, request: Request) -> Response:
        """Answer with 200, or with the reason of a refusal."""
        try:
            if request.method == "GET":
                form = Parameters.of(request.scope["query_string"].decode("latin-1"))
            else:
                form = await read_form(request)
            self._end(self.clients.client(request, form), form)
        except OAuthError as error:
            response = self.clients.refusal(error)
            if self.faults.active("revocation-error-as-text"):
                response.headers["Content-Type"] = "text/plain; charset=utf-8"
            return response
        except CrashError:
            return Response("Internal Server Error", 500, media_type="text/plain")
        return Response(status_code=200, headers=NO_STORE)

    def _end(self, client: Client, form: Parameters) -> None:
        if not client.secret and self.faults.active("revocation-needs-secret"):
            raise OAuthError("invalid_client", "only clients with a secret may revoke")
        value = form.get("token")
        if value is None:
            if self.faults.active("revocation-without-token-200"):
                return
            raise OAuthError("invalid_request", "token is missing")
        hint = form.get("token_type_hint") if self._trusts_hints else None
        found = [self._end_access(client, value)] if hint != "refresh_token" else []
        found += [self._end_refresh(client, value)] if hint != "access_token" else []
        if not any(found) and self.faults.active("revocation-unknown-400"):
            raise OAuthError("invalid_token", "there is no such token")

    def _end_access(self, client: Client, value: str) -> bool:
        """End an access token of the client; whether such a token was ever issued."""
        token = self.access_tokens.find(value)
        if token is None:
            return False
        if self.detached:
            raise OAuthError("unsupported_token_type", "access tokens end by themselves")
        if self._may(client, token.grant.client_id) and not self.faults.active("revocation-without-effect"):
            token.revoked = True
            token.grant.revoked = token.grant.revoked or self.strict
        return True

    def _end_refresh(self, client: Client, value: str) -> bool:
        """End a refresh token of the client and its grant; whether such a token was ever issued."""
        token = self.store.refresh_tokens.get(value)
        if token is None:
            return False
        if self._may(client, token.grant.client_id) and not self.faults.active("refresh-token-not-revocable"):
            del self.store.refresh_tokens[value]
            token.grant.revoked = not self.faults.active("refresh-revocation-spares-access")
        return True

    @property
    def _trusts_hints(self) -> bool:
        return self.faults.active("revocation-hint-trusted") or self.faults.active("access-token-hint-trusted")

    def _may(self, client: Client, owner: str) -> bool:
        return client.id == owner or self.faults.active("foreign-token-revocable")
