"""The page that compares the audits of several revisions: one row a requirement, one column a revision."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conformance.report.cards import anchor
from conformance.report.html import OUTCOMES, page, shown_target
from conformance.report.model import Catalogue, RequirementResult, Results, canonical
from conformance.report.text import one_line
from conformance.report.write import COMPLIANCE_FILE, ReportError, write_text
from conformance.verdict import Verdict

_PLAIN = frozenset((Verdict.PASS, Verdict.NOT_APPLICABLE, Verdict.NOT_JUDGED))


@dataclass(frozen=True, slots=True)
class Column:
    """The audit of one revision: where its report is, the word of its outcome and the symbol that goes with it."""

    revision: str
    link: str
    word: str
    symbol: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A requirement in one revision; `verdict` is empty where the revision does not have it."""

    verdict: str
    level: str
    link: str


@dataclass(frozen=True, slots=True)
class Line:
    """A requirement over all revisions. `differs` where it holds in one revision and is broken in another."""

    id: str
    says: str
    cells: tuple[Cell, ...]
    differs: bool


def write_comparison(audits: Sequence[Mapping[str, Any]], directory: Path, catalogue: Catalogue) -> Path:
    """Write the comparing page into a folder whose subfolders hold the reports of the revisions.

    Args:
        audits: results of each revision, as `schemas/results.schema.json` describes them.
        directory: where the page is written.
        catalogue: requirements by id.

    Raises:
        ReportError: the page cannot be written.
    """
    path = directory / COMPLIANCE_FILE
    try:
        return write_text(path, render(audits, catalogue))
    except OSError as error:
        raise ReportError(f"cannot write {path}: {error.strerror or error}") from error


def render(audits: Sequence[Mapping[str, Any]], catalogue: Catalogue) -> str:
    """The HTML of the comparing page, a pure function of the results."""
    ordered = sorted((canonical(one) for one in audits), key=_revision, reverse=True)
    lines = list(_lines(ordered, catalogue))
    return page(
        "comparison.html.j2",
        target=shown_target(ordered[0]["run"]["target"]),
        columns=[_column(one) for one in ordered],
        differing=[line for line in lines if line.differs],
        broken=[line for line in lines if not line.differs and _is_broken(line)],
        others=[line for line in lines if not line.differs and not _is_broken(line)],
    )


def _column(results: Results) -> Column:
    revision = _revision(results)
    word, verdict = OUTCOMES[results["summary"]["outcome"]]
    link = f"{revision}/{COMPLIANCE_FILE}"
    return Column(revision, link, word, str(verdict), one_line(results["summary"]["sentence"], 800))


def _revision(results: Results) -> str:
    asked = results["run"]["options"].get("revision")
    return one_line(str(results["run"]["revision"] or asked), 40)


def _lines(audits: Sequence[Results], catalogue: Catalogue) -> list[Line]:
    tables = [{row["id"]: row for row in one["requirements"]} for one in audits]
    ids = [one for one in catalogue if any(one in table for table in tables)]
    made: list[Line] = []
    for id in ids:
        cells = [_cell(table.get(id), audit) for table, audit in zip(tables, audits, strict=True)]
        verdicts = {cell.verdict for cell in cells}
        differs = Verdict.PASS in verdicts and bool(verdicts & {Verdict.FAIL, Verdict.WARN})
        made.append(Line(id, catalogue[id].says, tuple(cells), differs))
    return made


def _cell(row: RequirementResult | None, audit: Results) -> Cell:
    if row is None:
        return Cell("", "", "")
    revision = _revision(audit)
    link = f"{revision}/{COMPLIANCE_FILE}#{anchor(row, audit['run']['revision'])}"
    return Cell(row["verdict"], row["level"], link)


def _is_broken(line: Line) -> bool:
    return any(cell.verdict and cell.verdict not in _PLAIN for cell in line.cells)
