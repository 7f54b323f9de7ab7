"""Requests that come at the same time."""

import asyncio
import time
from collections.abc import Awaitable
from typing import TypeVar

_TURNS = 10
_MOST_SECONDS = 1.0
_GLANCE = 0.001
Read = TypeVar("Read")


class Crowd:
    """Counts requests that are being read, so that none is answered before those that came with it have been read.

    A race of requests is one then, however busy the machine.
    """

    def __init__(self) -> None:
        self._reading = 0

    async def read(self, request: Awaitable[Read]) -> Read:
        """Read one, and wait for a second at most until the others have been read."""
        self._reading += 1
        try:
            read = await request
        finally:
            self._reading -= 1
        for _ in range(_TURNS):  # a connection that waits to be accepted is noticed some turns later
            await asyncio.sleep(0)
        since = time.monotonic()
        while self._reading and time.monotonic() - since < _MOST_SECONDS:
            await asyncio.sleep(_GLANCE)
        return read
