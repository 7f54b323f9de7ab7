"""Servers some of whose tools cannot be used with arguments made for them, as those that want the path of a file."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conformance.data import CHECKS
from tests.auditing import Handler, audit, website


def serving(*works: bool) -> Callable[[Handler], None]:
    """A server in which each tool works or fails; it takes no notice of tasks."""
    reads = {"inputSchema": {"type": "object"}, "annotations": {"readOnlyHint": True}}
    tools = {f"tool{number}": good for number, good in enumerate(works)}

    def answer(request: Handler) -> None:
        message: dict[str, Any] = json.loads(request.body or "{}")
        params = message.get("params", {})
        failed = not tools.get(params.get("name"), False)
        results: dict[str, Any] = {
            "initialize": {
                "protocolVersion": "2025-11-25",
                "capabilities": {"tools": {}},
                "serverInfo": {"name": "s", "version": "1"},
            },
            "ping": {},
            "tools/list": {"tools": [{"name": one, **reads} for one in tools]},
            "tools/call": {"content": [{"type": "text", "text": "said"}], "isError": failed},
        }
        result = results.get(message.get("method", ""))
        if "id" not in message:
            request.send(202 if request.body else 405)
        elif result is None:
            error = {"code": -32601, "message": "no such method"}
            request.send(200, json.dumps({"jsonrpc": "2.0", "id": message["id"], "error": error}))
        else:
            request.send(200, json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": result}))

    return answer


@pytest.mark.parametrize(
    ("works", "verdict"), [((False, True), "pass"), ((False, False), "could-not-run"), ((), "not-applicable")]
)
def test_a_tool_that_works_is_called_as_a_task(tmp_path: Path, works: tuple[bool, ...], verdict: str) -> None:
    with website(serving(*works)) as origin:
        checks = str(CHECKS / "tasks" / "test_task_calls.py")
        run = audit(tmp_path, checks, f"--target-url={origin}/mcp", "--revision=2025-11-25")

    assert run.verdicts["tasks.undeclared-task-field-ignored"] == verdict
