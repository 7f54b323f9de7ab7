"""Tools that ask the client: its model, its user, for its roots, for a sign of life."""

from conformance.reference.calls import Call
from conformance.reference.content import text_block
from conformance.reference.eliciting_tools import USER_TOOLS
from conformance.reference.jsonrpc import JsonObject
from conformance.reference.revisions import NEWEST
from conformance.reference.root_tools import ROOT_TOOLS
from conformance.reference.sampling_tools import MODEL_TOOLS
from conformance.reference.tools import Tool, ToolOutput, input_schema


async def _ping(call: Call, _: JsonObject) -> ToolOutput:
    await call.ask("ping", {})
    return ToolOutput([text_block("The client answered.")])


ASKING_TOOLS = (
    *MODEL_TOOLS,
    *USER_TOOLS,
    *ROOT_TOOLS,
    Tool(
        "test_ping_client",
        "Ping",
        "Asks the client for a sign of life.",
        input_schema(),
        _ping,
        read_only=None,
        until=NEWEST,
    ),
)
