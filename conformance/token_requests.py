"""Requests to the token endpoint that need no approval: what a server says before it finds a code or a token."""

from collections.abc import Callable, Iterable, Mapping
from urllib.parse import urlencode

from conformance.oauth.authorization import Changes
from conformance.oauth.client_authentication import Authentication, authenticated
from conformance.oauth.flow import FORM, OAuthFlow
from conformance.oauth.pkce import Pkce
from conformance.oauth.registration import Client
from conformance.oauth.token_reply import TokenReply
from conformance.once import Once

NEVER_ISSUED = "never-issued-by-anybody-b7Zt3kQ9xW1sLr5Mv8Yp"
UNREAD = ("invalid_client", "unauthorized_client", "invalid_request")
"""Errors about the client or the form of a request, after which nobody knows whether the rest of it was looked at."""
WRONG_SECRET = "not-the-secret-of-this-client-4f9a2c"  # noqa: S105 - a wrong one
MALFORMED: Mapping[str, str] = {
    "of one character": "x",
    "with colons and dots": "user:grant.7:secret.part:",
    "of 4 kB": "x" * 4096,
}
"""Values that no server issued and that break careless parsers, by what is odd about them."""


_NAMED = ", named in the body"


class TokenRequests:
    """Sends token requests with a code that was never issued, each once in a run.

    A server that authenticates the client and reads the request as it should answers `invalid_grant`, as
    `control` shows; another answer then has no other cause than what its name says.

    Args:
        oauth: the token endpoint of the surveyed server.
        client: whose requests they are unless another client is named.
        once: remembers the answers.
    """

    def __init__(self, oauth: OAuthFlow, client: Client, once: Once) -> None:
        self._oauth = oauth
        self._once = once
        self.client = client

    def control(self, client: Client | None = None) -> TokenReply:
        """The answer to a request that is right but for its code, authenticated as the client registered."""
        client = client or self.client
        beside = self.beside_basic(client)
        return self.send(f"{self._plainly(client)}{_NAMED}", beside, client=client) if beside else self.plain(client)

    def plain(self, client: Client) -> TokenReply:
        """The same without a client_id beside Basic credentials, whatever the server insists on."""
        return self.send(self._plainly(client), client=client)

    def _plainly(self, client: Client) -> str:
        return f"a code that was never issued, {'a public client' if client.public else client.auth_method}"

    def beside_basic(self, client: Client) -> dict[str, str]:
        """What the body holds beside Basic credentials of a client: its client_id where the server insists on that.

        Others take a client_id for a second authentication.
        """
        if client.auth_method != "client_secret_basic":
            return {}
        identity = {"client_id": client.id}
        if self.plain(client).oauth_error not in UNREAD:
            return {}
        named = self.send(f"{self._plainly(client)}{_NAMED}", identity, client=client)
        return {} if named.oauth_error in UNREAD else identity

    def send(
        self,
        name: str,
        changes: Changes | None = None,
        *,
        client: Client | None = None,
        authentication: Authentication = "registered",
    ) -> TokenReply:
        """A request that differs from a right one in what its name says. Raises NoAnswer, CouldNotRun."""
        client = client or self.client
        fields = {**self._fields(client), **(changes or {})}
        return self._kept(name, lambda: self._oauth.token(fields, client, authentication, f"token request, {name}"))

    def ask(self, name: str, fields: Changes, *, client: Client | None = None) -> TokenReply:
        """A request with these parameters and no others but those that name the client."""
        client = client or self.client
        return self._kept(name, lambda: self._oauth.token(fields, client, "registered", f"token request, {name}"))

    def get(self) -> TokenReply:
        """The control as a GET request, with its parameters in the query."""
        pairs, headers = self._authenticated("identified" if self.client.public else "header")
        return self._kept("GET", lambda: self._sent("GET", "GET", self._with_query(pairs), headers))

    def with_query(self, name: str, query: Mapping[str, str], client: Client) -> TokenReply:
        """The control with these parameters in the query of the address instead of the body."""
        body = urlencode({key: value for key, value in self._fields(client).items() if key not in query})
        url, headers = self._with_query(query.items()), {"Content-Type": FORM}
        return self._kept(name, lambda: self._sent(name, "POST", url, headers, body))

    def with_header(self, name: str, authorization: str, client: Client, *, named: bool = False) -> TokenReply:
        """The control with another Authorization field; `named` says that the body names the client in any case."""
        beside = {"client_id": client.id} if named else self.beside_basic(client)
        body = urlencode({**self._fields(client), **beside})
        headers = {"Content-Type": FORM, "Authorization": authorization}
        return self._kept(name, lambda: self._sent(name, "POST", self._endpoint, headers, body))

    def encoded(self, media_type: str, encode: Callable[[dict[str, str]], str] = urlencode) -> TokenReply:
        """The control with a body of another media type."""
        pairs, headers = self._authenticated("registered")
        body = encode(dict(pairs))
        headers = {**headers, "Content-Type": media_type}
        return self._kept(media_type, lambda: self._sent(media_type, "POST", self._endpoint, headers, body))

    def _authenticated(self, authentication: Authentication) -> tuple[list[tuple[str, str]], dict[str, str]]:
        return authenticated(list(self._fields(self.client).items()), self.client, authentication)

    @property
    def _endpoint(self) -> str:
        return self._oauth.endpoint("token_endpoint")

    def _with_query(self, query: Iterable[tuple[str, str]]) -> str:
        return f"{self._endpoint}{'&' if '?' in self._endpoint else '?'}{urlencode(list(query))}"

    def _fields(self, client: Client) -> dict[str, str]:
        return {
            "grant_type": "authorization_code",
            "code": NEVER_ISSUED,
            "redirect_uri": client.redirect_uri,
            "resource": self._oauth.resource,
            "code_verifier": Pkce.s256().verifier,
        }

    def _sent(self, name: str, method: str, url: str, headers: Mapping[str, str], body: str = "") -> TokenReply:
        accepting = {"Accept": "application/json", **headers}
        return TokenReply(self._oauth.send(method, url, f"token request, {name}", accepting, body.encode()))

    def _kept(self, name: str, send: Callable[[], TokenReply]) -> TokenReply:
        return self._once(f"token request: {name}", send)
