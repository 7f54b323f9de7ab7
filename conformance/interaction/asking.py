"""Calls of tools that ask the client, and a client that answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from conformance.offered import Offered
from conformance.shapes import as_list, as_object
from conformance.verdict import CouldNotRun, NotApplicable
from conformance.wire.connection import STATELESS_REVISION, Answer, Connection, Handler
from conformance.wire.heard import Message
from conformance.wire.http import NoAnswer

SAMPLE, ELICIT, ROOTS = "sampling/createMessage", "elicitation/create", "roots/list"
ASKING_METHODS = frozenset(("tools/call", "resources/read", "prompts/get"))
"""The methods that may be answered with what is asked of the client, where there are no sessions."""
STATELESS_TOOLS = "test_input_required_result_"
"""How the names of tools begin that ask where there are no sessions."""
ELICITATION_SINCE = "2025-06-18"
URL_SINCE = "2025-11-25"
"""The first revisions with forms, and with pages to visit and tools for the model."""
ARGUMENTS: Mapping[str, Mapping[str, Any]] = {
    "test_sampling": {"prompt": "What is the answer of the conformance audit?"},
    "test_sampling_with_tools": {"prompt": "What is the answer of the conformance audit?"},
    "test_elicitation": {"message": "Please tell the conformance audit about you"},
}
"""Arguments of the tools that take some, by name."""


@dataclass(frozen=True)
class Asked:
    """A call of a tool, what the server asked meanwhile, and the answer.

    `answer` is None where none came, and where nothing was sent because the session was `lost` before.
    """

    tool: str
    answer: Answer | None = None
    questions: tuple[Message, ...] = ()
    lost: bool = False

    @property
    def exchange(self) -> str:
        """The exchange of the call, empty without answer."""
        return self.answer.exchange if self.answer else ""

    def about(self, method: str) -> list[dict[str, Any]]:
        """The params of all questions of a method."""
        found = [as_object(one.value) for one in self.questions]
        return [as_object(one.get("params")) for one in found if one.get("method") == method]

    @property
    def failed(self) -> bool:
        """Whether the answer is an error, or the result of a tool that failed."""
        answer = self.answer
        return answer is not None and (answer.error is not None or (answer.result or {}).get("isError") is True)

    @property
    def succeeded(self) -> bool:
        """Whether the answer is the result of a tool that worked."""
        return self.answer is not None and self.answer.result is not None and not self.failed

    @property
    def text(self) -> str:
        """All text in the result."""
        blocks = as_list(((self.answer and self.answer.result) or {}).get("content"))
        return "\n".join(str(as_object(block).get("text", "")) for block in blocks)

    @property
    def summary(self) -> str:
        """One line on the answer."""
        if self.answer is None:
            return "no answer"
        return f"{self.answer.summary}{': ' + self.text[:200] if self.text else ''}"


def need(asked: Asked | None, tool: str) -> Asked:
    """A call that says something. Raises NotApplicable without the tool, CouldNotRun where it was not served."""
    if asked is None:
        raise NotApplicable(f"the server offers no tool {tool}, which would show it")
    if asked.lost:
        raise CouldNotRun(f"{asked.tool} could not be called, since no session for it works")
    if asked.answer and asked.answer.http.status in (401, 403):
        raise CouldNotRun(f"the call is refused for its token ({asked.answer.summary})")
    return asked


def need_answer(asked: Asked | None, tool: str) -> Asked:
    """A call that was answered. Raises NotApplicable, CouldNotRun."""
    found = need(asked, tool)
    if found.answer is None or found.answer.response is None:
        raise CouldNotRun(f"{tool} gave no answer ({found.summary})")
    return found


def need_question(asked: Asked | None, tool: str, method: str) -> Asked:
    """A call during which the server asked. Raises NotApplicable, CouldNotRun where it did not."""
    found = need(asked, tool)
    if not found.about(method):
        raise CouldNotRun(f"{tool} did not lead to a {method} ({found.summary})")
    return found


@dataclass
class AskedClient:
    """Calls tools over a connection and answers what the server asks; `lost` once the session has stopped working."""

    connection: Connection
    offered: Offered
    lost: bool = False

    def call(self, *tools: str, arguments: Mapping[str, Any] | None = None, **answers: Handler) -> Asked | None:
        """Call the first of these tools that is offered, None where none is; with what is known to fit, unless given.

        `answers` replace those of the connection meanwhile: `sample`, `elicit`, `roots`.
        """
        tool = self.offered.find_tool(*tools)
        if not tool:
            return None
        if self.lost:
            return Asked(tool, lost=True)
        usual, mark = dict(self.connection.handlers), self.connection.heard.mark
        self.connection.handlers |= {_METHODS[name]: handler for name, handler in answers.items()}
        try:
            given = dict(arguments or ARGUMENTS.get(tool, {}))
            answer = self.connection.request("tools/call", {"name": tool, "arguments": given})
        except NoAnswer:
            answer = None
        finally:
            self.connection.handlers = usual
        if answer is None or answer.response is None:
            self.lost = not self.works()
        questions = [one for one in self.connection.heard.since(mark) if is_question(one.value)]
        return Asked(tool, answer, tuple(questions))

    def ask(self, method: str, *tools: str, **answers: Handler) -> Asked | None:
        """Call the first of these tools, or the first that leads to a question where there are no sessions.

        There a tool of an older name may still ask in the way of sessions, which fails. None where none is offered.
        """
        found: Asked | None = None
        for tool in self.known(*tools):
            asked = self.call(tool, arguments=None, **answers)
            if asked and (asked.about(method) or self.connection.revision < STATELESS_REVISION):
                return asked
            found = found or asked
        return found

    def known(self, *tools: str) -> list[str]:
        """Those of the tools that are made for the revision."""
        stateless = self.connection.revision >= STATELESS_REVISION
        return [one for one in tools if stateless or not one.startswith(STATELESS_TOOLS)]

    def works(self) -> bool:
        """Whether the session answers what is always answered."""
        try:
            return self.connection.alive().response is not None
        except NoAnswer:
            return False


_METHODS = {"sample": SAMPLE, "elicit": ELICIT, "roots": ROOTS}


def is_question(message: Any, method: str = "") -> bool:  # noqa: ANN401
    """Whether a message asks the client for something, or for what one method is for."""
    asked = as_object(message).get("method")
    return asked == method if method else asked in _METHODS.values()
