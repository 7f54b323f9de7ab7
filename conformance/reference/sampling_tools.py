"""Tools that have the client's model answer.

The name test_sampling and what it does are those of https://github.com/modelcontextprotocol/conformance; the other has
no equal there.
"""

import json

from conformance.reference.calls import Call
from conformance.reference.content import text_block
from conformance.reference.faults import Faults
from conformance.reference.jsonrpc import JsonObject, as_array, as_object
from conformance.reference.revisions import SAMPLING_TOOLS
from conformance.reference.tools import Tool, ToolError, ToolOutput, input_schema

MOST_ROUNDS = 5
LONGEST_SAMPLE = 100_000
_NUMBER_TOOL: JsonObject = {
    "name": "favourite_number",
    "description": "Returns a number.",
    "inputSchema": {"type": "object", "properties": {}},
}


async def _sample(call: Call, arguments: JsonObject) -> ToolOutput:
    messages: list[JsonObject] = [{"role": "user", "content": text_block(arguments["prompt"])}]
    if call.faults.active("sampling-message-without-role"):
        del messages[0]["role"]
    params: JsonObject = {"messages": messages, "maxTokens": 100}
    if call.faults.active("sampling-without-limit"):
        del params["maxTokens"]
    if call.faults.active("sampling-takes-in-context"):
        params["includeContext"] = "thisServer"
    result = await call.ask("sampling/createMessage", params)
    if call.faults.active("sample-unchecked"):
        return ToolOutput([text_block(f"LLM response: {result.get('content')}")])
    return ToolOutput([text_block(f"LLM response: {_sampled_text(result)}")])


async def _sample_with_tools(call: Call, arguments: JsonObject) -> ToolOutput:
    """Let the model use a tool, as often as is sensible, where the client declared that it can."""
    if not call.session.offers("sampling", "tools") and not call.faults.active("tools-for-any-model"):
        return await _sample(call, arguments)
    messages: list[JsonObject] = [{"role": "user", "content": text_block(arguments["prompt"])}]
    params: JsonObject = {"messages": messages, "maxTokens": 100, "tools": [_NUMBER_TOOL]}
    rounds = 100_000 if call.faults.active("tool-loop-endless") else MOST_ROUNDS
    for _ in range(rounds):
        result = await call.ask("sampling/createMessage", params)
        uses = [block for block in _blocks(result) if block.get("type") == "tool_use"]
        if not uses:
            return ToolOutput([text_block(f"LLM response: {_sampled_text(result)}")])
        messages += [{"role": "assistant", "content": uses}, {"role": "user", "content": [_used(use) for use in uses]}]
        _spoil_results(call.faults, messages)
    result = await call.ask("sampling/createMessage", params | {"toolChoice": {"mode": "none"}})
    return ToolOutput([text_block(f"LLM response: {_sampled_text(result)}")])


def _spoil_results(faults: Faults, messages: list[JsonObject]) -> None:
    """Break the newest message, which has the results of tools."""
    results = messages[-1]["content"]
    if faults.active("tool-results-mixed"):
        results.append(text_block("What do you make of that?"))
    if faults.active("tool-results-late"):
        messages.insert(-1, {"role": "user", "content": text_block("Wait a moment.")})
    if faults.active("tool-result-of-nothing"):
        results[0]["toolUseId"] = "unknown"


def _used(use: JsonObject) -> JsonObject:
    if not isinstance(use.get("id"), str):
        raise ToolError("The client sent a tool use without an id")
    return {"type": "tool_result", "toolUseId": use["id"], "content": [text_block("7")]}


def _blocks(result: JsonObject) -> list[JsonObject]:
    """The content of a sample. Raises ToolError for one that is malformed or too long."""
    content = result.get("content")
    blocks = [as_object(each) for each in as_array(content) or [content]]
    if result.get("role") != "assistant" or not isinstance(result.get("model"), str):
        raise ToolError("The client sent a sample without role assistant or without its model")
    if len(json.dumps(content)) > LONGEST_SAMPLE:
        raise ToolError("The client sent a sample that is too long")
    return [block for block in blocks if block is not None and isinstance(block.get("type"), str)]


def _sampled_text(result: JsonObject) -> str:
    texts = [block.get("text") for block in _blocks(result) if block["type"] == "text"]
    if not texts or not all(isinstance(text, str) for text in texts):
        raise ToolError("The client sent a sample without text")
    return " ".join(map(str, texts))


_PROMPT_SCHEMA = input_schema(
    ["prompt"], prompt={"type": "string", "description": "What is asked", "minLength": 1, "maxLength": 10_000}
)
MODEL_TOOLS = (
    Tool(
        "test_sampling",
        "Sampling",
        "Has the client's model answer.",
        _PROMPT_SCHEMA,
        _sample,
        read_only=None,
        task_support="optional",
    ),
    Tool(
        "test_sampling_with_tools",
        "Sampling with tools",
        "Has the client's model answer, which may use a tool.",
        _PROMPT_SCHEMA,
        _sample_with_tools,
        read_only=None,
        since=SAMPLING_TOOLS,
    ),
)
