"""Connections on which everything the server says comes on one channel, read by a thread."""

import time
from abc import abstractmethod
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from conformance.shapes import as_object
from conformance.wire import jsonrpc
from conformance.wire.connection import SERVED, Answer, Connection
from conformance.wire.http import NoAnswer, Reply

_GLANCE = 0.3


class Duplex(Connection):
    """Sends messages one way and finds their responses among all that is heard."""

    _ids_return = True

    @abstractmethod
    def _send(self, body: bytes, purpose: str) -> Reply:
        """Send bytes as one message. Raises NoAnswer."""

    def send(self, body: bytes, purpose: str) -> Reply:
        """Send bytes as one message, and wait for nothing. Raises NoAnswer."""
        return self._send(body, purpose)

    @contextmanager
    def listening(self) -> Generator[Reply | None]:
        """Nothing to do: what is not asked for comes on the same channel."""
        yield None

    def post(self, body: bytes, *, purpose: str, id: jsonrpc.Id | None = None) -> Answer:
        """Send bytes as one message; the response to `id` is awaited on the channel. Raises NoAnswer."""
        started, mark = time.monotonic(), self.heard.mark
        reply = self._send(body, purpose)
        if id is None:
            heard = self._until_barrier(purpose, mark) if reply.status < 400 and self.revision else ()
            return Answer(reply, tuple(heard), seconds=time.monotonic() - started)
        found = None
        if reply.status < 400:
            found = self.heard.until(lambda message: self.answers(message, id), self.patience(purpose), mark)
            if not found and self.heard.over:
                raise NoAnswer(self.heard.over, reply.exchange)
        messages = tuple(one.value for one in self.heard.since(mark))
        response = as_object(found.value) if found else None
        return Answer(reply, messages, response, time.monotonic() - started, found.arrival if found else "")

    def _until_barrier(self, purpose: str, mark: int) -> list[Any]:
        """What the server sends for a message without id: all that comes before the answer to a request after it."""
        if purpose.startswith(SERVED):
            return []
        barrier = f"after-{self.next_id()}"

        def passed(message: object) -> bool:
            return as_object(message).get("id") == barrier

        self.asked.append(barrier)
        request = jsonrpc.request(self.quick, self.introduced(None), barrier)
        taken = self._send(jsonrpc.encode(request), self.quick).status < 400
        seconds = self.patience(self.quick) if taken and self._ids_return else _GLANCE
        self._ids_return = self.heard.until(passed, seconds, mark) is not None
        return [one.value for one in self.heard.since(mark) if not passed(one.value)]
