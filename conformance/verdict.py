"""Verdicts, their roll-up per requirement, the outcome of a run and its exit code. Pure functions."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any, Literal

import pytest

FailOn = Literal["must", "should", "never"]
Outcome = Literal["conformant", "not-conformant", "incomplete"]


class Verdict(StrEnum):
    """What is known about one check or one requirement."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    FAIL = "fail"
    WARN = "warn"
    NOT_APPLICABLE = "not-applicable"
    COULD_NOT_RUN = "could-not-run"
    NOT_JUDGED = "not-judged"
    ERROR = "error"


_WORST_FIRST = (
    Verdict.FAIL,
    Verdict.ERROR,
    Verdict.COULD_NOT_RUN,
    Verdict.WARN,
    Verdict.PASS,
    Verdict.NOT_APPLICABLE,
    Verdict.NOT_JUDGED,
)

EXIT_CONFORMANT = 0
EXIT_NOT_CONFORMANT = 1
EXIT_INCOMPLETE = 6


class NotApplicable(pytest.skip.Exception):
    """The server does not offer what the requirement is about. Leaves the denominator."""

    def __init__(self, reason: str) -> None:
        super().__init__(msg=reason)
        self.reason = reason


class CouldNotRun(Exception):
    """A prerequisite of the check is missing, so nothing is known. Never a pass."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Narrowed(CouldNotRun):
    """The user's own limits, such as `--approvals` and `--patience`, or something only the user could give, keep the
    check from running.

    Never a pass either, but it does not make a run incomplete: the user chose the scope, and the report names it.
    """


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict of a requirement decided by several checks: a failure is never masked.

    `error` (a defect of the suite) rolls up as could-not-run. No checks at all is not-judged.
    """
    found = set(verdicts)
    first = next((verdict for verdict in _WORST_FIRST if verdict in found), Verdict.NOT_JUDGED)
    return Verdict.COULD_NOT_RUN if first is Verdict.ERROR else first


def of_violation(level: str) -> Verdict:
    """What a broken obligation of this RFC 2119 level amounts to: MUST fails, anything weaker warns."""
    return Verdict.FAIL if level.startswith("MUST") else Verdict.WARN


def counts(requirements: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, int]]:
    """Number of requirements per verdict and level: `{"pass": {"MUST": 40}}`."""
    table: dict[str, dict[str, int]] = {}
    for row in requirements:
        levels = table.setdefault(row["verdict"], {})
        levels[row["level"]] = levels.get(row["level"], 0) + 1
    return {verdict: dict(sorted(table[verdict].items())) for verdict in sorted(table)}


def outcome(requirements: Sequence[Mapping[str, Any]], *, complete: bool, fail_on: FailOn = "must") -> Outcome:
    """Outcome of a run.

    not-conformant: a MUST failed (with `fail_on="should"` a SHOULD too).
    incomplete: the survey or the run broke off (`complete` is false), an applicable MUST could not be tried
    for another reason than the user's own limits (`narrowed`), or nothing was judged. conformant: everything else.
    """
    demanded = ("MUST", "SHOULD") if fail_on == "should" else ("MUST",)
    binding = [row for row in requirements if row["level"].startswith(demanded)]
    if any(row["verdict"] in (Verdict.FAIL, Verdict.WARN) and row["level"].startswith("SHOULD") for row in binding):
        return "not-conformant"
    if any(row["verdict"] == Verdict.FAIL for row in requirements):
        return "not-conformant"
    undecided = any(row["verdict"] == Verdict.COULD_NOT_RUN and not row.get("narrowed") for row in binding)
    judged = any(row["verdict"] in (Verdict.PASS, Verdict.WARN) for row in requirements)
    return "conformant" if complete and judged and not undecided else "incomplete"


def exit_code(result: Outcome, fail_on: FailOn = "must") -> int:
    """Exit code of a run: 0 conformant, 1 not conformant, 6 incomplete.

    `fail_on="never"` turns 1 into 0; an incomplete run stays 6, because nothing was proven.
    """
    if result == "conformant":
        return EXIT_CONFORMANT
    if result == "incomplete":
        return EXIT_INCOMPLETE
    return EXIT_CONFORMANT if fail_on == "never" else EXIT_NOT_CONFORMANT


def worst_exit(codes: Collection[int]) -> int:
    """The exit code of several audits in one run: a failure counts more than what is incomplete."""
    return next((code for code in (EXIT_NOT_CONFORMANT, EXIT_INCOMPLETE) if code in codes), EXIT_CONFORMANT)


def sentence(result: Outcome, requirements: Sequence[Mapping[str, Any]], revision: str | None, blocked: str) -> str:
    """The outcome in one sentence with its denominators; `blocked` says why a run broke off, or is empty."""
    table = counts(requirements)

    def number(verdict: Verdict, *levels: str) -> int:
        return sum(n for level, n in table.get(verdict, {}).items() if level.startswith(levels))

    judged_musts = number(Verdict.PASS, "MUST") + number(Verdict.FAIL, "MUST") + number(Verdict.WARN, "MUST")
    failed, advisories = number(Verdict.FAIL, ""), number(Verdict.WARN, "")
    stuck, unjudged = number(Verdict.COULD_NOT_RUN, ""), number(Verdict.NOT_JUDGED, "")
    beyond = sum(bool(row.get("narrowed")) for row in requirements)
    noun = "advisory" if advisories == 1 else "advisories"
    limits = f" ({beyond} of them beyond what the user allowed or gave)" if beyond else ""
    tail = f"{advisories} {noun}, {stuck} could not run{limits}, {unjudged} not judged."
    subject = f"MCP {revision}" if revision else "MCP"
    if result == "not-conformant":
        return f"Not conformant to {subject}: {failed} of {judged_musts} judged MUST requirements failed; {tail}"
    if result == "conformant":
        held = f"{judged_musts} of {judged_musts} MUST requirements hold"
        return f"Conformant to {subject} in what was judged: {held}; {tail}"
    if blocked:
        return f"Incomplete: {blocked}"
    if not stuck and not judged_musts:
        return f"Incomplete: nothing was judged; {unjudged} requirements not judged."
    return f"Incomplete: {stuck} requirements could not be tried; {judged_musts} MUST requirements hold; {tail}"
