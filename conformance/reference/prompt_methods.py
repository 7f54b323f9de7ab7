"""The methods of prompts, and completion.

https://modelcontextprotocol.io/specification/2025-11-25/server/prompts and /server/utilities/completion
"""

from conformance.reference.calls import Call
from conformance.reference.faults import Faults
from conformance.reference.jsonrpc import INVALID_PARAMS, METHOD_NOT_FOUND, JsonObject, RpcError, as_object
from conformance.reference.pagination import page
from conformance.reference.prompts import PROMPTS, Prompt, completions, find_prompt
from conformance.reference.revisions import fitted_entry


class PromptMethods:
    """Lists and fills prompts, and proposes values for what they ask."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults

    async def list_all(self, call: Call) -> JsonObject:
        """prompts/list."""
        if self.faults.active("prompts-list-refused"):
            raise RpcError(METHOD_NOT_FOUND, "Method not found: prompts/list")
        entries = [
            fitted_entry(prompt.describe(), call.session.revision)
            for prompt in PROMPTS.values()
            if _offers(call, prompt)
        ]
        if self.faults.active("prompts-list-invalid"):
            for entry in entries:
                del entry["name"]
        if self.faults.active("prompt-name-duplicate"):
            entries.append(entries[0])
        return page("prompts", entries, call.params)

    async def get(self, call: Call) -> JsonObject:
        """prompts/get."""
        arguments = as_object(call.params.get("arguments", {}))
        if arguments is None:
            raise RpcError(INVALID_PARAMS, "Invalid params: arguments must be an object")
        prompt = find_prompt(call.params.get("name"))
        if not _offers(call, prompt):
            raise RpcError(INVALID_PARAMS, "Invalid params: there is no such prompt")
        return prompt.get(arguments)

    async def complete(self, call: Call) -> JsonObject:
        """completion/complete."""
        reference, argument = as_object(call.params.get("ref")), as_object(call.params.get("argument")) or {}
        name, typed = argument.get("name"), argument.get("value")
        if reference is None or not isinstance(name, str) or not isinstance(typed, str):
            raise RpcError(INVALID_PARAMS, "Invalid params: completion needs ref, argument.name and argument.value")
        if not _is_context(call.params.get("context", {})):
            raise RpcError(INVALID_PARAMS, "Invalid params: context.arguments must hold strings")
        values = completions(reference, name, typed)
        return {"completion": {"values": values, "total": len(values), "hasMore": False}}


def _offers(call: Call, prompt: Prompt) -> bool:
    return not prompt.dynamic or prompt.name in call.session.shown


def _is_context(context: object) -> bool:
    arguments = None if (members := as_object(context)) is None else as_object(members.get("arguments", {}))
    return arguments is not None and all(isinstance(value, str) for value in arguments.values())
