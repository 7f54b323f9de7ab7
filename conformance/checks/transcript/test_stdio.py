"""Everything that servers started by us wrote on standard output (specification page basic/transports, stdio)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import pytest

from conformance import Judge, requirement
from conformance.evidence import Exchange
from conformance.shapes import as_list, parsed
from conformance.wire import jsonrpc
from conformance.wire.stdio import ENDED, UNENDED

_SHOWN = 60
_LONGEST_MESSAGE = 500
"""Lines of which a message that was broken into lines can consist."""
_MOST_BEGINNINGS = 50
"""Lines of a process that begin a message which never ends, after which no more are followed."""


@dataclass(frozen=True)
class Written:
    """What a server wrote in one go: a line, or the lines over which it broke one message."""

    text: str
    source: Exchange
    lines: int = 1

    @property
    def exchange(self) -> str:
        """The recorded exchange."""
        return self.source.id

    @property
    def shown(self) -> str:
        """Its beginning."""
        return repr(self.text[:_SHOWN])

    @property
    def ended(self) -> bool:
        """Whether a newline came after it."""
        return self.source.purpose != UNENDED

    @property
    def is_message(self) -> bool:
        """Whether it is one JSON-RPC message, or a batch of them."""
        value = parsed(self.text)
        return all(jsonrpc.kind_of(one) not in ("unknown", "batch") for one in as_list(value) or [value])

    @property
    def several(self) -> bool:
        """Whether it is more than one message."""
        return len(jsonrpc.decode_line(self.text.encode("utf-8", "surrogatepass"))) > 1

    @property
    def framed(self) -> bool:
        """Whether it is a header field, as other protocols frame messages."""
        return self.text.lower().startswith("content-length:")


@pytest.fixture(scope="session")
def written(transcript: Sequence[Exchange]) -> list[Written]:
    """All that servers wrote, process by process; blank lines are left out."""
    ours = [one for one in transcript if one.url.startswith("stdio:") and one.response]
    lines = sorted(ours, key=lambda one: one.conversation)
    processes = [list(group) for _, group in groupby(lines, key=lambda one: one.conversation)]
    return [one for process in processes for one in pieces(process)]


def pieces(lines: Sequence[Exchange]) -> Iterator[Written]:
    """What one process wrote, message by message; blank lines are left out."""
    at = begun = 0
    while at < len(lines):
        text = _text(lines[at])
        piece = Written(text, lines[at])
        if begun < _MOST_BEGINNINGS and text[:1] in ("{", "[") and not piece.is_message and not piece.several:
            piece = _broken(lines[at : at + _LONGEST_MESSAGE]) or piece
            begun += piece.lines == 1
        if text:
            yield piece
        at += piece.lines


def _broken(lines: Sequence[Exchange]) -> Written | None:
    """The message that begins with a line and goes on in those after it, None where there is none."""
    text = ""
    for count, one in enumerate(lines, 1):
        text += _text(one) + "\n"
        if count > 1 and jsonrpc.kind_of(parsed(text)) != "unknown":
            return Written(text, one, count)
    return None


def _text(one: Exchange) -> str:
    return one.response.body.strip() if one.response else ""


def judge_each(judge: Judge, written: list[Written], broken: list[Written], expected: str) -> None:
    """Hold what was written against a rule."""
    if not written:
        judge.could_not_run("the server wrote nothing")
    for one in broken[:5]:
        judge.that(False, expected=expected, observed=one.shown, evidence=one)
    judge.that(not broken, expected=expected, observed=f"{len(broken)} exceptions in {len(written)} lines")


@requirement("stdio.newline-framing")
def test_every_line_is_one_message(written: list[Written], judge: Judge) -> None:
    broken = [one for one in written if one.several or one.framed or not one.ended]
    judge_each(judge, written, broken, "one message on each line, and a newline after it")


@requirement("stdio.no-embedded-newlines")
def test_no_message_holds_a_newline(written: list[Written], judge: Judge) -> None:
    judge_each(judge, written, [one for one in written if one.lines > 1], "messages on a single line")


@requirement("stdio.stdout-only-messages")
def test_nothing_but_messages_is_written(written: list[Written], judge: Judge) -> None:
    alien = [one for one in written if not one.is_message and not one.several and not one.framed and one.ended]
    judge_each(judge, written, alien, "JSON-RPC messages and nothing else")


@requirement("stdio.may-shut-down")
def test_no_server_ends_while_it_owes_a_response(transcript: Sequence[Exchange], judge: Judge) -> None:
    sent = [one for one in transcript if one.url.startswith("stdio:")]
    if not sent:
        judge.could_not_run("nothing was sent")
    for one in sent:
        if one.error == ENDED:
            observed = f"it ended before it answered {one.purpose}"
            judge.that(False, expected="an answer before the end", observed=observed, evidence=_Seen(one.id))
    judge.that(True, expected="an answer before the end", observed=f"{len(sent)} messages and answers read")


@dataclass(frozen=True)
class _Seen:
    exchange: str
