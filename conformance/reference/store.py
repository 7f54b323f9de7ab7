"""What the authorization server remembers: clients, grants, codes and tokens, all in memory.

Times are seconds since the epoch. Every secret holds 256 bits of randomness.
"""

import hmac
import secrets
import time
from dataclasses import dataclass, field

CODE_LIFETIME = 300
ACCESS_TOKEN_LIFETIME = 3600
SECRET_LIFETIME = 30 * 24 * 3600


def random_value() -> str:
    """43 URL-safe characters that nobody can guess."""
    return secrets.token_urlsafe(32)


@dataclass(frozen=True, slots=True)
class Client:
    """A registered client (RFC 7591 section 2); `secret` is empty for a public one."""

    id: str
    name: str
    redirect_uris: tuple[str, ...]
    grant_types: tuple[str, ...]
    authentication_method: str
    secret: str = field(default="", repr=False)
    secret_expires_at: int = 0

    def knows_secret(self, secret: str) -> bool:
        """Whether `secret` is this client's, and has not expired."""
        equal = hmac.compare_digest(self.secret.encode(), secret.encode("utf-8", "surrogatepass"))
        return equal and self.secret != "" and time.time() < self.secret_expires_at


@dataclass(slots=True)
class Grant:
    """What a user allowed a client: the resources (paths of endpoints) and the scope its tokens are for."""

    client_id: str
    resources: frozenset[str]
    scope: str
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
    """An access token for some of the resources of its grant."""

    grant: Grant
    resources: frozenset[str]
    expires_at: float
    revoked: bool = False

    def good_for(self, resource: str) -> bool:
        """Whether the token is alive and was issued for the endpoint at the path `resource`."""
        alive = not self.revoked and not self.grant.revoked and time.time() < self.expires_at
        return alive and resource in self.resources


@dataclass(slots=True)
class RefreshToken:
    """A refresh token; `used` once it was exchanged for its successor."""

    grant: Grant
    used: bool = False


@dataclass(slots=True)
class Store:
    """Everything issued since the server started, by its value."""

    clients: dict[str, Client] = field(default_factory=dict[str, Client])
    codes: dict[str, Code] = field(default_factory=dict[str, Code])
    access_tokens: dict[str, AccessToken] = field(default_factory=dict[str, AccessToken])
    refresh_tokens: dict[str, RefreshToken] = field(default_factory=dict[str, RefreshToken])

    def issue_code(self, grant: Grant, redirect_uri: str, challenge: str) -> str:
        """A new code for `grant`."""
        value = random_value()
        self.codes[value] = Code(grant, redirect_uri, challenge, time.time() + CODE_LIFETIME)
        return value

    def issue_access_token(self, grant: Grant, resources: frozenset[str]) -> str:
        """A new access token of `grant` for `resources`."""
        value = random_value()
        self.access_tokens[value] = AccessToken(grant, resources, time.time() + ACCESS_TOKEN_LIFETIME)
        return value

    def issue_refresh_token(self, grant: Grant) -> str:
        """A new refresh token of `grant`."""
        value = random_value()
        self.refresh_tokens[value] = RefreshToken(grant)
        return value
