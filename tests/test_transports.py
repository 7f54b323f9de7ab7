"""The reference server keeps every rule of the protocol, in each revision and over each transport.

Where faults are proven, tests/test_faults.py says so.
"""

import sys
from collections.abc import Generator
from pathlib import Path

import pytest

from conformance.data import CHECKS
from conformance.reference import FAULTS, ReferenceServer
from conformance.wire.connection import HANDSHAKE_REVISIONS
from tests.auditing import audit, passed_on
from tests.proof import PROTOCOL

LOCAL = "base/test_security.py::test_a_local_server_does_not_serve_every_process"
"""Warns, since the server needs no token and is on this machine."""
PROFILES = {"streamable-http": "open", "http+sse": "sse", "stdio": "stdio"}
PROVEN = {(fault.revision, fault.profile) for fault in FAULTS.values()}
REST = [
    (transport, revision)
    for transport, profile in PROFILES.items()
    for revision in HANDSHAKE_REVISIONS
    if (revision, profile) not in PROVEN
]
PATHS = tuple(str(CHECKS / folder) for folder in PROTOCOL)


@pytest.fixture(scope="module")
def server() -> Generator[ReferenceServer]:
    with ReferenceServer(protected=False) as running:
        yield running


def target(server: ReferenceServer, transport: str) -> tuple[str, ...]:
    """The options that name the server over a transport."""
    if transport == "stdio":
        return (f"--target-command={sys.executable} -m conformance.reference --stdio", *passed_on())
    url = server.sse_url if transport == "http+sse" else server.url
    return (f"--target-url={url}", f"--transport={transport}")


@pytest.mark.parametrize(("transport", "revision"), REST)
def test_the_reference_server_conforms(tmp_path: Path, server: ReferenceServer, transport: str, revision: str) -> None:
    run = audit(tmp_path, *PATHS, *target(server, transport), f"--revision={revision}", "--call-tools=all")
    wrong = [
        one
        for id, one in run.checks.items()
        if id != LOCAL and one["verdict"] in ("fail", "warn", "could-not-run", "error")
    ]
    assert not [f"{one['id']} {one['verdict']}: {one['reason']}" for one in wrong if not one["narrowed"]], run.output
    assert run.outcome == "conformant"
