"""Tools with a state that lasts: one makes it and gives a handle, the other uses it. They have no equal elsewhere."""

import secrets

from conformance.reference.calls import Call
from conformance.reference.content import text_block
from conformance.reference.jsonrpc import JsonObject
from conformance.reference.revisions import STATELESS
from conformance.reference.tools import Tool, ToolError, ToolOutput, input_schema, structured

_MOST = 1000


async def _create(call: Call, _: JsonObject) -> ToolOutput:
    handles, faults = call.notebook.handles, call.faults
    handle = f"handle-{len(handles) + 1}" if faults.active("handles-counted") else secrets.token_urlsafe(24)
    handles[handle] = (call.session.user, call.session.peer)
    while len(handles) > _MOST:
        del handles[next(iter(handles))]
    return structured({"handle": handle})


async def _use(call: Call, arguments: JsonObject) -> ToolOutput:
    session = call.session
    user, peer = call.notebook.handles.get(arguments["handle"], (None, ""))
    if user is None or peer != session.peer or (user != session.user and not call.faults.active("handles-of-any-user")):
        raise ToolError("There is no such handle")
    return ToolOutput([text_block("The handle was used.")])


HANDLE_TOOLS = (
    Tool(
        "test_create_handle",
        "Handle",
        "Makes something to be used later, and gives its handle.",
        input_schema(),
        _create,
        {"type": "object", "properties": {"handle": {"type": "string"}}, "required": ["handle"]},
        read_only=None,
        since=STATELESS,
    ),
    Tool(
        "test_use_handle",
        "Use of a handle",
        "Uses what was made before.",
        input_schema(["handle"], handle={"type": "string", "minLength": 1, "maxLength": 200}),
        _use,
        read_only=None,
        since=STATELESS,
    ),
)
