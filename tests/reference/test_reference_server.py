"""Starting, stopping, the table of faults, and the command line."""

import os
import signal
import subprocess
import sys
import threading

import httpx
import pytest

from conformance.reference import FAULTS, ReferenceServer, UnknownFaultError
from conformance.reference.__main__ import main

from .client import Client


def test_every_fault_is_described() -> None:
    for name, fault in FAULTS.items():
        assert fault.name == name
        assert fault.trips
        assert not fault.trips & fault.silences
        assert fault.harm.endswith(".")
        assert "\n" not in fault.harm


def test_an_unknown_fault_is_refused_with_close_names() -> None:
    with pytest.raises(UnknownFaultError, match="code-reusable"):
        ReferenceServer("code-reuseable")


def test_stopping_ends_held_streams_and_leaves_nothing_behind() -> None:
    threads = set(threading.enumerate())
    with ReferenceServer() as server, Client(server) as client:
        client.log_in()
        client.initialize()
        with client.stream("GET", "/mcp") as first, client.stream("GET", "/mcp") as second:
            server.stop()
            for stream in (first, second):
                stream.read()
    assert set(threading.enumerate()) <= threads
    with pytest.raises(httpx.ConnectError):
        httpx.get(server.url)


def test_a_server_that_never_started_can_be_stopped() -> None:
    server = ReferenceServer()
    server.stop()
    ReferenceServer(port=int(server.origin.rpartition(":")[2])).stop()


def test_a_taken_port_is_refused() -> None:
    with ReferenceServer() as server, pytest.raises(OSError, match="in use"):
        ReferenceServer(port=int(server.origin.rpartition(":")[2]))


def test_the_command_names_the_addresses_and_stops_on_interruption() -> None:
    command = [
        sys.executable,
        "-W",
        "error",
        "-m",
        "conformance.reference",
        "--port",
        "0",
        "--fault",
        "ping-refused",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        greeting = [process.stdout.readline() for _ in range(7)]
        os.kill(process.pid, signal.SIGINT)
        rest, errors = process.communicate(timeout=5)
    assert process.returncode == 0
    assert errors == ""
    assert "/mcp" in greeting[0]
    assert "ping-refused" in greeting[3]
    assert rest.endswith("Stopped.\n")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (
            ["--fault", "code-reuseable"],
            "error: there is no fault called 'code-reuseable'; did you mean code-reusable? ",
        ),
        (["--port", "70000"], "error: port 70000 cannot be used: it is out of range"),
    ],
)
def test_the_command_refuses_in_one_line(arguments: list[str], reason: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    message = capsys.readouterr().err
    assert message.startswith(reason)
    assert message.count("\n") == 1


def test_the_command_refuses_a_taken_port(capsys: pytest.CaptureFixture[str]) -> None:
    with ReferenceServer() as server:
        assert main(["--port", server.origin.rpartition(":")[2]]) == 2
    assert "cannot be used: address already in use\n" in capsys.readouterr().err


def test_the_command_lists_every_fault(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--list-faults"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == list(FAULTS)
