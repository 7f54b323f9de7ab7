"""The authorization code flow as explicit steps, each returning what the server said."""

import base64
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote_plus, urlencode

from conformance.oauth.consent import AuthorizationResponse, ConsentDriver, ConsentFailed
from conformance.oauth.discovery import Discovery
from conformance.oauth.pkce import Pkce
from conformance.oauth.registration import Client, Registrar, client_of, registration_request
from conformance.verdict import CouldNotRun
from conformance.wire.http import HttpClient, Reply


@dataclass(frozen=True)
class TokenReply:
    """An answer of the token endpoint (RFC 6749 section 5). Its repr shows no secret."""

    reply: Reply

    @property
    def exchange(self) -> str:
        """The recorded exchange."""
        return self.reply.exchange

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.reply.status

    @property
    def oauth_error(self) -> str | None:
        """The error code of an error response."""
        value = self.reply.json_object.get("error")
        return value if isinstance(value, str) else None

    @property
    def access_token(self) -> str | None:
        """The access token, None where none was issued."""
        return self._text("access_token")

    @property
    def refresh_token(self) -> str | None:
        """The refresh token, None where none was issued."""
        return self._text("refresh_token")

    @property
    def issued_token(self) -> bool:
        """Whether any token came back, whatever the status."""
        return bool(self.access_token or self.refresh_token)

    @property
    def refused(self) -> bool:
        """Whether the request was turned down without a token and without a server error."""
        return not self.issued_token and 400 <= self.status < 500

    @property
    def summary(self) -> str:
        """One line without secrets."""
        issued = [name for name in ("access_token", "refresh_token") if self._text(name)]
        return f"HTTP {self.status} with {' and '.join(issued)}" if issued else self.reply.summary

    def _text(self, name: str) -> str | None:
        value = self.reply.json_object.get(name)
        return value if isinstance(value, str) and value else None


@dataclass(frozen=True)
class Grant:
    """An approved authorization request: the code and all that belongs to it."""

    client: Client
    pkce: Pkce
    response: AuthorizationResponse
    state: str = field(repr=False)

    @property
    def code(self) -> str:
        """The authorization code."""
        return self.response.get("code") or ""


@dataclass
class OAuthFlow:
    """Steps of the authorization code flow against one authorization server.

    `resource` is the identifier sent as resource indicator (RFC 8707), `scope` what is asked for.
    `client` is the client of the survey's login, `configured` says that it was given by the user.
    """

    http: HttpClient
    discovery: Discovery
    consent: ConsentDriver
    redirect_uri: str
    resource: str
    scope: str | None = None
    client: Client | None = None
    configured: bool = False
    registrar: Registrar | None = None

    def __post_init__(self) -> None:
        endpoint = self.discovery.endpoint("registration_endpoint")
        if endpoint and not self.registrar:
            self.registrar = Registrar(self.http, endpoint)

    def endpoint(self, name: str) -> str:
        """An endpoint the check cannot do without. Raises CouldNotRun when the metadata has none."""
        url = self.discovery.endpoint(name)
        if not url:
            raise CouldNotRun(f"no {name} is known: the server metadata does not name one")
        return url

    def register(self, purpose: str = "registration", **changes: Any) -> Reply:  # noqa: ANN401
        """Register a client; members given replace those of a plain registration, `...` leaves one out.

        Raises CouldNotRun when no registration endpoint is known.
        """
        self.endpoint("registration_endpoint")
        assert self.registrar  # noqa: S101 - follows from the endpoint being known
        return self.registrar.register(registration_request(self.redirect_uri, **changes), purpose)

    def new_client(self, purpose: str = "registration") -> Client:
        """A client of its own for a grant; the configured one where the user gave one.

        Raises CouldNotRun when the server registers none.
        """
        if self.configured and self.client:
            return self.client
        reply = self.register(purpose)
        client = client_of(reply, self.redirect_uri)
        if not client:
            raise CouldNotRun(f"the server registered no client ({reply.summary}); give --client-id")
        return client

    def confidential_client(self) -> Client:
        """A client with a secret. Raises CouldNotRun when none can be registered."""
        reply = self.register("registration of a confidential client", token_endpoint_auth_method="client_secret_post")  # noqa: S106 - a name
        client = client_of(reply, self.redirect_uri)
        if not client or client.public:
            raise CouldNotRun(f"a client with a secret is needed and the server registered none ({reply.summary})")
        return client

    def second_client(self) -> Client:
        """A client other than any with an open grant. Raises CouldNotRun when none can be registered."""
        reply = self.register("registration of a second client")
        client = client_of(reply, self.redirect_uri)
        if not client:
            raise CouldNotRun(f"a second client is needed and the server registered none ({reply.summary})")
        return client

    def authorization_url(self, client: Client, pkce: Pkce, state: str) -> str:
        """The authorization request (OAuth 2.1 section 4.1.1) with PKCE and resource indicator."""
        parameters = {
            "response_type": "code",
            "client_id": client.id,
            "redirect_uri": client.redirect_uri,
            "code_challenge": pkce.challenge,
            "code_challenge_method": pkce.method,
            "state": state,
            "resource": self.resource,
        }
        if self.scope:
            parameters["scope"] = self.scope
        endpoint = self.endpoint("authorization_endpoint")
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(parameters)}"

    def authorize(self, pkce: Pkce, client: Client | None = None) -> Grant:
        """Have a request approved; costs one approval. Raises CouldNotRun when no code came."""
        client = client or self.new_client()
        state = secrets.token_urlsafe(16)
        self.http.recorder.redactor.learn(pkce.verifier, "code_verifier")
        url = self.authorization_url(client, pkce, state)
        try:
            response = self.consent.approve(url, client.redirect_uri)
        except ConsentFailed as failure:
            raise CouldNotRun(f"no approval: {failure}") from failure
        self.http.recorder.approvals += 1
        self.http.recorder.redactor.learn(response.get("code"), "code")
        if not response.get("code"):
            error = response.get("error") or "no code"
            detail = response.get("error_description")
            raise CouldNotRun(f"the authorization request was refused: {error}{f' ({detail})' if detail else ''}")
        return Grant(client, pkce, response, state)

    def redeem(
        self, grant: Grant, *, verifier: str | None = "", client: Client | None = None, code: str = ""
    ) -> TokenReply:
        """Exchange a code (OAuth 2.1 section 4.1.3). `verifier` None leaves it out, empty means the right one."""
        fields = [("grant_type", "authorization_code"), ("code", code or grant.code)]
        fields.append(("redirect_uri", grant.client.redirect_uri))
        if verifier is not None:
            fields.append(("code_verifier", verifier or grant.pkce.verifier))
        return self._token(fields, client or grant.client, "token request")

    def refresh(self, refresh_token: str, client: Client) -> TokenReply:
        """Use a refresh token (OAuth 2.1 section 4.3.1)."""
        return self._token([("grant_type", "refresh_token"), ("refresh_token", refresh_token)], client, "refresh")

    def revoke(self, token: str, client: Client, hint: str | None = None) -> Reply:
        """Revoke a token (RFC 7009 section 2.1). Raises CouldNotRun without a revocation endpoint."""
        fields = [("token", token)] + ([("token_type_hint", hint)] if hint else [])
        fields, headers = _authenticated(fields, client)
        url = self.endpoint("revocation_endpoint")
        return self.http.post_form(url, fields, channel="oauth", purpose="revocation", headers=headers)

    def _token(self, fields: Sequence[tuple[str, str]], client: Client, purpose: str) -> TokenReply:
        url = self.endpoint("token_endpoint")
        fields, headers = _authenticated([*fields, ("resource", self.resource)], client)
        return TokenReply(self.http.post_form(url, fields, channel="oauth", purpose=purpose, headers=headers))


def _authenticated(fields: Sequence[tuple[str, str]], client: Client) -> tuple[list[tuple[str, str]], dict[str, str]]:
    """Add client authentication (OAuth 2.1 section 2.4) by the method the client is registered for."""
    if client.secret is None:
        return [*fields, ("client_id", client.id)], {}
    if client.auth_method == "client_secret_post":
        return [*fields, ("client_id", client.id), ("client_secret", client.secret)], {}
    pair = f"{quote_plus(client.id)}:{quote_plus(client.secret)}"
    return list(fields), {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
