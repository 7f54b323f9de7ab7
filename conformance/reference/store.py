"""What the authorization server remembers: clients, grants, codes and tokens, all in memory.

Times are seconds since the epoch. Every secret holds 256 bits of randomness.
"""

import hmac
import secrets
import time
from dataclasses import dataclass, field
from typing import Any

from conformance.reference.jsonrpc import JsonObject

SECRET_LIFETIME = 30 * 24 * 3600


def random_value() -> str:
    """43 URL-safe characters that nobody can guess."""
    return secrets.token_urlsafe(32)


@dataclass(frozen=True, slots=True)
class Client:
    """A registered client (RFC 7591 section 2); `secret` is empty for a public one.

    `registration_token` lets it manage its registration (RFC 7592), and is empty where nobody registered it.
    `authentication_method` may name several methods with spaces between; `keys` are the public keys of
    private_key_jwt.
    """

    id: str
    name: str
    redirect_uris: tuple[str, ...]
    grant_types: tuple[str, ...]
    authentication_method: str
    secret: str = field(default="", repr=False)
    secret_expires_at: int = 0
    issued_at: int = 0
    metadata: JsonObject = field(default_factory=dict[str, Any])
    registration_token: str = field(default="", repr=False)
    keys: tuple[JsonObject, ...] = ()

    @property
    def authentication_methods(self) -> list[str]:
        """The ways in which it may authenticate."""
        return self.authentication_method.split(" ")

    @property
    def dpop_bound(self) -> bool:
        """Whether it gets no token that is not bound to a key (RFC 9449 section 5.2)."""
        return self.metadata.get("dpop_bound_access_tokens", False)

    def knows_secret(self, secret: str) -> bool:
        """Whether `secret` is this client's, and has not expired."""
        equal = hmac.compare_digest(self.secret.encode(), secret.encode("utf-8", "surrogatepass"))
        return equal and self.secret != "" and time.time() < self.secret_expires_at


@dataclass(slots=True)
class Grant:
    """What a user allowed a client: the resources (paths of endpoints) and the scope its tokens are for.

    `nonce` is what an id token repeats from the authorization request; empty for none. `lifetime` is how many seconds
    each access token works; 0 for as long as usual.
    """

    user: str
    client_id: str
    resources: frozenset[str]
    scope: str
    nonce: str = ""
    lifetime: int = 0
    revoked: bool = False


@dataclass(slots=True)
class Code:
    """An authorization code, bound to the request that obtained it; `used` once tokens were issued for it."""

    grant: Grant
    redirect_uri: str
    challenge: str
    expires_at: float
    used: bool = False


@dataclass(slots=True)
class AccessToken:
    """An access token for some of the resources and of the scope of its grant.

    `thumbprint` is that of the key it is bound to; empty for a bearer token.
    """

    grant: Grant
    resources: frozenset[str]
    scope: str
    expires_at: int
    thumbprint: str = ""
    revoked: bool = False

    @property
    def ended(self) -> bool:
        """Whether it was revoked, alone or with its grant."""
        return self.revoked or self.grant.revoked


@dataclass(slots=True)
class RefreshToken:
    """A refresh token; `used` once it was exchanged for its successor. `thumbprint` as in an access token."""

    grant: Grant
    thumbprint: str = ""
    used: bool = False


PREREGISTERED = Client(
    id="preregistered-public-client",
    name="Client registered beforehand",
    redirect_uris=("http://127.0.0.1/callback",),
    grant_types=("authorization_code", "refresh_token"),
    authentication_method="none",
)
"""A public client for those who do not register; any port of the loopback address will do."""


@dataclass(slots=True)
class Store:
    """Everything issued since the server started, by its value; access tokens by their `jti`.

    `code_lifetime` is how many seconds a code can be redeemed, `access_token_lifetime` how many an access token lives.
    """

    code_lifetime: float = 300
    access_token_lifetime: int = 3600
    clients: dict[str, Client] = field(default_factory=lambda: {PREREGISTERED.id: PREREGISTERED})
    codes: dict[str, Code] = field(default_factory=dict[str, Code])
    access_tokens: dict[str, AccessToken] = field(default_factory=dict[str, AccessToken])
    refresh_tokens: dict[str, RefreshToken] = field(default_factory=dict[str, RefreshToken])

    def registered(self) -> list[Client]:
        """The clients that registered themselves, in order."""
        return [client for client in self.clients.values() if client.registration_token]

    def forget(self, client: Client) -> None:
        """End a client with every code and token it was granted."""
        self.clients.pop(client.id, None)
        for issued in (*self.codes.values(), *self.access_tokens.values(), *self.refresh_tokens.values()):
            if issued.grant.client_id == client.id:
                issued.grant.revoked = True

    def end_access(self, grant: Grant) -> None:
        """End the access tokens of a grant."""
        for token in self.access_tokens.values():
            token.revoked = token.revoked or token.grant is grant

    def end_grants(self, user: str, client_id: str) -> None:
        """End all grants of a user and client."""
        tokens = (*self.access_tokens.values(), *self.refresh_tokens.values(), *self.codes.values())
        for grant in (one.grant for one in tokens):
            if (grant.user, grant.client_id) == (user, client_id):
                grant.revoked = True

    def issue_code(self, grant: Grant, redirect_uri: str, challenge: str, prefix: str = "") -> str:
        """A new code for `grant`."""
        value = prefix + random_value()
        self.codes[value] = Code(grant, redirect_uri, challenge, time.time() + self.code_lifetime)
        return value

    def lifetime_of(self, grant: Grant) -> int:
        """How many seconds an access token of a grant works."""
        return grant.lifetime or self.access_token_lifetime

    def issue_refresh_token(self, grant: Grant, thumbprint: str = "", value: str = "") -> str:
        """A new refresh token of `grant`, bound to the key of that thumbprint; random unless given."""
        value = value or random_value()
        self.refresh_tokens[value] = RefreshToken(grant, thumbprint)
        return value
