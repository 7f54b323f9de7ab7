"""What the target does with a model that the client offers (specification page client/sampling)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from conformance.generate import Unsupported, example
from conformance.interaction.asking import SAMPLE, Asked, AskedClient
from conformance.shapes import as_list, as_object
from conformance.wire.connection import Refusal

SAMPLING, SAMPLING_WITH_TOOLS = "test_sampling", "test_sampling_with_tools"
SAMPLERS = (SAMPLING, "test_input_required_result_sampling")
"""Tools that have a model answer, the second one where there are no sessions."""
ROUNDS = 100
"""How often the model wants to use a tool before the loop counts as endless."""
_INVALID_PARAMS = -32602
_TEXT = {"type": "text", "text": "This is the answer of the conformance audit."}


@dataclass(frozen=True)
class Sampling:
    """Calls of tools that sample: with a good answer, a malformed one, and a model that uses two tools at once."""

    good: Asked | None
    bad: Asked | None
    tools: Asked | None


def sample_everything(client: AskedClient) -> Sampling:
    """Have the server sample in each way that it offers."""
    good = client.ask(SAMPLE, *SAMPLERS)
    bad = client.call(good.tool, sample=_malformed) if good else None
    return Sampling(good, bad, client.call(SAMPLING_WITH_TOOLS, sample=Model(1).sample))


def loop(client: AskedClient) -> tuple[Asked | None, int]:
    """Have a model use tools for ever; with how often it was asked."""
    model = Model(ROUNDS)
    return client.call(SAMPLING_WITH_TOOLS, sample=model.sample), model.asked


def answer_with_text(_: dict[str, Any]) -> Mapping[str, Any]:
    """A good answer to any sampling request."""
    return _answer(_TEXT, "endTurn")


@dataclass
class Model:
    """Uses two tools at once in each of its first `rounds` turns, where it is given any and may use them."""

    rounds: int
    asked: int = 0

    def sample(self, params: dict[str, Any]) -> Mapping[str, Any]:
        """Answer a sampling request. Raises Refusal after 100 rounds."""
        tools = [as_object(tool) for tool in as_list(params.get("tools"))]
        mode = as_object(params.get("toolChoice")).get("mode")
        self.asked += 1
        if not tools or mode == "none" or self.asked > self.rounds:
            if self.asked > ROUNDS:
                raise Refusal(_INVALID_PARAMS, "the conformance audit has seen enough rounds")
            return answer_with_text(params)
        uses = [_use(tools[0], f"conformance-{self.asked}-{number}") for number in (1, 2)]
        return _answer(uses, "toolUse")


def _use(tool: dict[str, Any], id: str) -> dict[str, Any]:
    try:
        given = example(tool.get("inputSchema"))
    except Unsupported:
        given = {}
    return {"type": "tool_use", "id": id, "name": tool.get("name"), "input": given}


def _malformed(_: dict[str, Any]) -> Mapping[str, Any]:
    return _answer({"type": "text"}, "endTurn")


def _answer(content: object, reason: str) -> dict[str, Any]:
    return {"role": "assistant", "content": content, "model": "conformance", "stopReason": reason}
