"""The refresh token of a reduced login, used again when its successor was. Destructive."""

import time
from dataclasses import dataclass

from conformance.ceremony.reduced import Reduced
from conformance.oauth.flow import OAuthFlow
from conformance.oauth.token_reply import TokenReply
from conformance.probe import Probe
from conformance.verdict import CouldNotRun
from conformance.wire.http import Reply


def _resource(made: Reduced) -> str | None:
    """The resource of the login, None where it has none."""
    named = made.grant.request.get("resource")
    return named if isinstance(named, str) else None


@dataclass(frozen=True)
class Reuse:
    """A refresh token used again after its successor was.

    `widened` is the first refresh where that asked for a further scope, `first` and `second` are the refreshes that
    gave the successor and its successor. `replays` are the uses of the old token, `seconds` apart, `current` that of
    the newest one afterwards, None where the old one was accepted. `knock` shows the newest access token in the end.
    """

    widened: TokenReply | None
    scope: str
    first: TokenReply
    second: TokenReply
    replays: tuple[TokenReply, ...]
    seconds: float
    current: TokenReply | None
    knock: Reply | None

    @classmethod
    def perform(cls, oauth: OAuthFlow, probe: Probe, made: Reduced, further_scope: str, patience: float) -> "Reuse":
        """Ends the grant, as it should. Raises CouldNotRun where refresh tokens are not replaced."""
        client, oldest = made.grant.client, made.tokens.refresh_token
        if not oldest:
            raise CouldNotRun(f"the grant came without a refresh token ({made.tokens.summary})")
        unbound, widened = {"resource": _resource(made)}, None
        scope = " ".join([*sorted(made.held), further_scope])
        if further_scope:
            widened = oauth.refresh(oldest, client, {**unbound, "scope": scope}, purpose="refresh for a further scope")
        first = widened if widened and widened.access_token else oauth.refresh(oldest, client, unbound)
        successor = first.refresh_token
        if not successor or successor == oldest:
            return cls(widened, further_scope, first, first, (), 0.0, None, None)
        second = oauth.refresh(successor, client, unbound, purpose="refresh with the successor")
        newest = second.refresh_token
        if not newest or newest == successor:
            return cls(widened, further_scope, first, second, (), 0.0, None, None)
        replays = [oauth.refresh(oldest, client, unbound, purpose="reuse of the oldest refresh token")]
        if replays[0].issued_token:
            time.sleep(patience)
            replays.append(oauth.refresh(oldest, client, unbound, purpose="reuse of the oldest refresh token, later"))
        current = knock = None
        if not replays[-1].issued_token:
            current = oauth.refresh(newest, client, unbound, purpose="refresh with the newest token after the reuse")
            knock = probe.knock(f"Bearer {second.access_token}", "initialize after the reuse")
        return cls(widened, further_scope, first, second, tuple(replays), patience * (len(replays) - 1), current, knock)
