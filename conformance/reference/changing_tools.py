"""Tools that take long, and tools that change what the server offers to the session they are called in."""

import asyncio

from conformance.reference.calls import Call
from conformance.reference.content import text_block
from conformance.reference.jsonrpc import JsonObject, notification_message
from conformance.reference.prompts import DYNAMIC_PROMPT
from conformance.reference.resources import DYNAMIC_URI
from conformance.reference.tools import Tool, ToolOutput, input_schema

DYNAMIC_TOOL = "test_dynamic_tool"
_STEPS = 10


async def _wait(call: Call, arguments: JsonObject) -> ToolOutput:
    seconds, steps = arguments.get("seconds", 1), int(arguments.get("steps", _STEPS))
    step = 0
    try:
        for step in range(steps):
            call.progress(step, steps, f"Waited for {step * seconds / steps:g} s")
            call.notebook.step(call.meta.get("progressToken"))
            await asyncio.sleep(seconds / steps)
    except asyncio.CancelledError:
        if any(map(call.faults.active, ("cancelled-call-works-on", "cancelled-call-still-told"))):
            for further in range(step + 1, steps):
                await asyncio.sleep(seconds / steps)
                call.progress(further, steps, "Waits for nobody")
                call.notebook.step(call.meta.get("progressToken"))
        raise
    call.progress(steps, steps, "Waited long enough")
    return ToolOutput([text_block(f"Waited for {seconds:g} s")])


def _toggle(call: Call, name: str, list_name: str) -> ToolOutput:
    """Show what was hidden or hide what was shown, and say so to the client."""
    session = call.session
    session.shown ^= {name}
    outlet = call.outlet if call.faults.active("list-changed-on-post-stream") else session
    if not call.faults.active(f"change-of-{list_name}-untold"):
        changed = notification_message(f"notifications/{list_name}/list_changed", {})
        outlet.send(changed)
        if call.faults.active("change-told-to-caller"):
            call.outlet.send(changed)
        if call.faults.active("subscriptions-kept") and call.notebook.listened:
            meta = {"io.modelcontextprotocol/subscriptionId": call.notebook.listened[-1]}
            call.outlet.send({**changed, "params": {"_meta": meta}})
    return ToolOutput([text_block(f"{name} was {'added' if name in session.shown else 'removed'}.")])


async def _change_tools(call: Call, _: JsonObject) -> ToolOutput:
    return _toggle(call, DYNAMIC_TOOL, "tools")


async def _change_prompts(call: Call, _: JsonObject) -> ToolOutput:
    return _toggle(call, DYNAMIC_PROMPT, "prompts")


async def _change_resources(call: Call, _: JsonObject) -> ToolOutput:
    return _toggle(call, DYNAMIC_URI, "resources")


async def _dynamic(_: Call, __: JsonObject) -> ToolOutput:
    return ToolOutput([text_block("This tool comes and goes.")])


_WAITS: JsonObject = {"type": "integer", "minimum": 1, "maximum": 1000, "default": _STEPS}
_SECONDS: JsonObject = {"type": "number", "minimum": 0, "maximum": 10, "default": 1}
CHANGING_TOOLS = (
    Tool(
        "test_wait",
        "Wait",
        "Takes its time.",
        input_schema(seconds=_SECONDS, steps=_WAITS),
        _wait,
        read_only=None,
        task_support="optional",
    ),
    Tool(
        "test_trigger_tool_change",
        "Change the tools",
        f"Adds {DYNAMIC_TOOL}, or removes it again.",
        input_schema(),
        _change_tools,
        read_only=False,
    ),
    Tool(
        "test_trigger_prompt_change",
        "Change the prompts",
        f"Adds {DYNAMIC_PROMPT}, or removes it again.",
        input_schema(),
        _change_prompts,
        read_only=False,
    ),
    Tool(
        "test_trigger_resource_change",
        "Change the resources",
        f"Adds {DYNAMIC_URI}, or removes it again.",
        input_schema(),
        _change_resources,
        read_only=False,
    ),
    Tool(DYNAMIC_TOOL, "Dynamic tool", "Comes and goes.", input_schema(), _dynamic, dynamic=True),
)
