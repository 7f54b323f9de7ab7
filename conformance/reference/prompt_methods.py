"""The methods of prompts, and completion.

https://modelcontextprotocol.io/specification/2025-11-25/server/prompts and /server/utilities/completion
"""

import os
from collections.abc import Mapping

from conformance.reference.calls import Call
from conformance.reference.content import audio_block
from conformance.reference.faults import Faults
from conformance.reference.input_tools import filled, form
from conformance.reference.jsonrpc import INVALID_PARAMS, METHOD_NOT_FOUND, JsonObject, RpcError, as_object
from conformance.reference.pagination import page
from conformance.reference.prompts import ASKING_PROMPT, DYNAMIC_PROMPT, PROMPTS, Prompt, completions, find_prompt
from conformance.reference.revisions import STATELESS, fitted_entry


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
        if self.faults.active("prompts-by-process"):
            entries.append({"name": f"process-{os.getpid()}"})
        if call.session.user and self.faults.active("public-list-by-user"):
            entries[0]["description"] = f"For {call.session.user}"
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
        try:
            prompt = find_prompt(call.params.get("name"))
        except RpcError:
            if self.faults.active("failed-get-shows-prompt"):
                call.session.shown.add(DYNAMIC_PROMPT)
            if self.faults.active("unknown-prompt-is-result"):
                return {"messages": []}
            raise
        if not _offers(call, prompt):
            raise RpcError(INVALID_PARAMS, "Invalid params: there is no such prompt")
        if self.faults.active("prompt-argument-missing-accepted"):
            arguments = {each.name: "" for each in prompt.arguments if each.required} | arguments
        if self.faults.active("prompt-arguments-unchecked"):
            arguments = {name: str(value) for name, value in arguments.items()}
        result = prompt.get(arguments)
        if prompt.name == ASKING_PROMPT and call.session.offers("elicitation"):
            answers = call.ask_together({"user_context": form("What context should the prompt use?", "context")})
            result["messages"] = prompt.render({"context": filled(answers["user_context"], "context")})
        self._spoil_messages(result["messages"])
        return result

    def _spoil_messages(self, messages: list[JsonObject]) -> None:
        if self.faults.active("prompt-content-array"):
            messages[0]["content"] = [messages[0]["content"]]
            return
        for name, members in _SPOILED_AUDIO.items():
            if self.faults.active(name):
                messages.append({"role": "user", "content": audio_block() | members})
        for block in (message["content"] for message in messages):
            if block["type"] == "image" and self.faults.active("prompt-image-not-base64"):
                block["data"] = "%%%"
            if block["type"] == "image" and self.faults.active("prompt-image-type-wrong"):
                block["mimeType"] = "text/plain"
            if block["type"] == "resource":
                self._spoil_embedded(block["resource"])

    def _spoil_embedded(self, resource: JsonObject) -> None:
        if self.faults.active("prompt-resource-uri-relative"):
            resource["uri"] = "guide"
        if self.faults.active("prompt-resource-without-type"):
            del resource["mimeType"]
        if self.faults.active("prompt-resource-blob-not-base64"):
            del resource["text"]
            resource["blob"] = "%%%"

    async def complete(self, call: Call) -> JsonObject:
        """completion/complete."""
        self._refuse_completion(call.params)
        if call.session.revision >= STATELESS and self.faults.active("input-asked-for-completion"):
            call.inputs.take({"user_name": form("Who are you?", "name")} if "context" in call.params else {})
        reference, argument = as_object(call.params.get("ref")), as_object(call.params.get("argument")) or {}
        name, typed = argument.get("name"), argument.get("value")
        if reference is None or not isinstance(name, str) or not isinstance(typed, str):
            if self.faults.active("completion-parts-optional"):
                return {"completion": {"values": []}}
            raise RpcError(INVALID_PARAMS, "Invalid params: completion needs ref, argument.name and argument.value")
        if not _is_context(call.params.get("context", {})):
            raise RpcError(INVALID_PARAMS, "Invalid params: context.arguments must hold strings")
        try:
            values = completions(reference, name, typed)
        except RpcError:
            if self.faults.active("completion-unknown-prompt-empty") and reference.get("type") == "ref/prompt":
                return {"completion": {"values": []}}
            if self.faults.active("completion-nonsense-completed"):
                return {"completion": {"values": ["nonsense"]}}
            raise
        if self.faults.active("completion-values-numbers"):
            return {"completion": {"values": [1, 2]}}
        if self.faults.active("completion-values-too-many"):
            values = [f"value {number}" for number in range(101)]
        total = 0 if self.faults.active("completion-total-too-small") else len(values)
        return {"completion": {"values": values, "total": total, "hasMore": False}}

    def _refuse_completion(self, params: JsonObject) -> None:
        kind = (as_object(params.get("ref")) or {}).get("type")
        if (
            (kind == "ref/prompt" and self.faults.active("completion-for-prompts-refused"))
            or (kind == "ref/resource" and self.faults.active("completion-for-templates-refused"))
            or ("context" in params and self.faults.active("completion-context-refused"))
        ):
            raise RpcError(INVALID_PARAMS, "Invalid params: not supported")


_SPOILED_AUDIO: Mapping[str, JsonObject] = {
    "prompt-audio-not-base64": {"data": "%%%"},
    "prompt-audio-type-wrong": {"mimeType": "text/plain"},
}


def _offers(call: Call, prompt: Prompt) -> bool:
    return prompt.since <= call.session.revision and (not prompt.dynamic or prompt.name in call.session.shown)


def _is_context(context: object) -> bool:
    arguments = None if (members := as_object(context)) is None else as_object(members.get("arguments", {}))
    return arguments is not None and all(isinstance(value, str) for value in arguments.values())
