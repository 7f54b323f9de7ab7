"""Reproduction commands, run by a real shell with a stand-in for curl."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any, cast

import pytest

from conformance.report import curl
from conformance.report.model import Exchange
from tests.report.sample import HOSTILE, exchange

BASH = shutil.which("bash")


def command(**details: Any) -> str:
    return curl.command(cast("Exchange", exchange(**details)))


@pytest.fixture
def run(tmp_path: Path) -> Any:
    """Runs a command in bash and gives the arguments that curl would have got."""
    fake = tmp_path / "curl"
    fake.write_text('#!/bin/sh\nprintf "%s\\0" "$@" > args\n', encoding="ascii")
    fake.chmod(0o755)

    def run(text: str, **variables: str) -> list[str]:
        if BASH is None:
            pytest.skip("needs bash")
        environment = {"PATH": f"{tmp_path}:/usr/bin:/bin", "LC_ALL": "C.UTF-8", **variables}
        done = subprocess.run([BASH, "-eu"], input=text.encode(), cwd=tmp_path, env=environment, capture_output=True)
        assert done.returncode == 0, done.stderr
        assert done.stdout == b""
        return (tmp_path / "args").read_bytes().decode("utf-8", "replace").split("\0")[:-1]

    return run


def test_a_request_reads_well() -> None:
    text = command(request='{"jsonrpc": "2.0", "id": 1, "method": "ping"}')

    assert text == (
        "# set first: TOKEN\n"
        "curl --include --no-buffer --request POST \\\n"
        "  --url 'https://notes.example/mcp' \\\n"
        "  -H 'Accept: application/json, text/event-stream' \\\n"
        '  -H "Authorization: Bearer ${TOKEN}" \\\n'
        "  -H 'Content-Type: application/json' \\\n"
        "  -H 'MCP-Protocol-Version: 2025-11-25' \\\n"
        '  --data-raw \'{"jsonrpc": "2.0", "id": 1, "method": "ping"}\''
    )


def test_the_shell_passes_on_what_was_sent(run: Any) -> None:
    body = json.dumps({"text": "it's $HOME `id` $(id) \\ \" ! \t tab"})
    arguments = run(command(request=body, url="https://notes.example/mcp?a=b&c=[d]"), TOKEN="t-1")

    assert arguments[:3] == ["--include", "--no-buffer", "--request"]
    assert arguments[arguments.index("--url") + 1] == "https://notes.example/mcp?a=b&c=[d]"
    assert "--globoff" in arguments
    assert "Authorization: Bearer t-1" in arguments
    assert arguments[-1] == body


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_never_becomes_shell_syntax(run: Any, tmp_path: Path, text: str) -> None:
    attack = f"{text}'; touch owned; '$(touch owned)`touch owned`\" ; touch owned #"
    line = command(
        method=attack[:60],
        url=f"https://evil.example/{attack}",
        request=f"[code#aa01bc]{attack}[refresh_token#bb02cd]",
    )
    before = set(tmp_path.iterdir())
    run(line, TOKEN="t", CODE="c", REFRESH_TOKEN="r", URL="u")

    assert {path.name for path in set(tmp_path.iterdir()) - before} <= {"args"}
    assert len(line) < 20_000


def test_secrets_become_variables_and_equal_secrets_the_same_one(run: Any) -> None:
    text = command(
        url="https://notes.example/mcp?access_token=%5Baccess_token%2377d0ab%5D",
        request="code=[code#aa01bc]&again=[code#aa01bc]&other=[code#ffffff]&client_secret=[client-secret#123456]",
    )
    arguments = run(text, TOKEN="t", CODE="c1", CODE_2="c2", CLIENT_SECRET="s", TOKEN_2="t2")

    assert text.startswith("# set first: ")
    assert arguments[-1] == "code=c1&again=c1&other=c2&client_secret=s"


def test_a_value_that_was_not_recorded_is_left_out() -> None:
    one = exchange()
    one["request"]["headers"].append(["X-Tenant", "[value not shown]"])
    text = curl.command(cast("Exchange", one))

    assert "X-Tenant" not in text
    assert text.startswith("# 1 header line left out")


def test_long_bodies_come_from_a_file() -> None:
    text = command(request="x" * 5_000)

    assert "# body.txt: the request body, 5,000 characters, from results.json" in text
    assert "--data-binary @body.txt" in text


def test_a_get_is_plain() -> None:
    assert command(method="GET").splitlines()[1] == "curl --include --no-buffer \\"
