"""Which approvals an audit asks its user for, and which of them a cap leaves out.

Approvals are scarce where a person gives them, so each consent has a client of its own and decides as much as it can.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from conformance import waits
from conformance.verdict import Narrowed


@dataclass(frozen=True)
class Consent:
    """One row of the plan: `asks` approvals, or a denial, and what they decide.

    An essential one is asked for by default whoever approves; the others only where approving costs nobody anything,
    or where `--approvals` has room for them.
    """

    name: str
    asks: int
    decides: str
    essential: bool = False
    denial: bool = False


CONSENTS = (
    Consent("login", 1, "the login, the defects of a code redemption, refresh and revocation", essential=True),
    Consent("confidential", 1, "clients with a secret, and the replay of a code", essential=True),
    Consent("reduced", 1, "scopes, a login without resource, and the reuse of a refresh token", essential=True),
    Consent("denial", 1, "what happens when the user says no", essential=True, denial=True),
    Consent("aged", 1, "whether a code expires", essential=True),
    Consent("defects", 13, "defects of a code redemption, on a server that ends a code at the first", essential=True),
    Consent("race", 1, "two redemptions of one code at once"),
    Consent("malformed", 3, "verifiers outside the grammar"),
    Consent("unchallenged", 1, "a code that was requested without challenge"),
    Consent("second resource", 1, "a token for another resource"),
    Consent("metadata document", 2, "a client known by its metadata document"),
    Consent("dpop", 3, "tokens bound to a key"),
)
_BY_NAME = {one.name: one for one in CONSENTS}


@dataclass(frozen=True)
class Plan:
    """The consents an audit asks for, by name in order, and those that `cap` (`--approvals`) leaves out."""

    consents: tuple[str, ...]
    left_out: tuple[str, ...] = ()
    cap: int | None = None

    @classmethod
    def of(
        cls, metadata: Mapping[str, Any], *, patience: float, cap: int | None, person: bool, burns: bool = False
    ) -> "Plan":
        """The plan for a server with this metadata.

        Args:
            metadata: the authorization server metadata.
            patience: seconds the audit may wait, `--patience`.
            cap: most approvals to ask for, `--approvals`; None for what fits who approves.
            person: whether a person approves.
            burns: whether a failed redemption ends a code here.
        """
        offered = {
            "aged": patience > waits.CODE_AGE,
            "defects": burns,
            "metadata document": metadata.get("client_id_metadata_document_supported") is True,
            "dpop": bool(metadata.get("dpop_signing_alg_values_supported")),
        }
        taken: list[str] = []
        left_out: list[str] = []
        asked = 0
        for one in CONSENTS:
            if not offered.get(one.name, True):
                continue
            cost = 0 if one.denial else one.asks
            fits = asked + cost <= cap if cap is not None else one.essential or not person
            (taken if fits else left_out).append(one.name)
            asked += cost if fits else 0
        return cls(tuple(taken), tuple(left_out), cap)

    @property
    def approvals(self) -> int:
        """How many approvals are asked for at most."""
        return sum(_BY_NAME[name].asks for name in self.consents if not _BY_NAME[name].denial)

    @property
    def denials(self) -> int:
        """How many denials are asked for."""
        return sum(_BY_NAME[name].asks for name in self.consents if _BY_NAME[name].denial)

    def claim(self, name: str) -> None:
        """Go on with a consent. Raises Narrowed where it is left out."""
        if name in self.left_out:
            wanted = _BY_NAME[name]
            enough = self.approvals + sum(_BY_NAME[one].asks for one in self._up_to(name))
            limit = f"--approvals {self.cap} leaves out" if self.cap is not None else "nobody was asked for"
            raise Narrowed(f"{limit} the consent for {wanted.decides}; --approvals {enough} asks for it")

    def _up_to(self, name: str) -> Sequence[str]:
        return self.left_out[: self.left_out.index(name) + 1]

    @property
    def sentence(self) -> str:
        """What the plan asks of whoever approves, in one line."""
        parts = [_number(self.approvals, "approval")] + ([_number(self.denials, "denial")] if self.denials else [])
        rest = f"; left out: {', '.join(self.left_out)}" if self.left_out else ""
        return f"asks for at most {' and '.join(parts)}{rest}"

    def as_json(self) -> dict[str, Any]:
        """The entry `survey.authorization.plan` of results.json."""
        return {"approvals": self.approvals, "denials": self.denials, "left_out": list(self.left_out)}


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
