"""Tools of the revision without sessions that want something from the client, and a prompt that does.

Their names and what they do are those of https://github.com/modelcontextprotocol/conformance.
"""

from conformance.reference.calls import Call, missing_capability
from conformance.reference.content import text_block
from conformance.reference.inputs import ELICIT, ROOTS, SAMPLE, Question
from conformance.reference.jsonrpc import INVALID_PARAMS, JsonObject, RpcError, as_array, as_object
from conformance.reference.revisions import STATELESS
from conformance.reference.tools import Tool, ToolOutput, input_schema

ASKING_PROMPT = "test_input_required_result_prompt"


def form(message: str, name: str, type: str = "string") -> Question:
    """A form with one field."""
    schema: JsonObject = {"type": "object", "properties": {name: {"type": type}}, "required": [name]}
    return ELICIT, {"mode": "form", "message": message, "requestedSchema": schema}


def filled(answer: JsonObject, name: str, instead: str = "nobody") -> str:
    """What was filled into a field; something else where the user did not accept the form. Raises RpcError(-32602)."""
    content = as_object(answer.get("content")) or {}
    if not isinstance(content.get(name, instead), str | bool):
        raise RpcError(INVALID_PARAMS, "Invalid params: what was filled in does not fit the form")
    return str(content.get(name, instead)) if answer["action"] == "accept" else instead


def _sample(text: str) -> Question:
    messages = [{"role": "user", "content": text_block(text)}]
    return SAMPLE, {"messages": messages, "maxTokens": 50}


_NAME, _CONFIRMATION = form("What is your name?", "name"), form("Please confirm", "ok", "boolean")
_GREETING = _sample("Generate a greeting")


def _said(text: str) -> ToolOutput:
    return ToolOutput([text_block(text)])


async def _ask_name(call: Call, _: JsonObject) -> ToolOutput:
    answers = call.ask_together({"user_name": _NAME})
    return _said(f"Hello, {filled(answers['user_name'], 'name')}!")


async def _ask_capital(call: Call, _: JsonObject) -> ToolOutput:
    answer = call.ask_together({"capital": _sample("What is the capital of France?")})["capital"]
    return _said(f"LLM response: {_text_of(answer)}")


def _text_of(answer: JsonObject) -> str:
    content = answer["content"]
    blocks = [as_object(one) or {} for one in as_array(content) or [content]]
    return " ".join(str(block.get("text", "")) for block in blocks)


async def _ask_roots(call: Call, _: JsonObject) -> ToolOutput:
    return _said(f"Roots: {_listed(call.ask_together({'client_roots': (ROOTS, {})})['client_roots'])}")


def _listed(answer: JsonObject) -> str:
    return ", ".join(one["uri"] for one in answer["roots"]) or "none"


async def _confirm(call: Call, _: JsonObject) -> ToolOutput:
    """Have something confirmed, for which the state must have come back."""
    if not call.inputs.known:
        call.inputs.given.pop("confirm", None)
    answer = call.ask_together({"confirm": _CONFIRMATION})["confirm"]
    return _said(f"state-ok, confirmed: {filled(answer, 'ok', 'no')}")


async def _ask_all(call: Call, _: JsonObject) -> ToolOutput:
    questions: dict[str, Question] = {"user_name": _NAME, "greeting": _GREETING, "client_roots": (ROOTS, {})}
    answers = call.ask_together(questions)
    name, greeting = filled(answers["user_name"], "name"), _text_of(answers["greeting"])
    return _said(f"{greeting} {name} has the roots {_listed(answers['client_roots'])}")


async def _ask_in_rounds(call: Call, _: JsonObject) -> ToolOutput:
    first = call.ask_together({"step1": form("Step 1: What is your name?", "name")})["step1"]
    second = call.ask_together({"step2": form("Step 2: What is your favorite color?", "color")})["step2"]
    return _said(f"{filled(first, 'name')} likes {filled(second, 'color', 'none')}.")


async def _ask_what_is_possible(call: Call, _: JsonObject) -> ToolOutput:
    possible = {"user_name": ("elicitation", _NAME), "greeting": ("sampling", _GREETING)}
    questions = {key: one for key, (capability, one) in possible.items() if call.session.offers(capability)}
    answers = call.ask_together(questions) if questions else {}
    return _said(f"The client answered: {', '.join(answers) or 'nothing'}")


async def _need_model(call: Call, _: JsonObject) -> ToolOutput:
    if not call.session.offers("sampling"):
        raise missing_capability("sampling")
    return _said("The client has a model.")


async def _log_once(call: Call, _: JsonObject) -> ToolOutput:
    call.log("info", "This is a log message.")
    return _said("Logged.")


async def _ask_on_stream(call: Call, _: JsonObject) -> ToolOutput:
    call.progress(1, 2, "Going to ask")
    answer = call.ask_together({"user_name": _NAME})["user_name"]
    return _said(f"Hello, {filled(answer, 'name')}!")


_PREFIX = "test_input_required_result_"
INPUT_TOOLS = tuple(
    Tool(name, title, description, input_schema(), run, read_only=None, since=STATELESS)
    for name, title, description, run in (
        (f"{_PREFIX}elicitation", "Input of a user", "Greets the user, whom it asks for a name.", _ask_name),
        (f"{_PREFIX}sampling", "Input of a model", "Has the client's model name a capital.", _ask_capital),
        (f"{_PREFIX}list_roots", "Input of roots", "Lists the roots of the client.", _ask_roots),
        (f"{_PREFIX}request_state", "Input with a state", "Has something confirmed.", _confirm),
        (f"{_PREFIX}tampered_state", "Input with a signed state", "Has something confirmed.", _confirm),
        (f"{_PREFIX}multiple_inputs", "Several inputs at once", "Asks for a name, a greeting and roots.", _ask_all),
        (f"{_PREFIX}multi_round", "Several inputs in turn", "Asks for a name, then for a color.", _ask_in_rounds),
        (f"{_PREFIX}capabilities", "Possible inputs", "Asks what the client can answer.", _ask_what_is_possible),
        ("test_missing_capability", "Capability", "Does nothing for clients without a model.", _need_model),
        ("test_logging_tool", "One log message", "Logs once.", _log_once),
        ("test_streaming_elicitation", "Input after progress", "Reports and asks for a name.", _ask_on_stream),
    )
)
