"""The authorization endpoint, the login and the consent (RFC 6749 section 4.1, RFC 7636, 8707, 9207)."""

import base64
import hashlib
import re
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from conformance.reference.browser import BrowserSession, BrowserSessions
from conformance.reference.client_documents import ClientDocuments, DocumentError, is_document_url
from conformance.reference.forms import CrashError, OAuthError, Parameters, read_form
from conformance.reference.pages import PASSWORD, USERNAME, consent_page, error_page, login_page
from conformance.reference.redirects import redirect_uri_allowed
from conformance.reference.requested import requested_resources, requested_scope
from conformance.reference.site import Site
from conformance.reference.store import Client, Grant, Store

_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")


class NotRedirectableError(Exception):
    """A request whose client or redirect URI cannot be trusted; the message is shown to the user."""


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """A request found good, waiting for the user's decision."""

    client: Client
    redirect_uri: str
    state: str | None
    challenge: str
    resources: frozenset[str]
    scope: str
    nonce: str


class Authorization:
    """The endpoints that a browser visits: /authorize, /login and /consent."""

    def __init__(self, site: Site, store: Store) -> None:
        self.site = site
        self.faults = site.faults
        self.store = store
        self.documents = ClientDocuments(site.faults)
        self.browsers: BrowserSessions[AuthorizationRequest] = BrowserSessions(site.server)

    async def authorize(self, request: Request) -> Response:
        """Answer an authorization request with a page, or with a redirect to the client."""
        parameters = Parameters.of(request.scope["query_string"].decode("latin-1"))
        try:
            client = await self._client(parameters)
            redirect_uri = self._redirect_uri(parameters, client)
        except (NotRedirectableError, DocumentError) as error:
            return error_page(str(error))
        except CrashError:
            return Response("Internal Server Error", 500, media_type="text/plain")
        state = parameters.get("state")
        try:
            wanted = self._request(parameters, client, redirect_uri, state)
        except OAuthError as error:
            answer = {"error": error.error, "error_description": error.description}
            return self._redirect(redirect_uri, state, answer)
        except CrashError:
            return Response("Internal Server Error", 500, media_type="text/plain")
        if self.site.consent == "auto":
            return self._approve(wanted)
        return self._ask(self.browsers.session_of(request), wanted)

    async def login(self, request: Request) -> Response:
        """Take the account's name and password, then ask for consent."""
        opened = await self._open_form(request)
        if isinstance(opened, Response):
            return opened
        browser, form = opened
        pending = form.get("request") or ""
        if (form.get("username"), form.get("password")) != (USERNAME, PASSWORD):
            return login_page(browser.hidden_fields(pending), "The user name or the password is wrong.")
        wanted = browser.pending[pending]
        browser = self.browsers.sign_in(browser)
        return self._consent(browser, pending, wanted)

    async def consent(self, request: Request) -> Response:
        """Take the user's decision and redirect to the client."""
        opened = await self._open_form(request)
        if isinstance(opened, Response):
            return opened
        browser, form = opened
        if not browser.signed_in:
            return error_page("Sign in first.", 403)
        decision = form.get("decision")
        if decision not in ("approve", "deny"):
            return error_page("Choose Approve or Deny.")
        wanted = browser.pending.pop(form.get("request") or "")
        if wanted.client.id not in self.store.clients:
            return error_page("The client is not known any more.")
        if decision == "approve":
            return self._approve(wanted)
        answer = {"error": "access_denied", "error_description": "the user denied the request"}
        return self._redirect(wanted.redirect_uri, wanted.state, answer)

    async def _client(self, parameters: Parameters) -> Client:
        if "client_id" in parameters.repeated():
            raise NotRedirectableError("The parameter client_id is repeated.")
        client_id = parameters.get("client_id") or ""
        if is_document_url(client_id):
            if self.faults.active("url-client-id-crash"):
                raise CrashError
            if self.site.client_documents:
                return await self._document_client(client_id)
        client = self.store.clients.get(client_id)
        if client is None:
            raise NotRedirectableError("The client is not known here.")
        return client

    async def _document_client(self, client_id: str) -> Client:
        """The client whose document is at that URL, remembered for its requests to the token endpoint."""
        client = await self.documents.client(client_id)
        self.store.clients[client.id] = client
        return client

    def _redirect_uri(self, parameters: Parameters, client: Client) -> str:
        if "redirect_uri" in parameters.repeated():
            raise NotRedirectableError("The parameter redirect_uri is repeated.")
        wanted = parameters.get("redirect_uri")
        if wanted is None and len(client.redirect_uris) == 1:
            return client.redirect_uris[0]
        if wanted is None or not self._redirect_uri_allowed(wanted, client):
            raise NotRedirectableError("The redirect URI is not registered for this client.")
        return wanted

    def _redirect_uri_allowed(self, wanted: str, client: Client) -> bool:
        if is_document_url(client.id):
            if self.faults.active("client-document-redirects-unchecked"):
                return True
            if self.faults.active("client-document-port-exact"):
                return wanted in client.redirect_uris
        return redirect_uri_allowed(wanted, client.redirect_uris, self.site.faults)

    def _request(
        self, parameters: Parameters, client: Client, redirect_uri: str, state: str | None
    ) -> AuthorizationRequest:
        """The request, if everything in it is good. Raises OAuthError."""
        if parameters.repeated():
            raise OAuthError("invalid_request", "a parameter is repeated")
        response_type = parameters.get("response_type")
        if response_type is None:
            raise OAuthError("invalid_request", "response_type is missing")
        if response_type != "code":
            raise OAuthError("unsupported_response_type", "response_type must be code")
        challenge = parameters.get("code_challenge")
        if challenge is None:
            raise OAuthError("invalid_request", "code_challenge is missing")
        method = parameters.get("code_challenge_method") or "plain"
        if method == "plain" and self.site.faults.active("atlassian-2025"):
            digest = hashlib.sha256(challenge.encode()).digest()
            challenge, method = base64.urlsafe_b64encode(digest).decode().rstrip("="), "S256"
        if method != "S256":
            raise OAuthError("invalid_request", "code_challenge_method must be S256")
        if not _CHALLENGE.fullmatch(challenge):
            raise OAuthError("invalid_request", "code_challenge must be 43 base64url characters")
        scope = requested_scope(self.site, parameters.get("scope"))
        resources = requested_resources(self.site, parameters)
        nonce = parameters.get("nonce") or ""
        return AuthorizationRequest(client, redirect_uri, state, challenge, resources, scope, nonce)

    async def _open_form(self, request: Request) -> tuple[BrowserSession[AuthorizationRequest], Parameters] | Response:
        """The browser and the form it sent, or a page that refuses a form which was not shown to it."""
        try:
            form = await read_form(request)
        except OAuthError as error:
            return error_page(error.description)
        browser = self.browsers.session_of(request)
        if request.headers.get("origin", self.site.server_origin) != self.site.server_origin:
            return error_page("The form was sent from another site.", 403)
        if not browser.shown(form.get("request") or "", form.get("csrf") or ""):
            return error_page("The form is out of date. Begin again in the application you came from.", 403)
        return browser, form

    def _ask(self, browser: BrowserSession[AuthorizationRequest], wanted: AuthorizationRequest) -> Response:
        pending = browser.keep(wanted)
        if browser.signed_in:
            return self._consent(browser, pending, wanted)
        response = login_page(browser.hidden_fields(pending))
        self.browsers.set_cookie(response, browser)
        return response

    def _consent(
        self, browser: BrowserSession[AuthorizationRequest], pending: str, wanted: AuthorizationRequest
    ) -> Response:
        resources = sorted(self.site.resource(path) for path in wanted.resources)
        hidden = browser.hidden_fields(pending)
        response = consent_page(hidden, wanted.client.name, wanted.redirect_uri, resources, wanted.scope)
        self.browsers.set_cookie(response, browser)
        return response

    def _approve(self, wanted: AuthorizationRequest) -> Response:
        if self.site.strict:
            self.store.end_grants(USERNAME, wanted.client.id)
        grant = Grant(USERNAME, wanted.client.id, wanted.resources, wanted.scope, wanted.nonce)
        code = self.store.issue_code(grant, wanted.redirect_uri, wanted.challenge)
        return self._redirect(wanted.redirect_uri, wanted.state, {"code": code})

    def _issuer(self, is_error: bool) -> dict[str, str]:
        """Who answers (RFC 9207 section 2)."""
        faults = self.site.faults
        missing = any(faults.active(name) for name in ("iss-missing", "iss-not-sent", "atlassian-2025"))
        if missing or (is_error and faults.active("iss-missing-on-error")):
            return {}
        return {"iss": self.site.issuer + ("/" if faults.active("iss-differs") else "")}

    def _redirect(self, redirect_uri: str, state: str | None, answer: dict[str, str]) -> Response:
        answer = answer | ({} if state is None else {"state": state}) | self._issuer("error" in answer)
        joint = "&" if "?" in redirect_uri else "?"
        target = redirect_uri + joint + urlencode(answer, errors="surrogateescape")
        return RedirectResponse(target, 302, {"Cache-Control": "no-store"})
