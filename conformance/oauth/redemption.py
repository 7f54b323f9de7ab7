"""One authorization code redeemed with every defect and then without: each refusal has its control.

A refusal proves something only if the same code was redeemable, so the right request comes last. A server that
ends a code at the first failed attempt makes all later refusals worthless: there each defect needs a fresh code.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from conformance.oauth.authorization import Changes
from conformance.oauth.flow import Grant, OAuthFlow
from conformance.oauth.pkce import Pkce
from conformance.oauth.registration import Client
from conformance.oauth.token_reply import TokenReply
from conformance.verdict import CouldNotRun

UNRELATED_RESOURCE = "https://unrelated.example/"

_CHANGES: Mapping[str, Callable[[Grant], Changes]] = {
    "wrong verifier": lambda _: {"code_verifier": Pkce.s256().verifier},
    "missing verifier": lambda _: {"code_verifier": None},
    "empty verifier": lambda _: {"code_verifier": ""},
    "challenge as verifier": lambda grant: {"code_verifier": grant.pkce.challenge},
    "malformed verifier": lambda _: {"code_verifier": "too short"},
    "foreign client": lambda _: {},
    "missing client_id": lambda _: {},
    "other redirect_uri": lambda grant: {"redirect_uri": _other_uri(grant)},
    "redirect_uri with slash": lambda grant: {"redirect_uri": f"{grant.client.redirect_uri}/"},
    "repeated code": lambda grant: {"code": [secrets.token_urlsafe(32), grant.code]},
    "repeated client_id": lambda grant: {"client_id": [grant.client.id, grant.client.id]},
    "foreign resource": lambda _: {"resource": UNRELATED_RESOURCE},
}
DEFECTS = tuple(_CHANGES)
"""Names of the defects in the order in which they are tried: those that some servers accept come last."""


@dataclass(frozen=True)
class Refusal:
    """A defective redemption and its control: a right one, on the same code where codes survive failures."""

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
    """What a code was worth.

    `attempts` are the defective redemptions by name, `accepted` is the right one, `grant` that of `accepted`.
    `burns` says that the first failed attempt ended the code. `unknown` is the right redemption with an unknown
    parameter added, and equals `accepted` where that was ignored. `hindrance` is why attempts are missing.
    """

    grant: Grant
    attempts: Mapping[str, TokenReply]
    accepted: TokenReply
    unknown: TokenReply | None
    burns: bool = False
    foreign: Client | None = None
    hindrance: CouldNotRun | None = None

    @classmethod
    def perform(cls, oauth: OAuthFlow, client: Client, foreign: Client | None) -> "Redemption":
        """Spend one approval; a second one where a defect was accepted or the code did not survive the first.

        No defect is tried where the plan has no approval for a second login. Raises CouldNotRun, NoAnswer where no
        code comes.
        """
        grant = oauth.authorize(Pkce.s256(), client, of="login")
        attempts: dict[str, TokenReply] = {}
        for name in () if oauth.plan and oauth.plan.cap == 1 else DEFECTS:
            if _possible(name, grant, foreign):
                attempts[name] = _attempt(oauth, grant, name, foreign)
                if attempts[name].issued_token:
                    return cls._afresh(oauth, grant, attempts, foreign)
        unknown = oauth.redeem(grant, {"x_unknown": "1"}, purpose="token request with an unknown parameter")
        accepted = unknown if unknown.access_token else oauth.redeem(grant)
        if accepted.access_token:
            return cls(grant, attempts, accepted, unknown, foreign=foreign)
        if not attempts:
            return cls(grant, attempts, accepted, unknown, foreign=foreign)
        first = next(iter(attempts))
        return replace(cls._afresh(oauth, grant, {first: attempts[first]}, foreign), burns=True)

    @classmethod
    def _afresh(
        cls, oauth: OAuthFlow, spent: Grant, attempts: Mapping[str, TokenReply], foreign: Client | None
    ) -> "Redemption":
        if oauth.plan:
            oauth.plan = oauth.plan.after_defect()
        grant = oauth.authorize(Pkce.s256(), spent.client, of="login again")
        return cls(grant, attempts, oauth.redeem(grant), None, foreign=foreign)

    def completed(self, oauth: OAuthFlow) -> "Redemption":
        """With the defects that are still to be tried, each on a fresh code, as far as approvals come."""
        missing = [name for name in DEFECTS if name not in self.attempts]
        missing = [name for name in missing if _possible(name, self.grant, self.foreign)]
        if not missing and self.unknown:
            return self
        attempts, unknown = dict(self.attempts), self.unknown
        try:
            client = oauth.new_client("registration for defective redemptions", redirect_uris=self._uris)
            for name in missing:
                grant = oauth.authorize(Pkce.s256(), client, of="defects")
                attempts[name] = _attempt(oauth, grant, name, self.foreign)
            grant = oauth.authorize(Pkce.s256(), client, of="defects")
            unknown = oauth.redeem(grant, {"x_unknown": "1"}, purpose="token request with an unknown parameter")
        except CouldNotRun as hindrance:
            return replace(self, attempts=attempts, hindrance=hindrance)
        return replace(self, attempts=attempts, unknown=unknown)

    @property
    def _uris(self) -> list[str]:
        return list(self.grant.client.redirect_uris) or [self.grant.client.redirect_uri]

    def refusal(self, name: str) -> Refusal:
        """A defective redemption with its control. Raises CouldNotRun where it was not tried."""
        if name not in self.attempts:
            if self.hindrance:
                raise self.hindrance
            needs = "a second client" if name == "foreign client" else "a second redirect URI of the client"
            raise CouldNotRun(f"a redemption with the defect '{name}' needs {needs}, and none could be registered")
        return Refusal(self.attempts[name], self.accepted)


def _possible(name: str, grant: Grant, foreign: Client | None) -> bool:
    if name == "foreign client":
        return foreign is not None
    return name != "other redirect_uri" or bool(_other_uri(grant))


def _other_uri(grant: Grant) -> str:
    others = (uri for uri in grant.client.redirect_uris if uri != grant.client.redirect_uri)
    return next(others, "")


def _attempt(oauth: OAuthFlow, grant: Grant, name: str, foreign: Client | None) -> TokenReply:
    client = foreign if name == "foreign client" else None
    authentication = "none" if name == "missing client_id" else "registered"
    purpose = f"token request, {name}"
    return oauth.redeem(grant, _CHANGES[name](grant), client=client, authentication=authentication, purpose=purpose)
