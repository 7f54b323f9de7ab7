"""Which approvals an audit asks its user for, and which of them a cap leaves out.

Approvals are scarce where a person gives them, so each consent has a client of its own and decides as much as it can.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
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
    Consent("login again", 1, "a login after its first code was spent on a defect", essential=True),
    Consent("trial", 1, "whether a client can hold several grants", essential=True),
    Consent("confidential", 1, "clients with a secret, and the replay of a code", essential=True),
    Consent("reduced", 1, "scopes, a login without resource, and the reuse of a refresh token", essential=True),
    Consent("denial", 1, "what happens when the user says no", essential=True, denial=True),
    Consent("aged", 1, "whether a code expires", essential=True),
    Consent("defects", 12, "defects of a code redemption, each with a code of its own", essential=True),
    Consent("race", 1, "two redemptions of one code at once"),
    Consent("race again", 2, "the same where the first two did not overlap"),
    Consent("second revocation", 2, "revocations for which the grant of the login does not do"),
    Consent("second replay", 1, "the replay of a code where an earlier one with a wrong verifier ended the grant"),
    Consent("malformed", 1, "a verifier outside the grammar"),
    Consent("unrefused", 5, "requests that had to be refused and were not"),
    Consent("second resource", 2, "tokens for other resources"),
    Consent("step up", 1, "whether the scopes of a challenge are enough"),
    Consent("expiring", 1, "whether an access token ends"),
    Consent("renewal", 1, "a new token where the one in use ends before the audit does"),
    Consent("metadata document", 2, "a client known by its metadata document"),
    Consent("dpop", 3, "tokens bound to a key"),
    Consent("client authentication", 4, "clients with a secret where the code is looked at before the client"),
)
_BY_NAME = {one.name: one for one in CONSENTS}


@dataclass(frozen=True)
class Plan:
    """The consents an audit asks for.

    `offered` are the names of those that make sense at the server, `cap` is the most approvals to ask for
    (`--approvals`), None for what fits who approves, and `person` says whether a person does.
    """

    offered: frozenset[str]
    cap: int | None = None
    person: bool = False

    @classmethod
    def of(
        cls,
        metadata: Mapping[str, Any],
        *,
        patience: float,
        cap: int | None,
        person: bool,
        configured: bool = False,
    ) -> "Plan":
        """The plan for a server with this metadata, for an audit that may wait `patience` seconds.

        `configured` says that the user gave one client for all grants.
        """
        depends = {
            "login again": False,
            "trial": configured,
            "defects": cap == 1,
            "aged": patience > waits.CODE_AGE,
            "second revocation": bool(metadata.get("revocation_endpoint")),
            "expiring": patience > waits.CLOCK_LEEWAY,
            "metadata document": metadata.get("client_id_metadata_document_supported") is True,
            "dpop": bool(metadata.get("dpop_signing_alg_values_supported")),
        }
        return cls(frozenset(one.name for one in CONSENTS if depends.get(one.name, True)), cap, person)

    def after_defect(self) -> "Plan":
        """The plan where the code of the login did not survive a defective redemption.

        The login needs a second approval, and each further defect one of its own.
        """
        return replace(self, offered=self.offered | {"login again", "defects"})

    @cached_property
    def consents(self) -> tuple[str, ...]:
        """The consents that are asked for, by name in order."""
        taken: list[str] = []
        asked = 0
        for one in CONSENTS:
            cost = 0 if one.denial else one.asks
            fits = asked + cost <= self.cap if self.cap is not None else one.essential or not self.person
            if one.name in self.offered and fits:
                taken.append(one.name)
                asked += cost
        return tuple(taken)

    @property
    def left_out(self) -> tuple[str, ...]:
        """The consents that make sense and are not asked for."""
        return tuple(one.name for one in CONSENTS if one.name in self.offered and one.name not in self.consents)

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
        wanted = _BY_NAME[name]
        if name in self.consents:
            return
        before = self.left_out[: self.left_out.index(name) + 1] if name in self.left_out else (name,)
        enough = self.approvals + sum(_BY_NAME[one].asks for one in before)
        limit = f"--approvals {self.cap} leaves out" if self.cap is not None else "nobody was asked for"
        raise Narrowed(f"{limit} the consent for {wanted.decides}; --approvals {enough} asks for it")

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
