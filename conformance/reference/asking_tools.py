"""Tools that ask the client: for a sample, for what the user fills in or opens, for the roots, for a sign of life.

The names test_sampling and test_elicitation... and what these tools do are those of
https://github.com/modelcontextprotocol/conformance; the others have no equal there.
"""

import asyncio
import json
import posixpath
import secrets
from typing import Any
from urllib.parse import unquote, urlsplit

from conformance.reference.arguments import argument_errors
from conformance.reference.calls import Call
from conformance.reference.content import text_block
from conformance.reference.jsonrpc import JsonObject, RpcError, as_array, as_object
from conformance.reference.revisions import ELICITATION, SAMPLING_TOOLS, URL_ELICITATION
from conformance.reference.tools import Tool, ToolError, ToolOutput, input_schema

URL_ELICITATION_REQUIRED = -32042
MOST_ROUNDS = 5
LONGEST_SAMPLE = 100_000
_COMPLETION_PAUSE = 0.1
_PAGE = "https://reference.example/connect"
_NUMBER_TOOL: JsonObject = {
    "name": "favourite_number",
    "description": "Returns a number.",
    "inputSchema": {"type": "object", "properties": {}},
}


def _string(description: str, **further: Any) -> JsonObject:  # noqa: ANN401  JSON Schema
    return {"type": "string", "description": description, **further}


_TEXT = _string("What is shown or asked", minLength=1, maxLength=10_000)
_USER_FORM: JsonObject = {
    "type": "object",
    "properties": {
        "username": _string("How the user wants to be called"),
        "email": _string("Where the user gets mail", format="email"),
    },
    "required": ["username", "email"],
}
_DEFAULTS_FORM: JsonObject = {
    "type": "object",
    "properties": {
        "name": _string("A name", default="John Doe"),
        "age": {"type": "integer", "description": "An age", "default": 30},
        "score": {"type": "number", "description": "A score", "default": 95.5},
        "status": _string("A status", enum=["active", "inactive", "pending"], default="active"),
        "verified": {"type": "boolean", "description": "Whether it was verified", "default": True},
    },
}
_VALUES: list[JsonObject] = [
    {"const": "value1", "title": "First"},
    {"const": "value2", "title": "Second"},
    {"const": "value3", "title": "Third"},
]
_OPTIONS = ["option1", "option2", "option3"]
_ENUMS_FORM: JsonObject = {
    "type": "object",
    "properties": {
        "untitledSingle": _string("One of several", enum=_OPTIONS),
        "titledSingle": _string("One of several with titles", oneOf=_VALUES),
        "legacyEnum": _string("One in the old form", enum=["opt1", "opt2", "opt3"], enumNames=["One", "Two", "Three"]),
        "untitledMulti": {
            "type": "array",
            "description": "Some of several",
            "minItems": 1,
            "maxItems": 3,
            "items": {"type": "string", "enum": _OPTIONS},
        },
        "titledMulti": {
            "type": "array",
            "description": "Some of several with titles",
            "minItems": 1,
            "maxItems": 3,
            "items": {"anyOf": _VALUES},
        },
    },
}


async def _sample(call: Call, arguments: JsonObject) -> ToolOutput:
    messages: list[JsonObject] = [{"role": "user", "content": text_block(arguments["prompt"])}]
    result = await call.ask("sampling/createMessage", {"messages": messages, "maxTokens": 100})
    return ToolOutput([text_block(f"LLM response: {_sampled_text(result)}")])


async def _sample_with_tools(call: Call, arguments: JsonObject) -> ToolOutput:
    """Let the model use a tool, as often as is sensible, where the client declared that it can."""
    if not call.session.offers("sampling", "tools"):
        return await _sample(call, arguments)
    messages: list[JsonObject] = [{"role": "user", "content": text_block(arguments["prompt"])}]
    params: JsonObject = {"messages": messages, "maxTokens": 100, "tools": [_NUMBER_TOOL]}
    for _ in range(MOST_ROUNDS):
        result = await call.ask("sampling/createMessage", params)
        uses = [block for block in _blocks(result) if block.get("type") == "tool_use"]
        if not uses:
            return ToolOutput([text_block(f"LLM response: {_sampled_text(result)}")])
        messages += [{"role": "assistant", "content": uses}, {"role": "user", "content": [_used(use) for use in uses]}]
    result = await call.ask("sampling/createMessage", params | {"toolChoice": {"mode": "none"}})
    return ToolOutput([text_block(f"LLM response: {_sampled_text(result)}")])


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


async def _fill_in(call: Call, message: str, form: JsonObject) -> str:
    """Let the user fill in a form, and tell what came of it. Raises ToolError for what does not fit the form."""
    declared = as_object(call.session.client.get("elicitation"))
    if declared and "form" not in declared:
        raise ToolError("The client does not show forms")
    result = await call.ask("elicitation/create", {"message": message, "requestedSchema": form})
    action, content = result.get("action"), as_object(result.get("content")) or {}
    if action not in ("accept", "decline", "cancel"):
        raise ToolError("The client answered with an unknown action")
    if action == "accept" and (errors := argument_errors(form, content)):
        raise ToolError("What was filled in does not fit: " + "; ".join(errors))
    return f"action={action}, content={json.dumps(content if action == 'accept' else {})}"


async def _elicit(call: Call, arguments: JsonObject) -> ToolOutput:
    return ToolOutput([text_block(f"User response: {await _fill_in(call, arguments['message'], _USER_FORM)}")])


async def _elicit_defaults(call: Call, _: JsonObject) -> ToolOutput:
    filled = await _fill_in(call, "Please look through these values", _DEFAULTS_FORM)
    return ToolOutput([text_block(f"Elicitation completed: {filled}")])


async def _elicit_enums(call: Call, _: JsonObject) -> ToolOutput:
    filled = await _fill_in(call, "Please choose", _ENUMS_FORM)
    return ToolOutput([text_block(f"Elicitation completed: {filled}")])


def _url_elicitation() -> JsonObject:
    id = secrets.token_urlsafe(16)
    message = "Please connect an account on this page"
    return {"mode": "url", "message": message, "url": f"{_PAGE}?elicitation={id}", "elicitationId": id}


async def _elicit_url(call: Call, _: JsonObject) -> ToolOutput:
    _need_urls(call)
    elicitation = _url_elicitation()
    result = await call.ask("elicitation/create", elicitation)
    if result.get("action") == "accept":
        await asyncio.sleep(_COMPLETION_PAUSE)
        call.notify("notifications/elicitation/complete", {"elicitationId": elicitation["elicitationId"]})
    return ToolOutput([text_block(f"User response: action={result.get('action')}")])


async def _require_url(call: Call, _: JsonObject) -> ToolOutput:
    _need_urls(call)
    data = {"elicitations": [_url_elicitation()]}
    raise RpcError(URL_ELICITATION_REQUIRED, "An account must be connected first", data)


def _need_urls(call: Call) -> None:
    if not call.session.offers("elicitation", "url"):
        raise ToolError("The client does not open URLs")


async def _roots(call: Call) -> list[str]:
    """The paths of the roots. Raises ToolError for roots that are no file URIs."""
    result = await call.ask("roots/list", {})
    paths: list[str] = []
    for root in as_array(result.get("roots")) or []:
        uri = (as_object(root) or {}).get("uri")
        if not isinstance(uri, str) or urlsplit(uri).scheme != "file":
            raise ToolError("The client sent a root that is no file URI")
        paths.append(unquote(urlsplit(uri).path))
    return paths


async def _list_roots(call: Call, _: JsonObject) -> ToolOutput:
    return ToolOutput([text_block("\n".join(await _roots(call)) or "There are no roots.")])


async def _locate(call: Call, arguments: JsonObject) -> ToolOutput:
    path = posixpath.normpath(arguments["path"])
    for root in await _roots(call):
        base = posixpath.normpath(root)
        if path == base or path.startswith(base.rstrip("/") + "/"):
            return ToolOutput([text_block(f"{path} is within {base}")])
    raise ToolError("The path is outside the roots")


async def _ping(call: Call, _: JsonObject) -> ToolOutput:
    await call.ask("ping", {})
    return ToolOutput([text_block("The client answered.")])


_PROMPT_SCHEMA = input_schema(["prompt"], prompt=_TEXT)
ASKING_TOOLS = (
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
    Tool(
        "test_elicitation",
        "Elicitation",
        "Has the user fill in a form.",
        input_schema(["message"], message=_TEXT),
        _elicit,
        read_only=None,
        since=ELICITATION,
        task_support="optional",
    ),
    Tool(
        "test_elicitation_sep1034_defaults",
        "Elicitation with defaults",
        "Has the user fill in a form that is filled in already.",
        input_schema(),
        _elicit_defaults,
        read_only=None,
        since=URL_ELICITATION,
    ),
    Tool(
        "test_elicitation_sep1330_enums",
        "Elicitation with choices",
        "Has the user choose.",
        input_schema(),
        _elicit_enums,
        read_only=None,
        since=URL_ELICITATION,
    ),
    Tool(
        "test_elicitation_url",
        "Elicitation by URL",
        "Has the user open a page.",
        input_schema(),
        _elicit_url,
        read_only=None,
        since=URL_ELICITATION,
    ),
    Tool(
        "test_elicitation_url_required",
        "Required elicitation by URL",
        "Does nothing before the user has been to a page.",
        input_schema(),
        _require_url,
        read_only=None,
        since=URL_ELICITATION,
        task_support="optional",
    ),
    Tool("test_list_roots", "Roots", "Lists the client's roots.", input_schema(), _list_roots, read_only=None),
    Tool(
        "test_locate_path",
        "Path within the roots",
        "Tells within which of the client's roots a path is.",
        input_schema(["path"], path={"type": "string", "minLength": 1, "maxLength": 1000}),
        _locate,
        read_only=None,
    ),
    Tool("test_ping_client", "Ping", "Asks the client for a sign of life.", input_schema(), _ping, read_only=None),
)
