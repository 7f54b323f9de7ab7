"""The official server suite, run against our reference server, and its checks beside our requirements."""

import json
import os
import subprocess
import tomllib
from pathlib import Path

import pytest

from conformance.catalogue import load
from conformance.reference import ReferenceServer

ROOT = Path(__file__).parent.parent.parent
MODULES = ROOT / "node_modules"
NODE = MODULES / "node" / "bin" / "node"
RUNNER = MODULES / "@modelcontextprotocol" / "conformance" / "dist" / "index.js"
TABLE: dict[str, list[str]] = tomllib.loads((Path(__file__).parent / "official.toml").read_text("utf-8"))
TRAFFIC = "INFO"


@pytest.fixture(scope="module")
def statuses(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """The outcomes of each official check; skips where the suite is not installed, unless in CI."""
    if not (NODE.exists() and RUNNER.exists()) and not os.environ.get("CI"):
        pytest.skip("needs the official suite: make node_modules")
    folder = tmp_path_factory.mktemp("official")
    with ReferenceServer(protected=False) as server:
        command = [NODE, RUNNER, "server", "--url", server.url, "--suite", "all", "--output-dir", folder]
        run = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    found: dict[str, set[str]] = {}
    for file in folder.glob("*/checks.json"):
        for check in json.loads(file.read_text("utf-8")):
            if check["status"] != TRAFFIC:
                found.setdefault(check["id"], set()).add(check["status"])
    assert found, run.stdout + run.stderr
    return found


def test_the_reference_server_passes_every_official_check(statuses: dict[str, set[str]]) -> None:
    assert {name: found for name, found in statuses.items() if found != {"SUCCESS"}} == {}


def test_every_official_check_is_in_the_table(statuses: dict[str, set[str]]) -> None:
    assert statuses.keys() - TABLE.keys() == set()


def test_the_table_names_requirements_that_exist() -> None:
    known = load().keys()

    for ours in TABLE.values():
        assert ours
        assert set(ours) <= known
