"""One code redeemed twice at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from threading import Barrier

from conformance.oauth.flow import Grant, OAuthFlow, TokenReply
from conformance.oauth.pkce import Pkce
from conformance.token_requests import NEVER_ISSUED
from conformance.wire.http import NoAnswer

_RUNNERS = 2
_WARM_UP = "token request that opens a connection"
_READY_SECONDS = 10.0


@dataclass(frozen=True)
class Race:
    """The answers to the simultaneous redemptions of a code, each complete and right."""

    grant: Grant
    replies: tuple[TokenReply, ...]

    @property
    def winners(self) -> list[TokenReply]:
        """The answers with an access token."""
        return [one for one in self.replies if one.access_token]

    @classmethod
    def perform(cls, oauth: OAuthFlow) -> "Race":
        """One approval. Each runner opens its connection first, so that none has a head start."""
        grant = oauth.authorize(Pkce.s256(), oauth.new_client("registration for a race"), of="race")
        start = Barrier(_RUNNERS)

        def run(number: int) -> TokenReply:
            with suppress(NoAnswer):
                oauth.token({"grant_type": "authorization_code", "code": NEVER_ISSUED}, grant.client, purpose=_WARM_UP)
            start.wait(_READY_SECONDS)
            return oauth.redeem(grant, purpose=f"token request {number} of {_RUNNERS} at once")

        with ThreadPoolExecutor(_RUNNERS) as pool:
            return cls(grant, tuple(pool.map(run, range(1, _RUNNERS + 1))))
