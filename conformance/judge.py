"""Collects what a check expected and observed, and turns broken expectations into one structured failure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, NoReturn, TypeVar

from conformance.evidence import Redactor
from conformance.verdict import CouldNotRun, NotApplicable

Severity = Literal["violation", "advice"]
Found = TypeVar("Found")
_OBSERVED_LIMIT = 600
_TOLD = 5


@dataclass(frozen=True, slots=True)
class Observation:
    """One expectation held against what was seen."""

    ok: bool
    expected: str
    observed: str
    severity: Severity = "violation"

    def as_json(self) -> dict[str, object]:
        """The entry of `checks[].observations` in results.json."""
        return {
            "ok": self.ok,
            "expected": self.expected,
            "observed": self.observed,
            "severity": self.severity,
        }


class Failure(Exception):
    """At least one expectation of a check did not hold; carries all observations of the check."""

    def __init__(self, broken: list[Observation]) -> None:
        self.broken = broken
        super().__init__("\n".join(f"expected: {one.expected}\nobserved: {one.observed}" for one in broken))


class Judge:
    """Soft collector handed to a check; the plugin calls `close` when the check ends."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self.observations: list[Observation] = []
        self.notes: list[str] = []
        self.exchanges: list[str] = []

    def that(
        self,
        ok: bool,
        *,
        expected: str,
        observed: object,
        severity: Severity = "violation",
        evidence: object = None,
    ) -> None:
        """Record one expectation. `evidence` is anything with an `exchange` id, to be shown with it."""
        text = self._clean(observed)
        self.observations.append(Observation(bool(ok), self._clean(expected), text, severity))
        self.see(evidence)

    def each(self, found: Sequence[Found], expected: str, problem: Callable[[Found], object], *, seen: str) -> None:
        """Hold one expectation against each of what was found, and tell a few of those that break it.

        `problem` says what is wrong with one, and gives nothing where it is right; `seen` is observed where all are.
        """
        broken = [(one, told) for one in found if (told := problem(one))]
        for one, told in broken[:_TOLD]:
            self.that(False, expected=expected, observed=told, evidence=one)
        if not broken:
            self.that(True, expected=expected, observed=seen)

    def never(self, happened: object, observed: str, *, evidence: object = None) -> None:
        """Record that something must not have happened; `observed` names it, as in "a token was issued"."""
        text = observed if happened else f"not so: {observed}"
        self.that(not happened, expected=f"never: {observed}", observed=text, evidence=evidence)

    def advise(self, ok: bool, *, expected: str, observed: object, evidence: object = None) -> None:
        """Record an expectation that only warns when broken, whatever the level of the requirement."""
        self.that(ok, expected=expected, observed=observed, severity="advice", evidence=evidence)

    def see(self, evidence: object) -> None:
        """Show an exchange with this check although another check or the survey sent it."""
        exchange = getattr(evidence, "exchange", None)
        if isinstance(exchange, str) and exchange and exchange not in self.exchanges:
            self.exchanges.append(exchange)

    def note(self, text: str) -> None:
        """Record something worth knowing that is neither right nor wrong."""
        self.notes.append(self._clean(text))

    def not_applicable(self, reason: str) -> NoReturn:
        """End the check: the server does not offer what the requirement is about."""
        raise NotApplicable(self._clean(reason))

    def could_not_run(self, reason: str) -> NoReturn:
        """End the check: a prerequisite is missing, nothing is known beyond what is already broken."""
        if self.violated:
            self.close()
        raise CouldNotRun(self._clean(reason))

    def close(self) -> None:
        """Raise what the observations amount to.

        Raises:
            Failure: an expectation did not hold.
            RuntimeError: the check held nothing against anything, which is a defect of the check.
        """
        if not self.observations:
            raise RuntimeError("the check made no observation, so it cannot fail")
        broken = [one for one in self.observations if not one.ok]
        if broken:
            raise Failure(broken)

    @property
    def violated(self) -> bool:
        """Whether an expectation that is more than advice did not hold."""
        return any(not one.ok and one.severity == "violation" for one in self.observations)

    def _clean(self, value: object) -> str:
        text = self._redactor.text(value if isinstance(value, str) else str(value))
        return text if len(text) <= _OBSERVED_LIMIT else f"{text[:_OBSERVED_LIMIT]}… ({len(text)} characters)"
