"""Options, and the shipped checks as default when a target is given and no path is."""

import gc
import json
from collections.abc import Iterable

import pytest

from conformance.audit import AUDITS, Audit, make_audit
from conformance.catalogue import load
from conformance.catalogue.listing import as_text, listing
from conformance.data import CHECKS
from conformance.evidence import Recorder
from conformance.redaction import Redactor
from conformance.settings import OPTIONS, read_settings

_RARELY = (20_000, 20, 50)
"""New objects, and younger collections, after which the three generations of objects are searched for garbage."""


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("mcp", "MCP conformance")
    for option in OPTIONS:
        option.add_to(group)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "requirement(*ids): the requirements of the MCP catalogue that the check decides"
    )
    handed_over = getattr(config, "workerinput", {}).get("mcp_audit")
    if handed_over:
        worker = str(config.workerinput["workerid"])  # type: ignore[attr-defined]
        config.stash[AUDITS] = [Audit.in_worker(one, worker) for one in handed_over]
    else:
        settings = read_settings(config)
        if settings.active:
            config.stash[AUDITS] = [make_audit(settings, Recorder(Redactor()))]
    if AUDITS in config.stash:
        _collect_garbage_rarely(config)
    if AUDITS in config.stash and config.args_source is not pytest.Config.ArgsSource.ARGS:
        config.args = [str(path) for path in sorted(CHECKS.rglob("test_*.py"))]


def _collect_garbage_rarely(config: pytest.Config) -> None:
    """Until the end of the run: an audit keeps nearly all that it makes, so that looking for garbage is in vain."""

    def as_before() -> None:
        gc.set_threshold(*usual)
        gc.unfreeze()

    usual = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(*_RARELY)
    config.add_cleanup(as_before)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    if AUDITS in session.config.stash:
        gc.freeze()


def pytest_cmdline_main(config: pytest.Config) -> int | None:
    """Print the requirements and stop, when asked for them."""
    wanted = config.getoption("mcp_requirements", None)
    if not wanted:
        return None
    found = listing(load(), checks_by_requirement(), faults_by_requirement())
    print(json.dumps(found, indent=1) if wanted == "json" else as_text(found, load()))
    return 0


def checks_by_requirement() -> dict[str, list[str]]:
    """The shipped checks that decide each requirement id."""
    from conformance.checks import shipped_checks

    return _inverted(shipped_checks().items())


def faults_by_requirement() -> dict[str, list[str]]:
    """The faults of the reference server that break each requirement id."""
    from conformance.reference.faults import FAULTS

    return _inverted((fault.name, fault.trips) for fault in FAULTS.values())


def _inverted(pairs: Iterable[tuple[str, Iterable[str]]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, ids in pairs:
        for one in sorted(ids):
            found.setdefault(one, []).append(name)
    return found
