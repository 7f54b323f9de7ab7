"""Sequences on one grant, performed once and judged by several checks.

Approvals are scarce, so each sequence spends one and asks as much of it as it can. Every refusal has its
control: the same request without the defect, on the same code.
"""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from conformance.oauth.flow import Grant, OAuthFlow, TokenReply
from conformance.oauth.pkce import Pkce
from conformance.oauth.registration import Client
from conformance.probe import Probe
from conformance.verdict import CouldNotRun
from conformance.wire.http import Reply

_POLL_SECONDS = 2.0


@dataclass(frozen=True)
class Refusal:
    """A defective redemption and its control: the right one on the same code."""

    attempt: TokenReply
    control: TokenReply

    @property
    def exchange(self) -> str:
        """The recorded exchange of the attempt."""
        return self.attempt.exchange

    @property
    def proven(self) -> bool:
        """Whether the control shows that the defect, and nothing else, caused the refusal."""
        return self.control.access_token is not None


@dataclass(frozen=True)
class Redemption:
    """One approval with a 128-character verifier.

    `wrong`, `missing`, `challenge` and `malformed` are redemptions with another verifier, with none, with the
    challenge in its place and with one outside the grammar; `accepted` is the right one.
    """

    grant: Grant
    wrong: Refusal
    missing: Refusal
    challenge: Refusal
    malformed: Refusal
    accepted: TokenReply

    @classmethod
    def perform(cls, oauth: OAuthFlow) -> "Redemption":
        """Approve once; try the defects first and the right verifier last. A server that burns a code after a
        failed attempt, or accepts a defect, costs one more approval for each later defect.
        """
        verifiers: dict[str, Callable[[Grant], str | None]] = {
            "wrong": lambda _: Pkce.s256().verifier,
            "missing": lambda _: None,
            "challenge": lambda grant: grant.pkce.challenge,
            "malformed": lambda _: "too short",
        }
        grant = oauth.authorize(Pkce.s256(128))
        attempts: dict[str, TokenReply] = {}
        for name, verifier in verifiers.items():
            attempts[name] = oauth.redeem(grant, {"code_verifier": verifier(grant)})
            if attempts[name].issued_token:
                break
        accepted = oauth.redeem(grant)
        if len(attempts) == len(verifiers) and accepted.access_token:
            return cls(grant, **{name: Refusal(one, accepted) for name, one in attempts.items()}, accepted=accepted)
        return cls._one_code_each(oauth, verifiers)

    @classmethod
    def _one_code_each(cls, oauth: OAuthFlow, verifiers: dict[str, Callable[[Grant], str | None]]) -> "Redemption":
        grant = oauth.authorize(Pkce.s256(128))
        accepted = oauth.redeem(grant)
        refusals: dict[str, Refusal] = {}
        for name, verifier in verifiers.items():
            fresh = oauth.authorize(Pkce.s256(), grant.client if oauth.configured else None)
            refusals[name] = Refusal(oauth.redeem(fresh, {"code_verifier": verifier(fresh)}), accepted)
        return cls(grant, **refusals, accepted=accepted)


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
            grant = oauth.authorize(Pkce.s256(), oauth.confidential_client())
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


@dataclass(frozen=True)
class Replay:
    """A code redeemed twice with the same, right request, and one that was never issued."""

    first: TokenReply
    second: TokenReply
    unknown: TokenReply

    @classmethod
    def perform(cls, oauth: OAuthFlow) -> "Replay":
        """One approval."""
        grant = oauth.authorize(Pkce.s256())
        unknown = oauth.redeem(grant, {"code": secrets.token_urlsafe(32)})
        return cls(oauth.redeem(grant), oauth.redeem(grant), unknown)
