"""Tasks of the extension io.modelcontextprotocol/tasks (revision 2026-07-28): requests about them, and their answers.

https://github.com/modelcontextprotocol/ext-tasks/blob/main/specification/2026-07-28/tasks.md
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.schema import message_errors
from conformance.shapes import as_object, is_object
from conformance.survey import Survey
from conformance.tasking.client import FINAL, RELATED, STATUSES, related_id, seconds_of, status_of
from conformance.tool_calls import Call
from conformance.wire.connection import STATELESS_REVISION, Answer, Connection
from conformance.wire.meta import CAPABILITIES_KEY

EXTENSION = "io.modelcontextprotocol/tasks"
KNOWING: Mapping[str, Any] = {"extensions": {EXTENSION: {}}, "elicitation": {"form": {}}}
"""The capabilities of a client that knows what a task is."""
NOT_KNOWING: Mapping[str, Any] = {"elicitation": {"form": {}}}
CREATION = "tools/call"
FOREIGN: Mapping[str, tuple[str, ...]] = {
    "any": ("task", "content", "requestState", "ttl", "pollInterval"),
    "creation": ("inputRequests", "result", "error"),
}
"""Members that belong to results of another kind: nowhere into a task, or not yet when it is made."""
_OF_STATUS = {"inputRequests": "input_required", "result": "completed", "error": "failed"}
_SHORTEST, _USUAL, _LONGEST = 0.05, 0.25, 5.0


def declared(survey: Survey) -> bool:
    """Whether the server declares the extension; null and false declare nothing."""
    value = as_object(survey.capabilities.get("extensions")).get(EXTENSION)
    return value is not None and value is not False


def made_task(answer: Answer | None) -> bool:
    """Whether a call was answered with a task, whatever it says of its kind."""
    result = (answer and answer.result) or {}
    return result.get("resultType") == "task" or ("taskId" in result and "content" not in result)


def id_of(answer: Answer | None) -> str:
    """The id of the task that an answer tells; empty where it tells none."""
    id = ((answer and answer.result) or {}).get("taskId")
    return id if isinstance(id, str) else ""


def ended(answer: Answer) -> bool:
    """Whether a state is one that does not change any more."""
    return status_of(answer) in FINAL


def wanted_by(answer: Answer | None) -> dict[str, dict[str, Any]]:
    """What a task that waits wants of the client, by key."""
    if status_of(answer) != "input_required":
        return {}
    wanted = as_object(((answer and answer.result) or {}).get("inputRequests"))
    return {key: as_object(one) for key, one in wanted.items()}


def task_errors(task: Mapping[str, Any]) -> list[str]:
    """How the members that every task has are not as they should be; times are judged elsewhere."""
    id, status = task.get("taskId"), task.get("status")
    found = [] if isinstance(id, str) and id else [f"taskId {id!r}"]
    found += [] if status in STATUSES else [f"status {status!r}"]
    found += [f"{name} is no text" for name in ("createdAt", "lastUpdatedAt") if not isinstance(task.get(name), str)]
    if not isinstance(task.get("statusMessage", ""), str):
        found.append("statusMessage is no text")
    if "ttlMs" not in task or not (task["ttlMs"] is None or _is_whole(task["ttlMs"])):
        found.append(f"ttlMs {task.get('ttlMs', 'missing')!r}")
    if not _is_whole(task.get("pollIntervalMs", 0)):
        found.append(f"pollIntervalMs {task['pollIntervalMs']!r}")
    return found


def _is_whole(value: object) -> bool:
    """Whether a value is a whole number, none below zero."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return value >= 0 and (isinstance(value, int) or value.is_integer())


def foreign_members(task: Mapping[str, Any], *, creation: bool) -> list[str]:
    """Members of a task that belong to results of another kind, or to another status."""
    found = [name for name in FOREIGN["any"] if name in task]
    if creation:
        return found + [name for name in FOREIGN["creation"] if name in task]
    if related_id(task.get("result")) is not None:
        found.append(f"{RELATED} in result")
    return found + [name for name, status in _OF_STATUS.items() if name in task and task.get("status") != status]


def input_errors(task: Mapping[str, Any]) -> list[str]:
    """How what a task wants of the client is not as it should be."""
    wanted = task.get("inputRequests")
    if not is_object(wanted) or not wanted:
        return [f"inputRequests {wanted!r}"]
    return message_errors(STATELESS_REVISION, "InputRequests", wanted)


def result_errors(task: Mapping[str, Any]) -> list[str]:
    """How the result of an ended call is not as it should be; it may leave out of which kind it is."""
    result = task.get("result")
    if not is_object(result):
        return [f"result {result!r}"]
    return message_errors(STATELESS_REVISION, "CallToolResult", {"resultType": "complete", **as_object(result)})


def error_errors(task: Mapping[str, Any]) -> list[str]:
    """How the error of a failed task is not as it should be."""
    if not is_object(task.get("error")):
        return [f"error {task.get('error')!r}"]
    return message_errors(STATELESS_REVISION, "Error", task["error"])


@dataclass(frozen=True)
class Asked:
    """A request about tasks and its answer; `method` is what was asked, `knowing` whether the client knows tasks."""

    method: str
    answer: Answer
    knowing: bool = True

    @property
    def exchange(self) -> str:
        """The exchange of the answer."""
        return self.answer.exchange

    @property
    def result(self) -> dict[str, Any]:
        """The result, empty where the answer is none."""
        return self.answer.result or {}

    @property
    def creation(self) -> bool:
        """Whether it is a call that made a task."""
        return self.method == CREATION and made_task(self.answer)


@dataclass
class DurableClient:
    """Makes tasks and asks about them over a connection whose client knows tasks; each method raises NoAnswer.

    `asked` has every request so far with its answer.
    """

    connection: Connection
    asked: list[Asked] = field(default_factory=list[Asked])

    def call(self, call: Call, *, knowing: bool = True, **further: Any) -> Answer:  # noqa: ANN401
        """Call a tool, with further parameters."""
        return self._ask(CREATION, {"name": call[0], "arguments": call[1], **further}, knowing=knowing)

    def get(self, id: str, *, knowing: bool = True) -> Answer:
        """The state of a task."""
        return self._ask("tasks/get", {"taskId": id}, knowing=knowing)

    def update(self, id: str, responses: Mapping[str, Any], *, knowing: bool = True) -> Answer:
        """Give a task what it wants."""
        return self._ask("tasks/update", {"taskId": id, "inputResponses": dict(responses)}, knowing=knowing)

    def cancel(self, id: str, *, knowing: bool = True) -> Answer:
        """Want a task to be stopped."""
        return self._ask("tasks/cancel", {"taskId": id}, knowing=knowing)

    def all_three(self, id: str, *, knowing: bool = True) -> dict[str, Answer]:
        """What each method says of a task, by method."""
        return {
            "tasks/get": self.get(id, knowing=knowing),
            "tasks/update": self.update(id, {}, knowing=knowing),
            "tasks/cancel": self.cancel(id, knowing=knowing),
        }

    def follow(
        self,
        id: str,
        seconds: float,
        done: Callable[[Answer], bool] = ended,
        pause: Callable[[float], object] = time.sleep,
    ) -> list[Answer]:
        """Look at a task until it is `done`, has ended, is gone or so many seconds are over."""
        deadline = time.monotonic() + seconds
        looks = [self.get(id)]
        while looks[-1].result and not (ended(looks[-1]) or done(looks[-1])) and time.monotonic() < deadline:
            pause(interval_of(looks[-1]))
            looks.append(self.get(id))
        return looks

    def _ask(self, method: str, params: dict[str, Any], *, knowing: bool) -> Answer:
        if not knowing:
            params = {**params, "_meta": {CAPABILITIES_KEY: dict(NOT_KNOWING)}}
        answer = self.connection.request(method, params)
        self.asked.append(Asked(method, answer, knowing))
        return answer


def interval_of(answer: Answer) -> float:
    """Seconds to wait before the next look at a task."""
    wanted = (answer.result or {}).get("pollIntervalMs")
    return _USUAL if (seconds := seconds_of(wanted)) is None else min(max(seconds, _SHORTEST), _LONGEST)
