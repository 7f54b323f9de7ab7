"""Collects what the checks found, writes the reports, and decides the exit code."""

import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from _pytest.terminal import TerminalReporter

from conformance.audit import Audit, audit_of
from conformance.plugins.options import checks_by_requirement
from conformance.report.console import summary_lines
from conformance.report.text import one_line
from conformance.report.write import ReportError, write_reports
from conformance.results import Course, build_results, command_line
from conformance.verdict import exit_code

_REWRITE_EVERY = 5.0
_REASONS_SHOWN = 3


class Reporter:
    """Runs in the controlling process: gathers records, writes them now and then, and at the end."""

    def __init__(self, config: pytest.Config, audit: Audit) -> None:
        self._config = config
        self._audit = audit
        self._started = time.time()
        self._written = 0.0
        self._requests = 0
        self._approvals = 0
        self._folder = Path(config.invocation_params.dir, audit.settings.report_dir)
        self._plain_failures = 0
        self.checks: dict[str, dict[str, Any]] = {}
        self.exchanges: dict[str, Any] = {}
        self.deselected = 0
        self.interrupted = ""
        self.results: dict[str, Any] = {}
        self.problem = ""

    def check_folder(self) -> None:
        """Find out before the audit whether reports can be written. Raises pytest.UsageError."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            probe = self._folder / ".writable"
            probe.touch()
            probe.unlink()
        except OSError as failure:
            reason = failure.strerror or failure
            raise pytest.UsageError(
                f"cannot write reports to {self._folder} ({reason}); choose another --report-dir"
            ) from None

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        record = getattr(report, "conformance", None)
        if record is None:
            self._plain_failures += report.failed
            return
        record = dict(record)
        self.exchanges |= record.pop("exchange_bodies")
        self._requests += record.pop("requests_sent")
        self._approvals += record.pop("approvals")
        record.pop("level")
        self.checks[record["id"]] = record
        if time.monotonic() - self._written > _REWRITE_EVERY:
            self.write(finished=False)

    def pytest_deselected(self, items: list[pytest.Item]) -> None:
        self.deselected += len(items)

    def pytest_keyboard_interrupt(self) -> None:
        self.interrupted = self.interrupted or "It was interrupted by the user."

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> Iterator[None]:
        try:
            yield
        finally:
            self._finish(session, exitstatus)

    def _finish(self, session: pytest.Session, exitstatus: int) -> None:
        """When all processes have ended: clean up, write the reports, decide the exit code."""
        if self._audit.survey is None and not self.interrupted:
            return
        self._remove_clients()
        stopped = session.shouldstop or session.shouldfail
        if exitstatus == pytest.ExitCode.INTERNAL_ERROR:
            self.interrupted = "An internal error ended it."
        elif stopped:
            self.interrupted = self.interrupted or str(stopped)
        self.write(finished=not self.interrupted)
        if exitstatus in (
            pytest.ExitCode.OK,
            pytest.ExitCode.TESTS_FAILED,
            pytest.ExitCode.NO_TESTS_COLLECTED,
        ):
            code = exit_code(self.results["summary"]["outcome"], self._audit.settings.fail_on)
            session.exitstatus = code or int(bool(self._plain_failures))

    def _remove_clients(self) -> None:
        sent = self._audit.recorder.sent
        try:
            self._audit.remove_clients()
        except KeyboardInterrupt:
            self.pytest_keyboard_interrupt()
        self._requests += self._audit.recorder.sent - sent

    def write(self, *, finished: bool) -> None:
        """Write both reports as far as the run has come."""
        audit = self._audit
        course = Course(
            started=self._started,
            ended=time.time() if finished or self.interrupted else None,
            command=command_line(),
            requests=self._requests + self._survey_requests,
            approvals=self._approvals,
            finished=finished,
            interruption=self.interrupted or ("" if finished else "It was cut off."),
            deselected=self.deselected,
        )
        exchanges = self._survey_exchanges | self.exchanges
        self.results = build_results(audit, course, [*self.checks.values()], exchanges, checks_by_requirement())
        try:
            write_reports(self.results, self._folder, audit.catalogue)
        except ReportError as failure:
            self.problem = str(failure)
        self._written = time.monotonic()

    @property
    def _survey_requests(self) -> int:
        return self._audit.surveyed[1]

    @property
    def _survey_exchanges(self) -> dict[str, Any]:
        count = self._audit.surveyed[0]
        return {one.id: one.as_json() for one in self._audit.recorder.exchanges[:count]}

    @pytest.hookimpl(wrapper=True)
    def pytest_terminal_summary(self, terminalreporter: TerminalReporter) -> Iterator[None]:
        yield
        if not self.results:
            return
        terminalreporter.write_sep("=", "MCP conformance")
        report = self._folder / "compliance.html"
        shown = _shortest(report, Path(self._config.invocation_params.dir))
        writer = terminalreporter._tw
        lines = summary_lines(
            self.results, self._audit.catalogue, shown, color=writer.hasmarkup, width=writer.fullwidth
        )
        for line in [*lines[:-1], *stuck_lines(self.results), *lines[-1:]]:
            terminalreporter.write_line(line)
        if self.problem:
            terminalreporter.write_line(f"The report could not be written: {self.problem}", red=True)


REPORTER = pytest.StashKey[Reporter]()


def stuck_lines(results: dict[str, Any]) -> list[str]:
    """Why checks could not run, the commonest reasons first, unless the survey has said so already."""
    failure = results["survey"]["failure"]
    reasons = Counter(one["reason"] for one in results["checks"] if one["verdict"] in ("could-not-run", "error"))
    reasons.pop(failure["sentence"] if failure else "", None)
    lines = [f"  {number}x {one_line(reason, 300)}" for reason, number in reasons.most_common(_REASONS_SHOWN)]
    return ["Could not run:", *lines] if lines else []


def _shortest(path: Path, base: Path) -> str:
    return str(path.relative_to(base)) if path.is_relative_to(base) else str(path)


def pytest_configure(config: pytest.Config) -> None:
    audit = audit_of(config)
    if audit and not hasattr(config, "workerinput"):
        reporter = config.stash[REPORTER] = Reporter(config, audit)
        if not config.option.collectonly:
            reporter.check_folder()
        config.pluginmanager.register(reporter, "mcp-reporter")
