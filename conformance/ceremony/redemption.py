"""One code, redeemed with every defect and then without."""

from collections.abc import Callable
from dataclasses import dataclass

from conformance.oauth.flow import Grant, OAuthFlow, TokenReply
from conformance.oauth.pkce import Pkce


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
