"""A grant whose tokens are revoked. Destructive."""

import time
from dataclasses import dataclass, replace

from conformance.oauth.flow import OAuthFlow, TokenReply
from conformance.oauth.pkce import Pkce
from conformance.oauth.redemption import Redemption
from conformance.oauth.registration import Client
from conformance.probe import Probe
from conformance.verdict import CouldNotRun
from conformance.wire.http import Reply

_POLL_SECONDS = 2.0


@dataclass(frozen=True)
class Revocation:
    """An access token that worked, its revocation, and what the MCP server said afterwards.

    `public` is the answer to a public client where that was refused and a confidential client had to be used.
    `seconds` is how long the token went on working after the answer to the revocation.
    """

    before: Reply
    worked: bool
    answer: Reply
    after: Reply
    refused: bool
    seconds: float
    public: Reply | None = None

    @classmethod
    def perform(
        cls, oauth: OAuthFlow, probe: Probe, redemption: Redemption, newest: TokenReply, patience: float
    ) -> "Revocation":
        """Knock, revoke, and knock until refused, for at most `patience` seconds.

        Where a public client is turned away, once more with a confidential client: costs one more approval.
        """
        first = cls._revoke(oauth, probe, redemption.grant.client, newest, patience)
        if first.answer.ok or first.unsupported or not redemption.grant.client.public:
            return first
        try:
            grant = oauth.authorize(Pkce.s256(), oauth.confidential_client(), of="confidential")
        except CouldNotRun:
            return first
        second = cls._revoke(oauth, probe, grant.client, oauth.redeem(grant), patience)
        return replace(second, public=first.answer)

    @property
    def unsupported(self) -> bool:
        """Whether the server says that it cannot revoke access tokens."""
        return self.answer.json_object.get("error") == "unsupported_token_type"

    @classmethod
    def _revoke(
        cls, oauth: OAuthFlow, probe: Probe, client: Client, tokens: TokenReply, patience: float
    ) -> "Revocation":
        token = tokens.access_token
        if not token:
            raise CouldNotRun(f"no access token is left to revoke ({tokens.summary})")
        before = probe.knock(f"Bearer {token}", "initialize before revocation")
        answer = oauth.revoke(token, client, "access_token")
        started = time.monotonic()
        while True:
            after = probe.knock(f"Bearer {token}", "initialize after revocation")
            elapsed = time.monotonic() - started
            if not probe.admits(after) or not answer.ok or elapsed > patience:
                return cls(before, probe.admits(before), answer, after, probe.refuses(after), elapsed)
            time.sleep(_POLL_SECONDS)
