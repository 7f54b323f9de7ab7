"""Revocation: who may, and what becomes of tokens. Destructive where real tokens are revoked."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from conformance.ceremony.ending import Ending, until_refused
from conformance.oauth.flow import OAuthFlow
from conformance.oauth.pkce import Pkce
from conformance.oauth.registration import Client
from conformance.oauth.token_reply import TokenReply
from conformance.probe import Probe
from conformance.token_requests import NEVER_ISSUED
from conformance.verdict import CouldNotRun, NotApplicable
from conformance.wire.http import Reply


@dataclass(frozen=True)
class Admission:
    """A token that nobody issued, revoked by the client of the login, and by one with a secret where that failed.

    `answer` is the answer to `client`, who revokes from now on; `first` is that to the client of the login.
    """

    client: Client
    first: Reply
    answer: Reply

    @classmethod
    def perform(cls, oauth: OAuthFlow, client: Client, with_secret: Callable[[], Client]) -> "Admission":
        """Needs no approval."""
        first = oauth.revoke(NEVER_ISSUED, client)
        if first.status == 200 or not client.public:
            return cls(client, first, first)
        try:
            other = with_secret()
        except (CouldNotRun, NotApplicable):
            return cls(client, first, first)
        answer = oauth.revoke(NEVER_ISSUED, other)
        admitted = answer.status == 200 or _turned_away(first)
        return cls(other, first, answer) if admitted else cls(client, first, first)

    @property
    def open(self) -> bool:
        """Whether a client of ours may revoke."""
        return not _turned_away(self.answer)

    @property
    def to_first(self) -> bool:
        """Whether the client of the login may revoke."""
        return self.answer == self.first and self.open


def revoke_by_get(oauth: OAuthFlow, client: Client) -> Reply:
    """A revocation of a token that nobody issued, as a GET request."""
    endpoint = oauth.endpoint("revocation_endpoint")
    query = urlencode({"token": NEVER_ISSUED, "client_id": client.id})
    return oauth.send("GET", f"{endpoint}{'&' if '?' in endpoint else '?'}{query}", "revocation by GET", {})


def _turned_away(reply: Reply) -> bool:
    return reply.status in (401, 403) or reply.json_object.get("error") in ("invalid_client", "unauthorized_client")


def unsupported(reply: Reply) -> bool:
    """Whether the server says that it does not do this to tokens of this kind (RFC 7009 section 2.2.1)."""
    return reply.json_object.get("error") == "unsupported_token_type"


@dataclass(frozen=True)
class ForeignRevocation:
    """The newest tokens of a grant, revoked by a client that may revoke, but not these.

    `before` and `after` are knocks with the access token; `worked` and `survived` say whether the MCP server took it.
    `refresh` is a refresh of the owner afterwards, None where there is no refresh token.
    """

    answers: tuple[Reply, ...]
    before: Reply
    worked: bool
    after: Reply
    survived: bool
    refresh: TokenReply | None

    @classmethod
    def perform(
        cls, oauth: OAuthFlow, probe: Probe, owner: Client, tokens: TokenReply, refresh_token: str | None, other: Client
    ) -> "ForeignRevocation":
        """Raises CouldNotRun where there is no access token."""
        token = tokens.access_token
        if not token:
            raise CouldNotRun(f"no access token is left ({tokens.summary})")
        before = probe.knock(f"Bearer {token}", "initialize before a foreign revocation", doomed=True)
        answers = [oauth.revoke(token, other, purpose="revocation of a foreign access token")]
        if refresh_token:
            answers.append(oauth.revoke(refresh_token, other, purpose="revocation of a foreign refresh token"))
        after = probe.knock(f"Bearer {token}", "initialize after a foreign revocation", doomed=True)
        refresh = None
        if refresh_token:
            refresh = oauth.refresh(refresh_token, owner, purpose="refresh after a foreign revocation")
        return cls(tuple(answers), before, probe.admits(before), after, probe.admits(after), refresh)


def _fresh(oauth: OAuthFlow, client: Client) -> TokenReply:
    """Tokens of a grant of their own; costs an approval."""
    return oauth.redeem(oauth.authorize(Pkce.s256(), client, of="second revocation"))


@dataclass(frozen=True)
class Ended:
    """A revocation, and what became of the access token; None where the revocation was refused."""

    answer: Reply
    access: Ending | None

    @property
    def unsupported(self) -> bool:
        """Whether the server says that it cannot revoke tokens of this kind."""
        return unsupported(self.answer)

    @property
    def effective(self) -> bool:
        """Whether the MCP server refuses the access token now."""
        return self.access is not None and self.access.refused

    @classmethod
    def by(cls, answer: Reply, probe: Probe, token: str, patience: float) -> "Ended":
        """Wait for the effect of a revocation."""
        return cls(answer, until_refused(probe, token, "revocation", patience) if answer.ok else None)


@dataclass(frozen=True)
class AccessRevocation:
    """An access token that worked, revoked with the hint that it is a refresh token.

    `plain` is the revocation with the right hint, where the wrong one had no effect; `again` repeats what had.
    """

    client: Client
    before: Reply
    worked: bool
    hinted: Ended
    plain: Ended | None
    again: Reply | None

    @property
    def ended(self) -> Ended:
        """The revocation that counts."""
        return self.plain or self.hinted

    @classmethod
    def perform(
        cls, oauth: OAuthFlow, probe: Probe, client: Client, tokens: TokenReply | None, patience: float
    ) -> "AccessRevocation":
        """Ends the access token; costs an approval for one where none is given. Raises CouldNotRun where none comes."""
        tokens = tokens or _fresh(oauth, client)
        token = tokens.access_token
        if not token:
            raise CouldNotRun(f"no access token is left to revoke ({tokens.summary})")
        before = probe.knock(f"Bearer {token}", "initialize before revocation", doomed=True)
        answer = oauth.revoke(token, client, "refresh_token", purpose="revocation with a wrong hint")
        hinted, plain = Ended.by(answer, probe, token, patience), None
        if not hinted.effective:
            plain = Ended.by(oauth.revoke(token, client, "access_token"), probe, token, patience)
        again = None
        if (plain or hinted).answer.ok:
            again = oauth.revoke(token, client, "access_token", purpose="the same revocation once more")
        return cls(client, before, probe.admits(before), hinted, plain, again)


@dataclass(frozen=True)
class RefreshRevocation:
    """A refresh token that worked, its revocation, and the grant afterwards.

    `alive` is the refresh that showed it alive, `attempt` the one after the revocation; `ended` is the
    revocation and what became of the newest access token, which worked before where `worked` says so. `hinted` is a
    revocation with the hint that it is an access token, and the refresh after it; None where that was not tried. It
    stands for the revocation where it had an effect.
    """

    alive: TokenReply
    attempt: TokenReply
    worked: bool
    ended: Ended
    hinted: tuple[Reply, TokenReply] | None = None

    @classmethod
    def perform(
        cls, oauth: OAuthFlow, probe: Probe, client: Client, token: str | None, patience: float, *, mislead: bool
    ) -> "RefreshRevocation":
        """End the grant of a refresh token; costs an approval for another one where that has ended already.

        `mislead` tries a wrong hint first. Raises CouldNotRun where no grant comes with a refresh token that works.
        """
        alive = oauth.refresh(token, client, purpose="refresh before revocation") if token else None
        if not alive or not alive.access_token:
            client = client if client.secret else oauth.new_client("registration for a second revocation")
            tokens = _fresh(oauth, client)
            if not tokens.refresh_token:
                raise CouldNotRun(f"no grant with a refresh token is left to revoke ({tokens.summary})")
            token = tokens.refresh_token
            alive = oauth.refresh(token, client, purpose="refresh before revocation")
        if not alive.access_token or not token:
            raise CouldNotRun(f"no refresh token works, even before it is revoked ({alive.summary})")
        return cls._end(oauth, probe, client, alive, alive.refresh_token or token, patience, mislead=mislead)

    @classmethod
    def _end(
        cls,
        oauth: OAuthFlow,
        probe: Probe,
        client: Client,
        alive: TokenReply,
        token: str,
        patience: float,
        *,
        mislead: bool,
    ) -> "RefreshRevocation":
        newest, hinted = alive.access_token or "", None
        before = probe.knock(f"Bearer {newest}", "initialize before the refresh token is revoked", doomed=True)
        if mislead:
            answer = oauth.revoke(token, client, "access_token", purpose="revocation with a wrong hint")
            attempt = oauth.refresh(token, client, purpose="refresh after a revocation with a wrong hint")
            hinted = answer, attempt
            newest, token = attempt.access_token or newest, attempt.refresh_token or token
            if answer.ok and not attempt.issued_token:
                return cls(alive, attempt, probe.admits(before), Ended.by(answer, probe, newest, patience), hinted)
        answer = oauth.revoke(token, client, "refresh_token", purpose="revocation of the refresh token")
        attempt = oauth.refresh(token, client, purpose="refresh after revocation")
        return cls(alive, attempt, probe.admits(before), Ended.by(answer, probe, newest, patience), hinted)
