"""What a server that the audit starts sees of the environment, and that its secrets reach no file."""

import sys
from pathlib import Path

import pytest

from conformance.redaction import may_be_secret
from tests.auditing import Run, audit

KEY = "no-such-key-0123456789"
SERVER = """
import json, os, sys
if "OUR_API_KEY" not in os.environ:
    sys.exit("OUR_API_KEY is not set")
TOOL = {"name": "environment", "inputSchema": {"type": "object"}, "annotations": {"readOnlyHint": True}}
ABOUT = {"protocolVersion": "2025-11-25", "capabilities": {"tools": {}}, "serverInfo": {"name": "e", "version": "1"}}
for line in sys.stdin:
    message = json.loads(line)
    seen = {"content": [{"type": "text", "text": json.dumps(dict(os.environ))}]}
    results = {"initialize": ABOUT, "ping": {}, "tools/list": {"tools": [TOOL]}, "tools/call": seen}
    if "id" in message:
        done = {"result": results[message["method"]]} if message.get("method") in results else {
            "error": {"code": -32601, "message": "no such method"}
        }
        print(json.dumps({"jsonrpc": "2.0", "id": message["id"], **done}), flush=True)
"""


def look(folder: Path, *options: str) -> Run:
    (folder / "server.py").write_text(SERVER)
    return audit(folder, f"--target-command={sys.executable} {folder / 'server.py'}", "-k", "call", *options)


@pytest.mark.parametrize("given", ["OUR_API_KEY", f"OUR_API_KEY={KEY}"])
def test_a_variable_reaches_the_server_and_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("OUR_API_KEY", KEY)
    monkeypatch.setenv("NOT_FOR_SERVERS", "not-for-servers")
    run = look(tmp_path, "--target-env", given, "--target-env=LOG_LEVEL=warning", "--junitxml=j.xml")

    assert run.results["survey"]["failure"] is None
    assert run.results["run"]["options"]["target_env"] == ["LOG_LEVEL", "OUR_API_KEY"]
    written = run.output + "".join(one.read_text("utf-8") for one in (*run.folder.iterdir(), tmp_path / "j.xml"))
    assert "[variable OUR_API_KEY#" in written
    assert "warning" in written
    assert KEY not in written
    assert "not-for-servers" not in written


def test_a_server_that_lacks_a_variable_is_told_from_one_that_breaks(tmp_path: Path) -> None:
    run = look(tmp_path)

    assert run.outcome == "incomplete"
    assert "OUR_API_KEY is not set" in run.output
    assert "--target-env NAME passes it on" in run.output


@pytest.mark.parametrize(
    ("variable", "secret"),
    [
        ("OUR_API_KEY=abcdefgh", True),
        ("DB_PASSWORD=correcthorse", True),
        ("WEBHOOK=https://hooks.example/T000/B000", True),
        ("LOG_LEVEL=warning", False),
        ("TIMEOUT=100000", False),
        ("REVISION=2025-11-25", False),
    ],
)
def test_words_and_numbers_are_no_secrets(variable: str, secret: bool) -> None:
    name, _, value = variable.partition("=")
    assert may_be_secret(name, value) is secret
