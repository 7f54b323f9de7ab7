"""Shipped checks run with little of what pytest does around a test, which nobody is to notice."""

from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from conformance.data import CHECKS
from conformance.reference import ReferenceServer
from tests.auditing import Run, audit

HANDSHAKES = CHECKS / "base" / "test_lifecycle.py"
SKIPPING = """
import pytest

def pytest_collection_modifyitems(items):
    items[0].add_marker(pytest.mark.skip(reason="not of interest"))
"""
TALKING = """
def pytest_collection_modifyitems(items):
    checked = items[0].obj

    def talking(**given):
        print("words of a check")
        checked(**given)

    talking.__signature__ = __import__("inspect").signature(checked)
    items[0].obj = talking
"""


@pytest.fixture(scope="module")
def server() -> Iterator[ReferenceServer]:
    with ReferenceServer(profile="open") as running:
        yield running


def run(folder: Path, server: ReferenceServer, *options: str, plugin: str = "") -> Run:
    """An audit of the handshakes, with a plugin of the user's own."""
    (folder / "own.py").write_text(plugin)
    target = (f"--target-url={server.url}", "--revision=2025-11-25")
    return audit(folder, *target, str(HANDSHAKES), "-p", "own", *options)


def test_a_check_that_the_user_skips_could_not_run(tmp_path: Path, server: ReferenceServer) -> None:
    skipped = run(tmp_path, server, plugin=SKIPPING)

    reasons = [one["reason"] for one in skipped.results["checks"] if one["verdict"] == "could-not-run"]
    assert reasons == ["skipped: not of interest"]


def test_what_a_check_prints_is_kept_for_its_report(tmp_path: Path, server: ReferenceServer) -> None:
    talked = run(tmp_path, server, "--junitxml=junit.xml", "-o", "junit_logging=all", plugin=TALKING)

    cases = ElementTree.parse(tmp_path / "junit.xml").getroot().findall(".//testcase/system-out")
    assert ["words of a check" in (case.text or "") for case in cases].count(True) == 1
    assert "words of a check" not in talked.output


def test_the_fixtures_of_a_check_can_be_shown(tmp_path: Path, server: ReferenceServer) -> None:
    assert "SETUP    F judge" in run(tmp_path, server, "--setup-show").output


def test_both_ways_to_run_a_check_report_the_same(tmp_path: Path, server: ReferenceServer) -> None:
    told: list[object] = []
    for options in ((), ("--setup-show",)):
        done = run(tmp_path, server, "--junitxml=junit.xml", *options)
        cases = ElementTree.parse(tmp_path / "junit.xml").getroot().findall(".//testcase")
        properties = [[one.attrib for one in case.findall("properties/property")] for case in cases]
        told.append((done.verdicts, [case.attrib | {"time": ""} for case in cases], properties))

    assert told[0] == told[1]
