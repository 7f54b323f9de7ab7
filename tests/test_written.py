"""What the passive checks make of the output of server processes."""

import json

import pytest

from conformance.checks.transcript.test_stdio import Written, pieces
from conformance.evidence import Exchange, Recorder
from conformance.redaction import Redactor
from conformance.wire.stdio import UNENDED

MESSAGE = {"jsonrpc": "2.0", "method": "notifications/message", "params": {"data": "one\ntwo"}}


def recorded(output: str) -> list[Exchange]:
    """The exchanges in which a process wrote this."""
    recorder = Recorder(Redactor())
    *lines, rest = output.split("\n")
    for text, purpose in [*((f"{line}\n", "line of the server") for line in lines), (rest, UNENDED)]:
        if text:
            about = {"method": "READ", "url": "stdio:server", "request": ((), b"")}
            recorder.record(
                channel="mcp",
                purpose=purpose,
                response=(0, (), text.encode(), False),
                **about,  # type: ignore[arg-type]
            )
    return list(recorder.exchanges)


def kind(one: Written) -> str:
    """The rule that a piece breaks, "fine" without."""
    if one.several or one.framed or not one.ended:
        return "framing"
    if one.lines > 1:
        return "newline"
    return "fine" if one.is_message else "alien"


ONE = json.dumps(MESSAGE)
OUTPUTS = {
    f"{ONE}\n{ONE}\n": ["fine", "fine"],
    f"{ONE}\r\n\n{ONE}\n": ["fine", "fine"],
    f"[{ONE}]\n": ["fine"],
    f"{json.dumps(MESSAGE, indent=2)}\n{ONE}\n": ["newline", "fine"],
    f"{ONE}{ONE}\n": ["framing"],
    f"Content-Length: 9\r\n\r\n{ONE}\n": ["framing", "fine"],
    f"{ONE}\n{ONE[:20]}": ["fine", "framing"],
    f"Listening\n{ONE}\n": ["alien", "fine"],
    f"{{not JSON\n{ONE}\n": ["alien", "fine"],
    f'{{"level": 30}}\n{ONE}\n': ["alien", "fine"],
    "[1, 2]\n": ["alien"],
    "[]\n": ["alien"],
}


@pytest.mark.parametrize("output", OUTPUTS)
def test_output_is_taken_apart(output: str) -> None:
    assert [kind(one) for one in pieces(recorded(output))] == OUTPUTS[output]


def test_lines_that_begin_messages_without_end_are_not_followed_for_ever() -> None:
    found = list(pieces(recorded("{\n" * 5_000)))

    assert len(found) == 5_000
    assert not any(one.is_message for one in found)
