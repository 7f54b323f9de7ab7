"""A grant of a client with a secret: tried without the secret, refreshed without it, and its code replayed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from conformance.ceremony.ending import Ending, until_refused
from conformance.oauth.authorization import AuthorizationAnswer, Changes
from conformance.oauth.client_authentication import Authentication
from conformance.oauth.flow import Grant, OAuthFlow
from conformance.oauth.pkce import Pkce
from conformance.oauth.registration import Client
from conformance.oauth.token_reply import TokenReply
from conformance.once import Once
from conformance.probe import Probe
from conformance.token_requests import WRONG_SECRET
from conformance.verdict import CouldNotRun
from conformance.wire.http import Reply

_IMPOSTURES: Mapping[str, tuple[bool, Authentication]] = {
    "no secret": (False, "identified"),
    "a wrong secret in the body": (True, "body"),
    "a wrong secret in the header": (True, "header"),
}


@dataclass(frozen=True)
class ConfidentialGrant:
    """A code, redeemed without the secret of its client, with wrong ones, and rightly.

    `attempts` are the defective redemptions by name; where one of them gave tokens it is the last one, and `tokens`
    are those.
    """

    grant: Grant
    attempts: Mapping[str, TokenReply]
    tokens: TokenReply

    @classmethod
    def perform(cls, oauth: OAuthFlow, asked: AuthorizationAnswer, *, burns: bool) -> "ConfidentialGrant":
        """One approval, of the request `asked`; a second one where `burns` says that a failed redemption ends a code.

        Only the first defect is then tried: what comes after it proves nothing.
        """
        grant = oauth.approve(asked, of="confidential")
        client = grant.client
        attempts: dict[str, TokenReply] = {}
        for name, (wrong, authentication) in _IMPOSTURES.items():
            impostor = replace(client, secret=WRONG_SECRET) if wrong else client
            purpose = f"token request with {name}"
            reply = oauth.redeem(grant, client=impostor, authentication=authentication, purpose=purpose)
            attempts[name] = reply
            if reply.issued_token:
                return cls(grant, attempts, reply)
            if burns:
                grant = oauth.authorize(Pkce.s256(), client, of="defects")
                break
        return cls(grant, attempts, oauth.redeem(grant))


@dataclass(frozen=True)
class Impostures:
    """Failed authentications of clients with a secret, sent once more with a good code where that is needed.

    A server may look at the code before it looks at the client. What it answers to a code that was never issued then
    says nothing of the client. `made` gives the grant of a client with a secret, None where there is none.
    """

    oauth: OAuthFlow
    once: Once
    made: Callable[[], ConfidentialGrant | None]

    def settled(
        self,
        name: str,
        client: Client,
        authentication: Authentication,
        seen: TokenReply,
        right: TokenReply,
        changes: Changes | None = None,
    ) -> TokenReply:
        """The answer that tells whether a client was taken for authenticated.

        That is what was `seen` for a code that was never issued, unless it is the same as for the `right`
        authentication; then it is the answer to a good code, for another approval.

        Raises NoAnswer, NoCode, CouldNotRun where nobody logged in, Narrowed when the plan leaves the consent out.
        """
        if not seen.oauth_error == right.oauth_error == "invalid_grant":
            return seen
        made = self.made()
        if made is None:
            raise CouldNotRun(
                f"the code may have been looked at before the client ({seen.summary}), and no other was had"
            )
        if any(one.issued_token for one in made.attempts.values()):
            return seen
        if name in made.attempts and client.id == made.grant.client.id:
            return made.attempts[name]

        def redeem() -> TokenReply:
            grant = self.oauth.authorize(Pkce.s256(), client, of="client authentication")
            purpose = f"token request with {name} and a good code"
            return self.oauth.redeem(grant, changes, client=client, authentication=authentication, purpose=purpose)

        return self.once(f"{name} with a good code", redeem)


@dataclass(frozen=True)
class ConfidentialRefresh:
    """The refresh token of a client with a secret, used without it, with a wrong one, and rightly.

    `attempts` are the defective refreshes by name. `newest` is the last answer of the grant with an access token.
    """

    client: Client
    attempts: Mapping[str, TokenReply]
    right: TokenReply
    newest: TokenReply
    refresh_token: str

    @classmethod
    def perform(cls, oauth: OAuthFlow, made: ConfidentialGrant) -> "ConfidentialRefresh":
        """Raises CouldNotRun where the grant came without a refresh token."""
        client, current, newest = made.grant.client, made.tokens.refresh_token, made.tokens
        if not current:
            raise CouldNotRun(f"a client with a secret got no refresh token ({made.tokens.summary})")
        impostor = replace(client, secret=WRONG_SECRET)
        attempts: dict[str, TokenReply] = {}
        right = made.tokens
        for name in ("no secret", "a wrong secret", ""):
            one = impostor if name == "a wrong secret" else client
            authentication: Authentication = "identified" if name == "no secret" else "registered"
            purpose = f"refresh with {name or 'the right secret'}"
            right = oauth.refresh(current, one, authentication=authentication, purpose=purpose)
            if name:
                attempts[name] = right
            newest = right if right.access_token else newest
            current = right.refresh_token or current
        return cls(client, attempts, right, newest, current)


@dataclass(frozen=True)
class Replay:
    """A code that was redeemed, redeemed again: with a wrong verifier first, then completely.

    `before` and `between` are knocks with the newest access token, `worked` and `survived` say whether the MCP server
    took it; `invalid` and `between` are None where a failed redemption makes the server forget the code. `access` is
    what became of the token after the complete replay, `refresh` an attempt to refresh in the end; both are None where
    the replay gave tokens, `refresh` also where there is no refresh token.
    """

    before: Reply
    worked: bool
    invalid: TokenReply | None
    between: Reply | None
    survived: bool
    complete: TokenReply
    access: Ending | None
    refresh: TokenReply | None

    @classmethod
    def perform(
        cls,
        oauth: OAuthFlow,
        probe: Probe,
        grant: Grant,
        newest: TokenReply,
        refresh_token: str | None,
        patience: float,
        *,
        burns: bool,
    ) -> "Replay":
        """Ends the grant, as it should; `burns` says that a failed redemption makes the server forget a code.

        Raises CouldNotRun where no access token is left.
        """
        token = newest.access_token
        if not token:
            raise CouldNotRun(f"no access token is left ({newest.summary})")
        before = probe.knock(f"Bearer {token}", "initialize before the replay", doomed=True)
        worked = survived = probe.admits(before)
        invalid = between = None
        if not burns:
            wrong = {"code_verifier": Pkce.s256().verifier}
            invalid = oauth.redeem(grant, wrong, purpose="replay with a wrong verifier")
            purpose = "initialize after the replay with a wrong verifier"
            between = probe.knock(f"Bearer {token}", purpose, doomed=True)
            survived = probe.admits(between)
        complete = oauth.redeem(grant, purpose="replay")
        access = refresh = None
        if not complete.issued_token:
            access = until_refused(probe, token, "the replay", patience)
            if refresh_token:
                refresh = oauth.refresh(refresh_token, grant.client, purpose="refresh after the replay")
        return cls(before, worked, invalid, between, survived, complete, access, refresh)
