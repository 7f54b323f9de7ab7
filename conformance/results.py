"""Puts the results of a run together: the one data contract every report reads."""

import platform
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib import metadata
from typing import Any

from conformance.applicability import of_all
from conformance.audit import Audit
from conformance.catalogue import Requirement
from conformance.catalogue.listing import undecided_reason
from conformance.registry import REMOVED
from conformance.survey import bounded
from conformance.verdict import Verdict, counts, outcome, sentence, worst
from conformance.wire.http import VERSION

SCHEMA_VERSION = 1
_SECRET_OPTIONS = ("--token", "--client-secret", "--consent-field", "--target-env")
_PACKAGES = (
    "pytest",
    "httpx",
    "jsonschema",
    "jsonschema-rs",
    "hypothesis",
    "jinja2",
    "pytest-html",
    "pytest-xdist",
)


@dataclass(frozen=True)
class Course:
    """How the run went, as far as the results need it. Times are seconds since the epoch.

    `approvals` are those the checks asked for after the survey.
    """

    started: float
    ended: float | None
    command: Sequence[str]
    requests: int
    approvals: int
    finished: bool
    interruption: str = ""
    deselected: int = 0


def build_results(
    audit: Audit,
    course: Course,
    checks: Sequence[Mapping[str, Any]],
    exchanges: Mapping[str, Any],
    deciding: Mapping[str, Sequence[str]],
) -> dict[str, Any]:
    """The results document.

    Args:
        audit: settings, survey and catalogue.
        course: how the run went.
        checks: what was recorded of every check that ran, without secrets.
        exchanges: the exchanges that checks and survey refer to, by id, without secrets.
        deciding: shipped checks by requirement id, to tell "deselected" from "no check".
    """
    revision, cleaned = audit.revision, audit.recorder.redactor.values
    requirements = list(_requirements(audit, revision, checks, deciding, course))
    complete = course.finished and bool(audit.survey and audit.survey.failure is None)
    result = outcome(requirements, complete=complete, fail_on=audit.settings.fail_on)
    document: dict[str, Any] = {
        "run": cleaned(_run(audit, course)),
        "survey": cleaned(audit.survey.as_json() if audit.survey else _no_survey(audit)),
        "requirements": requirements,
        "checks": sorted(checks, key=lambda one: one["id"]),
        "exchanges": dict(sorted(exchanges.items())),
        "summary": {
            "outcome": result,
            "sentence": cleaned(sentence(result, requirements, revision, _blocked(audit, course))),
            "counts": counts(requirements),
            "requests": course.requests,
            "clients": cleaned(_clients(audit)),
            "seconds": round((course.ended or course.started) - course.started, 3),
        },
    }
    if document["survey"]["authorization"]:
        document["survey"]["authorization"]["approvals"] += course.approvals
    return document


def _clients(audit: Audit) -> dict[str, Any]:
    """How many clients were registered and removed, and why others are left."""
    clients = audit.recorder.registry.clients.values()
    left = [{"client_id": bounded(one.id), "reason": one.left} for one in clients if one.left != REMOVED]
    return {"registered": len(clients), "removed": len(clients) - len(left), "left": left}


def _blocked(audit: Audit, course: Course) -> str:
    failure = audit.survey.failure if audit.survey else None
    if failure and not (audit.survey and audit.survey.reached):
        return f"{failure.sentence}. Nothing was decided."
    if failure:
        return f"the survey stopped at step '{failure.step}': {failure.sentence}."
    return f"the run did not finish. {course.interruption}" if not course.finished else ""


def _requirements(
    audit: Audit,
    revision: str,
    checks: Sequence[Mapping[str, Any]],
    deciding: Mapping[str, Sequence[str]],
    course: Course,
) -> Iterable[dict[str, Any]]:
    by_id: dict[str, list[Mapping[str, Any]]] = {}
    for check in checks:
        for one in check["requirements"]:
            by_id.setdefault(one, []).append(check)
    for requirement in audit.catalogue.values():
        level = audit.level(requirement)
        if level is None:
            continue
        mine = by_id.get(requirement.id, [])
        if mine:
            verdict = worst(Verdict(one["verdict"]) for one in mine)
            reason = next(
                (one["reason"] for one in mine if _rolls_up_to(one["verdict"], verdict) and one["reason"]), ""
            )
        else:
            verdict, reason = _unchecked(audit, requirement, bool(deciding.get(requirement.id)), course)
        yield {
            "id": requirement.id,
            "revision": revision,
            "level": level,
            "verdict": str(verdict),
            "checks": sorted(one["id"] for one in mine),
            "reason": audit.recorder.redactor.text(reason),
            "narrowed": verdict is Verdict.COULD_NOT_RUN and bool(mine) and all(_narrowed(one) for one in mine),
        }


def _narrowed(check: Mapping[str, Any]) -> bool:
    return check["narrowed"] or check["verdict"] != Verdict.COULD_NOT_RUN


def _rolls_up_to(verdict: str, rolled: Verdict) -> bool:
    return worst([Verdict(verdict)]) is rolled


def _unchecked(audit: Audit, requirement: Requirement, has_check: bool, course: Course) -> tuple[Verdict, str]:
    if has_check and not course.finished:
        return Verdict.COULD_NOT_RUN, "the run ended before its check"
    if audit.survey and audit.survey.reached:
        state = of_all(requirement.applies_when, audit.survey)
        if state.state == "absent":
            return Verdict.NOT_APPLICABLE, state.reason
    if has_check:
        return Verdict.NOT_JUDGED, "its check was deselected by the user"
    return Verdict.NOT_JUDGED, undecided_reason(requirement)


def _run(audit: Audit, course: Course) -> dict[str, Any]:
    scope = f"{course.deselected} checks were deselected by the user." if course.deselected else ""
    return {
        "schema_version": SCHEMA_VERSION,
        "suite": "pytest-mcp-conformance",
        "suite_version": VERSION,
        "target": audit.settings.target,
        "revision": audit.survey.revision or None if audit.survey else None,
        "started": _stamp(course.started),
        "ended": _stamp(course.ended) if course.ended else None,
        "finished": course.finished,
        "interruption": course.interruption,
        "command": [audit.recorder.redactor.text(word) for word in course.command],
        "environment": {
            "python": platform.python_version(),
            "platform": f"{platform.system()} {platform.machine()}",
            "packages": _packages(),
        },
        "options": audit.settings.shown(),
        "scope": scope,
    }


@cache
def _packages() -> dict[str, str]:
    found: dict[str, str] = {}
    for name in _PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def _stamp(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _no_survey(audit: Audit) -> dict[str, Any]:
    from conformance.survey import Survey

    return Survey(target=audit.settings.target).as_json() | {"complete": False}


def command_line() -> list[str]:
    """The command as typed, without the path of the interpreter and the values of secret options."""
    words, previous = ["pytest"], ""
    for word in sys.argv[1:]:
        flag, equals, _ = word.partition("=")
        if previous in _SECRET_OPTIONS:
            words.append("[not shown]")
        else:
            words.append(f"{flag}=[not shown]" if equals and flag in _SECRET_OPTIONS else word)
        previous = "" if previous in _SECRET_OPTIONS else word
    return words
