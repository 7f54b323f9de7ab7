"""The end of a run in the terminal: outcome, areas that need attention, what failed, where the report is."""

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from conformance.report.model import (
    Area,
    Catalogue,
    RequirementResult,
    Results,
    Tally,
    areas,
    by_urgency,
    canonical,
    with_verdict,
)
from conformance.report.text import one_line, plural
from conformance.verdict import Verdict

FAILURES_SHOWN = 5
_COLORS = {"fail": "31", "could-not-run": "31", "warn": "33", "pass": "32"}
_WORDS = {"fail": "FAIL", "could-not-run": "NOT RUN", "warn": "advice", "pass": "pass"}
_OUTCOME_VERDICTS = {"conformant": "pass", "not-conformant": "fail", "incomplete": "could-not-run"}


def summary_lines(
    results: Mapping[str, Any], catalogue: Catalogue, report_path: str, *, color: bool, width: int
) -> list[str]:
    """The closing summary of a run, about a dozen lines.

    Args:
        results: what `schemas/results.schema.json` describes.
        catalogue: requirements by id.
        report_path: where the compliance report was written, shown as it is.
        color: whether to use ANSI colour; words carry the meaning either way.
        width: columns of the terminal; fewer than 60 count as 60.
    """
    ordered = canonical(results)
    columns = max(60, width)
    groups = areas(ordered, catalogue)
    verdict = _OUTCOME_VERDICTS[ordered["summary"]["outcome"]]
    lines = _paint(_wrap(one_line(ordered["summary"]["sentence"], 600), columns), verdict, color, bold=True)
    if not ordered["run"]["finished"] and ordered["run"]["interruption"]:
        lines += _wrap(f"The run did not finish: {one_line(ordered['run']['interruption'], 300)}", columns)
    lines += _advice(ordered, columns)
    lines += _table([area for area in groups if area.judged and area.verdict != Verdict.PASS], columns, color)
    lines += _rest(groups, columns, color)
    lines += _failures(ordered, catalogue, columns, color)
    lines += _left_clients(ordered, columns)
    return [*lines, f"Report: {report_path}"]


def _advice(results: Results, columns: int) -> list[str]:
    failure = results["survey"]["failure"]
    if not failure or not failure["advice"]:
        return []
    return _wrap(f"What to try: {one_line(failure['advice'], 400)}", columns)


def _left_clients(results: Results, columns: int) -> list[str]:
    clients = results["summary"]["clients"]
    if not clients["left"]:
        return []
    reasons = "; ".join(sorted({one_line(one["reason"], 300) for one in clients["left"]}))
    number = plural(len(clients["left"]), "registered client")
    return _wrap(f"Left behind: {number}, named in the report, because {reasons}", columns)


def _table(rows: Sequence[Area], columns: int, color: bool) -> list[str]:
    if not rows:
        return []
    space = min(30, columns - 44)
    lines = [f"  {'':7}  {'area':{space}}  {'MUST':>7}  {'SHOULD':>7}"]
    for area in rows:
        word = _paint([f"{_WORDS[area.verdict]:7}"], area.verdict, color)[0]
        title = textwrap.shorten(area.title, space, placeholder="…")
        stuck = f"  {area.could_not_run} not run" if area.could_not_run else ""
        numbers = f"{_share(area.must):>7}  {_share(area.should):>7}"
        lines.append(f"  {word}  {title:{space}}  {numbers}{stuck}")
    return lines


def _share(tally: Tally) -> str:
    return f"{tally.held}/{tally.applicable}" if tally.applicable else "-"


def _rest(groups: Sequence[Area], columns: int, color: bool) -> list[str]:
    passed = [area for area in groups if area.verdict == Verdict.PASS]
    other = len([area for area in groups if not area.judged])
    lines: list[str] = []
    if passed:
        names = ", ".join(f"{area.title} {area.must.held + area.should.held}" for area in passed)
        text = _wrap(f"{_WORDS['pass']:7}  {names}", columns - 2, indent=" " * 9)
        lines = [f"  {line}" for line in text]
        lines[0] = lines[0].replace(_WORDS["pass"], _paint([_WORDS["pass"]], "pass", color)[0], 1)
    if other:
        noun = "area" if other == 1 else "areas"
        lines.append(f"  {other} {noun} with nothing judged: see the report")
    return lines


def _failures(results: Results, catalogue: Catalogue, columns: int, color: bool) -> list[str]:
    failed = by_urgency(with_verdict(results["requirements"], Verdict.FAIL), catalogue)
    if not failed:
        return []
    lines = ["Failed:"]
    for row in failed[:FAILURES_SHOWN]:
        name = one_line(row["id"], 80)
        text = textwrap.shorten(_sentence(row, catalogue), max(10, columns - len(name) - 4), placeholder="…")
        lines.append(f"  {_paint([name], 'fail', color)[0]}  {text}".rstrip())
    if len(failed) > FAILURES_SHOWN:
        lines.append(f"  and {len(failed) - FAILURES_SHOWN} more")
    return lines


def _sentence(row: RequirementResult, catalogue: Catalogue) -> str:
    entry = catalogue.get(row["id"])
    return one_line(entry.says if entry else row["reason"], 300)


def _wrap(text: str, columns: int, indent: str = "") -> list[str]:
    return textwrap.wrap(text, columns, subsequent_indent=indent) or [""]


def _paint(lines: Sequence[str], verdict: str, color: bool, *, bold: bool = False) -> list[str]:
    if not color:
        return list(lines)
    code = ("1;" if bold else "") + _COLORS[verdict]
    return [f"\x1b[{code}m{line}\x1b[0m" for line in lines]
