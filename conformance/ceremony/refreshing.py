"""A grant that is refreshed by its own client and by a foreign one."""

from dataclasses import dataclass

from conformance.oauth.flow import OAuthFlow, TokenReply
from conformance.oauth.redemption import Redemption
from conformance.probe import Probe
from conformance.verdict import CouldNotRun
from conformance.wire.http import Reply


@dataclass(frozen=True)
class Refreshing:
    """A grant refreshed twice by its own client and, between, once by a foreign one.

    `foreign` is None when no second client could be registered. `admitted` says whether the MCP server took
    the first refreshed access token.
    """

    first: TokenReply
    second: TokenReply
    foreign: TokenReply | None
    admission: Reply | None
    admitted: bool
    replaced: bool

    @property
    def newest(self) -> TokenReply | None:
        """The reply with the newest access token of the grant."""
        return next((one for one in (self.second, self.first) if one.access_token), None)

    @classmethod
    def perform(cls, oauth: OAuthFlow, probe: Probe, redemption: Redemption) -> "Refreshing":
        """Raises CouldNotRun when the grant came without a refresh token."""
        client, token = redemption.grant.client, redemption.accepted.refresh_token
        if not token:
            raise CouldNotRun("the grant came without a refresh token")
        first = oauth.refresh(token, client)
        admission = (
            probe.knock(f"Bearer {first.access_token}", "initialize, refreshed token") if first.access_token else None
        )
        current = first.refresh_token or token
        foreign = None
        try:
            foreign = oauth.refresh(current, oauth.second_client()) if first.access_token else None
        except CouldNotRun:
            foreign = None
        if foreign and foreign.refresh_token:
            current = foreign.refresh_token
        second = oauth.refresh(current, client) if first.access_token else first
        replaced = bool(first.refresh_token and first.refresh_token != token)
        replaced = replaced and bool(second.refresh_token and second.refresh_token != first.refresh_token)
        return cls(first, second, foreign, admission, bool(admission and probe.admits(admission)), replaced)
