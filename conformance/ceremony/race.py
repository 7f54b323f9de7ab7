"""One code redeemed twice at the same moment."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from math import inf
from threading import Barrier, BrokenBarrierError

from conformance.oauth.flow import Grant, OAuthFlow
from conformance.oauth.pkce import Pkce
from conformance.oauth.registration import Client
from conformance.oauth.token_reply import TokenReply
from conformance.verdict import Narrowed

_RUNNERS = 2
_REPETITIONS = 2
_READY_SECONDS = 10.0
_AWAKE_SECONDS = 0.01


@dataclass(frozen=True)
class Race:
    """The answers to the simultaneous redemptions of a code, each complete and right.

    `sent` are the times at which the last bytes of the requests left, in seconds of the monotonic clock.
    """

    grant: Grant
    replies: tuple[TokenReply, ...]
    sent: tuple[float, ...]

    @property
    def winners(self) -> list[TokenReply]:
        """The answers with an access token."""
        return [one for one in self.replies if one.access_token]

    @property
    def overlapped(self) -> bool:
        """Whether all requests were on their way before the first answer came."""
        return max(self.sent) < min(one.reply.began for one in self.replies)

    @classmethod
    def perform(cls, oauth: OAuthFlow, client: Client | None) -> "Race":
        """One approval; two more where the plan has them and the requests do not overlap.

        `client` has no grant that anybody needs; where there is none, one is registered.
        Raises NoAnswer, CouldNotRun where no code comes or a runner gets no answer.
        """
        client = client or oauth.new_client("registration for a race")
        race = cls._run(oauth, client, "race")
        with suppress(Narrowed):
            for _ in range(_REPETITIONS):
                if race.overlapped or len(race.winners) > 1:
                    break
                race = cls._run(oauth, client, "race again")
        return race

    @classmethod
    def _run(cls, oauth: OAuthFlow, client: Client, consent: str) -> "Race":
        """Each runner sends all of its request but the last byte first, so that none has a head start."""
        grant = oauth.authorize(Pkce.s256(), client, of=consent)
        signal = [0.0]
        start = Barrier(_RUNNERS, lambda: signal.append(time.monotonic() + _AWAKE_SECONDS))

        def run(number: int) -> tuple[TokenReply, float]:
            sent = [inf]

            def wait() -> None:
                with suppress(BrokenBarrierError):
                    start.wait(_READY_SECONDS)
                while time.monotonic() < signal[-1]:
                    time.sleep(0)  # waking up takes longer than some servers need to answer
                sent.append(time.monotonic())

            racing = replace(oauth, http=oauth.http.holding(wait))
            return racing.redeem(grant, purpose=f"token request {number} of {_RUNNERS} at once"), sent[-1]

        with ThreadPoolExecutor(_RUNNERS) as pool:
            replies, sent = zip(*pool.map(run, range(1, _RUNNERS + 1)), strict=True)
        return cls(grant, replies, sent)
