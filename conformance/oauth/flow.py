"""The authorization code flow as explicit steps, each returning what the server said."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from conformance.oauth.assertions import assertion, parameters
from conformance.oauth.authorization import AuthorizationAnswer, AuthorizationRequest, Changes, ask, pairs_of, query_of
from conformance.oauth.browser import Browser
from conformance.oauth.client_authentication import Authentication, authenticated
from conformance.oauth.consent import (
    NO_USER,
    AuthorizationResponse,
    AutomaticConsent,
    ConsentDriver,
    ConsentFailed,
    NothingDenies,
    NoUser,
)
from conformance.oauth.discovery import Discovery
from conformance.oauth.jwt import Key
from conformance.oauth.pkce import Pkce
from conformance.oauth.plan import Plan
from conformance.oauth.registration import Client, Registrar, client_of, registration_request
from conformance.oauth.token_reply import TokenReply
from conformance.shapes import excerpt
from conformance.verdict import CouldNotRun, Narrowed, NotApplicable
from conformance.wire.http import Fields, HttpClient, Reply

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Grant:
    """A decided authorization request: the code and all that belongs to it. `request` holds its parameters."""

    client: Client
    pkce: Pkce
    response: AuthorizationResponse
    state: str = field(repr=False)
    request: Changes = field(default_factory=dict[str, str], repr=False)

    @property
    def code(self) -> str:
        """The authorization code."""
        return self.response.get("code") or ""


class NoCode(CouldNotRun):
    """Nobody's approval led to a code; `exchange` shows the last answer, empty where there is none to show."""

    def __init__(self, reason: str, exchange: str = "") -> None:
        super().__init__(reason)
        self.exchange = exchange


@dataclass
class OAuthFlow:
    """Steps of the authorization code flow against one authorization server.

    `resource` is the identifier sent as resource indicator (RFC 8707), `scope` what is asked for.
    `client` is the client of the survey's login, `configured` says that it was given by the user, and `exclusive`
    that a new approval ends its earlier grants. `audience` is whom assertions of clients are meant for.
    """

    http: HttpClient
    discovery: Discovery
    consent: ConsentDriver
    redirect_uri: str
    resource: str
    scope: str | None = None
    client: Client | None = None
    configured: bool = False
    exclusive: bool = False
    registrar: Registrar | None = None
    plan: Plan | None = None
    audience: str = ""
    _stranger: Browser | None = None

    def __post_init__(self) -> None:
        self.audience = self.audience or self.discovery.issuer
        endpoint = self.discovery.endpoint("registration_endpoint")
        if endpoint and not self.registrar:
            self.registrar = Registrar(self.http, endpoint)

    def endpoint(self, name: str) -> str:
        """An endpoint the check cannot do without. Raises CouldNotRun when the metadata has none."""
        url = self.discovery.endpoint(name)
        if not url:
            raise CouldNotRun(f"no {name} is known: the server metadata does not name one")
        return url

    @property
    def given(self) -> Client | None:
        """The client the user gave, None where the audit has to register others for further grants."""
        replaceable = self.exclusive and self.registrar
        return self.client if self.configured and not replaceable else None

    def register(self, purpose: str = "registration", **changes: Any) -> Reply:  # noqa: ANN401
        """Register a client; members given replace those of a plain registration, `...` leaves one out.

        Raises CouldNotRun when no registration endpoint is known.
        """
        self.endpoint("registration_endpoint")
        assert self.registrar  # noqa: S101 - follows from the endpoint being known
        return self.registrar.register(registration_request(self.redirect_uri, **changes), purpose)

    def new_client(self, purpose: str = "registration", **changes: Any) -> Client:  # noqa: ANN401
        """A client of its own for a grant; `given` where there is one.

        `changes` are those of `register`. Raises CouldNotRun when the server registers none.
        """
        if self.given:
            return self.given
        reply = self.register(purpose, **changes)
        client = client_of(reply, self.redirect_uri)
        if not client:
            raise CouldNotRun(f"the server registered no client ({reply.summary}); give --client-id")
        return client

    def second_client(self) -> Client:
        """A client other than any with an open grant. Raises CouldNotRun when none can be registered."""
        reply = self.register("registration of a second client")
        client = client_of(reply, self.redirect_uri)
        if not client:
            raise CouldNotRun(f"a second client is needed and the server registered none ({reply.summary})")
        return client

    def authorization_request(self, client: Client, pkce: Pkce, changes: Changes | None = None) -> AuthorizationRequest:
        """A good authorization request (OAuth 2.1 section 4.1.1), with a resource indicator, but for the changes."""
        parameters: dict[str, Any] = {
            "response_type": "code",
            "client_id": client.id,
            "redirect_uri": client.redirect_uri,
            "code_challenge": pkce.challenge,
            "code_challenge_method": pkce.method,
            "state": secrets.token_urlsafe(16),
            "resource": self.resource,
        }
        parameters |= {"scope": self.scope} if self.scope else {}
        return AuthorizationRequest(client, pkce, {**parameters, **(changes or {})})

    def _authorization_url(self, parameters: Changes) -> str:
        endpoint = self.endpoint("authorization_endpoint")
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{query_of(parameters)}"

    def ask(
        self,
        client: Client,
        changes: Changes | None = None,
        *,
        signed_in: bool = True,
        raw: str = "",
        purpose: str = "authorization request",
        anywhere: bool = False,
        pkce: Pkce | None = None,
    ) -> AuthorizationAnswer:
        """Send an authorization request that nobody approves, to see what the server makes of it.

        Args:
            client: whose request it is; its redirect URIs are known destinations.
            changes: what differs from a good request; None leaves a parameter out, a list repeats it.
            signed_in: in the browser in which the audit's user approves, else in one without cookies.
            raw: appended to the query as it is, for bytes that no encoder produces.
            purpose: what the request is for, in the transcript.
            anywhere: follow redirects to other origins, too.
            pkce: verifier and challenge; new ones when left out.

        Raises NoAnswer, CouldNotRun, Narrowed where a user would have to sign in and the audit has none.
        """
        request = self.authorization_request(client, pkce or Pkce.s256(), changes)
        sent = request.parameters
        known = [
            *client.redirect_uris,
            client.redirect_uri,
            *(value for _, value in pairs_of({"_": sent["redirect_uri"]})),
        ]
        browser = self.browser if signed_in else Browser(self.http)
        url = self._authorization_url(sent) + raw
        answer = replace(ask(browser, url, known, request.text("state"), purpose, anywhere=anywhere), request=request)
        if signed_in and answer.kind in ("login", "elsewhere") and isinstance(self.consent, NoUser):
            raise Narrowed(NO_USER)
        return answer

    @property
    def browser(self) -> Browser:
        """The browser of the audit's user; one without cookies where a person uses an own one."""
        own = getattr(self.consent, "browser", None)
        if own is None:
            own = self._stranger = self._stranger or Browser(self.http)
        return own

    def authorize(
        self,
        pkce: Pkce,
        client: Client | None = None,
        changes: Changes | None = None,
        *,
        of: str = "login",
    ) -> Grant:
        """Have a request approved; costs one approval.

        Args:
            pkce: verifier and challenge.
            client: whose request it is; a new one when left out.
            changes: what differs from a good request; None leaves a parameter out, a list repeats it.
            of: the consent of the plan this belongs to.

        Raises NoAnswer, NoCode, Narrowed when the plan leaves the consent out.
        """
        return self._with_code(self.decide(pkce, client, changes, of=of))

    def approve(self, asked: AuthorizationAnswer, *, of: str) -> Grant:
        """Have the request of `ask` approved; costs one approval.

        Goes on from the page on which that ended where the browser still shows it, else asks the same again.
        Raises as `authorize`.
        """
        assert asked.request  # noqa: S101 - an answer of `ask`
        if self.plan:
            self.plan.claim(of)
        return self._with_code(self._decide(asked.request, asked=asked))

    def _with_code(self, grant: Grant) -> Grant:
        if not grant.code:
            error = excerpt(grant.response.get("error") or "no code")
            detail = excerpt(grant.response.get("error_description") or "")
            sentence = f"the authorization request was refused: {error}{f' ({detail})' if detail else ''}"
            raise NoCode(sentence, grant.response.exchange)
        return grant

    def decide(
        self,
        pkce: Pkce,
        client: Client | None = None,
        changes: Changes | None = None,
        *,
        of: str,
        deny: bool = False,
        driver: ConsentDriver | None = None,
    ) -> Grant:
        """Have a request approved or, with `deny`, declined, whatever the server makes of that.

        `driver` is who is asked instead of the audit's user; the other arguments are those of `authorize`.

        Raises NoAnswer, CouldNotRun when no answer came, Narrowed when the plan leaves the consent out, NotApplicable
        when nothing on the pages declines.
        """
        if self.plan:
            self.plan.claim(of)
        request = self.authorization_request(client or self.new_client(), pkce, changes)
        return self._decide(request, deny=deny, driver=driver)

    def _decide(
        self,
        request: AuthorizationRequest,
        *,
        deny: bool = False,
        driver: ConsentDriver | None = None,
        asked: AuthorizationAnswer | None = None,
    ) -> Grant:
        client, driver = request.client, driver or self.consent
        if self.exclusive and self.client and client.id == self.client.id and not deny:
            raise CouldNotRun("a new approval of the given client ends its earlier grants, which the audit still needs")
        self.http.recorder.redactor.learn(request.pkce.verifier, "code_verifier")
        redirect_uri = request.text("redirect_uri") or client.redirect_uri
        try:
            if asked and isinstance(driver, AutomaticConsent) and driver.browser.shown is asked.reply:
                response = driver.go_on(asked.replies, redirect_uri)
            else:
                response = driver.approve(self._authorization_url(request.parameters), redirect_uri, deny=deny)
        except NothingDenies as failure:
            raise NotApplicable(str(failure)) from failure
        except ConsentFailed as failure:
            raise NoCode(f"no {'denial' if deny else 'approval'}: {failure}", failure.exchange) from failure
        self.http.recorder.approvals += not deny
        self.http.recorder.redactor.learn(response.get("code"), "code")
        return Grant(client, request.pkce, response, request.text("state"), request.parameters)

    def redeem(
        self,
        grant: Grant,
        changes: Changes | None = None,
        *,
        client: Client | None = None,
        authentication: Authentication = "registered",
        purpose: str = "token request",
        headers: Fields | None = None,
    ) -> TokenReply:
        """Exchange a code (OAuth 2.1 section 4.1.3), with the parameters of its request unless changed."""
        fields: dict[str, str] = {"grant_type": "authorization_code", "code": grant.code}
        for name in ("redirect_uri", "resource"):
            value = grant.request.get(name)
            if isinstance(value, str):
                fields[name] = value
        fields["code_verifier"] = grant.pkce.verifier
        return self.token({**fields, **(changes or {})}, client or grant.client, authentication, purpose, headers)

    def refresh(
        self,
        refresh_token: str,
        client: Client,
        changes: Changes | None = None,
        *,
        authentication: Authentication = "registered",
        purpose: str = "refresh",
        headers: Fields | None = None,
    ) -> TokenReply:
        """Use a refresh token (OAuth 2.1 section 4.3.1), naming the resource unless changed."""
        fields = {"grant_type": "refresh_token", "refresh_token": refresh_token, "resource": self.resource}
        return self.token({**fields, **(changes or {})}, client, authentication, purpose, headers)

    def token(
        self,
        fields: Changes,
        client: Client,
        authentication: Authentication = "registered",
        purpose: str = "token request",
        headers: Fields | None = None,
    ) -> TokenReply:
        """Any request to the token endpoint. Raises NoAnswer, CouldNotRun where no endpoint is known."""
        return TokenReply(self._post("token_endpoint", fields, client, authentication, purpose, headers))

    def revoke(
        self,
        token: str | None,
        client: Client,
        hint: str | None = None,
        *,
        authentication: Authentication = "registered",
        purpose: str = "revocation",
    ) -> Reply:
        """Revoke a token (RFC 7009 section 2.1). Raises CouldNotRun without a revocation endpoint."""
        fields = {"token": token, "token_type_hint": hint}
        return self._post("revocation_endpoint", fields, client, authentication, purpose)

    def introspect(
        self,
        token: str,
        client: Client,
        *,
        authentication: Authentication = "registered",
        purpose: str = "introspection",
    ) -> Reply:
        """Ask what a token is (RFC 7662 section 2.1). Raises CouldNotRun without an introspection endpoint."""
        return self._post("introspection_endpoint", {"token": token}, client, authentication, purpose)

    def _post(
        self,
        endpoint: str,
        fields: Changes,
        client: Client,
        authentication: Authentication,
        purpose: str,
        headers: Fields | None = None,
    ) -> Reply:
        pairs, credentials = authenticated(pairs_of(fields), client, authentication)
        sent = {"Content-Type": FORM, "Accept": "application/json", **credentials, **(headers or {})}
        url = self.endpoint(endpoint)

        def post(proof: Mapping[str, str]) -> Reply:
            return self.send("POST", url, purpose, sent, urlencode([*pairs, *proof.items()]).encode())

        return self._signed(client, post) if authentication == "registered" and client.key else post({})

    def send(self, method: str, url: str, purpose: str, headers: Fields, body: bytes = b"") -> Reply:
        """Any request to an endpoint of the server. Raises NoAnswer, CouldNotRun where the server limits requests."""
        reply = self.http.send(method, url, channel="oauth", purpose=purpose, headers=headers, body=body)
        if reply.status == 429:
            raise CouldNotRun(f"the server limits our requests ({reply.summary}); run again later")
        return reply

    def _signed(self, client: Client, post: Callable[[Mapping[str, str]], Reply]) -> Reply:
        """Authenticate by an assertion for the issuer, or for the token endpoint where the server wants that."""
        while True:
            text = assertion(Key.of_pem(client.key or ""), client.id, self.audience)
            reply = post(parameters(text))
            if reply.json_object.get("error") != "invalid_client" or self.audience != self.discovery.issuer:
                return reply
            self.audience = self.endpoint("token_endpoint")
