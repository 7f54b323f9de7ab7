"""An access token that is used before and after its end."""

import time
from dataclasses import dataclass

from conformance import waits
from conformance.oauth.flow import OAuthFlow
from conformance.oauth.pkce import Pkce
from conformance.oauth.token_reply import TokenReply
from conformance.probe import Probe
from conformance.verdict import CouldNotRun, Narrowed
from conformance.wire.http import Reply

_POLL_SECONDS = 1.0


@dataclass(frozen=True)
class Expiring:
    """A token of a grant nobody touches, and the answers of the MCP server to it.

    `before` is the answer while it lived, `after` the last one to it: the first refusal after its end, or what came
    when the leeway for clocks was over. `late` is how many seconds after its end that was.
    """

    tokens: TokenReply
    before: Reply
    after: Reply
    late: float

    @classmethod
    def perform(cls, oauth: OAuthFlow, probe: Probe, login: TokenReply, patience: float) -> "Expiring":
        """One approval, if tokens such as that of the login end soon enough.

        Raises Narrowed where waiting would take longer than `patience` seconds, CouldNotRun where no token comes.
        """
        _affordable(login, patience)
        grant = oauth.authorize(Pkce.s256(), of="expiring")
        tokens = oauth.redeem(grant)
        lifetime, issued = _affordable(tokens, patience), time.monotonic()
        if not tokens.access_token:
            raise CouldNotRun(f"no token was issued ({tokens.summary})")
        authorization = f"Bearer {tokens.access_token}"
        before = probe.knock(authorization, "initialize before the end of the token")
        time.sleep(max(0.0, issued + lifetime - time.monotonic()))
        while True:
            after, late = probe.knock(authorization, "initialize after the end"), time.monotonic() - issued - lifetime
            if not probe.admits(after) or late > waits.CLOCK_LEEWAY:
                return cls(tokens, before, after, late)
            time.sleep(_POLL_SECONDS)


def _affordable(tokens: TokenReply, patience: float) -> float:
    lifetime = tokens.reply.json_object.get("expires_in")
    if not isinstance(lifetime, int | float) or lifetime < 0:
        raise CouldNotRun(f"nobody knows when the token ends: expires_in is {lifetime!r}")
    if lifetime + waits.CLOCK_LEEWAY > patience:
        raise Narrowed(
            f"a token lives {lifetime:g} s, and clocks may differ by {waits.CLOCK_LEEWAY:g} s; a greater --patience"
            " waits for its end"
        )
    return float(lifetime)
