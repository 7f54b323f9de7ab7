"""What the server does with a client that runs the requests of the server as tasks."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from conformance.probe import Probe
from conformance.shapes import as_object
from conformance.tasking.client import KEPT, RELATED
from conformance.wire.connection import Answer, Connection
from conformance.wire.heard import Message

TOOL = "test_sampling"
INTERVAL = 0.2
"""The pollInterval that our tasks have, in seconds."""
_SAMPLING = "sampling/createMessage"
_CAPABILITIES: dict[str, Any] = {
    "sampling": {},
    "tasks": {"cancel": {}, "requests": {"sampling": {"createMessage": {}}}},
}
_ASKED_SECONDS = 3.0
_GIVEN_UP_SECONDS = 2.0
_ID = "conformance-client-task"
_SAMPLE = {
    "role": "assistant",
    "content": {"type": "text", "text": "This is the answer of the conformance audit."},
    "model": "conformance",
}


@dataclass(frozen=True)
class Receiving:
    """What came of two calls of a tool that samples.

    `augmented` says that the server wanted a task. Of the first call, `looks` are the times of the making of our
    task and of each tasks/get, `done` says that one of those showed its end before the result was asked for. The
    second call was cancelled: `stopped` is the message by which the server gave up on our task, `request_id`
    is the id of the request that became it.
    """

    augmented: bool
    call: Answer
    looks: tuple[float, ...] = ()
    done: bool = False
    request_id: Any = None
    stopped: Message | None = None

    @property
    def exchange(self) -> str:
        """The exchange of the first call."""
        return self.call.exchange


class _Client:
    """Answers the server as a client whose model takes its time."""

    def __init__(self, looks_to_end: int) -> None:
        self.looks: list[float] = []
        self.augmented = False
        self.done = False
        self.early = False
        self._left = looks_to_end

    def sample(self, params: dict[str, Any]) -> Mapping[str, Any]:
        self.augmented = "task" in params
        self.looks.append(time.monotonic())
        return {"task": self._task()} if self.augmented else _SAMPLE

    def get(self, _: dict[str, Any]) -> Mapping[str, Any]:
        self.looks.append(time.monotonic())
        self._left -= 1
        self.done = self._left <= 0
        return self._task()

    def result(self, _: dict[str, Any]) -> Mapping[str, Any]:
        return {**_SAMPLE, "_meta": {RELATED: {"taskId": _ID}}}

    def cancel(self, _: dict[str, Any]) -> Mapping[str, Any]:
        return {**self._task(), "status": "cancelled"}

    def serve(self, connection: Connection) -> None:
        connection.handlers |= {
            _SAMPLING: self.sample,
            "tasks/get": self.get,
            "tasks/result": self.result,
            "tasks/cancel": self.cancel,
        }

    def _task(self) -> dict[str, Any]:
        now = datetime.now(UTC).isoformat()
        return {
            "taskId": _ID,
            "status": "completed" if self.done else "working",
            "createdAt": now,
            "lastUpdatedAt": now,
            "ttl": KEPT,
            "pollInterval": round(INTERVAL * 1000),
        }


def receive(probe: Probe, tool: str) -> Receiving:
    """Have a tool sample twice, and cancel the second call. Raises NoAnswer, CouldNotRun."""
    params = {"name": tool, "arguments": {"prompt": "What is the answer of the conformance audit?"}}
    with probe.session(_CAPABILITIES) as connection, connection.listening():
        model = _Client(2)
        model.serve(connection)
        answer = connection.request("tools/call", params)
        if not model.augmented:
            return Receiving(False, answer)
        _Client(1000).serve(connection)
        mark = connection.heard.mark
        pending = connection.start("tools/call", params)
        request = pending.heard(lambda one: as_object(one).get("method") == _SAMPLING, _ASKED_SECONDS)
        seen = Receiving(True, answer, tuple(model.looks), model.done, as_object(request and request.value).get("id"))
        if not request or not pending.heard(lambda one: as_object(one).get("method") == "tasks/get", _ASKED_SECONDS):
            return seen
        pending.cancel("the audit saw enough")
        stopped = connection.heard.until(lambda one: _gives_up(one, seen.request_id), _GIVEN_UP_SECONDS, mark)
        return Receiving(True, answer, seen.looks, seen.done, seen.request_id, stopped)


def _gives_up(message: Any, request_id: Any) -> bool:  # noqa: ANN401
    method, params = as_object(message).get("method"), as_object(as_object(message).get("params"))
    if method == "tasks/cancel":
        return params.get("taskId") == _ID
    return method == "notifications/cancelled" and params.get("requestId") == request_id
