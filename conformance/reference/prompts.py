"""The prompts of the reference server, and the values completion proposes for their arguments."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from conformance.reference.content import text_block
from conformance.reference.jsonrpc import INVALID_PARAMS, JsonObject, RpcError
from conformance.reference.resources import GREETING_PREFIX, NAMES, guide_contents

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
    """A prompt as `prompts/list` describes it, and the function that fills it."""

    name: str
    title: str
    description: str
    render: Callable[[Mapping[str, str]], list[JsonObject]]
    arguments: tuple[Argument, ...] = field(default=())

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
    )
}


def find_prompt(name: object) -> Prompt:
    """The prompt called `name`. Raises RpcError(-32602) where there is none."""
    if not isinstance(name, str) or name not in PROMPTS:
        raise RpcError(INVALID_PARAMS, "Invalid params: there is no such prompt")
    return PROMPTS[name]


def completions(reference: JsonObject, argument: str, typed: str) -> list[str]:
    """The values that begin with what was typed, in any case. Raises RpcError(-32602) for unknown names."""
    match reference.get("type"):
        case "ref/prompt":
            known = {each.name: each.values for each in find_prompt(reference.get("name")).arguments}
        case "ref/resource" if reference.get("uri") == GREETING_PREFIX + "{name}":
            known = {"name": NAMES}
        case _:
            raise RpcError(INVALID_PARAMS, "Invalid params: ref names neither a prompt nor a resource template")
    if argument not in known:
        raise RpcError(INVALID_PARAMS, "Invalid params: there is no such argument")
    return [value for value in known[argument] if value.lower().startswith(typed.lower())]
