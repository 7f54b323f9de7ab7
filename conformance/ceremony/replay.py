"""A code that is redeemed twice. Destructive."""

import secrets
from dataclasses import dataclass

from conformance.oauth.flow import OAuthFlow, TokenReply
from conformance.oauth.pkce import Pkce


@dataclass(frozen=True)
class Replay:
    """A code redeemed twice with the same, right request, and one that was never issued."""

    first: TokenReply
    second: TokenReply
    unknown: TokenReply

    @classmethod
    def perform(cls, oauth: OAuthFlow) -> "Replay":
        """One approval."""
        grant = oauth.authorize(Pkce.s256(128), of="confidential")
        unknown = oauth.redeem(grant, {"code": secrets.token_urlsafe(32)})
        return cls(oauth.redeem(grant), oauth.redeem(grant), unknown)
