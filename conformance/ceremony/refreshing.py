"""The grant of the survey's login, refreshed by its own client and by others."""

from collections.abc import Mapping
from dataclasses import dataclass

from conformance.oauth.flow import OAuthFlow, TokenReply
from conformance.oauth.registration import Client
from conformance.probe import Probe
from conformance.verdict import CouldNotRun
from conformance.wire.http import Reply


@dataclass(frozen=True)
class Refreshing:
    """What happened to one grant, in order.

    `first` names the resource; `knock` shows its access token at the MCP server, `admitted` says that it works.
    `foreign` are attempts of other clients by whose they are, `misused` is one with the access token in place of the
    refresh token. `second` names no resource. `revocations` are attempts of another client to revoke the access and
    the refresh token, after which `knock_again` and `survived` show the access token. `narrowed` asks for
    `narrow_scope`, `widened` for nothing again; both are None where the grant has no two scopes. `last` is the last
    refresh without defect.
    """

    client: Client
    original: TokenReply
    first: TokenReply
    knock: Reply | None
    admitted: bool
    foreign: Mapping[str, TokenReply]
    misused: TokenReply
    second: TokenReply
    revocations: Mapping[str, Reply]
    knock_again: Reply | None
    survived: bool
    narrow_scope: str
    narrowed: TokenReply | None
    widened: TokenReply | None
    last: TokenReply
    newest: TokenReply
    refresh_token: str

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
        tokens: its newest answer with tokens. Raises CouldNotRun where that holds no refresh token.
    """

    oauth: OAuthFlow
    probe: Probe
    client: Client
    newest: TokenReply
    refresh_token: str = ""

    def __post_init__(self) -> None:
        if not self.newest.refresh_token:
            raise CouldNotRun(f"the grant came without a refresh token ({self.newest.summary})")
        self.refresh_token = self.newest.refresh_token

    def use(self, purpose: str, client: Client | None = None, token: str = "", **changes: str | None) -> TokenReply:
        """A refresh with other parameters, of this or another client, with this or another token."""
        whose = client or self.client
        reply = self.oauth.refresh(token or self.refresh_token, whose, changes, purpose=purpose)
        if reply.access_token:
            self.newest = reply
            self.refresh_token = reply.refresh_token or self.refresh_token
        return reply

    def perform(self, foreign: Mapping[str, Client], revoker: Client | None) -> Refreshing:
        """All of it; `revoker` is a client that may revoke, but not what is not its own."""
        original = self.newest
        first = self.use("refresh")
        knock = self._knock("initialize, refreshed token") if first.access_token else None
        others = {name: self.use(f"refresh by {name}", client) for name, client in foreign.items()}
        access_token = self.newest.access_token or ""
        misused = self.use("refresh with the access token", token=access_token)
        second = last = self.use("refresh without resource", resource=None)
        revocations, knock_again = self._foreign_revocations(revoker) if revoker else ({}, None)
        narrow_scope = self._narrow_scope(original)
        narrowed = widened = None
        if narrow_scope:
            narrowed = self.use("refresh for less scope", scope=narrow_scope)
        if narrow_scope or revocations:
            last = self.use("refresh for the whole scope")
            widened = last if narrow_scope else None
        return Refreshing(
            self.client, original, first, knock, bool(knock and self.probe.admits(knock)), others, misused, second,
            revocations, knock_again, bool(knock_again and self.probe.admits(knock_again)), narrow_scope, narrowed,
            widened, last, self.newest, self.refresh_token,
        )  # fmt: skip

    def _knock(self, purpose: str) -> Reply:
        return self.probe.knock(f"Bearer {self.newest.access_token}", purpose)

    def _foreign_revocations(self, revoker: Client) -> tuple[dict[str, Reply], Reply]:
        tokens = {"access token": self.newest.access_token or "", "refresh token": self.refresh_token}
        answers = {
            name: self.oauth.revoke(token, revoker, purpose=f"revocation of a foreign {name}")
            for name, token in tokens.items()
        }
        return answers, self._knock("initialize after a foreign revocation")

    def _narrow_scope(self, original: TokenReply) -> str:
        """The first of several scopes that were granted."""
        granted = original.reply.json_object.get("scope") or self.oauth.scope
        words = granted.split(" ") if isinstance(granted, str) else []
        return words[0] if len(words) > 1 else ""
