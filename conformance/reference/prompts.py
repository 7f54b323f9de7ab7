"""The prompts of the reference server, and the values completion proposes for their arguments.

The names that begin with `test_` are those of https://github.com/modelcontextprotocol/conformance.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from conformance.reference.arguments import is_uri
from conformance.reference.content import image_block, resource_block, text_block
from conformance.reference.jsonrpc import INVALID_PARAMS, JsonObject, RpcError
from conformance.reference.resources import GUIDE_URI, NAMES, STATIC_TEXT_URI, TEMPLATE_VALUES, guide_contents
from conformance.reference.revisions import OLDEST, STATELESS

ASKING_PROMPT = "test_input_required_result_prompt"
DYNAMIC_PROMPT = "test_dynamic_prompt"
FAILING_PROMPT = "test_failing_prompt"
LANGUAGES = ("Deutsch", "English", "Español", "Français")


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a prompt, and the values completion may propose for it."""

    name: str
    description: str
    required: bool = False
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt as `prompts/list` describes it, and the function that fills it.

    One that is `dynamic` is only there in sessions that show it, others from the revision `since` on.
    """

    name: str
    title: str
    description: str
    render: Callable[[Mapping[str, str]], list[JsonObject]]
    arguments: tuple[Argument, ...] = field(default=())
    dynamic: bool = False
    since: str = OLDEST

    def describe(self) -> JsonObject:
        """The entry of this prompt in `prompts/list`."""
        entry: JsonObject = {"name": self.name, "title": self.title, "description": self.description}
        if self.arguments:
            entry["arguments"] = [
                {"name": each.name, "description": each.description, "required": each.required}
                for each in self.arguments
            ]
        return entry

    def get(self, arguments: JsonObject) -> JsonObject:
        """The filled prompt. Raises RpcError(-32602) for missing, unknown or non-string arguments."""
        known = {each.name for each in self.arguments}
        missing = [each.name for each in self.arguments if each.required and each.name not in arguments]
        if missing:
            raise RpcError(INVALID_PARAMS, f"Invalid params: the argument {missing[0]} is missing")
        if not arguments.keys() <= known:
            raise RpcError(INVALID_PARAMS, "Invalid params: the prompt has no such argument")
        if not all(isinstance(value, str) for value in arguments.values()):
            raise RpcError(INVALID_PARAMS, "Invalid params: prompt arguments must be strings")
        return {"description": self.description, "messages": self.render(arguments)}


def _message(role: str, content: JsonObject) -> JsonObject:
    return {"role": role, "content": content}


def _greeting(arguments: Mapping[str, str]) -> list[JsonObject]:
    language = arguments.get("language", "English")
    return [_message("user", text_block(f"Please greet {arguments['name']} in {language}."))]


def _explain(_: Mapping[str, str]) -> list[JsonObject]:
    return [
        _message("user", {"type": "resource", "resource": guide_contents()}),
        _message("user", text_block("Please explain this guide in two sentences.")),
    ]


def _simple(_: Mapping[str, str]) -> list[JsonObject]:
    return [_message("user", text_block("This is a simple prompt for testing."))]


def _with_arguments(arguments: Mapping[str, str]) -> list[JsonObject]:
    text = f"Prompt with arguments: arg1='{arguments['arg1']}', arg2='{arguments['arg2']}'"
    return [_message("user", text_block(text))]


def _with_resource(arguments: Mapping[str, str]) -> list[JsonObject]:
    uri = arguments["resourceUri"]
    if not is_uri(uri):
        raise RpcError(INVALID_PARAMS, "Invalid params: resourceUri must be a URI")
    return [
        _message("user", resource_block(uri, "text/plain", "Embedded resource content for testing.")),
        _message("user", text_block("Please process the embedded resource above.")),
    ]


def _with_image(_: Mapping[str, str]) -> list[JsonObject]:
    return [_message("user", image_block()), _message("user", text_block("Please analyze the image above."))]


def _with_context(arguments: Mapping[str, str]) -> list[JsonObject]:
    return [_message("user", text_block(f"This prompt has the context {arguments.get('context', 'of nobody')}."))]


def _dynamic(_: Mapping[str, str]) -> list[JsonObject]:
    return [_message("user", text_block("This prompt comes and goes."))]


PROMPTS = {
    prompt.name: prompt
    for prompt in (
        Prompt(
            "greeting",
            "Greeting",
            "Asks for a greeting.",
            _greeting,
            (
                Argument("name", "Who is greeted", required=True, values=NAMES),
                Argument("language", "The language of the greeting", values=LANGUAGES),
            ),
        ),
        Prompt("explain_guide", "Explain the guide", "Asks for a summary of the guide.", _explain),
        Prompt("test_simple_prompt", "Simple prompt", "A prompt without arguments.", _simple),
        Prompt(
            "test_prompt_with_arguments",
            "Prompt with arguments",
            "A prompt with two arguments.",
            _with_arguments,
            (
                Argument("arg1", "The first argument", required=True, values=("paris", "park", "party")),
                Argument("arg2", "The second argument", required=True, values=("one", "two")),
            ),
        ),
        Prompt(
            "test_prompt_with_embedded_resource",
            "Prompt with a resource",
            "A prompt that holds a resource.",
            _with_resource,
            (Argument("resourceUri", "The URI of the resource", required=True, values=(GUIDE_URI, STATIC_TEXT_URI)),),
        ),
        Prompt("test_prompt_with_image", "Prompt with an image", "A prompt that holds a picture.", _with_image),
        Prompt(ASKING_PROMPT, "Prompt with input", "Asks the user for context.", _with_context, since=STATELESS),
        Prompt(DYNAMIC_PROMPT, "Dynamic prompt", "Comes and goes.", _dynamic, dynamic=True),
    )
}


def find_prompt(name: object) -> Prompt:
    """The prompt called `name`. Raises RpcError(-32602) where there is none."""
    if name == FAILING_PROMPT:
        raise RuntimeError("this prompt always fails")
    if not isinstance(name, str) or name not in PROMPTS:
        raise RpcError(INVALID_PARAMS, "Invalid params: there is no such prompt")
    return PROMPTS[name]


def completions(reference: JsonObject, argument: str, typed: str) -> list[str]:
    """The values that begin with what was typed, in any case. Raises RpcError(-32602) for unknown names."""
    match reference.get("type"):
        case "ref/prompt":
            known = {each.name: each.values for each in find_prompt(reference.get("name")).arguments}
        case "ref/resource" if reference.get("uri") in TEMPLATE_VALUES:
            known = TEMPLATE_VALUES[reference["uri"]]
        case _:
            raise RpcError(INVALID_PARAMS, "Invalid params: ref names neither a prompt nor a resource template")
    if argument not in known:
        raise RpcError(INVALID_PARAMS, "Invalid params: there is no such argument")
    return [value for value in known[argument] if value.lower().startswith(typed.lower())]
