"""The authorization endpoint, the login and the consent (RFC 6749 section 4.1, RFC 7636, 8707, 9207)."""

import base64
import hashlib
import re
from dataclasses import dataclass, replace
from html import escape
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from conformance.reference.browser import BrowserSession, BrowserSessions
from conformance.reference.client_documents import ClientDocuments, DocumentError, is_document_url
from conformance.reference.forms import CrashError, OAuthError, Parameters, read_form
from conformance.reference.pages import PASSWORD, SHORT_LIFETIME, USERNAME, consent_page, error_page, login_page
from conformance.reference.redirects import redirect_uri_allowed
from conformance.reference.requested import requested_resources, requested_scope
from conformance.reference.site import Site
from conformance.reference.store import Client, Grant, Store, random_value
from conformance.reference.third_party import CALLBACK_PATH, ThirdParty

_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_PARAMETERS = frozenset(
    """
    response_type client_id redirect_uri scope state code_challenge code_challenge_method resource nonce prompt
    login_hint ui_locales claims dpop_jkt
    """.split()
)


class NotRedirectableError(Exception):
    """A request whose client or redirect URI cannot be trusted; the message is shown to the user."""


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """A request found good, waiting for the user's decision. `challenge` is empty where a fault let it be left out,
    `implicit` where no fault wants a token in the answer. `lifetime` is that of the grant.
    """

    client: Client
    redirect_uri: str
    state: str | None
    challenge: str
    resources: frozenset[str]
    scope: str
    nonce: str
    implicit: bool = False
    lifetime: int = 0


@dataclass(frozen=True, slots=True)
class Refusal:
    """A request found bad. Its client is told once the user has signed in (OAuth 2.1 section 7.12.2)."""

    redirect_uri: str
    state: str | None
    error: OAuthError


Pending = AuthorizationRequest | Refusal


class Authorization:
    """The endpoints that a browser visits: /authorize, /login and /consent."""

    def __init__(self, site: Site, store: Store) -> None:
        self.site = site
        self.faults = site.faults
        self.store = store
        self.documents = ClientDocuments(site.faults)
        self.browsers: BrowserSessions[Pending] = BrowserSessions(site.server)
        self.third_party: ThirdParty | None = None
        if site.third_party:
            self.third_party = ThirdParty(site.third_party, site.server + CALLBACK_PATH)

    async def authorize(self, request: Request) -> Response:
        """Answer an authorization request with a page, or with a redirect to the client."""
        if self.faults.active("authorize-by-post-alone"):
            return Response(status_code=405, headers={"Allow": "POST"})
        parameters = Parameters.of(request.scope["query_string"].decode("latin-1"))
        try:
            client = await self._client(parameters)
            redirect_uri = self._redirect_uri(parameters, client)
        except (NotRedirectableError, DocumentError) as error:
            return self._not_redirected(str(error), parameters)
        except CrashError:
            return Response("Internal Server Error", 500, media_type="text/plain")
        state = parameters.get("state")
        try:
            wanted: Pending = self._request(parameters, client, redirect_uri, state)
        except OAuthError as error:
            wanted = Refusal(redirect_uri, state, error)
        except CrashError:
            return Response("Internal Server Error", 500, media_type="text/plain")
        if self.site.consent == "auto" or (isinstance(wanted, Refusal) and self.faults.active("error-before-sign-in")):
            return self._refuse(wanted) if isinstance(wanted, Refusal) else self._approve(wanted)
        return self._ask(self.browsers.session_of(request), wanted)

    async def login(self, request: Request) -> Response:
        """Take the account's name and password, then ask for consent or tell the client what is wrong."""
        opened = await self._open_form(request)
        if isinstance(opened, Response):
            return opened
        browser, form = opened
        pending = form.get("request") or ""
        if (form.get("username"), form.get("password")) != (USERNAME, PASSWORD):
            return login_page(browser.hidden_fields(pending), "The user name or the password is wrong.")
        wanted = browser.pending[pending]
        return self._decide(self.browsers.sign_in(browser), pending, wanted)

    async def consent(self, request: Request) -> Response:
        """Take the user's decision and redirect to the client."""
        opened = await self._open_form(request)
        if isinstance(opened, Response):
            return opened
        browser, form = opened
        if not browser.signed_in and not self.third_party:
            return error_page("Sign in first.", 403)
        decision = form.get("decision")
        if decision not in ("approve", "deny"):
            return error_page("Choose Approve or Deny.")
        wanted = browser.pending.pop(form.get("request") or "")
        if isinstance(wanted, Refusal):
            return self._refuse(wanted)
        if wanted.client.id not in self.store.clients:
            return error_page("The client is not known any more.")
        if decision == "approve":
            if form.get("lifetime") == str(SHORT_LIFETIME):
                wanted = replace(wanted, lifetime=SHORT_LIFETIME)
            browser.approved.add(wanted.client.id)
            return self._delegate(self.third_party, browser, wanted) if self.third_party else self._approve(wanted)
        denied = "server_error" if self.faults.active("denial-as-server-error") else "access_denied"
        answer = {"error": denied, "error_description": "the user denied the request"}
        return self._redirect(wanted.redirect_uri, wanted.state, answer)

    async def callback(self, request: Request) -> Response:
        """Take a user back from the third party; only the browser that was sent there with this state."""
        parameters = Parameters.of(request.scope["query_string"].decode("latin-1"))
        browser = self.browsers.session_of(request)
        wanted = browser.delegated.pop(parameters.get("state") or "", None)
        signed_in = self.third_party and self.third_party.redeem(parameters.get("code") or "")
        if not isinstance(wanted, AuthorizationRequest) or not signed_in:
            return error_page("This answer belongs to no login that was begun here.")
        return self._approve(wanted)

    def _delegate(self, third_party: ThirdParty, browser: BrowserSession[Pending], wanted: Pending) -> Response:
        """Send the user to the third party to sign in."""
        state = random_value()
        browser.delegated[state] = wanted
        response = RedirectResponse(third_party.authorization_url(state), 302)
        self.browsers.set_cookie(response, browser)
        return response

    async def _client(self, parameters: Parameters) -> Client:
        if "client_id" in parameters.repeated():
            raise NotRedirectableError("The parameter client_id is repeated.")
        client_id = parameters.get("client_id") or ""
        if not client_id and self.faults.active("missing-client-crash"):
            raise CrashError
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
            if self.faults.active("last-redirect-uri-used"):
                return parameters.all("redirect_uri")[-1]
            raise NotRedirectableError("The parameter redirect_uri is repeated.")
        wanted = parameters.get("redirect_uri")
        if wanted is None:
            return self._only_redirect_uri(client)
        if not self._redirect_uri_allowed(wanted, client):
            raise NotRedirectableError("The redirect URI is not registered for this client.")
        return wanted

    def _only_redirect_uri(self, client: Client) -> str:
        """The redirect URI of a request that names none (OAuth 2.1 section 2.3.2)."""
        first, *others = client.redirect_uris or ("",)
        if others and not self.faults.active("first-redirect-uri-picked"):
            raise NotRedirectableError("The client has several redirect URIs, and the request names none.")
        if not first or self.faults.active("single-redirect-uri-required"):
            raise NotRedirectableError("The request names no redirect URI.")
        return first

    def _redirect_uri_allowed(self, wanted: str, client: Client) -> bool:
        if is_document_url(client.id):
            if self.faults.active("client-document-redirects-unchecked"):
                return True
            if self.faults.active("client-document-port-exact"):
                return wanted in client.redirect_uris
        registered = client.redirect_uris
        if self.faults.active("redirect-uris-of-all-clients"):
            registered = tuple(uri for one in self.store.clients.values() for uri in one.redirect_uris)
        return redirect_uri_allowed(wanted, registered, self.faults)

    def _request(
        self, parameters: Parameters, client: Client, redirect_uri: str, state: str | None
    ) -> AuthorizationRequest:
        """The request, if everything in it is good. Raises OAuthError."""
        if parameters.repeated() and not self.faults.active("repeated-parameters-accepted"):
            raise OAuthError("invalid_request", "a parameter is repeated")
        if parameters.unknown(_PARAMETERS) and self.faults.active("unknown-parameters-refused"):
            raise OAuthError("invalid_request", "a parameter is not known")
        if "scope" in parameters.empty and self.faults.active("empty-scope-refused"):
            raise OAuthError("invalid_scope", "the scope is empty")
        implicit = self._implicit(parameters.get("response_type"))
        challenge = "" if implicit else self._challenge(parameters, client)
        scope = requested_scope(self.site, parameters.get("scope"))
        resources = requested_resources(self.site, parameters)
        nonce = parameters.get("nonce") or ""
        return AuthorizationRequest(client, redirect_uri, state, challenge, resources, scope, nonce, implicit)

    def _implicit(self, response_type: str | None) -> bool:
        """Whether a token is to be sent in the answer, which only happens with a fault. Raises OAuthError."""
        if response_type is None and not self.faults.active("response-type-optional"):
            raise OAuthError("invalid_request", "response_type is missing")
        if response_type == "token" and self.faults.active("implicit-offered"):
            return True
        if response_type not in (None, "code") and not self.faults.active("response-type-ignored"):
            raise OAuthError("unsupported_response_type", "response_type must be code")
        return False

    def _challenge(self, parameters: Parameters, client: Client) -> str:
        """The S256 challenge of the request; empty where a fault lets it be left out. Raises OAuthError."""
        challenge, method = parameters.get("code_challenge"), parameters.get("code_challenge_method")
        optional = "challenge-optional-with-secret" if client.secret else "challenge-optional"
        if challenge is None:
            for_public = ("downgrade-accepted", "redirect-uri-free-without-pkce")
            if self.faults.active(optional) or (not client.secret and any(map(self.faults.active, for_public))):
                return ""
            raise OAuthError("invalid_request", "code_challenge is missing")
        if method in (None, "plain") and self.faults.active("atlassian-2025"):
            return s256_challenge(challenge)
        if method is None and self.faults.active("method-defaults-to-s256"):
            method = "S256"
        as_plain = "plain-accepted" if method == "plain" else "unknown-method-as-plain"
        if method not in (None, "S256") and self.faults.active(as_plain):
            return s256_challenge(challenge)
        if method != "S256":
            raise OAuthError("invalid_request", "code_challenge_method must be S256")
        if not _CHALLENGE.fullmatch(challenge) and not self.faults.active("challenge-unchecked"):
            raise OAuthError("invalid_request", "code_challenge must be 43 base64url characters")
        return challenge

    async def _open_form(self, request: Request) -> tuple[BrowserSession[Pending], Parameters] | Response:
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

    def _ask(self, browser: BrowserSession[Pending], wanted: Pending) -> Response:
        if self.third_party:
            return self._ask_proxy(self.third_party, browser, wanted)
        pending = browser.keep(wanted)
        if browser.signed_in:
            return self._decide(browser, pending, wanted)
        response = login_page(browser.hidden_fields(pending))
        self.browsers.set_cookie(response, browser)
        return response

    def _ask_proxy(self, third_party: ThirdParty, browser: BrowserSession[Pending], wanted: Pending) -> Response:
        """Ask for consent to this client before the third party is visited, which does not know it."""
        if isinstance(wanted, Refusal):
            return error_page(wanted.error.description)
        if self.faults.active("proxy-consent-skipped"):
            return self._delegate(third_party, browser, wanted)
        return self._consent(browser, browser.keep(wanted), wanted)

    def _decide(self, browser: BrowserSession[Pending], pending: str, wanted: Pending) -> Response:
        """What a user who has signed in gets to see, or the client of a bad request."""
        if isinstance(wanted, Refusal):
            del browser.pending[pending]
            response = self._refuse(wanted)
            self.browsers.set_cookie(response, browser)
            return response
        if wanted.client.id in browser.approved and self.faults.active("approved-once-for-all"):
            return self._approve(wanted)
        return self._consent(browser, pending, wanted)

    def _consent(self, browser: BrowserSession[Pending], pending: str, wanted: AuthorizationRequest) -> Response:
        resources = sorted(self.site.resource(path) for path in wanted.resources)
        hidden = browser.hidden_fields(pending)
        raw = self.faults.active("client-name-unescaped")
        name = wanted.client.name if raw else escape(wanted.client.name)
        response = consent_page(hidden, name, wanted.redirect_uri, resources, wanted.scope)
        self.browsers.set_cookie(response, browser)
        return response

    def _approve(self, wanted: AuthorizationRequest) -> Response:
        if self.site.strict:
            self.store.end_grants(USERNAME, wanted.client.id)
        grant = Grant(USERNAME, wanted.client.id, wanted.resources, wanted.scope, wanted.nonce, wanted.lifetime)
        if wanted.implicit:
            return RedirectResponse(f"{wanted.redirect_uri}#access_token={random_value()}&token_type=Bearer", 302)
        disclosed = wanted.challenge if self.faults.active("challenge-in-code") else ""
        code = self.store.issue_code(grant, wanted.redirect_uri, wanted.challenge, disclosed)
        response = self._redirect(wanted.redirect_uri, wanted.state, {"code": code})
        if self.faults.active("fragment-added"):
            response.headers["Location"] += "#_=_"
        if self.faults.active("response-state-repeated") and wanted.state is not None:
            response.headers["Location"] += "&" + urlencode({"state": wanted.state}, errors="surrogateescape")
        if self.faults.active("consent-redirected-with-307"):
            response.status_code = 307
        return response

    def _refuse(self, refusal: Refusal) -> Response:
        """Tell the client what is wrong with its request."""
        description = refusal.error.description
        if self.faults.active("error-description-quoted"):
            description = f'"{description}"'
        state = None if self.faults.active("error-without-state") else refusal.state
        answer = {"error": refusal.error.error, "error_description": description}
        return self._redirect(refusal.redirect_uri, state, answer)

    def _not_redirected(self, reason: str, parameters: Parameters) -> Response:
        """Tell the user what is wrong with a request whose client or redirect URI cannot be trusted."""
        client_id, redirect_uri = parameters.get("client_id"), parameters.get("redirect_uri")
        stranger = client_id is not None and client_id not in self.store.clients and not is_document_url(client_id)
        if stranger and not parameters.repeated() and redirect_uri and self.faults.active("unknown-client-redirected"):
            error = OAuthError("unauthorized_client", "the client is not known")
            return self._refuse(Refusal(redirect_uri, parameters.get("state"), error))
        if self.faults.active("client-id-unescaped"):
            return error_page(reason, shown=client_id or "")
        return error_page(reason)

    def _issuer(self, is_error: bool) -> dict[str, str]:
        """Who answers (RFC 9207 section 2)."""
        faults = self.site.faults
        missing = any(faults.active(name) for name in ("iss-missing", "iss-not-sent", "atlassian-2025"))
        if missing or (is_error and faults.active("iss-missing-on-error")):
            return {}
        return {"iss": self.site.issuer + ("/" if faults.active("iss-differs") else "")}

    def _redirect(self, redirect_uri: str, state: str | None, answer: dict[str, str]) -> Response:
        if state is not None:
            answer |= {"state": state[:255] if self.faults.active("state-truncated") else state}
        answer |= self._issuer("error" in answer)
        if self.faults.active("redirect-query-lost"):
            redirect_uri = redirect_uri.partition("?")[0]
        joint = "&" if "?" in redirect_uri else "?"
        target = redirect_uri + joint + urlencode(answer, errors="surrogateescape")
        return RedirectResponse(target, 302, {"Cache-Control": "no-store"})


def s256_challenge(verifier: str) -> str:
    """BASE64URL(SHA256(verifier)) without padding (RFC 7636 section 4.2)."""
    digest = hashlib.sha256(verifier.encode("utf-8", "surrogateescape")).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
