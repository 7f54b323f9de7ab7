"""A code redeemed with every bad proof of possession, and then with a good one (RFC 9449 section 5)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from conformance.oauth.dpop import Prover
from conformance.oauth.flow import Grant, OAuthFlow
from conformance.oauth.pkce import Pkce
from conformance.oauth.registration import Client, client_of
from conformance.oauth.token_reply import TokenReply

NO_PROOF = "no proof"
TWO_PROOFS = "two proofs"
DEFECTS = (
    "the htu of another address",
    "the htm of another method",
    "an iat of an hour ago",
    "a signature by another key",
    "no typ",
    "a private key in jwk",
    TWO_PROOFS,
)
_MOST_CODES = 3
_MEMBER = "dpop_bound_access_tokens"


@dataclass(frozen=True)
class Binding:
    """What became of the code.

    `attempts` are the redemptions with a bad proof by their defect, and that without proof where the client has
    registered that it wants bound tokens alone; `accepted` is the right one, which may have failed too. `proven`
    names the attempts that were refused for their proof and nothing else: the server says so, or the same code was
    redeemed afterwards.
    """

    client: Client
    thumbprint: str
    attempts: Mapping[str, TokenReply]
    proven: frozenset[str]
    accepted: TokenReply

    @classmethod
    def perform(cls, oauth: OAuthFlow, prover: Prover) -> "Binding":
        """Ask for one approval, on a server that ends codes early or accepts a bad proof for three at most.

        Raises CouldNotRun, NoAnswer.
        """
        client, insists = _client(oauth)
        return _Trying(oauth, prover, client).out([NO_PROOF, *DEFECTS] if insists else list(DEFECTS))

    @property
    def bound(self) -> bool:
        """Whether the server took the proof up; it may issue bearer tokens instead (RFC 9449 section 5)."""
        return str(self.accepted.reply.json_object.get("token_type")).lower() == "dpop"


@dataclass
class _Trying:
    oauth: OAuthFlow
    prover: Prover
    client: Client
    attempts: dict[str, TokenReply] = field(default_factory=dict[str, TokenReply])
    proven: set[str] = field(default_factory=set[str])
    codes: int = 0

    def out(self, names: list[str]) -> Binding:
        grant, since = self._code(), list[str]()
        for name in names:
            if not self._attempt(grant, name).issued_token:
                since.append(name)
                continue
            self.proven.update(since)
            grant, since = self._code(), []
            if not self._more:
                break
        accepted = self._attempt(grant, "")
        if accepted.access_token:
            self.proven.update(since)
        elif self._more:
            accepted = self._attempt(self._code(), "")
            for name in [one for one in since if one not in self.proven]:
                if accepted.access_token and self._more:
                    self._attempt(self._code(), name)
                    self.proven.add(name)
        key = self.prover.key.thumbprint
        return Binding(self.client, key, self.attempts, frozenset(self.proven), accepted)

    @property
    def _more(self) -> bool:
        return self.codes < _MOST_CODES

    def _code(self) -> Grant:
        self.codes += 1
        return self.oauth.authorize(Pkce.s256(), self.client, of="dpop")

    def _attempt(self, grant: Grant, name: str) -> TokenReply:
        """A redemption with one defect, or with none."""
        purpose = f"token request with {name or 'a good proof'}"
        if name == NO_PROOF:
            reply = self.oauth.redeem(grant, purpose=purpose)
        else:
            times, defect = (2, "") if name == TWO_PROOFS else (1, name)
            reply = TokenReply(
                self.prover.send(
                    lambda proof: self.oauth.redeem(grant, purpose=purpose, headers={"DPoP": [proof] * times}).reply,
                    "POST",
                    self.oauth.endpoint("token_endpoint"),
                    defect=defect,
                )
            )
        if name:
            self.attempts[name] = reply
            if reply.oauth_error == "invalid_dpop_proof":
                self.proven.add(name)
        return reply


def _client(oauth: OAuthFlow) -> tuple[Client, bool]:
    """A client of its own, and whether it has registered that it wants bound tokens alone (RFC 9449 section 5.2)."""
    if oauth.given or not oauth.discovery.endpoint("registration_endpoint"):
        return oauth.new_client(), False
    reply = oauth.register("registration for bound tokens", **{_MEMBER: True})
    client = client_of(reply, oauth.redirect_uri)
    if not client:
        return oauth.new_client(), False
    return client, reply.json_object.get(_MEMBER) is True
