"""What a connection heard from the server, in the order it came, for threads that wait for one message of it."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Message:
    """One JSON-RPC message from the server, a member of a batch alone; or an event of a stream.

    `arrival` is the recorded exchange that brought it, empty while that is not over; `at` is when, as
    `time.monotonic` tells it; `channel` is where it came in: "answer", "stream" or "stdout".
    """

    value: Any
    arrival: str
    at: float
    channel: str


class Heard:
    """Messages of one connection; threads add to it, and wait for what they need."""

    def __init__(self) -> None:
        self._messages: list[Message] = []
        self._changed = threading.Condition()
        self._over = ""

    def add(self, value: object, arrival: str, channel: str) -> None:
        """Keep a message and wake who waits for it."""
        with self._changed:
            self._messages.append(Message(value, arrival, time.monotonic(), channel))
            self._changed.notify_all()

    def end(self, reason: str) -> None:
        """Nothing more will come; `reason` is one line that says why."""
        with self._changed:
            self._over = self._over or reason
            self._changed.notify_all()

    @property
    def over(self) -> str:
        """Why nothing more will come; empty while something may."""
        return self._over

    @property
    def mark(self) -> int:
        """How many messages came so far: where a later look begins."""
        return len(self._messages)

    def since(self, mark: int = 0) -> list[Message]:
        """What came after a mark."""
        return self._messages[mark:]

    def until(self, wanted: Callable[[Any], bool], seconds: float, mark: int = 0) -> Message | None:
        """The first message after a mark that is wanted, waited for at most so many seconds; None without."""
        deadline = time.monotonic() + seconds
        with self._changed:
            while True:
                while mark < len(self._messages):
                    message = self._messages[mark]
                    mark += 1
                    if wanted(message.value):
                        return message
                left = deadline - time.monotonic()
                if self._over or left <= 0:
                    return None
                self._changed.wait(left)
