"""Servers that speak some revisions only."""

import json
from pathlib import Path

import pytest

from conformance.data import CHECKS
from tests.auditing import Handler, audit, website

LIFECYCLE = str(CHECKS / "base" / "test_lifecycle.py")
RULE = "lifecycle.same-version-when-supported"


@pytest.mark.parametrize(
    ("spoken", "taken", "verdict"),
    [
        (["2025-11-25"], ["2025-11-25"], "pass"),
        (["2025-11-25"], ["2025-11-25", "2025-06-18"], "fail"),
        (["2025-11-25", "2025-06-18", "2025-03-26"], ["2025-11-25", "2025-06-18", "2025-03-26"], "pass"),
    ],
    ids=["one revision", "a revision that is not granted and yet served", "all but the oldest"],
)
def test_a_version_must_be_granted_where_it_is_served(
    tmp_path: Path, spoken: list[str], taken: list[str], verdict: str
) -> None:
    def answer(request: Handler) -> None:
        message = json.loads(request.body or b"{}")
        if request.headers.get("MCP-Protocol-Version", taken[0]) not in taken:
            request.send(400)
        elif message.get("method") == "initialize":
            asked = message["params"]["protocolVersion"]
            granted = asked if asked in spoken else spoken[0]
            about = {"protocolVersion": granted, "capabilities": {}, "serverInfo": {"name": "s", "version": "1"}}
            request.send(200, json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": about}))
        elif message.get("method") == "ping":
            request.send(200, json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": {}}))
        else:
            request.send(202 if "id" not in message else 404)

    with website(answer) as origin:
        run = audit(tmp_path, LIFECYCLE, f"--target-url={origin}/mcp", "--request-timeout=2")

    assert run.verdicts[RULE] == verdict
