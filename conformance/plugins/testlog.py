"""The test log of pytest-html during an audit: requirement, level and verdict of each check, nothing of the server.

pytest-html 4.2 puts test ids into the page as markup, and ids of checks can contain the name of a tool, so the
cell is replaced by an escaped one. Evidence belongs into the compliance report; each row links there.
"""

import os
from collections.abc import Mapping, MutableSequence
from html import escape
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

import pytest

from conformance.audit import audit_of
from conformance.report.html import VERDICT_WORDS
from conformance.report.text import one_line, visible
from conformance.report.write import COMPLIANCE_FILE
from conformance.verdict import Verdict

TITLE = "MCP conformance test log"
_COLUMNS = ("Requirement", "Level", "Verdict")
_TEST_ID = 1


class _Log(Protocol):
    title: str


class TestLog:
    """Hooks of pytest-html for one audit.

    Args:
        log: the file pytest-html writes.
        compliance: the compliance report of the same run.
    """

    __test__ = False

    def __init__(self, log: Path, compliance: Path) -> None:
        self._link = _relative(compliance, log.parent)

    @pytest.hookimpl(optionalhook=True)
    def pytest_html_report_title(self, report: _Log) -> None:
        report.title = TITLE

    @pytest.hookimpl(optionalhook=True)
    def pytest_html_results_summary(self, prefix: MutableSequence[str]) -> None:
        prefix.append(f'<p>What the checks amount to: <a href="{self._link}">compliance report</a></p>')

    @pytest.hookimpl(optionalhook=True)
    def pytest_html_results_table_header(self, cells: MutableSequence[str]) -> None:
        columns = [f'<th class="sortable" data-column-type="{name.lower()}">{name}</th>' for name in _COLUMNS]
        cells[_TEST_ID + 1 : _TEST_ID + 1] = columns

    @pytest.hookimpl(optionalhook=True)
    def pytest_html_results_table_row(
        self, report: pytest.TestReport | pytest.CollectReport, cells: MutableSequence[str]
    ) -> None:
        if not cells:
            return
        when = getattr(report, "when", "call")
        test_id = report.nodeid if when == "call" else f"{report.nodeid}::{when}"
        cells[_TEST_ID] = f'<td class="col-testId">{_text(test_id)}</td>'
        texts = self._cells(getattr(report, "conformance", None))
        columns = zip(_COLUMNS, texts, strict=True)
        cells[_TEST_ID + 1 : _TEST_ID + 1] = [f'<td class="col-{name.lower()}">{text}</td>' for name, text in columns]

    @pytest.hookimpl(optionalhook=True)
    def pytest_html_results_table_html(self, report: pytest.TestReport, data: MutableSequence[str]) -> None:
        record = getattr(report, "conformance", None)
        if record is not None:
            data[:] = [escape(one_line(str(record["reason"]), 600))]

    def _cells(self, record: Mapping[str, Any] | None) -> tuple[str, str, str]:
        if record is None:
            return "", "", ""
        links = [f'<a href="{self._link}#{quote(one)}">{_text(one)}</a>' for one in record["requirements"]]
        return ", ".join(links), _text(record["level"]), _text(VERDICT_WORDS[Verdict(record["verdict"])])


def pytest_configure(config: pytest.Config) -> None:
    audit = audit_of(config)
    log = config.getoption("htmlpath", None)
    if not audit or not log or hasattr(config, "workerinput"):
        return
    # the place as pytest-html works it out
    path = Path.cwd() / Path(os.path.expandvars(str(log))).expanduser()
    compliance = Path(config.invocation_params.dir, audit.settings.report_dir) / COMPLIANCE_FILE
    config.pluginmanager.register(TestLog(path, compliance), "mcp-testlog")


def _text(text: object) -> str:
    return escape(visible(str(text)))


def _relative(target: Path, folder: Path) -> str:
    """The address of a file as seen from a page in a folder; absolute where there is no way between them."""
    try:
        return quote(Path(os.path.relpath(target, folder)).as_posix())
    except ValueError:
        return target.absolute().as_uri()
