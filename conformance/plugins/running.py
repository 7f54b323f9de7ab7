"""Runs the shipped checks with what an audit needs of pytest at each of them.

Left out are the hooks around the phases of a test, which are there for logs, warnings, skips and test classes. Tests
that are not ours, and a check to which somebody has given a mark, as to skip it, are run by pytest as ever.
"""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, Literal

import pytest

from conformance.audit import Audit, audit_for
from conformance.plugins.selection import is_shipped, need_applicable, turn_of
from conformance.plugins.verdicts import calling, setting_up

_OUR_MARKS = frozenset({"requirement", "parametrize"})
_INSPECTING = ("usepdb", "setupshow", "setuponly", "setupplan")
"""Options of pytest that look into the phases of a test."""


def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    audit = audit_for(item)
    if not audit or not isinstance(item, pytest.Function) or not is_shipped(item):
        return None
    marked = any(mark.name not in _OUR_MARKS for mark in item.iter_markers())
    if marked or any(item.config.getoption(name, False) for name in _INSPECTING):
        return None
    hook = item.ihook
    hook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    _Run(item, audit, hook).run(nextitem)
    hook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


class _Run:
    """One check in its three phases, each of which is reported; pytest has no public way to set up and tear down."""

    def __init__(self, item: Any, audit: Audit, hook: Any) -> None:  # noqa: ANN401 - private members of pytest
        self._item, self._audit, self._hook = item, audit, hook
        self._fixtures = item.session._setupstate
        self._keywords: dict[str, Any] = dict.fromkeys(item.keywords, 1)

    def run(self, nextitem: pytest.Item | None) -> None:
        """Run the check."""
        item = self._item
        if not item._request:
            item._initrequest()
        try:
            with _captured(item):
                last = self._phase("setup", self._set_up)
                if not last.excinfo:
                    self._tell_passed(last)
                    last = self._phase("call", self._call)
            self._tell(last)
            ending = item.session.shouldfail or item.session.shouldstop
            ended = self._phase("teardown", lambda: self._fixtures.teardown_exact(None if ending else nextitem))
            if ended.excinfo:
                self._tell(ended)
            else:
                self._tell_passed(ended)
                self._audit.recorder.check_ended(turn_of(item))
        finally:
            item._request, item.funcargs = False, None

    def _phase(self, when: Literal["setup", "call", "teardown"], run: Callable[[], object]) -> pytest.CallInfo[object]:
        reraised = (pytest.exit.Exception, KeyboardInterrupt)
        return pytest.CallInfo.from_call(run, when, reraise=reraised)  # type: ignore[reportUnknownMemberType, reportUnknownVariableType]

    def _set_up(self) -> None:
        with setting_up(self._item):
            need_applicable(self._item)
            self._fixtures.setup(self._item)

    def _call(self) -> None:
        item = self._item
        with calling(item):
            item.obj(**{name: item.funcargs[name] for name in item._fixtureinfo.argnames})

    def _tell(self, call: pytest.CallInfo[object]) -> None:
        self._hook.pytest_runtest_logreport(report=self._hook.pytest_runtest_makereport(item=self._item, call=call))

    def _tell_passed(self, call: pytest.CallInfo[object]) -> None:
        item = self._item
        assert call.when in ("setup", "teardown")  # noqa: S101 - narrows the type
        report = pytest.TestReport(
            nodeid=item.nodeid,
            location=item.location,
            keywords=self._keywords,
            outcome="passed",
            longrepr=None,
            when=call.when,
            sections=[(f"Captured {key} {when}", content) for when, key, content in item._report_sections],
            duration=call.duration,
            start=call.start,
            stop=call.stop,
            user_properties=list(item.user_properties),
        )
        self._hook.pytest_runtest_logreport(report=report)


@contextmanager
def _captured(item: pytest.Item) -> Generator[None]:
    """Keep what is printed for the report of the check, as pytest does at each phase."""
    capture: Any = item.config.pluginmanager.getplugin("capturemanager")
    if not capture:
        yield
        return
    with capture.item_capture("call", item):
        yield
