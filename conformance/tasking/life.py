"""A task from its creation to its end, and after."""

import time
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from conformance.shapes import as_object
from conformance.tasking.client import FINAL, TaskClient, at_work, id_of, interval_of, status_of
from conformance.tool_calls import Call
from conformance.wire.connection import Answer, Connection, Pending
from conformance.wire.heard import Message
from conformance.wire.http import NoAnswer

OWN_ID = "conformance-task-id-that-the-client-has-chosen"
YEARS = 10 * 365 * 24 * 3600 * 1000
"""Ten years in milliseconds."""
TOKEN = "conformance-task-progress"  # noqa: S105 - not a secret
IN_FLIGHT = 0.15
"""Seconds in which a message may still arrive that was sent before a task ended."""
WINDOW = 0.25
"""Seconds in which one that was sent afterwards is waited for."""
_TAGGED_SECONDS = 3.0


@dataclass(frozen=True)
class Life:
    """A task and what was seen of it.

    `created` is the answer to the call, `looks` are the states up to the end, `seconds` is the time from the call to
    it. `blocked` says that the result was asked for while it was at work, `early` is an answer to that which came
    before the end, `result` and `again` are those after it. The others came in this order: `bold` to a second call with
    an id of our own and a ttl of years, `stopped` to tasks/cancel, `pages` of tasks/list, `tagged` to a look whose
    metadata named the second task, and the `last` look. `heard` are messages of the server during the life, `late` is
    progress that was sent after it.
    """

    call: Call
    created: Answer
    looks: tuple[Answer, ...] = ()
    seconds: float = 0.0
    blocked: bool = False
    early: Answer | None = None
    result: Answer | None = None
    again: Answer | None = None
    bold: Answer | None = None
    tagged: Answer | None = None
    stopped: Answer | None = None
    pages: tuple[Answer, ...] = ()
    last: Answer | None = None
    heard: tuple[Message, ...] = ()
    late: Message | None = None

    @property
    def id(self) -> str:
        """The id of the task, empty where none was made."""
        return id_of(self.created)

    @property
    def exchange(self) -> str:
        """The exchange that made the task."""
        return self.created.exchange

    @property
    def ended(self) -> bool:
        """Whether the end was seen."""
        return bool(self.looks) and status_of(self.looks[-1]) in FINAL

    @property
    def progress(self) -> list[Message]:
        """Reports of progress that came while it was at work."""
        return [one for one in self.heard if is_progress(one.value)]


def live(connection: Connection, call: Call, seconds: float, capabilities: dict[str, Any]) -> Life:
    """Make a task and see it through, for at most so many seconds. `capabilities` are those for tasks.

    Raises NoAnswer.
    """
    client, began = TaskClient(connection), time.monotonic()
    created = client.create(call, TOKEN)
    id = id_of(created)
    if not id:
        return Life(call, created)
    first = client.get(id)
    pending = connection.start("tasks/result", {"taskId": id}) if at_work(first) else None
    looks, early = _watch(client, id, first, pending, seconds)
    over, mark = time.monotonic(), connection.heard.mark
    life = Life(call, created, looks, over - began, pending is not None, early)
    if not life.ended:
        client.leave(id, looks[-1], pending)
        return life
    heard = connection.heard.since()
    answered = _answer(pending, connection.http.timeout) if not early else None
    result, again = answered or client.result(id), client.result(id)
    bold = client.create(call, ttl=YEARS, taskId=OWN_ID)
    stopped = client.cancel(id) if "cancel" in capabilities else None
    pages = client.pages() if "list" in capabilities else ()
    tagged = _answer(client.start_to_get(id, id_of(bold)), _TAGGED_SECONDS) if id_of(bold) else None
    last = client.get(id)
    life = replace(life, bold=bold, result=result, again=again, tagged=tagged, stopped=stopped, pages=pages, last=last)
    life = replace(life, heard=tuple(heard))
    return replace(life, late=_late_progress(connection, over, mark) if life.progress else None)


def _watch(
    client: TaskClient, id: str, first: Answer, pending: Pending | None, seconds: float
) -> tuple[tuple[Answer, ...], Answer | None]:
    """The states up to the end, and the answer to a request for the result that came before it."""
    looks, early, deadline = [first], None, time.monotonic() + seconds
    while at_work(looks[-1]) and time.monotonic() < deadline:
        answer = _answer(None if early else pending, interval_of(looks[-1]))
        looks.append(client.get(id))
        if answer and at_work(looks[-1]):
            early = answer
    return tuple(looks), early


def _answer(pending: Pending | None, seconds: float) -> Answer | None:
    """The response to a request, waited for at most so many seconds, or exactly so long where it fails."""
    started, answer = time.monotonic(), None
    if pending:
        with suppress(NoAnswer):
            answer = pending.answer(seconds)
    if answer and answer.response:
        return answer
    time.sleep(max(0.0, started + seconds - time.monotonic()))
    return None


def _late_progress(connection: Connection, over: float, mark: int) -> Message | None:
    """Progress that must have been sent after a task was over: some may have been on its way."""

    def late(message: Any) -> bool:  # noqa: ANN401
        return is_progress(message) and time.monotonic() > over + IN_FLIGHT

    return connection.heard.until(late, IN_FLIGHT + WINDOW, mark)


def is_progress(message: Any) -> bool:  # noqa: ANN401
    """Whether a message reports progress."""
    return as_object(message).get("method") == "notifications/progress"
