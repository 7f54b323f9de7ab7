"""The requests about tasks, and what their answers say."""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from conformance.shapes import as_list, as_object
from conformance.tool_calls import Call
from conformance.wire.connection import Answer, Connection, Pending
from conformance.wire.http import NoAnswer

RELATED = "io.modelcontextprotocol/related-task"
STATUSES = ("working", "input_required", "completed", "failed", "cancelled")
FINAL = STATUSES[2:]
KEPT = 60_000
"""The ttl that is asked for, in milliseconds."""
_SHORTEST, _USUAL, _LONGEST = 0.05, 0.25, 5.0
_LEAVING_SECONDS = 1.0
_MOST_PAGES = 50
_MOST_MILLISECONDS = 10**15


def task_of(answer: Answer | None) -> dict[str, Any]:
    """The task in a CreateTaskResult, empty where there is none."""
    return as_object(((answer and answer.result) or {}).get("task"))


def id_of(answer: Answer | None) -> str:
    """The id of the task in a CreateTaskResult; empty where there is none."""
    id = task_of(answer).get("taskId")
    return id if isinstance(id, str) else ""


def status_of(answer: Answer | None) -> str:
    """The status in the answer to tasks/get or tasks/cancel; empty where there is none."""
    return str(((answer and answer.result) or {}).get("status", ""))


def at_work(answer: Answer) -> bool:
    """Whether a task is there and has not ended."""
    return answer.result is not None and status_of(answer) not in FINAL


def related_id(message: object) -> Any:  # noqa: ANN401
    """The id of the task to which a result, or the params of a message, say that they belong."""
    return as_object(as_object(as_object(message).get("_meta")).get(RELATED)).get("taskId")


def interval_of(answer: Answer) -> float:
    """Seconds to wait before the next look at a task."""
    wanted = (answer.result or {}).get("pollInterval")
    return _USUAL if (seconds := seconds_of(wanted)) is None else min(max(seconds, _SHORTEST), _LONGEST)


def seconds_of(milliseconds: object) -> float | None:
    """A time told by the server in seconds, from none to 30,000 years; None where it is no number."""
    if isinstance(milliseconds, bool) or not isinstance(milliseconds, int | float) or milliseconds != milliseconds:
        return None
    return min(max(milliseconds, 0), _MOST_MILLISECONDS) / 1000


@dataclass
class TaskClient:
    """Asks about tasks over a connection; each method raises NoAnswer."""

    connection: Connection

    def create(self, call: Call, token: str = "", **augmentation: Any) -> Answer:  # noqa: ANN401
        """Call a tool as a task. `token` is that of its progress; `augmentation` is added to the member `task`."""
        params: dict[str, Any] = {"name": call[0], "arguments": call[1], "task": {"ttl": KEPT, **augmentation}}
        if token:
            params["_meta"] = {"progressToken": token}
        return self.connection.request("tools/call", params)

    def call(self, call: Call) -> Answer:
        """Call a tool without a task."""
        return self.connection.request("tools/call", {"name": call[0], "arguments": call[1]})

    def get(self, id: str) -> Answer:
        """The state of a task."""
        return self.connection.request("tasks/get", {"taskId": id})

    def start_to_get(self, id: str, related: str) -> Pending:
        """Ask for the state of a task in a request whose metadata names another one."""
        return self.connection.start("tasks/get", {"taskId": id, "_meta": {RELATED: {"taskId": related}}})

    def result(self, id: str) -> Answer:
        """The outcome of a task."""
        return self.connection.request("tasks/result", {"taskId": id})

    def cancel(self, id: str) -> Answer:
        """Stop a task."""
        return self.connection.request("tasks/cancel", {"taskId": id})

    def leave(self, id: str, state: Answer, pending: Pending | None) -> None:
        """Stop a task that is at work, so that a request for its result is answered before the session ends."""
        if at_work(state):
            self.cancel(id)
        if pending:
            with suppress(NoAnswer):
                pending.answer(_LEAVING_SECONDS)

    def pages(self) -> tuple[Answer, ...]:
        """The list of tasks, page by page up to one that is no result, at most 50 of them."""
        pages, params = list[Answer](), dict[str, Any]()
        while len(pages) < _MOST_PAGES:
            pages.append(self.connection.request("tasks/list", params))
            cursor = (pages[-1].result or {}).get("nextCursor")
            if not isinstance(cursor, str):
                break
            params = {"cursor": cursor}
        return tuple(pages)

    def follow(self, id: str, seconds: float, pause: Callable[[float], object] = time.sleep) -> list[Answer]:
        """Look at a task until it has ended, is gone or so many seconds are over; `pause` waits between looks."""
        deadline = time.monotonic() + seconds
        looks = [self.get(id)]
        while at_work(looks[-1]) and time.monotonic() < deadline:
            pause(interval_of(looks[-1]))
            looks.append(self.get(id))
        return looks


def entries_of(pages: tuple[Answer, ...]) -> list[dict[str, Any]]:
    """The tasks of all pages."""
    return [as_object(one) for page in pages for one in as_list((page.result or {}).get("tasks"))]
