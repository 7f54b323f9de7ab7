"""The stdio transport."""

import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from .stdio import StdioClient, running

PING = {"jsonrpc": "2.0", "id": 1, "method": "ping"}


@pytest.fixture
def client() -> Iterator[StdioClient]:
    with running() as made:
        yield made


def test_messages_are_lines(client: StdioClient) -> None:
    assert client.initialize()["protocolVersion"] == "2025-11-25"
    client.write(b'\r\n{"jsonrpc":"2.0","id":"a","method":"ping"}\r\n  \n')
    assert client.read() == {"jsonrpc": "2.0", "id": "a", "result": {}}
    long = "ü\n" * 5000
    answer = client.call("tools/call", name="echo", arguments={"text": long})
    assert answer["result"]["content"] == [{"type": "text", "text": long}]


def test_requests_written_at_once_are_answered_in_turn(client: StdioClient) -> None:
    client.initialize()
    for id in range(20):
        client.send(PING | {"id": id})
    assert [client.read()["id"] for _ in range(20)] == list(range(20))


def test_what_cannot_be_read_is_answered_without_an_id(client: StdioClient) -> None:
    client.initialize()
    client.write(b"{\n[]\n5\n\xff\n")
    assert [client.read()["error"]["code"] for _ in range(4)] == [-32700, -32600, -32600, -32700]
    assert client.call("ping")["result"] == {}


def test_batches_are_answered_where_they_were_agreed(client: StdioClient) -> None:
    client.initialize("2025-03-26")
    notification = {"jsonrpc": "2.0", "method": "notifications/unknown"}
    client.send([PING, notification, {}, PING | {"id": 2}])
    answered = client.read()
    assert [each.get("id") for each in answered] == [None, 1, 2]
    client.send([notification])
    client.initialize("2025-06-18")
    client.send([PING])
    assert client.read()["error"]["code"] == -32600


@pytest.mark.parametrize("how", ["stdin", "signal"])
def test_it_ends_in_order(client: StdioClient, how: str) -> None:
    client.initialize()
    if how == "stdin":
        client.stdin.close()
    else:
        client.process.terminate()
    assert client.process.wait(5) == 0
    assert client.process.stdout
    assert client.process.stdout.read() == b""


def test_faults_can_be_shown(client: StdioClient) -> None:
    with running("--fault", "ping-not-empty") as faulty:
        assert faulty.call("ping")["result"] == {"pong": True}
    unknown = subprocess.run(
        [sys.executable, "-m", "conformance.reference", "--stdio", "--fault", "nonsense"],
        capture_output=True,
        check=False,
    )
    assert unknown.returncode == 2
    assert unknown.stdout == b""


def test_it_starts_fast_without_a_web_server() -> None:
    code = (
        "import sys; import conformance.reference.__main__; print('starlette' in sys.modules, 'uvicorn' in sys.modules)"
    )
    started = time.monotonic()
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert ran.stdout.split() == ["False", "False"]
    assert time.monotonic() - started < 5
