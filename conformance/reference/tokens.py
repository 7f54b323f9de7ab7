"""The token endpoint and the revocation endpoint (RFC 6749, 7636 and 7009; OAuth 2.1 where stricter)."""

import base64
import re
import time
from urllib.parse import unquote_plus

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from conformance.reference.access_tokens import AccessTokens
from conformance.reference.authorization import s256_challenge
from conformance.reference.client_documents import is_document_url
from conformance.reference.client_metadata import GRANT_TYPES
from conformance.reference.dpop import InvalidProofError, Proofs
from conformance.reference.forms import NO_STORE, CrashError, OAuthError, Parameters, read_form
from conformance.reference.jsonrpc import JsonObject
from conformance.reference.requested import resource_paths
from conformance.reference.scopes import OPENID
from conformance.reference.site import Site
from conformance.reference.store import ACCESS_TOKEN_LIFETIME, Client, Code, Grant, RefreshToken, Store

_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


class Tokens:
    """The endpoints that a client calls itself: /token and /revoke."""

    def __init__(self, site: Site, store: Store, access_tokens: AccessTokens) -> None:
        self.site = site
        self.faults = site.faults
        self.store = store
        self.access_tokens = access_tokens
        self.proofs = Proofs(site.faults)

    async def token(self, request: Request) -> Response:
        """Exchange a code or a refresh token."""
        form = Parameters(())
        try:
            form = await read_form(request)
            if form.get("grant_type") is None and form.get("token") and self.faults.active("atlassian-2025"):
                return await self.revoke(request)
            client = self._client(request, form)
            return self._success(self._exchange(client, form, self._key_of(client, request)))
        except OAuthError as error:
            if self.site.strict:
                self.store.codes.pop(form.get("code") or "", None)
            return _refusal(error)
        except CrashError:
            return Response("Internal Server Error", 500, media_type="text/plain")

    async def revoke(self, request: Request) -> Response:
        """End a token. A refresh token takes its grant along; foreign and unknown tokens change nothing."""
        try:
            form = await read_form(request)
            client = self._client(request, form)
            if not client.secret and self.faults.active("revocation-needs-secret"):
                raise OAuthError("invalid_client", "only clients with a secret may revoke")
            value = form.get("token")
            if value is None:
                raise OAuthError("invalid_request", "token is missing")
            known = self._revoke(client, value)
            if not known and self.faults.active("revocation-unknown-400"):
                raise OAuthError("invalid_token", "there is no such token")
        except OAuthError as error:
            return _refusal(error)
        return Response(status_code=200, headers=NO_STORE)

    def _revoke(self, client: Client, value: str) -> bool:
        """End the token if it is the client's; whether such a token was ever issued."""
        access, refresh = self.access_tokens.find(value), self.store.refresh_tokens.get(value)
        without_effect = self.faults.active("revocation-without-effect")
        if access is not None and access.grant.client_id == client.id and not without_effect:
            access.revoked = True
            access.grant.revoked = access.grant.revoked or self.site.strict
        if refresh is not None and refresh.grant.client_id == client.id:
            refresh.grant.revoked = True
        return access is not None or refresh is not None

    def _client(self, request: Request, form: Parameters) -> Client:
        """The client, authenticated by the method it registered. Raises OAuthError(invalid_client)."""
        scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
        header_used = scheme.lower() == "basic"
        secret, method = form.get("client_secret"), "none"
        if header_used and secret is not None:
            raise OAuthError("invalid_request", "the client authenticates in two ways")
        id = form.get("client_id")
        if header_used:
            named, (id, secret), method = id, _basic_credentials(credentials), "client_secret_basic"
            if named not in (None, id):
                raise OAuthError("invalid_client", "client_id contradicts the Authorization header", 401)
        elif secret is not None:
            method = "client_secret_post"
        client = self.store.clients.get(id or "")
        if is_document_url(id or "") and self.faults.active("client-document-unknown-at-token"):
            client = None
        if client is None:
            raise OAuthError("invalid_client", "the client is not known", 401)
        web = client.redirect_uris[0].startswith("https:") if client.redirect_uris else False
        if web and method == "none" and self.faults.active("public-web-client-needs-secret"):
            raise OAuthError("invalid_client", "client_secret is missing", 401)
        if client.authentication_method != method or (secret is not None and not client.knows_secret(secret)):
            raise OAuthError("invalid_client", "the client authentication failed", 401)
        return client

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
        grant_type = form.get("grant_type")
        if grant_type is None:
            raise OAuthError("invalid_request", "grant_type is missing")
        if grant_type not in GRANT_TYPES:
            raise OAuthError("unsupported_grant_type", "grant_type must be one of " + ", ".join(GRANT_TYPES))
        if grant_type not in client.grant_types:
            raise OAuthError("unauthorized_client", "the client did not register this grant type")
        answer = self._redeem if grant_type == "authorization_code" else self._refresh
        return answer(client, form, key)

    def _redeem(self, client: Client, form: Parameters, key: str) -> JsonObject:
        """Tokens for a code. A failed attempt leaves it alive; a complete replay ends the grant."""
        value = form.get("code")
        if value is None:
            raise OAuthError("invalid_request", "code is missing")
        code = self.store.codes.get(value)
        if code is None and self.faults.active("unknown-code-500"):
            raise CrashError
        if code is None or code.grant.client_id != client.id or code.expires_at < time.time():
            raise OAuthError("invalid_grant", "the code is not valid")
        if form.get("redirect_uri") not in (None, code.redirect_uri):
            raise OAuthError("invalid_grant", "redirect_uri is not the one of the authorization request")
        self._check_verifier(code, form.get("code_verifier"))
        resources = self._resources(code.grant, form)
        if code.used and not self.faults.active("code-reusable"):
            code.grant.revoked = True
            raise OAuthError("invalid_grant", "the code was used before")
        code.used = True
        refresh_token = ""
        if "refresh_token" in client.grant_types:
            refresh_token = self._refresh_token(code.grant, "" if client.secret else key)
        return self._issue(code.grant, resources, code.grant.scope, refresh_token, key)

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
        if form.all("resource") and self.faults.active("resource-refused-at-token"):
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
            raise OAuthError("invalid_request", "refresh_token is missing")
        token = self.store.refresh_tokens.get(value)
        if token is None or self.faults.active("refresh-refused"):
            raise OAuthError("invalid_grant", "the refresh token is not valid")
        if token.grant.client_id != client.id and not self.faults.active("refresh-any-client"):
            raise OAuthError("invalid_grant", "the refresh token is not valid")
        if token.thumbprint not in ("", key) and not self.faults.active("dpop-refresh-unbound"):
            raise OAuthError("invalid_grant", "the refresh token is bound to another key")
        if token.used:
            token.grant.revoked = True
        if token.grant.revoked:
            raise OAuthError("invalid_grant", "the refresh token is not valid any more")
        scope = form.get("scope") or token.grant.scope
        if not set(scope.split(" ")) <= set(token.grant.scope.split(" ")):
            raise OAuthError("invalid_scope", "the scope exceeds what was granted")
        resources = self._resources(token.grant, form)
        if self.faults.active("refreshed-token-useless"):
            resources = frozenset[str]()
        return self._issue(token.grant, resources, scope, self._rotate(token, value), key)

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
            "expires_in": ACCESS_TOKEN_LIFETIME,
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
        if self.faults.active("token-type-missing"):
            del answer["token_type"]
        if self.faults.active("expires-in-string"):
            answer["expires_in"] = str(answer["expires_in"])
        if self.faults.active("expires-in-missing"):
            del answer["expires_in"]
        response = JSONResponse(answer, 200, {} if self.faults.active("token-cacheable") else NO_STORE)
        if self.faults.active("token-in-cookie"):
            response.set_cookie("access_token", answer["access_token"])
        return response


def _refusal(error: OAuthError) -> Response:
    """The refusal; a failed client authentication names a scheme to use (RFC 6749 section 5.2)."""
    return error.response({"WWW-Authenticate": 'Basic realm="token"'} if error.status == 401 else None)


def _basic_credentials(encoded: str) -> tuple[str, str]:
    """Id and secret from Basic credentials (RFC 6749 section 2.3.1). Raises OAuthError(invalid_client)."""
    try:
        decoded = base64.b64decode(encoded.strip(), validate=True).decode()
    except ValueError:
        decoded = ""
    id, colon, secret = decoded.partition(":")
    if not colon:
        raise OAuthError("invalid_client", "the Basic credentials cannot be read", 401)
    return unquote_plus(id), unquote_plus(secret)
