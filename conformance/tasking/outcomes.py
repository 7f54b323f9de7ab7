"""Tasks of tools whose outcome is known, and a task that needs something from the user."""

import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from conformance.probe import Probe
from conformance.shapes import as_object
from conformance.tasking.client import TaskClient, id_of, interval_of, status_of
from conformance.tasking.tools import TaskTools
from conformance.tool_calls import Call
from conformance.verdict import NotApplicable
from conformance.wire import jsonrpc
from conformance.wire.connection import SERVED, Answer, Connection, Silence
from conformance.wire.heard import Message

SIMPLE, FAILING, REFUSED, ASKING = (
    "test_simple_text",
    "test_error_handling",
    "test_elicitation_url_required",
    "test_elicitation",
)
_CAPABILITIES: dict[str, Any] = {"elicitation": {"form": {}, "url": {}}}
_ELICITATION = "elicitation/create"
_ASKED_SECONDS = 3.0
_LEFT_SECONDS = 2.0


@dataclass(frozen=True)
class Outcome:
    """A task and its end; `direct` is the answer to the same call without a task, `state` the last state seen."""

    created: Answer
    direct: Answer | None = None
    state: Answer | None = None
    result: Answer | None = None


@dataclass(frozen=True)
class Input:
    """A task that asks the user; `asking` is its state while it waits, `after` when it has the answer."""

    created: Answer
    question: Message | None = None
    asking: Answer | None = None
    after: Answer | None = None


@dataclass(frozen=True)
class Outcomes:
    """What came of the tools that there are, by name; `input` is that of the one that asks."""

    tasks: Mapping[str, Outcome] = field(default_factory=dict[str, Outcome])
    input: Input | None = None


def see_outcomes(probe: Probe, tools: TaskTools, seconds: float) -> Outcomes:
    """Run each of the tools that is offered, each for at most so many seconds. Raises NoAnswer, CouldNotRun."""
    calls: dict[str, Call] = {}
    for name in (SIMPLE, FAILING, REFUSED, ASKING):
        with suppress(NotApplicable):
            calls[name] = tools.fixture(name)
    if not calls:
        return Outcomes()
    with probe.session(_CAPABILITIES, {_ELICITATION: _leave_open}) as connection, connection.listening():
        client, asking = TaskClient(connection), calls.pop(ASKING, None)
        tasks = {name: _run(client, call, seconds, direct=name != FAILING) for name, call in calls.items()}
        accepted = not tasks or any(one.result for one in tasks.values())
        return Outcomes(tasks, _ask(connection, asking) if asking and accepted else None)


def _run(client: TaskClient, call: Call, seconds: float, *, direct: bool) -> Outcome:
    plainly = client.call(call) if direct else None
    created = client.create(call)
    id = id_of(created)
    if not id:
        return Outcome(created, plainly)
    return Outcome(created, plainly, client.follow(id, seconds)[-1], client.result(id))


def _ask(connection: Connection, call: Call) -> Input:
    client, mark = TaskClient(connection), connection.heard.mark
    created = client.create(call)
    id = id_of(created)
    if not id:
        return Input(created)
    pending = connection.start("tasks/result", {"taskId": id})
    question = pending.heard(_is_question, 0.0) or connection.heard.until(_is_question, _ASKED_SECONDS, mark)
    if question is None:
        client.leave(id, client.get(id), pending)
        return Input(created)
    asking = client.get(id)
    response = {"jsonrpc": "2.0", "id": question.value["id"], "result": {"action": "decline"}}
    connection.post(jsonrpc.encode(response), purpose=f"{SERVED} {_ELICITATION}")
    after, deadline = client.get(id), time.monotonic() + _LEFT_SECONDS
    while status_of(after) == "input_required" and time.monotonic() < deadline:
        time.sleep(interval_of(after))
        after = client.get(id)
    client.leave(id, after, pending)
    return Input(created, question, asking, after)


def _is_question(message: Any) -> bool:  # noqa: ANN401
    return as_object(message).get("method") == _ELICITATION and "id" in as_object(message)


def _leave_open(_: dict[str, Any]) -> Mapping[str, Any]:
    raise Silence
