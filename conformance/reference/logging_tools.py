"""A tool that logs at every level, which has no equal in the field's conformance fixture."""

from conformance.reference.calls import Call
from conformance.reference.content import text_block
from conformance.reference.jsonrpc import JsonObject
from conformance.reference.sessions import LOG_LEVELS
from conformance.reference.tools import Tool, ToolOutput, input_schema

MOST_TIMES = 100


async def _sign_in(call: Call, arguments: JsonObject) -> ToolOutput:
    for _ in range(int(arguments.get("times", 1))):
        for level in LOG_LEVELS:
            call.log(level, _told(call, arguments) | {"step": f"one of level {level}"})
    return ToolOutput([text_block("Signed in.")])


def _told(call: Call, arguments: JsonObject) -> JsonObject:
    """What the log says about who signs in."""
    if call.faults.active("password-logged"):
        return {"password": arguments.get("password")}
    if call.faults.active("personal-data-logged"):
        return {"who": f"{arguments.get('name')} <{arguments.get('email')}>"}
    return {"who": "a user"}


_TEXT: JsonObject = {"type": "string", "maxLength": 200}
LOGGING_TOOLS = (
    Tool(
        "test_tool_with_log_levels",
        "Logging at every level",
        "Pretends to sign a user in, and logs at every level as often as it is told.",
        input_schema(
            name=_TEXT,
            email=_TEXT,
            password=_TEXT,
            times={"type": "integer", "minimum": 1, "maximum": MOST_TIMES, "default": 1},
        ),
        _sign_in,
        read_only=None,
    ),
)
