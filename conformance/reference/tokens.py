"""The token endpoint (RFC 6749 and 7636; OAuth 2.1 where stricter)."""

import asyncio
import re
import time

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from conformance.reference.access_tokens import AccessTokens
from conformance.reference.authorization import s256_challenge
from conformance.reference.client_authentication import ClientAuthentication
from conformance.reference.client_metadata import GRANT_TYPES
from conformance.reference.dpop import InvalidProofError, Proofs
from conformance.reference.forms import NO_STORE, CrashError, OAuthError, Parameters, read_form
from conformance.reference.jsonrpc import JsonObject
from conformance.reference.jwt_grant import JWT_GRANT, trusts
from conformance.reference.requested import granted, resource_paths
from conformance.reference.revocation import Revocation
from conformance.reference.scopes import OPENID
from conformance.reference.services import SERVICE_GRANT
from conformance.reference.site import Site
from conformance.reference.store import Client, Code, Grant, RefreshToken, Store

_HESITATION = 0.1
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


class Tokens:
    """Exchanges codes and refresh tokens for tokens."""

    def __init__(self, site: Site, store: Store, access_tokens: AccessTokens) -> None:
        self.site = site
        self.faults = site.faults
        self.store = store
        self.access_tokens = access_tokens
        self.clients = ClientAuthentication(site, store)
        self.proofs = Proofs(site.faults)
        self.revocation = Revocation(site, store, access_tokens)

    async def token(self, request: Request) -> Response:
        """Answer with tokens, or with the reason of a refusal."""
        form = Parameters(())
        try:
            form = await self._form(request)
            if form.get("grant_type") is None and form.get("token") and self.faults.active("atlassian-2025"):
                return await self.revocation.revoke(request)
            await self._hesitate(form)
            client = self.clients.client(request, form)
            return self._success(self._exchange(client, form, self._key_of(client, request)))
        except OAuthError as error:
            if self.site.strict:
                self.store.codes.pop(form.get("code") or "", None)
            response = self.clients.refusal(error)
            if self.faults.active("token-error-as-text"):
                response.headers["Content-Type"] = "text/plain; charset=utf-8"
            return response
        except CrashError:
            return Response("Internal Server Error", 500, media_type="text/plain")

    async def _form(self, request: Request) -> Parameters:
        """The parameters of a token request; those in its address count only with a fault."""
        query = Parameters.of(request.scope["query_string"].decode("latin-1"))
        if request.method == "GET":
            return query
        media_type = request.headers.get("content-type", "")
        if "json" in media_type and self.faults.active("json-token-request-500"):
            raise CrashError
        if ";" in media_type and self.faults.active("form-with-charset-refused"):
            raise OAuthError("invalid_request", "send application/x-www-form-urlencoded")
        form = await read_form(request, repetitions=self.faults.active("repeated-token-parameters-accepted"))
        return Parameters(form.pairs + query.pairs) if self.faults.active("secret-in-address-accepted") else form

    async def _hesitate(self, form: Parameters) -> None:
        """With a fault, wait between looking at a code and using it up."""
        code = self.store.codes.get(form.get("code") or "")
        if code and not code.used and self.faults.active("codes-checked-late"):
            await asyncio.sleep(_HESITATION)
            code.used = False

    def _key_of(self, client: Client, request: Request) -> str:
        """The thumbprint of the key to which the client wants its tokens bound, empty where it wants bearer tokens.

        Raises OAuthError(invalid_dpop_proof).
        """
        fields = request.headers.getlist("dpop")
        if not fields and not client.dpop_bound:
            return ""
        if not fields and self.faults.active("dpop-requirement-ignored"):
            return ""
        try:
            return self.proofs.key(fields, request.method, self.site.server + "/token")
        except InvalidProofError as error:
            raise OAuthError("invalid_dpop_proof", str(error)) from None

    def _exchange(self, client: Client, form: Parameters, key: str) -> JsonObject:
        if self._spared_registration(client, form):
            return self._serve(client, form, key)
        grant_type = self._grant_type(form)
        if grant_type not in client.grant_types:
            raise OAuthError("unauthorized_client", "the client did not register this grant type")
        answers = {"authorization_code": self._redeem, "refresh_token": self._refresh, SERVICE_GRANT: self._serve}
        return answers[grant_type](client, form, key)

    def _spared_registration(self, client: Client, form: Parameters) -> bool:
        """Whether a fault gives the client a token of its own for which it is not registered."""
        grant_type = form.get("grant_type")
        if grant_type == JWT_GRANT:
            return trusts(form.get("assertion") or "", self.faults)
        careless = "service-grant-for-every-client" if client.secret else "service-grant-for-public-clients"
        return grant_type == SERVICE_GRANT and not self.site.has_services and self.faults.active(careless)

    def _serve(self, client: Client, form: Parameters, key: str) -> JsonObject:
        """A token for a client that acts for itself."""
        grant = Grant(client.id, client.id, frozenset(self.site.resource_paths), granted(form.get("scope")))
        resources = self._resources(grant, form)
        if self.faults.active("service-token-useless"):
            resources = frozenset[str]()
        further = self.store.issue_refresh_token(grant) if self.faults.active("service-refresh-token") else ""
        return self._issue(grant, resources, grant.scope, further, key)

    def _grant_type(self, form: Parameters) -> str:
        grant_type = form.get("grant_type")
        if grant_type is None:
            if self.faults.active("missing-grant-type-500"):
                raise CrashError
            raise OAuthError("invalid_request", "grant_type is missing")
        offered = (*GRANT_TYPES, SERVICE_GRANT) if self.site.has_services else GRANT_TYPES
        if grant_type in offered:
            return grant_type
        if grant_type == "password" and self.faults.active("password-grant"):
            raise OAuthError("invalid_grant", "the user name or the password is wrong")
        if grant_type.startswith("urn:") and self.faults.active("unknown-grant-type-invalid-grant"):
            raise OAuthError("invalid_grant", "there is no such grant")
        status = 403 if self.faults.active("token-error-403") else 400
        raise OAuthError("unsupported_grant_type", "grant_type must be one of " + ", ".join(offered), status)

    def _redeem(self, client: Client, form: Parameters, key: str) -> JsonObject:
        """Tokens for a code. A failed attempt leaves it alive; a complete replay ends the grant."""
        value = form.get("code")
        if value is None:
            if self.faults.active("missing-code-500"):
                raise CrashError
            raise OAuthError("invalid_request", "code is missing")
        if "." in value and self.faults.active("unknown-code-500"):
            raise CrashError
        self._check_parameters(form)
        code = self.store.codes.get(value)
        if code is None or code.expires_at < time.time():
            raise OAuthError("invalid_grant", "the code is not valid")
        if code.grant.client_id != client.id and not self.faults.active("code-of-any-client"):
            raise OAuthError("invalid_grant", "the code is not valid")
        mismatch = form.get("redirect_uri") not in (None, code.redirect_uri)
        if mismatch and not self.faults.active("redirect-uri-mismatch-accepted"):
            raise OAuthError("invalid_grant", "redirect_uri is not the one of the authorization request")
        if code.used and self.faults.active("invalid-replay-ends-grant"):
            code.grant.revoked = True
        self._check_verifier(code, form.get("code_verifier"))
        resources = self._resources(code.grant, form)
        if code.used and not self.faults.active("code-reusable"):
            code.grant.revoked = not self.faults.active("replay-without-consequence")
            raise OAuthError("invalid_grant", "the code was used before")
        code.used = True
        refresh_token = ""
        if "refresh_token" in client.grant_types:
            refresh_token = self._refresh_token(code.grant, "" if client.secret else key)
        return self._issue(code.grant, resources, code.grant.scope, refresh_token, key)

    def _check_parameters(self, form: Parameters) -> None:
        """Faults in how parameters are taken that a redemption may have or leave out."""
        if form.get("redirect_uri") is None and self.faults.active("missing-redirect-uri-500"):
            raise CrashError
        if form.get("redirect_uri") is not None and self.faults.active("redirect-uri-refused-at-token"):
            raise OAuthError("invalid_request", "redirect_uri belongs into the authorization request")
        if any(name.startswith("x_") for name, _ in form.pairs) and self.faults.active("unknown-parameter-refused"):
            raise OAuthError("invalid_request", "a parameter is unknown")

    def _check_verifier(self, code: Code, verifier: str | None) -> None:
        """Compare verifier and challenge (RFC 7636 section 4.6). Raises OAuthError."""
        if not code.challenge:
            if verifier is None or self.faults.active("downgrade-accepted"):
                return
            raise OAuthError("invalid_grant", "the authorization request had no challenge")
        if verifier is None:
            if self.faults.active("verifier-optional"):
                return
            raise OAuthError("invalid_request", "code_verifier is missing")
        if self.faults.active("verifier-ignored"):
            return
        if not _VERIFIER.fullmatch(verifier):
            if self.faults.active("malformed-verifier-crash"):
                raise CrashError
            raise OAuthError("invalid_grant", "code_verifier is malformed")
        if self.faults.active("challenge-as-verifier") and verifier == code.challenge:
            return
        if s256_challenge(verifier) != code.challenge or (len(verifier) == 128 and self.faults.active("s256-broken")):
            raise OAuthError("invalid_grant", "code_verifier does not match the challenge")

    def _resources(self, grant: Grant, form: Parameters) -> frozenset[str]:
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

    def _refresh(self, client: Client, form: Parameters, key: str) -> JsonObject:
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
        resources = self._resources(token.grant, form)
        if form.get("resource") is None and self.faults.active("refresh-widens-audience"):
            resources = frozenset(self.site.resource_paths)
        if self.faults.active("refreshed-token-useless"):
            resources = frozenset[str]()
        return self._issue(token.grant, resources, scope, self._rotate(token, value), key)

    def _find(self, value: str) -> RefreshToken | None:
        access = self.access_tokens.find(value)
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
        if self.site.strict:
            self.store.end_access(token.grant)
        return self._refresh_token(token.grant, token.thumbprint)

    def _refresh_token(self, grant: Grant, thumbprint: str) -> str:
        guessable = f"refresh-{len(self.store.refresh_tokens)}" if self.faults.active("refresh-tokens-counted") else ""
        return self.store.issue_refresh_token(grant, thumbprint, guessable)

    def _issue(self, grant: Grant, resources: frozenset[str], scope: str, refresh_token: str, key: str) -> JsonObject:
        answer: JsonObject = {
            "access_token": self.access_tokens.issue(grant, resources, scope, key),
            "token_type": "DPoP" if key else "Bearer",
            "expires_in": self.store.lifetime_of(grant),
            "scope": scope,
        }
        if OPENID in scope.split(" "):
            answer["id_token"] = self.access_tokens.issue_id_token(grant)
        return answer | {"refresh_token": refresh_token} if refresh_token else answer

    def _success(self, answer: JsonObject) -> Response:
        if self.faults.active("granted-scope-not-reported"):
            del answer["scope"]
        if self.faults.active("atlassian-2025"):
            answer |= {"token_type": "bearer", "scope": ""}
        if self.faults.active("token-type-missing") and answer["token_type"] == "Bearer":  # noqa: S105 - no password
            del answer["token_type"]
        if self.faults.active("expires-in-string"):
            answer["expires_in"] = str(answer["expires_in"])
        if self.faults.active("expires-in-missing"):
            del answer["expires_in"]
        response = JSONResponse(answer, 200, {} if self.faults.active("token-cacheable") else NO_STORE)
        if self.faults.active("token-in-cookie"):
            response.set_cookie("access_token", answer["access_token"])
        return response
