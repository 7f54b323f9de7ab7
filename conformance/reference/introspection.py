"""The introspection endpoint (RFC 7662)."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from conformance.reference.access_tokens import AccessTokens
from conformance.reference.client_authentication import ClientAuthentication
from conformance.reference.forms import NO_STORE, CrashError, OAuthError, read_form
from conformance.reference.jsonrpc import JsonObject
from conformance.reference.site import Site
from conformance.reference.store import Client, RefreshToken, Store

INACTIVE: JsonObject = {"active": False}


class Introspection:
    """Tells clients with a secret what their own tokens are, and nothing about those of others."""

    def __init__(self, site: Site, store: Store, access_tokens: AccessTokens) -> None:
        self.faults = site.faults
        self.detached = site.detached
        self.store = store
        self.access_tokens = access_tokens
        self.clients = ClientAuthentication(site, store)

    async def introspect(self, request: Request) -> Response:
        """Answer with what is known of a token, or with the reason of a refusal."""
        try:
            form = await read_form(request)
            named = form.get("client_id") or request.headers.get("authorization", "").lower().startswith("basic ")
            client = None
            if named or not self.faults.active("introspection-open"):
                client = self.clients.client(request, form)
                if not client.secret:
                    raise OAuthError("invalid_client", "only clients with a secret may introspect", 401)
            value = form.get("token")
            if value is None:
                raise OAuthError("invalid_request", "token is missing")
            return JSONResponse(self._about(client, value), 200, NO_STORE)
        except OAuthError as error:
            return self.clients.refusal(error)
        except CrashError:
            return Response("Internal Server Error", 500, media_type="text/plain")

    def _about(self, client: Client | None, value: str) -> JsonObject:
        token = self.access_tokens.find(value)
        refresh_token = self.store.refresh_tokens.get(value)
        if token and self.detached:
            raise OAuthError("unsupported_token_type", "access tokens are read, not looked up")
        if refresh_token:
            return self._about_refresh(client, refresh_token)
        if token is None and self.faults.active("introspection-unknown-400"):
            raise OAuthError("invalid_token", "there is no such token")
        own = token is not None and client is not None and token.grant.client_id == client.id
        if token is None or not (own or self.faults.active("introspection-of-foreign-tokens")):
            return self._inactive()
        if token.ended and not self.faults.active("introspection-ignores-revocation"):
            return self._inactive()
        claims = self.access_tokens.claims(value)
        if self.faults.active("introspection-wrong-client"):
            claims["client_id"] = "another"
        return {"active": True, "token_type": "DPoP" if token.thumbprint else "Bearer"} | claims

    def _about_refresh(self, client: Client | None, token: RefreshToken) -> JsonObject:
        own = client is not None and token.grant.client_id == client.id
        ended = token.used or token.grant.revoked
        if not own or (ended and not self.faults.active("introspection-ignores-end-of-grant")):
            return self._inactive()
        wrong = self.faults.active("introspection-refresh-wrong-client")
        return {"active": True, "client_id": "another" if wrong else token.grant.client_id, "scope": token.grant.scope}

    def _inactive(self) -> JsonObject:
        details = {"reason": "unknown, ended or foreign"} if self.faults.active("introspection-reason") else {}
        return INACTIVE | details
