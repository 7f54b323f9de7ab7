"""A bound token and everything that is asked of its sender: at the MCP server, and when it is refreshed."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime

from conformance.ceremony.binding import NO_PROOF, Binding
from conformance.oauth.dpop import ALGORITHM, Prover
from conformance.oauth.flow import OAuthFlow
from conformance.oauth.insight import Insight
from conformance.oauth.jwt import Key
from conformance.oauth.token_reply import TokenReply
from conformance.probe import Probe
from conformance.verdict import CouldNotRun
from conformance.wire.http import Reply

OTHER_KEY = "a proof of another key"
DEFECTS = (
    NO_PROOF,
    OTHER_KEY,
    "a signature by another key",
    "the htu of another address",
    "the htm of another method",
    "the ath of another token",
)
AGES = ("an iat six minutes ago", "an iat six minutes ahead")


@dataclass(frozen=True)
class Use:
    """What the MCP server said to the bound token.

    `accepted` is the answer to the token with a good proof, `replayed` that to the identical request. `as_bearer`
    are the answers to the token as a bearer token with and without a proof, `refusals` those to bad proofs by their
    defect, `demands` those that asked for a nonce. All but `accepted` are empty where that is a refusal.
    `clock` is how many seconds the server's clock is ahead of ours, None where it does not tell.
    """

    accepted: Reply
    admitted: bool
    clock: float | None = None
    replayed: Reply | None = None
    as_bearer: Mapping[str, Reply] = field(default_factory=dict[str, Reply])
    refusals: Mapping[str, Reply] = field(default_factory=dict[str, Reply])
    demands: tuple[Reply, ...] = ()

    @classmethod
    def perform(cls, probe: Probe, prover: Prover, token: str) -> "Use":
        """About a dozen requests. Raises NoAnswer."""
        knocking = _Knocking(probe, prover, token)
        accepted = knocking.knock()
        if not probe.admits(accepted):
            return cls(accepted, admitted=False, demands=tuple(prover.demands))
        clock = _ahead(accepted)
        replayed = knocking.once("initialize with the same proof again", knocking.proof)
        prover.clock = clock or 0.0
        return cls(
            accepted,
            admitted=True,
            clock=clock,
            replayed=replayed,
            as_bearer={
                "with a proof": knocking.knock(scheme="Bearer"),
                "without a proof": probe.knock(f"Bearer {token}", "initialize with the bound token as bearer token"),
            },
            refusals={name: knocking.knock(name) for name in (*DEFECTS, *AGES)},
            demands=tuple(prover.demands),
        )


@dataclass
class _Knocking:
    probe: Probe
    prover: Prover
    token: str
    proof: str = ""

    def knock(self, defect: str = "", scheme: str = "DPoP") -> Reply:
        if defect == NO_PROOF:
            return self.probe.knock(f"{scheme} {self.token}", "initialize with no proof")
        prover, purpose = self.prover, f"initialize as {scheme} with {defect or 'a proof'}"
        if defect == OTHER_KEY:
            prover, defect = prover.with_key(Key.generate(ALGORITHM)), ""

        def request(proof: str) -> Reply:
            return self.once(purpose, proof, scheme)

        return prover.send(request, self.probe.method, self.probe.survey.endpoint, token=self.token, defect=defect)

    def once(self, purpose: str, proof: str, scheme: str = "DPoP") -> Reply:
        self.proof = proof

        def prove(method: str) -> str:
            leaving = method == "DELETE"
            return self.prover.proof(method, self.probe.survey.endpoint, token=self.token) if leaving else proof

        return self.probe.knock(f"{scheme} {self.token}", purpose, proof=prove)


@dataclass(frozen=True)
class Refreshing:
    """The refresh token used without a proof, with one of another key, and with one of the right key.

    What came after a token was issued is None.
    """

    without: TokenReply
    other: TokenReply | None
    right: TokenReply | None

    @classmethod
    def perform(cls, oauth: OAuthFlow, prover: Prover, binding: Binding) -> "Refreshing | None":
        """None where there is no refresh token. Raises NoAnswer."""
        token, endpoint = binding.accepted.refresh_token, oauth.endpoint("token_endpoint")
        if not token:
            return None

        def refresh(using: Prover, name: str) -> TokenReply:
            def request(proof: str) -> Reply:
                return oauth.refresh(
                    token, binding.client, purpose=f"refresh with {name}", headers={"DPoP": proof}
                ).reply

            return TokenReply(using.send(request, "POST", endpoint))

        without = oauth.refresh(token, binding.client, purpose="refresh with no proof")
        other = None if without.issued_token else refresh(prover.with_key(Key.generate(ALGORITHM)), OTHER_KEY)
        right = None if other is None or other.issued_token else refresh(prover, "a good proof")
        return cls(without, other, right)


@dataclass(frozen=True)
class Possession:
    """A token bound to a key. `use` is None where the server issued none, `refreshing` without a refresh token.

    `insight` is what the token or introspection tells of it.
    """

    binding: Binding
    use: Use | None
    refreshing: Refreshing | None
    insight: Insight | None = None

    @classmethod
    def perform(cls, oauth: OAuthFlow, probe: Probe) -> "Possession":
        """Ask for one approval, for three at most. Raises CouldNotRun, NoAnswer."""
        offered = oauth.discovery.server_metadata.get("dpop_signing_alg_values_supported")
        if not isinstance(offered, list) or ALGORITHM not in offered:
            raise CouldNotRun(f"the server accepts no proof signed with {ALGORITHM}, the only kind this audit makes")
        prover = Prover(Key.generate(ALGORITHM))
        binding = Binding.perform(oauth, prover)
        token = binding.accepted.access_token
        if not token or not binding.bound:
            return cls(binding, None, None)
        use, insight = Use.perform(probe, prover, token), Insight.into(token, oauth, binding.client)
        return cls(binding, use, Refreshing.perform(oauth, prover, binding), insight)


def _ahead(reply: Reply) -> float | None:
    """How many seconds the clock of a server is ahead of ours, by the Date of an answer that has just come."""
    try:
        return parsedate_to_datetime(reply.header("date") or "").timestamp() - time.time()
    except ValueError:
        return None
