"""A task that is cancelled while it is at work."""

import time
from dataclasses import dataclass
from typing import Any

from conformance.shapes import as_object
from conformance.tasking.client import TaskClient, at_work, id_of
from conformance.tasking.life import IN_FLIGHT, TOKEN, Life, is_progress
from conformance.wire.connection import Answer, Connection
from conformance.wire.heard import Message

_SIGN_SECONDS = 1.0
_SLACK = 0.1


@dataclass(frozen=True)
class Stopping:
    """What became of it: `answer` is that to tasks/cancel, `look` the state next, `end` that when it would have ended.

    `sign` is a message that showed it at work, `later` one that was sent after it had been cancelled.
    """

    answer: Answer
    look: Answer
    end: Answer
    sign: Message | None
    later: Message | None

    @property
    def exchange(self) -> str:
        """The exchange that cancelled it."""
        return self.answer.exchange


def stop(connection: Connection, life: Life) -> Stopping | None:
    """Make a task like another one and cancel it; None where it was over already. Raises NoAnswer."""
    client, began, mark = TaskClient(connection), time.monotonic(), connection.heard.mark
    id = id_of(client.create(life.call, f"{TOKEN}-stopped"))
    if not id or not at_work(client.get(id)):
        return None
    sign = connection.heard.until(_shows_work, _SIGN_SECONDS, mark) if life.progress else None
    answer, look = client.cancel(id), client.get(id)
    time.sleep(IN_FLIGHT)
    mark, left = connection.heard.mark, began + life.seconds + _SLACK - time.monotonic()
    later = connection.heard.until(_shows_work, max(left, 0.0), mark)
    time.sleep(max(began + life.seconds + _SLACK - time.monotonic(), 0.0))
    return Stopping(answer, look, client.get(id), sign, later)


def _shows_work(message: Any) -> bool:  # noqa: ANN401
    return is_progress(message) or as_object(message).get("method") == "notifications/message"
