"""The compliance report: one HTML file without scripts, a pure function of results and catalogue."""

import base64
import hashlib
import json
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemBytecodeCache, StrictUndefined
from jinja2.bccache import Bucket
from jinja2.loaders import FileSystemLoader
from markupsafe import Markup

from conformance.report.cards import CardMaker, anchor, parameters_text, source_of
from conformance.report.model import (
    Catalogue,
    Check,
    RequirementResult,
    Results,
    Tally,
    areas,
    by_urgency,
    canonical,
    in_catalogue_order,
    serialize,
    tally,
    with_verdict,
)
from conformance.report.text import cut, one_line, plural, visible
from conformance.verdict import Verdict

TEMPLATES = Path(__file__).parent / "templates"
URGENT = 5
TOOLS_SHOWN = 60
ERRORS_SHOWN = 50

VERDICT_WORDS = {
    Verdict.PASS: "Pass",
    Verdict.FAIL: "Fail",
    Verdict.WARN: "Advisory",
    Verdict.COULD_NOT_RUN: "Could not run",
    Verdict.NOT_APPLICABLE: "Not applicable",
    Verdict.NOT_JUDGED: "Not judged",
    Verdict.ERROR: "Suite error",
}

# Outcome of the run: its word, and the verdict whose symbol and colour it shares.
OUTCOMES = {
    "conformant": ("Conformant", Verdict.PASS),
    "not-conformant": ("Not conformant", Verdict.FAIL),
    "incomplete": ("Incomplete", Verdict.COULD_NOT_RUN),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the requirement matrix. `link` leads to the card; `anchor` is empty where a card has it."""

    id: str
    anchor: str
    link: str
    level: str
    says: str
    source: tuple[str, str] | None
    verdict: str
    checks: int
    reason: str


def render(results: Mapping[str, Any], catalogue: Catalogue, text: str = "") -> str:
    """The HTML of the compliance report.

    Args:
        results: what `schemas/results.schema.json` describes; redacted, otherwise hostile.
        catalogue: requirements by id; ids it does not know are shown by name only.
        text: that of results.json, where it was made already.

    Returns:
        The file's text, the same for the same results whatever the order of their lists.
    """
    digest = hashlib.sha256((text or serialize(results)).encode()).hexdigest()
    return page("compliance.html.j2", results_hash=digest, **_view(canonical(results), catalogue))


def page(template: str, **view: Any) -> str:  # noqa: ANN401 - whatever the template prints
    """A template of ours filled with a view, its style within."""
    style = _style()
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return (
        templates()
        .get_template(template)
        .render(
            style=Markup(style),  # noqa: S704 - our own file
            style_hash=digest,
            **view,
        )
    )


@cache
def _style() -> str:
    return (TEMPLATES / "compliance.css").read_text(encoding="utf-8")


class CompiledTemplates(FileSystemBytecodeCache):
    """Keeps compiled templates in a folder, as Python keeps compiled modules: where it cannot, it goes without."""

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        with suppress(OSError):
            Path(self.directory).mkdir(exist_ok=True)
            super().dump_bytecode(bucket)


@cache
def templates() -> Environment:
    """The templates of all pages."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES, encoding="utf-8"),
        bytecode_cache=None if sys.dont_write_bytecode else CompiledTemplates(str(TEMPLATES / "__pycache__")),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(
        {"words": VERDICT_WORDS.__getitem__, "number": "{:,}".format, "line": one_line, "cut": cut, "time": _time}
    )
    return environment


def _finalize(value: object) -> object:
    """Every printed value: text is made visible, everything of ours that is markup passes."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _view(results: Results, catalogue: Catalogue) -> dict[str, Any]:
    rows = results["requirements"]
    run, survey = results["run"], results["survey"]
    makers = CardMaker(results, catalogue)
    failed = [makers.card(row) for row in by_urgency(with_verdict(rows, Verdict.FAIL), catalogue)]
    warned = [makers.card(row) for row in by_urgency(with_verdict(rows, Verdict.WARN), catalogue)]
    stuck = in_catalogue_order(with_verdict(rows, Verdict.COULD_NOT_RUN), catalogue)
    groups = areas(results, catalogue)
    word, symbol = OUTCOMES[results["summary"]["outcome"]]
    called, uncalled = _tools(results)
    return {
        "plural": plural,
        "run": run,
        "target": shown_target(run["target"]),
        "survey": survey,
        "summary": results["summary"],
        "word": word,
        "symbol_of": symbol,
        "run_total": len(rows),
        "must": tally(rows, 0),
        "should": tally(rows, 1),
        "bar": _bar(tally(rows, 0)),
        "counts": {str(verdict): len(with_verdict(rows, verdict)) for verdict in VERDICT_WORDS},
        "failed": failed,
        "urgent": failed[:URGENT],
        "warned": warned,
        "stuck": [_row(row, run["revision"], catalogue) for row in stuck],
        "errors": [
            (one_line(check["title"]), parameters_text(check), cut(check["reason"], 600))
            for check in _errors(results)[:ERRORS_SHOWN]
        ],
        "errors_left": max(0, len(_errors(results)) - ERRORS_SHOWN),
        "judged_areas": [area for area in groups if area.judged],
        "other_areas": [area for area in groups if not area.judged],
        "matrix": [(area, [_row(row, run["revision"], catalogue) for row in area.rows]) for area in groups],
        "features": [feature for feature in survey["features"] if feature["present"]],
        "absent": [one_line(feature["name"], 60) for feature in survey["features"] if not feature["present"]],
        "tools": _names(survey["tools"]),
        "called": _names(called),
        "uncalled": _names(uncalled),
        "command": " ".join(one_line(part, 300) for part in run["command"]),
        "options": [(one_line(name, 60), _option(run["options"][name])) for name in sorted(run["options"])],
        "packages": sorted(run["environment"]["packages"].items()),
        "reasons": _reasons(rows),
        "checklist": [_row(row, run["revision"], catalogue) for row in _for_a_person(rows, catalogue)],
        "left_clients": _left_clients(results),
    }


def shown_target(url: str) -> str:
    """The address without its query and fragment."""
    return one_line(url.partition("#")[0].partition("?")[0], 300)


def _row(row: RequirementResult, audited: str | None, catalogue: Catalogue) -> Row:
    entry = catalogue.get(row["id"])
    elsewhere = row["verdict"] in (Verdict.FAIL, Verdict.WARN, Verdict.COULD_NOT_RUN)
    mark = anchor(row, audited)
    return Row(
        id=row["id"],
        anchor="" if elsewhere else mark,
        link=mark if elsewhere else "",
        level=row["level"],
        says=entry.says if entry else "",
        source=source_of(row, catalogue),
        verdict=row["verdict"],
        checks=len(row["checks"]),
        reason=cut(row["reason"], 600) if row["verdict"] not in (Verdict.FAIL, Verdict.WARN) else "",
    )


def _bar(must: Tally) -> list[tuple[str, float, float]]:
    """Segments of the bar of MUST requirements: verdict, offset and width in percent."""
    segments: list[tuple[str, float, float]] = []
    offset = 0.0
    parts = ((Verdict.PASS, must.held), (Verdict.FAIL, must.broken), (Verdict.COULD_NOT_RUN, must.unknown))
    for verdict, number in parts:
        width = round(100 * number / must.applicable, 2) if must.applicable else 0.0
        if width:
            segments.append((str(verdict), round(offset, 2), width))
        offset += width
    return segments


def _left_clients(results: Results) -> list[tuple[str, tuple[list[str], int]]]:
    """The reasons why registered clients are left, each with their ids."""
    by_reason: dict[str, list[str]] = {}
    for one in results["summary"]["clients"]["left"]:
        by_reason.setdefault(one_line(one["reason"], 300), []).append(one["client_id"])
    return [(reason, _names(ids)) for reason, ids in by_reason.items()]


def _errors(results: Results) -> list[Check]:
    return [check for check in results["checks"] if check["verdict"] == Verdict.ERROR]


def _for_a_person(rows: Sequence[RequirementResult], catalogue: Catalogue) -> list[RequirementResult]:
    """What applies and only a person can judge."""
    undecided = in_catalogue_order(with_verdict(rows, Verdict.NOT_JUDGED), catalogue)
    return [row for row in undecided if (entry := catalogue.get(row["id"])) and entry.observable == "manual"]


def _reasons(rows: Sequence[RequirementResult]) -> tuple[list[tuple[str, int]], int]:
    """The reasons that keep more than one requirement from being judged, and how many others there are."""
    found = Counter(one_line(row["reason"], 300) for row in with_verdict(rows, Verdict.NOT_JUDGED))
    shared = sorted(((text, number) for text, number in found.items() if number > 1), key=lambda one: (-one[1], one[0]))
    return [(text or "No reason was recorded.", number) for text, number in shared], list(found.values()).count(1)


def _tools(results: Results) -> tuple[list[str], list[str]]:
    """The listed tools with a recorded call, and those without one."""
    called: set[str] = set()
    for exchange in results["exchanges"].values():
        body = exchange["request"]["body"]
        if body and "tools/call" in body:
            called |= _called(body)
    listed = results["survey"]["tools"]
    return [name for name in listed if name in called], [name for name in listed if name not in called]


def _called(body: str) -> set[str]:
    try:
        match json.loads(body):
            case {"method": "tools/call", "params": {"name": str(name)}}:
                return {name}
            case _:
                return set()
    except (ValueError, RecursionError):
        return set()


def _names(names: Sequence[str]) -> tuple[list[str], int]:
    """The names to show, and how many more there are."""
    return [one_line(name, 80) for name in names[:TOOLS_SHOWN]], max(0, len(names) - TOOLS_SHOWN)


def _option(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True)
    return one_line(text, 300)


def _time(stamp: str) -> str:
    """An ISO 8601 stamp in UTC as `2026-11-23 09:30:00 UTC`; anything else unchanged."""
    text = stamp.replace("+00:00", "Z")
    if len(text) >= 20 and text[10] == "T" and text.endswith("Z"):
        return f"{text[:10]} {text[11:19]} UTC"
    return one_line(stamp, 60)
