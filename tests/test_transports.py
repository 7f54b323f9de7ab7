"""The reference server keeps every rule of the protocol, in each revision and over each transport."""

import sys
from collections.abc import Generator
from pathlib import Path

import pytest

from conformance.data import CHECKS
from conformance.reference import ReferenceServer
from conformance.wire.connection import HANDSHAKE_REVISIONS
from tests.auditing import audit, passed_on
from tests.proof import PROTOCOL

LOCAL = "base/test_security.py::test_a_local_server_does_not_serve_every_process"
"""Warns, since the server needs no token and is on this machine."""
PATHS = tuple(str(CHECKS / folder) for folder in PROTOCOL)


@pytest.fixture(scope="module")
def server() -> Generator[ReferenceServer]:
    with ReferenceServer(protected=False) as running:
        yield running


@pytest.fixture(params=["streamable-http", "http+sse", "stdio"])
def target(request: pytest.FixtureRequest, server: ReferenceServer) -> tuple[str, ...]:
    """The options that name the server over a transport."""
    if request.param == "stdio":
        return (f"--target-command={sys.executable} -m conformance.reference --stdio", *passed_on())
    url = server.sse_url if request.param == "http+sse" else server.url
    return (f"--target-url={url}", f"--transport={request.param}")


@pytest.mark.parametrize("revision", HANDSHAKE_REVISIONS)
def test_the_reference_server_conforms(tmp_path: Path, target: tuple[str, ...], revision: str) -> None:
    run = audit(tmp_path, *PATHS, *target, f"--revision={revision}", "--call-tools=all")
    wrong = [
        one
        for id, one in run.checks.items()
        if id != LOCAL and one["verdict"] in ("fail", "warn", "could-not-run", "error")
    ]
    assert not [f"{one['id']} {one['verdict']}: {one['reason']}" for one in wrong if not one["narrowed"]], run.output
    assert run.outcome == "conformant"
