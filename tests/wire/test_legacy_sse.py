"""The HTTP+SSE client against servers that use what the transport allows, and against hostile ones."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from conformance.wire.http import HttpClient, NoAnswer
from conformance.wire.legacy_sse import LegacySse
from tests.auditing import Handler, website


@contextmanager
def server(opening: str, respond: Any = None) -> Iterator[tuple[str, list[str]]]:
    """Sends `opening`, then what `respond` makes of each posted message; remembers where messages were posted."""
    posted: list[str] = []
    waiting: list[str] = []

    def answer(request: Handler) -> None:
        if request.command == "POST":
            posted.append(request.path)
            waiting.append(respond(json.loads(request.body)))
            request.send(202)
            return
        request.send_response(200)
        request.send_header("Content-Type", "Text/Event-Stream;charset=utf-8")
        request.end_headers()
        request.wfile.write(opening.encode())
        for _ in range(200):
            while waiting:
                request.wfile.write(waiting.pop(0).encode())
            time.sleep(0.01)

    with website(answer) as origin:
        yield origin, posted


def echoed(message: dict[str, Any]) -> str:
    text = json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": {"asked": message["method"]}}, indent=1)
    return "event: message\r\n" + "".join(f"data: {line}\r\n" for line in text.splitlines()) + "\r\n"


@pytest.mark.parametrize(
    "opening",
    [
        "event: endpoint\ndata: /post?s=1\n\n",
        ": hello\n\nevent:endpoint\rdata:post?s=1\r\r",
        'event: ready\ndata: {"at": 1}\n\nevent: endpoint\ndata: /post?s=1\n\n',
        "\ufeffid: 1\nretry: 5\nevent: endpoint\ndata: /post?s=1\n\n",
    ],
)
def test_the_endpoint_is_found_and_used(http: HttpClient, opening: str) -> None:
    with server(opening, echoed) as (origin, posted):
        client = LegacySse(http, f"{origin}/sse")
        answer = client.request("ping")
        client.close()

    assert answer.result == {"asked": "ping"}
    assert posted == ["/post?s=1"]


@pytest.mark.parametrize(
    ("opening", "told"),
    [
        ("event: endpoint\ndata: https://other.example/post\n\n", "another origin"),
        ("data: /post\n\n", "no endpoint event"),
        ("", "no endpoint event"),
    ],
)
def test_a_stream_without_a_usable_endpoint_is_left_in_time(http: HttpClient, opening: str, told: str) -> None:
    http.timeout = 0.3
    with server(opening) as (origin, posted), pytest.raises(NoAnswer, match=told):
        LegacySse(http, f"{origin}/sse")

    assert not posted
