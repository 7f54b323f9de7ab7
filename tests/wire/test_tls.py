"""Which versions of TLS a server is said to negotiate."""

import socket
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager

import pytest

from conformance.wire.tls import TLS_1_0, TLS_1_1, negotiates


@contextmanager
def server(answer: Callable[[bytes], bytes | None]) -> Generator[int]:
    """A port that reads one hello and answers; None leaves the connection open and silent."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        done = threading.Event()

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                content = answer(connection.recv(4096))
                if content is None:
                    done.wait(5)
                else:
                    connection.sendall(content)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            done.set()
            thread.join()


def hello(version: bytes) -> bytes:
    return b"\x16\x03\x01\x00\x2a\x02\x00\x00\x26" + version + b"\0" * 36


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (hello(TLS_1_0), True),
        (hello(b"\x03\x03"), False),
        (b"\x15\x03\x01\x00\x02\x02\x46", False),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", False),
        (b"", False),
        (b"\x16\x03", False),
    ],
)
def test_only_the_hello_of_a_server_counts(answer: bytes, expected: bool) -> None:
    with server(lambda _: answer) as port:
        assert negotiates("127.0.0.1", port, TLS_1_0, 2) is expected


def test_silence_says_nothing() -> None:
    with server(lambda _: None) as port, pytest.raises(OSError, match="timed out"):
        negotiates("127.0.0.1", port, TLS_1_0, 0.1)


def test_the_hello_names_the_host_and_the_version() -> None:
    seen: list[bytes] = []

    def keep(content: bytes) -> bytes:
        seen.append(content)
        return b""

    with server(keep) as port:
        negotiates("localhost", port, TLS_1_1, 2)
    assert b"localhost" in seen[0]
    assert seen[0][9:11] == TLS_1_1
    assert len(seen[0]) == 5 + int.from_bytes(seen[0][3:5])
