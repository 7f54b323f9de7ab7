"""What is collected, in which order, under which name, and what applies to the target."""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from conformance.applicability import of_all
from conformance.audit import Audit, audit_for, audit_of, audits_of
from conformance.catalogue import AUTHORIZATION_AREAS, UnknownRequirement
from conformance.data import CHECKS
from conformance.exercise import callable_tools, listed
from conformance.marks import required_of
from conformance.sampling import sample
from conformance.settings import Settings
from conformance.survey import Survey
from conformance.verdict import CouldNotRun, Narrowed, NotApplicable

_UNSAFE = re.compile(r"[^A-Za-z0-9_.-]")
_LONGEST_NAME = 60


def safe_id(name: str) -> str:
    """A server-chosen name as part of a test id: harmless characters, and a hash where any was replaced."""
    clean = _UNSAFE.sub("_", name)[:_LONGEST_NAME]
    if clean == name and clean:
        return clean
    return f"{clean or 'unnamed'}-{hashlib.sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"


def pytest_pycollect_makeitem(collector: pytest.Collector, name: str, obj: object) -> list[pytest.Item] | None:
    """Make no items of checks of which no audited revision knows anything, unless checks are asked for one by one."""
    audits = audits_of(collector.config)
    if not audits or not name.startswith("test_") or any("::" in one for one in collector.config.args):
        return None
    ids = [one for one in required_of(obj) if one in audits[0].catalogue]
    known = any(audit.level(audit.catalogue[one]) for audit in audits for one in ids)
    return [] if ids and not known else None


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a check for each audited revision, if there are several, and for each entry of the list it asks for."""
    audits = audits_of(metafunc.config)
    if not audits or not _is_ours(metafunc, "audit"):
        return
    kind = next((name for name in _ENTRIES if _is_ours(metafunc, name)), "")
    names = [*(["audit"] if len(audits) > 1 else []), *([kind] if kind else [])]
    if not names:
        return
    values: list[list[Any]] = []
    ids: list[str] = []
    for audit in audits:
        for entry, id in _entries(kind, audit) if kind else [(None, "")]:
            given = {"audit": audit.settings.revision, kind: entry}
            values.append([given[name] for name in names])
            ids.append("-".join(part for part in (str(given["audit"]) if "audit" in names else "", id) if part))
    metafunc.parametrize(argnames=names, argvalues=values, ids=ids, indirect=True, scope="session")


_ENTRIES: Mapping[str, Callable[[Survey, Settings], Sequence[dict[str, Any]]]] = {
    "tool": lambda survey, _: survey.tools,
    "called_tool": lambda survey, settings: sample(callable_tools(survey, settings)),
    "resource": lambda survey, _: sample(listed(survey, "resources/list")),
    "prompt": lambda survey, _: sample(listed(survey, "prompts/list")),
}
"""Fixtures of which each listed entry makes a node; a check asks for one of them at most."""


def name_of(entry: dict[str, Any]) -> str:
    """What a listed entry is known by: the URI of a resource, else the name."""
    return str(entry.get("uri", entry.get("name", "")))


def _entries(kind: str, audit: Audit) -> list[tuple[dict[str, Any] | None, str]]:
    """The listed entries of a kind and their part of a test id."""
    entries = _ENTRIES[kind](audit.survey, audit.settings) if audit.survey else ()
    ids: dict[str, None] = {}
    for index, entry in enumerate(entries):
        name = safe_id(name_of(entry))
        ids[name if name not in ids else f"{name}-{index}"] = None
    return list(zip(entries, ids, strict=True)) or [(None, f"no-{kind.rpartition('_')[2]}")]


def _is_ours(metafunc: pytest.Metafunc, fixture: str) -> bool:
    """Whether a test asks for this fixture of the suite, directly or by another."""
    definitions: Any = metafunc._arg2fixturedefs.get(fixture)
    return bool(definitions) and definitions[-1].func.__module__.startswith("conformance.plugins.")


_IDS = pytest.StashKey[tuple[str, ...]]()


def requirement_ids(item: pytest.Item) -> tuple[str, ...]:
    """The requirement ids an item declares."""
    if _IDS not in item.stash:
        item.stash[_IDS] = tuple(one for mark in item.iter_markers("requirement") for one in mark.args)
    return item.stash[_IDS]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    audit = audit_of(config)
    if not audit:
        return
    for item in items:
        for one in requirement_ids(item):
            try:
                audit.catalogue[one]
            except UnknownRequirement as unknown:
                raise pytest.UsageError(f"{item.nodeid} decides an unknown requirement: {unknown}") from None
        if place := _place(item.path):
            _rename(item, place)
    items[:] = [item for item in items if _is_of_its_revision(item)] or items
    order = {one.settings.revision: place for place, one in enumerate(audits_of(config))}
    places = {item: order[mine.settings.revision] if (mine := audit_for(item)) else 0 for item in items}
    items.sort(key=lambda item: (places[item], turn_of(item)))


def decides_authorization(item: pytest.Item, audit: Audit) -> bool:
    """Whether a check decides anything of the authorization."""
    return any(audit.catalogue[one].area in AUTHORIZATION_AREAS for one in requirement_ids(item))


def _is_of_its_revision(item: pytest.Item) -> bool:
    """Whether the audited revision knows anything that a check decides."""
    audit = audit_for(item)
    return not audit or not requirement_ids(item) or level_of(item, audit) is not None


LATE, WAITING, LAST = 1, 2, 3
_WAITERS = frozenset({"aging", "expiring"})
_TOKEN_USERS = frozenset({"mcp", "probe", "good_token", "narrow_calls"})


def turn_of(item: pytest.Item) -> int:
    """When a check runs: first most, then those that end the login of the survey, those that wait for minutes, and last
    those on the transcript.
    """
    fixtures: frozenset[str] = frozenset(getattr(item, "fixturenames", ()))
    if "transcript" in fixtures:
        return LAST
    return WAITING if fixtures & _WAITERS else LATE if "late" in fixtures else 0


def is_shipped(item: pytest.Item) -> bool:
    """Whether a test is a check that comes with the suite."""
    return bool(_place(item.path))


@cache
def _place(module: Path) -> str:
    """What a module of shipped checks is called wherever it is installed; empty for others."""
    return f"conformance/checks/{module.relative_to(CHECKS).as_posix()}" if module.is_relative_to(CHECKS) else ""


def _rename(item: Any, place: str) -> None:  # noqa: ANN401 - private members of two pytest lines
    """Give a shipped check the same node id and location wherever it is installed."""
    nodeid = f"{place}::{item.name}"
    item.location = place, item.obj.__code__.co_firstlineno - 1, item.name
    if hasattr(item, "_id"):
        item._id = type(item._id).parse(nodeid)  # type: ignore[reportUnknownMemberType]
    else:
        item._nodeid = nodeid


def check_id(item: pytest.Item) -> str:
    """The stable name of a check in results: `authorization/tokens/test_refresh.py::test_x[param]`."""
    return item.nodeid.removeprefix("conformance/checks/")


def level_of(item: pytest.Item, audit: Audit) -> str | None:
    """The strictest level among the requirements of a check in the audited revision."""
    levels = [audit.level(audit.catalogue[one]) for one in requirement_ids(item)]
    order = ("MUST", "MUST NOT", "SHOULD", "SHOULD NOT", "MAY")
    return min((level for level in levels if level), key=order.index, default=None)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    need_applicable(item)


def need_applicable(item: pytest.Item) -> None:
    """Raise NotApplicable, Narrowed or CouldNotRun where the target gives nothing to hold the check against."""
    audit = audit_for(item)
    ids = requirement_ids(item)
    if not audit or not ids:
        return
    survey = audit.need_survey()
    if level_of(item, audit) is None:
        raise NotApplicable(f"not part of revision {audit.revision}")
    on_protocol = not decides_authorization(item, audit)
    if on_protocol and survey.protected and not survey.revision:
        raise CouldNotRun(survey.failure.sentence if survey.failure else "nobody logged in")
    names = tuple(name for one in ids for name in audit.catalogue[one].applies_when)
    state = of_all(names, survey)
    if state.state == "absent":
        raise NotApplicable(state.reason)
    if state.state == "narrowed":
        raise Narrowed(state.reason)
    if state.state == "missing":
        raise CouldNotRun(state.reason)
    if not audit.settings.stress and any(audit.catalogue[one].observable == "stress" for one in ids):
        raise Narrowed("asked for with --stress")
    uses_endpoint = on_protocol or _TOKEN_USERS & frozenset(getattr(item, "fixturenames", ()))
    if uses_endpoint and turn_of(item) != LAST:
        audit.liveness.need()
    if turn_of(item) == 0 and uses_endpoint:
        audit.keep_token()
