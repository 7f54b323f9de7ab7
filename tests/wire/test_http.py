"""The HTTP client against servers that treat connections badly."""

import os
import socket
import struct
import threading
from collections.abc import Iterator
from http.server import HTTPServer

import pytest

from conformance.evidence import Recorder
from conformance.redaction import Redactor
from conformance.wire.http import HttpClient, NoAnswer
from tests.auditing import Handler, website


@pytest.fixture
def http() -> Iterator[HttpClient]:
    client = HttpClient(Recorder(Redactor()), timeout=5)
    yield client
    client.close()


def keep_open(request: Handler) -> None:
    request.protocol_version = "HTTP/1.1"
    request.close_connection = False


def test_a_request_on_a_connection_that_was_over_is_sent_again(http: HttpClient) -> None:
    def once_a_connection(request: Handler) -> None:
        if request.close_connection:
            keep_open(request)
            request.send(200, "here")
        else:
            request.close_connection = True

    with website(once_a_connection) as origin:
        bodies = [http.get(f"{origin}/{n}", channel="mcp", purpose="page").body for n in range(3)]

    assert bodies == [b"here"] * 3
    assert http.recorder.sent == 5


def test_a_request_without_answer_on_a_new_connection_is_not_repeated(http: HttpClient) -> None:
    with website(lambda request: None) as origin, pytest.raises(NoAnswer):
        http.get(origin, channel="mcp", purpose="page")

    assert http.recorder.sent == 1


@pytest.mark.parametrize("status", [200, 431])
def test_a_refusal_counts_though_the_connection_is_reset_after_it(http: HttpClient, status: int) -> None:
    def reset(request: Handler) -> None:
        request.wfile.write(b"HTTP/1.1 %d Early\r\nContent-Length: 9\r\n\r\ntoo" % status)
        request.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        os.close(request.connection.detach())

    with website(reset) as origin:
        if status == 200:
            with pytest.raises(NoAnswer, match="reset"):
                http.get(origin, channel="mcp", purpose="page")
        else:
            reply = http.get(origin, channel="mcp", purpose="page")
            assert (reply.status, reply.body, reply.cut) == (status, b"too", True)


def test_a_field_with_several_values_is_sent_as_several_lines() -> None:
    lines: list[list[str]] = []

    def answer(request: Handler) -> None:
        lines.append(request.headers.get_all("Authorization", []))
        request.send(200)

    with website(answer) as origin:
        client = HttpClient(Recorder(Redactor()))
        client.send("GET", origin, channel="mcp", purpose="", headers={"Authorization": ["Bearer one", "Bearer two"]})
        client.close()

    assert lines == [["Bearer one", "Bearer two"]]


def test_the_last_byte_of_a_held_request_is_kept_back_until_it_may_go(http: HttpClient) -> None:
    came: list[bytes] = []

    class Reading(Handler):
        def do_POST(self) -> None:  # noqa: N802 - named by the base class
            came.append(self.rfile.read(3))
            begun.set()
            came.append(self.rfile.read(1))
            self.send(200)

    begun = threading.Event()
    server = HTTPServer(("127.0.0.1", 0), Reading)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    held = http.holding(lambda: begun.wait(5) and came.append(b"go"))
    for client in (held, http):
        client.send("POST", f"http://127.0.0.1:{server.server_port}", channel="mcp", purpose="", body=b"body")
    server.shutdown()
    server.server_close()

    assert came == [b"bod", b"go", b"y", b"bod", b"y"]
