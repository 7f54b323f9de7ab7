"""Collects what the checks found, writes the reports, and decides the exit code."""

import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from _pytest.terminal import TerminalReporter

from conformance.audit import Audit, audit_of
from conformance.plugins.options import checks_by_requirement
from conformance.redaction import Kept
from conformance.report.comparison import write_comparison
from conformance.report.console import summary_lines
from conformance.report.text import one_line
from conformance.report.write import COMPLIANCE_FILE, RESULTS_FILE, ReportError, write_reports
from conformance.results import Course, build_results, command_line
from conformance.verdict import exit_code, worst_exit

_REWRITE_EVERY = 5.0
"""Seconds between reports of an unfinished run."""
_HYPOTHESIS = "hypothesispytest"
"""The plugin that, for its summary, imports all of a library even where no check has used it."""
_SHARE = 20
"""How many times as long as writing them took nothing is written again."""
_REASONS_SHOWN = 3


class Part:
    """What is known so far of the audit of one revision, and where its reports are.

    `changed` says whether something is known that the reports do not have.
    """

    def __init__(self, audit: Audit, folder: Path) -> None:
        self.audit = audit
        self.folder = folder
        self.results: dict[str, Any] = {}
        self.changed = True
        self._checks = Kept(audit.recorder.redactor)
        self._exchanges = Kept(audit.recorder.redactor)
        self._requests = 0
        self._approvals = 0
        self._surveyed = False

    def add(self, record: dict[str, Any]) -> None:
        """Take what was recorded of a check."""
        record.pop("level")
        learned = record.pop("learned")
        for id, exchange in record.pop("exchange_bodies").items():
            self._exchanges.add(id, exchange, learned)
        self._requests += record.pop("requests_sent")
        self._approvals += record.pop("approvals")
        self._checks.add(record["id"], record, learned)
        self.changed = True

    def _take_survey(self) -> int:
        """Keep what the survey sent, once it has ended; how many requests that were."""
        exchanges, sent = self.audit.surveyed
        if sent and not self._surveyed:
            self._surveyed = True
            for one in self.audit.recorder.exchanges[:exchanges]:
                self._exchanges.add(one.id, one.as_json(), 0)
        return sent

    def remove_clients(self) -> None:
        """Remove the clients that were registered, and count the requests for it."""
        sent = self.audit.recorder.sent
        try:
            self.audit.remove_clients()
        finally:
            self._requests += self.audit.recorder.sent - sent

    def write(self, course: Course) -> None:
        """Write both reports as far as the run has come. Raises ReportError."""
        counted = replace(course, requests=self._requests + self._take_survey(), approvals=self._approvals)
        checks, exchanges = self._checks.all(), self._exchanges.all()
        self.results = build_results(self.audit, counted, [*checks.values()], exchanges, checks_by_requirement())
        write_reports(self.results, self.folder, self.audit.catalogue)
        self.changed = False


class Reporter:
    """Runs in the controlling process: gathers records, writes them now and then, and at the end."""

    def __init__(self, config: pytest.Config, audit: Audit) -> None:
        self._config = config
        self._started = time.time()
        self._due = 0.0
        self._folder = Path(config.invocation_params.dir, audit.settings.report_dir)
        self._plain_failures = 0
        self._parts = [Part(audit, self._folder)]
        self.deselected = 0
        self.interrupted = ""
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

    def take(self, audit: Audit) -> None:
        """Report on one more revision; each then has a folder of its own, and a page compares them."""
        for part in self._parts:
            part.folder, part.changed = self._folder / str(part.audit.settings.revision), True
        (self._folder / RESULTS_FILE).unlink(missing_ok=True)
        self._parts.append(Part(audit, self._folder / str(audit.settings.revision)))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        record = getattr(report, "conformance", None)
        if record is None:
            self._plain_failures += report.failed
            return
        record = dict(record)
        self._part_of(record.pop("of")).add(record)
        if time.monotonic() > self._due:
            self.write(finished=False)

    def _part_of(self, revision: str | None) -> Part:
        named = (part for part in self._parts if part.audit.settings.revision == revision)
        return next(named, self._parts[0])

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
            if "hypothesis" not in sys.modules:
                session.config.pluginmanager.set_blocked(_HYPOTHESIS)

    def _finish(self, session: pytest.Session, exitstatus: int) -> None:
        """When all processes have ended: clean up, write the reports, decide the exit code."""
        if self._parts[0].audit.survey is None and not self.interrupted:
            return
        for part in self._parts:
            try:
                part.remove_clients()
            except KeyboardInterrupt:
                self.pytest_keyboard_interrupt()
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
            codes = [exit_code(part.results["summary"]["outcome"], part.audit.settings.fail_on) for part in self._parts]
            session.exitstatus = worst_exit(codes) or int(bool(self._plain_failures))

    def write(self, *, finished: bool) -> None:
        """Write the reports as far as the run has come."""
        began = time.monotonic()
        course = Course(
            started=self._started,
            ended=time.time() if finished or self.interrupted else None,
            command=command_line(),
            requests=0,
            approvals=0,
            finished=finished,
            interruption=self.interrupted or ("" if finished else "It was cut off."),
            deselected=self.deselected,
        )
        try:
            for part in self._parts:
                if part.changed or course.ended:
                    part.write(course)
            if len(self._parts) > 1:
                write_comparison([part.results for part in self._parts], self._folder, self._parts[0].audit.catalogue)
        except ReportError as failure:
            self.problem = str(failure)
        ended = time.monotonic()
        self._due = ended + max(_REWRITE_EVERY, _SHARE * (ended - began))

    @pytest.hookimpl(wrapper=True)
    def pytest_terminal_summary(self, terminalreporter: TerminalReporter) -> Iterator[None]:
        yield
        base = Path(self._config.invocation_params.dir)
        writer = terminalreporter._tw
        several = len(self._parts) > 1
        for part in self._parts:
            if not part.results:
                continue
            revision = f" {part.audit.revision}" if several else ""
            terminalreporter.write_sep("=", f"MCP conformance{revision}")
            shown = _shortest(part.folder / COMPLIANCE_FILE, base)
            lines = summary_lines(
                part.results, part.audit.catalogue, shown, color=writer.hasmarkup, width=writer.fullwidth
            )
            for line in [*lines[:-1], *stuck_lines(part.results), *lines[-1:]]:
                terminalreporter.write_line(line)
        if several:
            terminalreporter.write_line(f"All revisions: {_shortest(self._folder / COMPLIANCE_FILE, base)}")
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
