"""Sessions that one probe leaves to the next: opening one takes two requests, ending it a third."""

import time
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager

from conformance.survey.connections import close_quietly
from conformance.wire.connection import Connection
from conformance.wire.streamable_http import StreamableHttp

_SECONDS = 30.0
"""How long a session lies idle before it counts as one that the server may have ended."""


class Spares:
    """Idle sessions of clients without capabilities, at most so many; of Streamable HTTP, where they have ids."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._idle: list[tuple[float, StreamableHttp]] = []

    @contextmanager
    def lend(self, opened: Callable[[], Connection], *, listening: bool = False) -> Generator[Connection]:
        """An idle session or else one that is `opened`, left to the next if the block ends well and it is not closed.

        Who is `listening` gets one in which nobody listened before, for a server may not have noticed that the earlier
        stream is gone.
        """
        connection = self.take(listening=listening) or opened()
        with ExitStack() as leaving:
            leaving.callback(close_quietly, connection)
            yield connection
            if isinstance(connection, StreamableHttp) and connection.session_id and len(self._idle) < self._most:
                leaving.pop_all()
                connection.linger = 0.0
                self._idle.append((time.monotonic(), connection))

    def close(self) -> None:
        """End all of them."""
        while self._idle:
            close_quietly(self._idle.pop()[1])

    def take(self, *, listening: bool = False) -> Connection | None:
        """The one that the fewest others could use, for good."""
        if any(time.monotonic() > since + _SECONDS for since, _ in self._idle):
            self.close()
        fitting = [one for one in self._idle if not (listening and one[1].listened)]
        found = max(fitting, key=lambda one: one[1].listened, default=None)
        if not found:
            return None
        self._idle.remove(found)
        return found[1]
