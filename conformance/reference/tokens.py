"""The token endpoint (RFC 6749 and 7636; OAuth 2.1 where stricter)."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from conformance.reference.access_tokens import AccessTokens
from conformance.reference.client_authentication import ClientAuthentication
from conformance.reference.client_metadata import GRANT_TYPES
from conformance.reference.codes import Codes
from conformance.reference.crowd import Crowd
from conformance.reference.dpop import InvalidProofError, Proofs
from conformance.reference.forms import NO_STORE, CrashError, OAuthError, Parameters, read_form
from conformance.reference.issuing import Issuing
from conformance.reference.jsonrpc import JsonObject
from conformance.reference.jwt_grant import JWT_GRANT, trusts
from conformance.reference.refreshing import Refreshing
from conformance.reference.requested import granted
from conformance.reference.revocation import Revocation
from conformance.reference.services import SERVICE_GRANT
from conformance.reference.site import Site
from conformance.reference.store import Client, Grant, Store


class Tokens:
    """The endpoint: who asks, for which grant, and how the answer is sent."""

    def __init__(self, site: Site, store: Store, access_tokens: AccessTokens) -> None:
        self.site = site
        self.faults = site.faults
        self.store = store
        self.issuing = Issuing(site, store, access_tokens)
        self.crowd = Crowd()
        self.codes = Codes(self.issuing)
        self.refreshing = Refreshing(self.issuing)
        self.clients = ClientAuthentication(site, store)
        self.proofs = Proofs(site.faults)
        self.revocation = Revocation(site, store, access_tokens)

    async def token(self, request: Request) -> Response:
        """Answer with tokens, or with the reason of a refusal."""
        form = Parameters(())
        try:
            form = await self.crowd.read(self._form(request))
            if form.get("grant_type") is None and form.get("token") and self.faults.active("atlassian-2025"):
                return await self.revocation.revoke(request)
            await self.codes.hesitate(form)
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
        answers = {
            "authorization_code": self.codes.redeem,
            "refresh_token": self.refreshing.refresh,
            SERVICE_GRANT: self._serve,
        }
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
        resources = self.issuing.resources(grant, form)
        if self.faults.active("service-token-useless"):
            resources = frozenset[str]()
        further = self.store.issue_refresh_token(grant) if self.faults.active("service-refresh-token") else ""
        return self.issuing.issue(grant, resources, grant.scope, further, key)

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
        if self.faults.active("token-answer-as-text"):
            response.headers["Content-Type"] = "text/plain"
        if self.faults.active("token-in-cookie"):
            response.set_cookie("access_token", answer["access_token"])
        return response
