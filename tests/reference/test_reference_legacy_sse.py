"""The HTTP+SSE transport."""

import json
import time
from collections.abc import Iterator

import httpx
import pytest

from .client import Client, Json, initialize_message


class Stream:
    """The held stream: events as name and data."""

    def __init__(self, response: httpx.Response) -> None:
        self.lines = response.iter_lines()

    def event(self) -> tuple[str, str]:
        fields: dict[str, str] = {}
        for line in self.lines:
            if not line:
                break
            name, _, value = line.partition(": ")
            fields[name] = value
        return fields["event"], fields["data"]

    def message(self) -> Json:
        name, data = self.event()
        assert name == "message"
        return json.loads(data)


@pytest.fixture
def opened(client: Client) -> Iterator[tuple[Client, Stream, str]]:
    client.log_in(resource=client.server.sse_url)
    with client.stream("GET", "/sse") as response:
        assert response.headers["Content-Type"].startswith("text/event-stream")
        stream = Stream(response)
        name, address = stream.event()
        assert name == "endpoint"
        assert address.startswith("/messages?session_id=")
        yield client, stream, address


def test_messages_are_answered_on_the_stream(opened: tuple[Client, Stream, str]) -> None:
    client, stream, address = opened
    early = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    assert client.post(address, json=early).status_code == 202
    assert stream.message()["error"]["code"] == -32600
    assert client.post(address, json=initialize_message()).content == b""
    assert stream.message()["result"]["protocolVersion"] == "2025-11-25"
    assert client.post(address, json={"jsonrpc": "2.0", "method": "notifications/initialized"}).status_code == 202
    level = {"jsonrpc": "2.0", "id": 2, "method": "logging/setLevel", "params": {"level": "info"}}
    client.post(address, json=level)
    assert stream.message() == {"jsonrpc": "2.0", "id": 2, "result": {}}
    call = {"jsonrpc": "2.0", "id": "c", "method": "tools/call", "params": {"name": "recall"}}
    client.post(address, json=call)
    assert stream.message()["method"] == "notifications/message"
    assert stream.message()["id"] == "c"


def test_what_cannot_be_read_is_refused_at_once(opened: tuple[Client, Stream, str]) -> None:
    client, _, address = opened
    broken = client.post(address, content=b"{")
    assert broken.status_code == 400
    assert broken.json()["error"]["code"] == -32700
    assert client.post("/messages?session_id=unknown", json={}).status_code == 404
    assert client.post("/messages", json={}).status_code == 404


def test_a_session_ends_with_its_stream(client: Client) -> None:
    client.log_in(resource=client.server.sse_url)
    with client.stream("GET", "/sse") as response:
        _, address = Stream(response).event()
    deadline = time.monotonic() + 2
    while client.post(address, json=initialize_message()).status_code != 404:
        assert time.monotonic() < deadline
