"""The tools of the field's conformance fixture that ask nothing of the client.

Their names and what they return are those of https://github.com/modelcontextprotocol/conformance.
"""

import asyncio
import json

from conformance.reference.calls import Call
from conformance.reference.content import audio_block, image_block, resource_block, text_block
from conformance.reference.jsonrpc import JsonObject
from conformance.reference.revisions import AUDIO, NEWEST, TASKS
from conformance.reference.tools import Tool, ToolError, ToolOutput, input_schema

_PAUSE = 0.05
_POLL_PAUSE = 0.1
_ADDRESS: JsonObject = {
    "$anchor": "addressDef",
    "type": "object",
    "properties": {"street": {"type": "string"}, "city": {"type": "string"}},
}
_DIALECT_SCHEMA: JsonObject = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "$defs": {"address": _ADDRESS},
    "properties": {
        "name": {"type": "string"},
        "address": {"$ref": "#/$defs/address"},
        "contactMethod": {"type": "string", "enum": ["phone", "email"]},
        "phone": {"type": "string"},
        "email": {"type": "string"},
    },
    "allOf": [{"anyOf": [{"required": ["phone"]}, {"required": ["email"]}]}],
    "if": {"properties": {"contactMethod": {"const": "phone"}}, "required": ["contactMethod"]},
    "then": {"required": ["phone"]},
    "else": {"required": ["email"]},
    "additionalProperties": False,
}


async def _simple_text(_: Call, __: JsonObject) -> ToolOutput:
    return ToolOutput([text_block("This is a simple text response for testing.")])


async def _image(_: Call, __: JsonObject) -> ToolOutput:
    return ToolOutput([image_block()])


async def _audio(_: Call, __: JsonObject) -> ToolOutput:
    return ToolOutput([audio_block()])


async def _embedded_resource(_: Call, __: JsonObject) -> ToolOutput:
    text = "This is an embedded resource content."
    return ToolOutput([resource_block("test://embedded-resource", "text/plain", text)])


async def _multiple_content_types(_: Call, __: JsonObject) -> ToolOutput:
    data = json.dumps({"test": "data", "value": 123})
    embedded = resource_block("test://mixed-content-resource", "application/json", data)
    return ToolOutput([text_block("Multiple content types test:"), image_block(), embedded])


async def _logging(call: Call, _: JsonObject) -> ToolOutput:
    call.log("info", "Tool execution started")
    await asyncio.sleep(_PAUSE)
    call.log("info", "Tool processing data")
    await asyncio.sleep(_PAUSE)
    call.log("info", "Tool execution completed")
    return ToolOutput([text_block("Tool with logging executed successfully")])


async def _progress(call: Call, _: JsonObject) -> ToolOutput:
    for done in (0, 50, 100):
        call.progress(done, 100, f"Completed step {done} of 100")
        await asyncio.sleep(_PAUSE if done < 100 else 0)
    return ToolOutput([text_block("Tool with progress executed successfully")])


async def _error(_: Call, __: JsonObject) -> ToolOutput:
    raise ToolError("This tool intentionally returns an error for testing")


async def _reconnection(call: Call, _: JsonObject) -> ToolOutput:
    call.outlet.drop()
    await asyncio.sleep(_POLL_PAUSE)
    return ToolOutput([text_block("Reconnection test completed successfully.")])


async def _as_task_only(_: Call, __: JsonObject) -> ToolOutput:
    return ToolOutput([text_block("This ran as a task.")])


async def _dialect(_: Call, arguments: JsonObject) -> ToolOutput:
    return ToolOutput([text_block(f"JSON Schema 2020-12 tool called with: {json.dumps(arguments)}")])


FIXTURE_TOOLS = (
    Tool(
        "json_schema_2020_12_tool",
        "JSON Schema 2020-12",
        "Takes arguments whose schema needs JSON Schema 2020-12.",
        _DIALECT_SCHEMA,
        _dialect,
        read_only=None,
    ),
    Tool("test_simple_text", "Simple text", "Returns a text.", input_schema(), _simple_text, task_support="optional"),
    Tool("test_image_content", "Image", "Returns a picture.", input_schema(), _image),
    Tool("test_audio_content", "Audio", "Returns a sound.", input_schema(), _audio, since=AUDIO),
    Tool("test_embedded_resource", "Embedded resource", "Returns a resource.", input_schema(), _embedded_resource),
    Tool(
        "test_multiple_content_types",
        "Several kinds of content",
        "Returns a text, a picture and a resource.",
        input_schema(),
        _multiple_content_types,
    ),
    Tool(
        "test_tool_with_logging",
        "Logging",
        "Logs while it works.",
        input_schema(),
        _logging,
        read_only=None,
        task_support="optional",
    ),
    Tool(
        "test_tool_with_progress",
        "Progress",
        "Tells how far it is.",
        input_schema(),
        _progress,
        read_only=None,
        task_support="optional",
    ),
    Tool(
        "test_error_handling", "Error", "Always fails.", input_schema(), _error, read_only=None, task_support="optional"
    ),
    Tool(
        "test_reconnection",
        "Reconnection",
        "Breaks the connection and goes on.",
        input_schema(),
        _reconnection,
        read_only=None,
    ),
    Tool(
        "test_task_required",
        "Task only",
        "Runs as a task only.",
        input_schema(),
        _as_task_only,
        since=TASKS,
        until=NEWEST,
        task_support="required",
    ),
)
