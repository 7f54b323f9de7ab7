"""The log of pytest-html during an audit."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.auditing import command, environment
from tests.report.browser import chromium

HOSTILE_TEST = """
import pytest

HOSTILE = ["<img src=x onerror=document.title='owned'>", "<script>document.title='owned'</script>"]

@pytest.mark.parametrize("tool", HOSTILE)
def test_a_tool(tool):
    assert "owned" not in tool

def test_a_plain_one():
    pass
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("log")
    (folder / "test_own.py").write_text(HOSTILE_TEST, encoding="utf-8")
    checks = "conformance.checks.authorization.discovery.test_challenge"
    options = ("--demo", "--html=logs/log.html", "--self-contained-html", "-q", "test_own.py", "--pyargs", checks)
    run = subprocess.run(command(*options), cwd=folder, env=environment(), text=True, capture_output=True, timeout=60)
    assert (folder / "logs" / "log.html").exists(), run.stdout + run.stderr
    return folder


def test_the_log_names_requirement_level_and_verdict(folder: Path) -> None:
    with chromium() as browser:
        page = browser.new_page()
        page.goto((folder / "logs" / "log.html").as_uri())
        heading = page.locator("h1").inner_text()
        columns = page.locator("#results-table-head th").all_inner_texts()
        row = page.locator("tr.collapsible", has_text="challenge.missing-token-401").first
        cells = row.locator("td").all_inner_texts()
        link = row.locator("a").first.get_attribute("href")
        prefix = page.locator("a", has_text="compliance report").get_attribute("href")

    assert heading == "MCP conformance test log"
    assert columns[:6] == ["Result", "Test", "Requirement", "Level", "Verdict", "Duration"]
    assert cells[0] == "Passed"
    assert cells[2:5] == ["challenge.missing-token-401", "MUST", "Pass"]
    assert link == "../reports/compliance.html#challenge.missing-token-401"
    assert prefix == "../reports/compliance.html"
    assert (folder / "logs" / link.partition("#")[0]).resolve().exists()


def test_a_hostile_test_id_stays_text(folder: Path) -> None:
    with chromium() as browser:
        page = browser.new_page()
        page.goto((folder / "logs" / "log.html").as_uri())
        page.wait_for_selector("tr.collapsible")
        title = page.title()
        images = page.locator("img[src='x'], td script, [onerror]").count()
        shown = page.locator("td.col-testId", has_text="<img src=x onerror").count()
        rows = page.locator("tr.collapsible", has_text="test_own.py").count()

    assert title == "MCP conformance test log"
    assert images == 0
    assert shown == 1
    assert rows == 3


def test_the_log_holds_no_evidence(folder: Path) -> None:
    text = (folder / "logs" / "log.html").read_text(encoding="utf-8")

    assert "WWW-Authenticate" not in text
    assert "notes-server" not in text
    assert not re.search(r"access_token#|\[session#", text)
