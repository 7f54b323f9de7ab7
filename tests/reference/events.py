"""The events of a stream, read as they come."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

import httpx

from .client import Json


@dataclass
class Event:
    data: str = ""
    id: str = ""
    retry: str = ""

    @property
    def message(self) -> Json:
        return json.loads(self.data)


class Events:
    """Iterates over the events of a response; `last_id` is what a client would come back with."""

    def __init__(self, response: httpx.Response) -> None:
        assert response.headers["Content-Type"].startswith("text/event-stream"), response.read()
        self.last_id = ""
        self._events = self._read(response.iter_lines())

    def _read(self, lines: Iterator[str]) -> Iterator[Event]:
        fields: dict[str, str] = {}
        for line in lines:
            if line and not line.startswith(":"):
                name, _, value = line.partition(":")
                fields[name] = value.removeprefix(" ")
            elif not line and fields:
                self.last_id = fields.get("id", self.last_id)
                yield Event(fields.get("data", ""), fields.get("id", ""), fields.get("retry", ""))
                fields = {}

    def __iter__(self) -> Iterator[Event]:
        return self._events

    def messages(self) -> Iterator[Json]:
        return (event.message for event in self if event.data)

    def message(self) -> Json:
        return next(self.messages())
