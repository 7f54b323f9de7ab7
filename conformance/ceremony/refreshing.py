"""The grant of the survey's login, refreshed by its own client and by others."""

from collections.abc import Mapping
from dataclasses import dataclass

from conformance.oauth.flow import OAuthFlow
from conformance.oauth.insight import Insight
from conformance.oauth.registration import Client
from conformance.oauth.token_reply import TokenReply
from conformance.probe import Probe
from conformance.verdict import NotApplicable
from conformance.wire.http import Reply


@dataclass(frozen=True)
class Refreshing:
    """What happened to one grant, in order.

    `first` names the resource; `knock` shows its access token at the MCP server, `admitted` says that it works.
    `foreign` are attempts of other clients by whose they are, `misused` is one with the access token in place of the
    refresh token. `second` names no resource. `narrowed` asks for `narrow_scope`, `widened` for nothing again; both
    are None where the grant has no two scopes. `newest` is the last answer with an access token. `insights` tell of
    the access tokens of `original`, `first` and `second` while they were new, as far as anybody tells.
    """

    original: TokenReply
    first: TokenReply
    knock: Reply | None
    admitted: bool
    foreign: Mapping[str, TokenReply]
    misused: TokenReply
    second: TokenReply
    narrow_scope: str
    narrowed: TokenReply | None
    widened: TokenReply | None
    newest: TokenReply
    refresh_token: str
    insights: tuple[Insight | None, ...] = ()

    @property
    def rotated(self) -> bool:
        """Whether both refreshes gave another refresh token."""
        tokens = [one.refresh_token for one in (self.original, self.first, self.second)]
        return all(tokens) and len(set(tokens)) == len(tokens)


@dataclass
class Refresher:
    """Refreshes one grant step by step and keeps its newest tokens.

    Args:
        oauth: the token endpoint.
        probe: the MCP server.
        client: whose grant it is.
        newest: its newest answer with tokens. Raises NotApplicable where that holds no refresh token.
    """

    oauth: OAuthFlow
    probe: Probe
    client: Client
    newest: TokenReply
    refresh_token: str = ""

    def __post_init__(self) -> None:
        if not self.newest.refresh_token:
            raise NotApplicable(f"the token endpoint issues no refresh token ({self.newest.summary})")
        self.refresh_token = self.newest.refresh_token

    def use(self, purpose: str, client: Client | None = None, token: str = "", **changes: str | None) -> TokenReply:
        """A refresh with other parameters, of this or another client, with this or another token."""
        whose = client or self.client
        reply = self.oauth.refresh(token or self.refresh_token, whose, changes, purpose=purpose)
        if reply.access_token:
            self.newest = reply
            self.refresh_token = reply.refresh_token or self.refresh_token
        return reply

    def perform(self, foreign: Mapping[str, Client]) -> Refreshing:
        """All of it."""
        original = self.newest
        insights = [self._insight(original)]
        first = self.use("refresh")
        insights.append(self._insight(first) if insights[0] else None)
        knock = None
        if first.access_token:
            knock = self.probe.knock(f"Bearer {first.access_token}", "initialize, refreshed token")
        others = {name: self.use(f"refresh by {name}", client) for name, client in foreign.items()}
        misused = self.use("refresh with the access token", token=self.newest.access_token or "")
        second = self.use("refresh without resource", resource=None)
        insights.append(self._insight(second) if insights[0] else None)
        narrow_scope = self._narrow_scope(original)
        narrowed = widened = None
        if narrow_scope:
            narrowed = self.use("refresh for less scope", scope=narrow_scope)
            widened = self.use("refresh for the whole scope")
        return Refreshing(
            original=original,
            first=first,
            knock=knock,
            admitted=bool(knock and self.probe.admits(knock)),
            foreign=others,
            misused=misused,
            second=second,
            narrow_scope=narrow_scope,
            narrowed=narrowed,
            widened=widened,
            newest=self.newest,
            refresh_token=self.refresh_token,
            insights=tuple(insights),
        )

    def _insight(self, reply: TokenReply) -> Insight | None:
        """What an access token is for, where its client can find out."""
        return Insight.into(reply.access_token, self.oauth, self.client) if reply.access_token else None

    def _narrow_scope(self, original: TokenReply) -> str:
        """The first of several scopes that were granted."""
        words = sorted(original.granted or (self.oauth.scope or "").split())
        return words[0] if len(words) > 1 else ""
