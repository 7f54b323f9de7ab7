"""Two requests of the server at the same time: it withdraws one of them, which is answered all the same.

Specification pages basic/utilities/cancellation and basic/utilities/progress, 2024-11-05 to 2025-11-25.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.probe import Probe
from conformance.shapes import as_object
from conformance.verdict import CouldNotRun, NotApplicable
from conformance.wire import jsonrpc
from conformance.wire.connection import SERVED, Answer, Connection, Pending, Silence
from conformance.wire.heard import Message

TOOL = "test_sampling"
_SAMPLING = "sampling/createMessage"
_PROMPTS = ("What is withdrawn in the conformance audit?", "What goes on in the conformance audit?")
_LATE, _RIGHT = "This comes too late.", "This is the answer of the conformance audit."
_FIRST_SECONDS, _SECOND_SECONDS, _WITHDRAWN_SECONDS = 3.0, 1.0, 2.0


@dataclass(frozen=True)
class Withdrawing:
    """Two calls of a tool that samples, of which the first was cancelled while the client was asked.

    `first` and `second` are the requests of the server, the latter None where it asks one thing at a time. `withdrawn`
    says that it cancelled the first one; that was answered afterwards, and then the second one, to whose call `answer`
    came unless the server had given that up, too.
    """

    first: Message
    second: Message | None
    withdrawn: bool
    answer: Answer | None
    exchange: str

    @property
    def undisturbed(self) -> bool:
        """Whether the second call got its own sample."""
        result = (self.answer and self.answer.result) or {}
        text = json.dumps(result)
        return not result.get("isError") and _RIGHT in text and _LATE not in text


def withdraw(probe: Probe, tool: str) -> Withdrawing:
    """Call the tool twice and cancel the first call.

    Raises NoAnswer, CouldNotRun, and NotApplicable where it does not ask.
    """
    with probe.session({"sampling": {}}, {_SAMPLING: _leave_open}) as connection, connection.listening():
        calls = [_start(connection, tool, prompt) for prompt in _PROMPTS]
        asks = _asks(_PROMPTS[0])
        first = calls[0].heard(lambda one: asks(one) or connection.answers(one, calls[0].id), _FIRST_SECONDS)
        if first is None:
            raise CouldNotRun(f"{tool} did not ask for a sample")
        if not asks(first.value):
            raise NotApplicable(f"{tool} ended without asking the client, which would sample")
        second = calls[1].heard(_asks(_PROMPTS[1]), _SECOND_SECONDS)
        acknowledged = calls[0].cancel("the audit saw enough")
        withdrawn = calls[0].heard(_withdraws(first), _WITHDRAWN_SECONDS) is not None
        _answer(connection, first, _LATE)
        asked = second or calls[1].heard(_asks(_PROMPTS[1]), _SECOND_SECONDS)
        if asked:
            _answer(connection, asked, _RIGHT)
        given_up = asked is None or calls[1].heard(_withdraws(asked), 0.0)
        answer = None if given_up else calls[1].answer(connection.patience("tools/call"))
        return Withdrawing(first, second, withdrawn, answer, acknowledged.exchange)


def _start(connection: Connection, tool: str, prompt: str) -> Pending:
    return connection.start("tools/call", {"name": tool, "arguments": {"prompt": prompt}})


def _asks(prompt: str) -> Callable[[Any], bool]:
    """Tells the request of the server that passes a prompt on."""

    def wanted(message: Any) -> bool:  # noqa: ANN401
        members = as_object(message)
        sampling = members.get("method") == _SAMPLING and "id" in members
        return sampling and prompt in json.dumps(members.get("params"), ensure_ascii=False)

    return wanted


def _withdraws(request: Message) -> Callable[[Any], bool]:
    """Tells the message by which the server gives a request of its own up."""

    def wanted(message: Any) -> bool:  # noqa: ANN401
        members = as_object(message)
        named = as_object(members.get("params")).get("requestId")
        return members.get("method") == "notifications/cancelled" and jsonrpc.same_id(named, request.value["id"])

    return wanted


def _answer(connection: Connection, request: Message, text: str) -> None:
    sample = {"role": "assistant", "content": {"type": "text", "text": text}, "model": "conformance"}
    response = {"jsonrpc": "2.0", "id": request.value["id"], "result": sample}
    connection.post(jsonrpc.encode(response), purpose=f"{SERVED} {_SAMPLING}")


def _leave_open(_: dict[str, Any]) -> Mapping[str, Any]:
    raise Silence
