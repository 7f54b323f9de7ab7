"""What ``pytest --requirements`` prints: every requirement, its checks, and the faults that prove them."""

import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypedDict

from conformance.catalogue import REVISIONS, Catalogue, Requirement

WIDTH = 100
"""Columns of the terminal the text is laid out for."""


class ListedRequirement(TypedDict):
    """One requirement; ``levels`` by revision, ``reason`` empty where it is decided and proven."""

    id: str
    area: str
    levels: dict[str, str]
    checks: list[str]
    faults: list[str]
    reason: str


class Counts(TypedDict):
    """How many requirements there are, how many a check decides, and how many of those a fault proves."""

    requirements: int
    decided: int
    proven: int


class Totals(Counts):
    """The counts of the whole catalogue, of each area and of each kind of observation."""

    undecided: int
    areas: dict[str, Counts]
    observables: dict[str, Counts]


class Listing(TypedDict):
    """The whole listing, in the order of the catalogue; it can be written as JSON as it is."""

    requirements: list[ListedRequirement]
    totals: Totals


def listing(catalogue: Catalogue, checks: Mapping[str, Sequence[str]], faults: Mapping[str, Sequence[str]]) -> Listing:
    """Return the listing of a catalogue.

    ``checks`` and ``faults`` map a requirement id to the ids of the checks that decide it and to the names of
    the faults of the reference server that break it. A requirement is decided if it has a check, and proven
    if it is decided and has a fault. Raises UnknownRequirement if either maps an id that is not known.
    """
    for requirement_id in (*checks, *faults):
        catalogue[requirement_id]
    listed = [
        _listed(requirement, checks.get(requirement.id, ()), faults.get(requirement.id, ()))
        for requirement in catalogue.values()
    ]
    counts = _counts(listed)
    totals = Totals(
        **counts,
        undecided=counts["requirements"] - counts["decided"],
        areas=_grouped(listed, lambda entry: entry["area"]),
        observables=_grouped(listed, lambda entry: catalogue[entry["id"]].observable),
    )
    return Listing(requirements=listed, totals=totals)


def as_text(listed: Listing, catalogue: Catalogue) -> str:
    """Return the listing as text for a terminal of 100 columns; checks are named by their function only."""
    lines = [f"Levels, one letter a revision ({', '.join(REVISIONS)}):", _LEGEND]
    for area, counts in listed["totals"]["areas"].items():
        entries = [entry for entry in listed["requirements"] if entry["area"] == area]
        width = max(len(entry["id"]) for entry in entries)
        lines += ["", f"{area}: {_sentence(counts)}"]
        for entry in entries:
            lines += _requirement_lines(entry, catalogue[entry["id"]], width)
    totals = listed["totals"]
    lines += ["", f"In all: {_sentence(totals)}, {totals['undecided']} undecided"]
    for kind, counts in totals["observables"].items():
        lines.append(f"  {kind}: {_sentence(counts)}")
    return "\n".join(lines) + "\n"


_LETTERS = {"MUST": "M", "MUST NOT": "N", "SHOULD": "S", "SHOULD NOT": "T", "MAY": "o", None: "-"}
_LEGEND = ", ".join(f"{letter} {level or 'does not apply'}" for level, letter in _LETTERS.items())

_NO_CHECK_YET = {
    "no-login": "no check yet",
    "login": "no check yet: needs one completed login",
    "two-logins": "no check yet: needs several logins, clients or users",
    "manual": "needs a person",
    "black-box": "no check yet",
    "fixture": "no check yet: needs a tool, prompt or resource made for tests on the server",
    "side-effect": "no check yet: needs a call that may change something on the server",
    "stress": "no check yet: needs load, a flood of requests or a long wait",
    "none": "not decidable from outside",
}


def _listed(requirement: Requirement, checks: Sequence[str], faults: Sequence[str]) -> ListedRequirement:
    return ListedRequirement(
        id=requirement.id,
        area=requirement.area,
        levels=dict(requirement.levels),
        checks=list(checks),
        faults=list(faults),
        reason=_reason(requirement, checks, faults),
    )


def _reason(requirement: Requirement, checks: Sequence[str], faults: Sequence[str]) -> str:
    if checks:
        return "" if faults else "not proven by a fault"
    return undecided_reason(requirement)


def undecided_reason(requirement: Requirement) -> str:
    """Why no check decides a requirement: its written reason, else what a check would need."""
    return requirement.reason or _NO_CHECK_YET[requirement.observable]


def _counts(listed: Iterable[ListedRequirement]) -> Counts:
    entries = list(listed)
    decided = [entry for entry in entries if entry["checks"]]
    proven = [entry for entry in decided if entry["faults"]]
    return Counts(requirements=len(entries), decided=len(decided), proven=len(proven))


def _grouped(listed: Sequence[ListedRequirement], key: Callable[[ListedRequirement], str]) -> dict[str, Counts]:
    groups: dict[str, list[ListedRequirement]] = {}
    for entry in listed:
        groups.setdefault(key(entry), []).append(entry)
    return {group: _counts(entries) for group, entries in groups.items()}


def _requirement_lines(entry: ListedRequirement, requirement: Requirement, width: int) -> list[str]:
    letters = "".join(_LETTERS[requirement.level(revision)] for revision in REVISIONS)
    start = f"  {letters}  {entry['id']:{width}}  "
    lines = _wrapped(start + _outcome(entry), " " * len(start))
    if all(len(line) <= WIDTH for line in lines):
        return lines
    indent = " " * len(f"  {letters}  ")
    return [start.rstrip(), *_wrapped(indent + _outcome(entry), indent)]


def _wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def _outcome(entry: ListedRequirement) -> str:
    if not entry["checks"]:
        return entry["reason"]
    proof = "proven by " + ", ".join(entry["faults"]) if entry["faults"] else entry["reason"]
    names = ", ".join(check.rpartition("::")[2] for check in entry["checks"])
    return f"decided by {names}; {proof}"


def _sentence(counts: Counts) -> str:
    noun = "requirement" if counts["requirements"] == 1 else "requirements"
    return f"{counts['requirements']} {noun}, {counts['decided']} decided, {counts['proven']} proven"
