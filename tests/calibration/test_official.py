"""The official server suite, run against our reference server, and its checks beside our requirements.

Its latest release knows the revisions with sessions; what comes next, the one without.
"""

import json
import os
import subprocess
import tomllib
from pathlib import Path

import pytest

from conformance.catalogue import load
from conformance.reference import FAULTS, ReferenceServer
from conformance.reference.faults import Profile

ROOT = Path(__file__).parent.parent.parent
MODULES = ROOT / "node_modules"
NODE = MODULES / "node" / "bin" / "node"
LATEST = MODULES / "@modelcontextprotocol" / "conformance" / "dist" / "index.js"
NEXT = MODULES / "next-conformance" / "dist" / "index.js"
NO_VERDICT = ("INFO", "SKIPPED")
"""The status of what is only told, and of a scenario that the official suite has not written yet."""


def table(name: str) -> dict[str, list[str]]:
    return tomllib.loads((Path(__file__).parent / f"{name}.toml").read_text("utf-8"))


TABLE = table("official")
STATELESS_TABLE = TABLE | table("stateless")


def outcomes(folder: Path, runner: Path, profile: Profile, *options: str) -> dict[str, set[str]]:
    """The outcomes of each official check; skips where the suite is not installed, unless in CI."""
    if not (NODE.exists() and runner.exists()) and not os.environ.get("CI"):
        pytest.skip("needs the official suite: make node_modules")
    with ReferenceServer(profile=profile) as server:
        command = [NODE, runner, "server", "--url", server.url, "--output-dir", folder, *options]
        run = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    found: dict[str, set[str]] = {}
    for file in folder.glob("*/checks.json"):
        for check in json.loads(file.read_text("utf-8")):
            if check["status"] not in NO_VERDICT:
                found.setdefault(check["id"], set()).add(check["status"])
    assert found, run.stdout + run.stderr
    return found


@pytest.fixture(scope="module")
def statuses(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """What the latest release finds in the revisions with sessions."""
    return outcomes(tmp_path_factory.mktemp("official"), LATEST, "open", "--suite", "all")


@pytest.fixture(scope="module")
def stateless(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """What the next release finds in the revision without sessions."""
    return outcomes(tmp_path_factory.mktemp("next"), NEXT, "modern", "--requirements", "2026-07-28")


def test_the_reference_server_passes_every_official_check(statuses: dict[str, set[str]]) -> None:
    assert {name: found for name, found in statuses.items() if found != {"SUCCESS"}} == {}


def test_every_official_check_is_in_the_table(statuses: dict[str, set[str]]) -> None:
    assert statuses.keys() - TABLE.keys() == set()


def test_the_stateless_reference_server_passes_every_official_check(stateless: dict[str, set[str]]) -> None:
    assert {name: found for name, found in stateless.items() if found != {"SUCCESS"}} == {}


def test_every_official_check_of_the_stateless_revision_is_in_a_table(stateless: dict[str, set[str]]) -> None:
    assert stateless.keys() - STATELESS_TABLE.keys() == set()


def test_the_tables_name_requirements_that_exist() -> None:
    known = load().keys()

    for ours in STATELESS_TABLE.values():
        assert ours
        assert set(ours) <= known


def test_the_broken_examples_are_told_by_faults_that_exist() -> None:
    assert {fault for faults in table("broken").values() for fault in faults} <= FAULTS.keys()
