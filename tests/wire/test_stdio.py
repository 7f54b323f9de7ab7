"""The stdio client against small server processes."""

import json
import shlex
import sys
import textwrap
import time
from pathlib import Path
from typing import Any

import pytest

from conformance.wire import stdio
from conformance.wire.http import HttpClient, NoAnswer
from conformance.wire.stdio import UNENDED, Stdio

ECHO = """
    for line in sys.stdin:
        message = json.loads(line)
        if message.get("method") == "initialize":
            say({"jsonrpc": "2.0", "id": message["id"], "result": {"protocolVersion": "2025-11-25"}})
        elif "id" in message and "method" in message:
            say({"jsonrpc": "2.0", "method": "notifications/message", "params": {"method": message["method"]}})
            say({"jsonrpc": "2.0", "id": message["id"], "result": {"asked": message["method"]}})
"""


def command(folder: Path, body: str) -> str:
    """A command that runs a server with this body; it has `say`."""
    head = "import json, signal, sys, time\ndef say(message): print(json.dumps(message), flush=True)\n"
    file = folder / "server.py"
    file.write_text(head + textwrap.dedent(body))
    return shlex.join([sys.executable, "-S", str(file)])


def test_a_response_is_found_among_all_lines(tmp_path: Path, http: HttpClient) -> None:
    server = Stdio(http, command(tmp_path, ECHO))
    server.open("2025-11-25")
    answer = server.request("tools/list")
    server.close()

    assert answer.result == {"asked": "tools/list"}
    assert [one.get("method") for one in answer.messages] == ["notifications/message", None]
    assert server.revision == "2025-11-25"
    assert server.ending
    assert (server.ending.by, server.ending.code) == ("closed input", 0)


def test_a_response_is_recorded_with_its_request(tmp_path: Path, http: HttpClient) -> None:
    server = Stdio(http, command(tmp_path, ECHO))
    answer = server.request("ping")
    server.close()

    recorded = next(one for one in http.recorder.exchanges if one.id == answer.exchange)
    assert recorded.response
    assert json.loads(recorded.request.body) == {"jsonrpc": "2.0", "id": 1, "method": "ping"}
    assert json.loads(recorded.response.body)["result"] == {"asked": "ping"}
    assert (recorded.method, recorded.status) == ("SEND", 0)


def test_several_requests_wait_at_the_same_time(tmp_path: Path, http: HttpClient) -> None:
    backwards = """
        lines = [json.loads(sys.stdin.readline()) for _ in range(2)]
        for message in reversed(lines):
            say({"jsonrpc": "2.0", "id": message["id"], "result": {"asked": message["method"]}})
        sys.stdin.read()
    """
    server = Stdio(http, command(tmp_path, backwards))
    pending = [server.start(method) for method in ("first", "second")]
    answers = [one.answer(2) for one in pending]
    server.close()

    assert [one.result if one else None for one in answers] == [{"asked": "first"}, {"asked": "second"}]


def test_requests_of_the_server_are_answered(tmp_path: Path, http: HttpClient) -> None:
    asking = """
        sys.stdin.readline()
        answers = []
        for id, method in enumerate(("ping", "roots/list", "sampling/createMessage")):
            say({"jsonrpc": "2.0", "id": id, "method": method})
            answers.append(json.loads(sys.stdin.readline()))
        say({"jsonrpc": "2.0", "id": 1, "result": {"answers": answers}})
    """
    server = Stdio(http, command(tmp_path, asking))
    server.handlers["roots/list"] = lambda _: {"roots": []}
    answer = server.request("anything")
    server.close()

    answers: list[Any] = (answer.result or {})["answers"]
    assert answers[0]["result"] == {}
    assert answers[1]["result"] == {"roots": []}
    assert answers[2]["error"]["code"] == -32601


def test_a_silent_server_leaves_no_answer_and_its_request_in_the_transcript(tmp_path: Path, http: HttpClient) -> None:
    http.timeout = 0.1
    server = Stdio(http, command(tmp_path, "sys.stdin.read()"))
    answer = server.request("ping")
    server.close()

    assert answer.response is None
    assert [one.purpose for one in http.recorder.exchanges] == ["ping"]
    assert answer.exchange == http.recorder.exchanges[0].id


def test_lines_that_are_no_messages_are_kept(tmp_path: Path, http: HttpClient) -> None:
    server = Stdio(http, command(tmp_path, "print('Listening', flush=True)" + ECHO.replace("\n    ", "\n")))
    server.request("ping")
    server.close()

    assert server.output.lines[0] == b"Listening"


def test_several_messages_on_a_line_are_all_heard(tmp_path: Path, http: HttpClient) -> None:
    body = """
        sys.stdin.readline()
        print('[{"jsonrpc": "2.0", "method": "x"}] {"jsonrpc": "2.0", "id": 1, "result": {}}\\r', flush=True)
    """
    server = Stdio(http, command(tmp_path, body))
    answer = server.request("ping")
    server.close()

    assert answer.result == {}
    assert [one.value.get("method") for one in server.heard.since()] == ["x", None]


def test_what_no_newline_followed_is_recorded(tmp_path: Path, http: HttpClient) -> None:
    server = Stdio(http, command(tmp_path, "sys.stdin.read(); print('{\"jsonrpc\"', end='', flush=True)"))
    server.close()

    (rest,) = http.recorder.exchanges
    assert rest.response
    assert (rest.purpose, rest.response.body) == (UNENDED, '{"jsonrpc"')


def test_a_flood_on_standard_error_holds_nothing_up(tmp_path: Path, http: HttpClient) -> None:
    server = Stdio(http, command(tmp_path, "sys.stderr.write('x' * 5_000_000)\n" + textwrap.dedent(ECHO)))
    answer = server.request("ping")
    server.close()

    assert answer.result == {"asked": "ping"}


def test_a_server_that_died_is_told_with_its_last_words(tmp_path: Path, http: HttpClient) -> None:
    server = Stdio(http, command(tmp_path, "sys.stderr.write('no API key\\n'); sys.exit(3)"))
    with pytest.raises(NoAnswer, match=r"ended with status 3.*no API key"):
        server.request("ping")
    while server.running:
        time.sleep(0.01)
    server.close()

    assert server.ending
    assert server.ending.by == "itself"


@pytest.mark.parametrize(
    ("deaf", "by"),
    [("signal.SIG_DFL", "SIGTERM"), ("signal.SIG_IGN", "SIGKILL")],
)
def test_a_server_that_goes_on_without_input_is_ended(tmp_path: Path, http: HttpClient, deaf: str, by: str) -> None:
    http.timeout = 0.5
    body = f"signal.signal(signal.SIGTERM, {deaf})\nsay(1)\nwhile True: time.sleep(60)"
    server = Stdio(http, command(tmp_path, body))
    assert server.heard.until(lambda message: message == 1, 5)
    server.close()

    assert server.ending
    assert server.ending.by == by
    assert not server.running


def test_a_command_that_cannot_be_started_is_told(http: HttpClient) -> None:
    with pytest.raises(NoAnswer, match="cannot start no-such-program"):
        Stdio(http, "no-such-program")


def test_a_server_that_writes_without_end_is_left(
    tmp_path: Path, http: HttpClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stdio, "MOST_LINES", 100)
    server = Stdio(http, command(tmp_path, "while True: print('x')"))
    with pytest.raises(NoAnswer, match="more than is read of one process"):
        server.request("ping")
    server.close()

    assert len(server.output.lines) < 100_000
    assert not server.running


VARIABLES = """
    import os
    for line in sys.stdin:
        say({"jsonrpc": "2.0", "id": json.loads(line)["id"], "result": dict(os.environ)})
"""


def test_a_server_sees_what_clients_pass_on_and_what_it_is_given(
    tmp_path: Path, http: HttpClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"HOME": "/home", "SHELL": "() { :; }", "SECRET_OF_OURS": "x", "TERM": "dumb"}.items():
        monkeypatch.setenv(name, value)
    server = Stdio(http, command(tmp_path, VARIABLES), {"API_KEY": "k", "TERM": "vt100"})
    seen = server.request("ping").result
    server.close()

    assert seen
    assert {name: seen.get(name) for name in ("HOME", "TERM", "API_KEY")} == {
        "HOME": "/home",
        "TERM": "vt100",
        "API_KEY": "k",
    }
    assert not {"SHELL", "SECRET_OF_OURS"} & seen.keys()


def test_a_server_that_asks_when_its_input_is_closed_is_read_to_the_end(tmp_path: Path, http: HttpClient) -> None:
    body = textwrap.dedent(ECHO) + "say({'jsonrpc': '2.0', 'id': 'late', 'method': 'ping'})\nprint('bye', flush=True)\n"
    server = Stdio(http, command(tmp_path, body))
    server.request("ping")
    server.close()

    assert server.output.lines[-1] == b"bye"
