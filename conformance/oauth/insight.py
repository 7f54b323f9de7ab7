"""What an access token is for, as far as its holder can find out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.oauth import jwt
from conformance.oauth.flow import OAuthFlow
from conformance.oauth.registration import Client
from conformance.verdict import CouldNotRun
from conformance.wire.http import Reply, split_url


@dataclass(frozen=True)
class Insight:
    """The claims of a readable JWT (RFC 9068 section 2.2), or an answer to introspection (RFC 7662 section 2.2)."""

    claims: Mapping[str, Any] = field(repr=False)
    introspection: Reply | None = None

    @classmethod
    def into(cls, token: str, oauth: OAuthFlow, client: Client) -> "Insight | None":
        """What can be known of a token; None where it is opaque and the server tells its client nothing."""
        readable = jwt.read(token)
        if readable:
            return cls(readable.claims)
        try:
            reply = oauth.introspect(token, client)
        except CouldNotRun:
            return None
        return cls(reply.json_object, reply) if reply.json_object.get("active") is True else None

    @property
    def audiences(self) -> tuple[str, ...]:
        """The values of `aud`."""
        return jwt.Jwt({}, dict(self.claims)).audiences

    @property
    def scopes(self) -> frozenset[str]:
        """The words of `scope`."""
        scope = self.claims.get("scope")
        return frozenset(scope.split()) if isinstance(scope, str) else frozenset()

    def names(self, resource: str) -> bool:
        """Whether a resource is in the audience, by its identifier or by an origin or a path above it.

        Case of scheme and host and a slash at the end make no difference.
        """
        return any(_covers(one, resource) for one in self.audiences)


def _covers(audience: str, resource: str) -> bool:
    wider, narrower = split_url(audience), split_url(resource)
    if not wider.netloc:
        return audience == resource
    same = (wider.scheme, wider.netloc.lower()) == (narrower.scheme, narrower.netloc.lower())
    path = wider.path.rstrip("/")
    return same and (narrower.path.rstrip("/") == path or narrower.path.startswith(f"{path}/"))
