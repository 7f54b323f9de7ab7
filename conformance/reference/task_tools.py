"""Tools of the revision without sessions that go on after their first answer, and one beside them that does not.

Their names and what they do are those of https://github.com/modelcontextprotocol/conformance.
"""

import asyncio
from collections.abc import Mapping

from conformance.reference.calls import Call
from conformance.reference.content import text_block
from conformance.reference.input_tools import filled, form
from conformance.reference.inputs import Question
from conformance.reference.jsonrpc import INTERNAL_ERROR, JsonObject, RpcError
from conformance.reference.revisions import STATELESS
from conformance.reference.tools import Tool, ToolError, ToolOutput, input_schema

LONGEST = 60
_PAUSE = 0.1
_NAME = "user_name"
ASKED_FIRST: Mapping[str, Mapping[str, Question]] = {
    "test_tool_with_task": {_NAME: form("What is your name?", "name")},
}
"""What tools ask before they go on as a task, by their names."""


def _said(text: str) -> ToolOutput:
    return ToolOutput([text_block(text)])


async def _greet(_: Call, arguments: JsonObject) -> ToolOutput:
    return _said(f"Hello, {arguments['name']}!")


async def _compute(call: Call, arguments: JsonObject) -> ToolOutput:
    await asyncio.sleep(arguments["seconds"])
    call.progress(1, 1, "Computed")
    return _said(f"Computed {arguments.get('label', 'something')}.")


async def _fail(_: Call, __: JsonObject) -> ToolOutput:
    await asyncio.sleep(_PAUSE)
    raise ToolError("The job has failed, as it always does.")


async def _break(_: Call, __: JsonObject) -> ToolOutput:
    await asyncio.sleep(_PAUSE)
    raise RpcError(INTERNAL_ERROR, "The job broke down, as it always does.")


async def _confirm(call: Call, arguments: JsonObject) -> ToolOutput:
    question = form(f"Shall {arguments['filename']} be deleted?", "confirm", "boolean")
    answers = await call.input_of([question])
    if call.faults.active("input-key-reused"):
        answers = await call.input_of([form("Are you quite sure?", "confirm", "boolean")])
    return _said(f"Nothing was deleted; confirmed: {filled(answers[0], 'confirm', 'no')}.")


async def _ask_twice(call: Call, _: JsonObject) -> ToolOutput:
    name, confirmed = await call.input_of([form("What is your name?", "name"), form("Go on?", "confirm", "boolean")])
    return _said(f"{filled(name, 'name')} confirmed: {filled(confirmed, 'confirm', 'no')}.")


async def _greet_later(call: Call, _: JsonObject) -> ToolOutput:
    if call.faults.active("name-asked-within-task"):
        answer = (await call.input_of([ASKED_FIRST["test_tool_with_task"][_NAME]]))[0]
    else:
        answer = call.ask_together(ASKED_FIRST["test_tool_with_task"])[_NAME]
    await asyncio.sleep(_PAUSE)
    return _said(f"Hello, {filled(answer, 'name')}!")


_TEXT: JsonObject = {"type": "string", "maxLength": 200}
GREET = Tool(
    "greet",
    "Greeting",
    "Greets somebody.",
    input_schema(["name"], name=_TEXT),
    _greet,
    read_only=None,
    since=STATELESS,
)
TASK_TOOLS = (
    Tool(
        "slow_compute",
        "Slow work",
        "Works for so many seconds.",
        input_schema(["seconds"], seconds={"type": "number", "minimum": 0, "maximum": LONGEST}, label=_TEXT),
        _compute,
        read_only=None,
        since=STATELESS,
        task_support="optional",
    ),
    Tool(
        "failing_job",
        "Job that fails",
        "Always fails, after a while.",
        input_schema(),
        _fail,
        read_only=None,
        since=STATELESS,
        task_support="required",
    ),
    Tool(
        "protocol_error_job",
        "Job that breaks down",
        "Always ends in an error of the protocol, after a while.",
        input_schema(),
        _break,
        read_only=None,
        since=STATELESS,
        task_support="optional",
    ),
    Tool(
        "confirm_delete",
        "Deletion with a question",
        "Asks whether a file shall be deleted, and deletes nothing.",
        input_schema(["filename"], filename=_TEXT),
        _confirm,
        read_only=None,
        since=STATELESS,
        task_support="optional",
    ),
    Tool(
        "multi_input",
        "Two questions at once",
        "Asks for a name and for a confirmation.",
        input_schema(),
        _ask_twice,
        read_only=None,
        since=STATELESS,
        task_support="optional",
    ),
    Tool(
        "test_tool_with_task",
        "Question before a task",
        "Asks for a name, then greets the user, after a while.",
        input_schema(),
        _greet_later,
        read_only=None,
        since=STATELESS,
        task_support="required",
    ),
)
"""Those that run as tasks."""
