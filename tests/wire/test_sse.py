"""The scanner of event streams: by itself, and against a client library where both must agree."""

import time
from typing import Any

import httpx
import httpx_sse
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.wire.sse import SseEvent, SseScanner, scan

few = settings(derandomize=True, deadline=None, max_examples=60)

SCANNED: dict[bytes, list[SseEvent]] = {
    b"": [],
    b"data: a\n\n": [SseEvent(data="a")],
    b"data:a\n\n": [SseEvent(data="a")],
    b"data:  a \n\n": [SseEvent(data=" a ")],
    b"data\n\n": [SseEvent(data="")],
    b"data: a\ndata: b\n\n": [SseEvent(data="a\nb")],
    b"data: a\ndata\n\n": [SseEvent(data="a\n")],
    b"data: a\n": [],
    b"data: a": [],
    b"data: a\n\ndata: b\n\n": [SseEvent(data="a"), SseEvent(data="b")],
    b"\n\n\ndata: a\n\n\n\n": [SseEvent(data="a")],
    b"event: endpoint\ndata: /m\n\n": [SseEvent("endpoint", "/m")],
    b"event:\ndata: a\n\n": [SseEvent(data="a")],
    b"event: a\nevent: b\ndata: c\n\n": [SseEvent("b", "c")],
    b"id: 7\ndata: a\n\n": [SseEvent(data="a", id="7")],
    b"id\ndata: a\n\n": [SseEvent(data="a", id="")],
    b"id: a\0b\ndata: a\n\n": [SseEvent(data="a")],
    b"retry: 100\n\n": [SseEvent(retry=100)],
    b"retry: 1e3\nretry: -1\nretry: \xc2\xb2\n\n": [SseEvent()],
    b": hello\n\n": [SseEvent(comments=("hello",))],
    b":\n:\ndata: a\n\n": [SseEvent(data="a", comments=("", ""))],
    b"id: 7\n\n": [SseEvent(id="7")],
    b"other: x\ndata: a\nDATA: b\n\n": [SseEvent(data="a")],
    b"\xef\xbb\xbfdata: a\n\n": [SseEvent(data="a")],
    b"\xef\xbb\xbf\xef\xbb\xbfdata: a\n\n": [SseEvent()],
    b"data: \xc3\xa4\n\n": [SseEvent(data="ä")],
    b"data: \xff\n\ndata: b\n\n": [SseEvent(data="\ufffd", utf8=False), SseEvent(data="b")],
    b"data: a\x0bb\x0cc\x1cd\xc2\x85e\xe2\x80\xa8f\n\n": [SseEvent(data="a\x0bb\x0cc\x1cd\x85e\u2028f")],
    b"data: a:b: c\n\n": [SseEvent(data="a:b: c")],
}


@pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\n"], ids=repr)
@pytest.mark.parametrize("stream", SCANNED)
def test_streams_are_scanned_whatever_ends_their_lines(stream: bytes, end: bytes) -> None:
    assert scan(stream.replace(b"\n", end)) == SCANNED[stream]


@pytest.mark.parametrize("stream", SCANNED)
@pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\n"], ids=repr)
def test_streams_may_arrive_byte_by_byte(stream: bytes, end: bytes) -> None:
    whole = stream.replace(b"\n", end)
    scanner = SseScanner()

    assert [event for at in range(len(whole)) for event in scanner.feed(whole[at : at + 1])] == SCANNED[stream]


lines = st.lists(
    st.one_of(
        st.sampled_from(
            ["", "", "data", "data:", ":", "id", "event", "retry: 5", "retry: 07", "retry: x", ": ping", "id: 7"]
        ),
        st.builds(
            "{}{}{}".format,
            st.sampled_from(["data", "data", "event", "id", "other", ""]),
            st.sampled_from([":", ": ", ":  "]),
            st.text(st.characters(min_codepoint=0x20, max_codepoint=0x24F, exclude_categories=["Cc"]), max_size=8),
        ),
    ),
    max_size=14,
)
ends = st.sampled_from(["\n", "\r", "\r\n"])


Dispatched = list[tuple[str, str, str, int | None]]


def by_library(chunks: list[bytes]) -> Dispatched:
    """Name, data, last event id and retry of the events with data, as a client library has them."""
    response = httpx.Response(200, headers={"content-type": "text/event-stream"}, content=iter(chunks))
    found = httpx_sse.EventSource(response).iter_sse()
    return [(event.event, event.data, event.id, event.retry) for event in found if event.data]


def by_scanner(events: list[SseEvent]) -> Dispatched:
    """The same of what the scanner found; a client keeps the last id until another comes."""
    last, found = "", Dispatched()
    for event in events:
        last = last if event.id is None else event.id
        if event.data:
            found.append((event.event, event.data, last, event.retry))
    return found


def cut(stream: bytes, places: list[int]) -> list[bytes]:
    marks = sorted({place % (len(stream) + 1) for place in places} | {0, len(stream)})
    return [stream[a:b] for a, b in zip(marks, marks[1:], strict=False)]


@few
@given(content=lines, end=ends, places=st.lists(st.integers(0, 10_000), max_size=8))
def test_the_scanner_agrees_with_a_client_library(content: list[str], end: str, places: list[int]) -> None:
    stream = "".join(line + end for line in [*content, "", ""]).encode()
    chunks = cut(stream, places)
    scanner = SseScanner()
    events = [event for chunk in chunks for event in scanner.feed(chunk)]

    assert events == scan(stream)
    assert by_scanner(events) == by_library(chunks)


DIFFERENCES: dict[str, tuple[bytes, Dispatched, Dispatched]] = {
    "a byte order mark is no part of the first field": (
        b"\xef\xbb\xbfdata: a\n\n",
        [("message", "a", "", None)],
        [],
    ),
    "only ASCII digits are a retry": (
        b"retry: +5\ndata: a\n\nretry: 1_0\ndata: b\n\n",
        [("message", "a", "", None), ("message", "b", "", None)],
        [("message", "a", "", 5), ("message", "b", "", 10)],
    ),
    "an event that no blank line ends is not dispatched": (
        b"data: a\n\ndata: b\n",
        [("message", "a", "", None)],
        [("message", "a", "", None)],
    ),
}
"""Where the scanner follows the standard and the library does not, or where that was in doubt: stream, ours, theirs."""


@pytest.mark.parametrize("difference", DIFFERENCES)
def test_the_scanner_differs_from_the_library_as_listed(difference: str) -> None:
    stream, ours, theirs = DIFFERENCES[difference]

    assert by_scanner(scan(stream)) == ours
    assert by_library([stream]) == theirs


def test_the_scanner_keeps_what_clients_drop() -> None:
    stream = b": hi\n\nid: 1\n\nretry: 9\n\ndata\n\n"

    assert scan(stream) == [SseEvent(comments=("hi",)), SseEvent(id="1"), SseEvent(retry=9), SseEvent(data="")]
    assert by_library([stream]) == []


@few
@given(stream=st.binary(max_size=80), places=st.lists(st.integers(0, 10_000), max_size=8))
def test_any_bytes_give_the_same_events_however_they_are_cut(stream: bytes, places: list[int]) -> None:
    scanner = SseScanner()

    assert [event for chunk in cut(stream, places) for event in scanner.feed(chunk)] == scan(stream)


@few
@given(content=st.lists(st.sampled_from([b"\n", b"\r", b"data: a", b":", b"\xef\xbb\xbf", b"id: 1"]), max_size=12))
def test_mixed_line_ends_make_no_difference_to_the_way_they_arrive(content: list[bytes]) -> None:
    stream = b"".join(content)
    scanner = SseScanner()

    assert [event for at in range(len(stream)) for event in scanner.feed(stream[at : at + 1])] == scan(stream)


HOSTILE: list[Any] = [b"x", b"\n", b"\r", b":\n", b"data:\n", b"data: a\n\n", b"\r\n\r", b"id: 1\n"]


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_streams_are_scanned_in_time(piece: bytes) -> None:
    scanner = SseScanner()
    started = time.process_time()
    for _ in range(30):
        scanner.feed(piece * (10_000 // len(piece)))

    assert time.process_time() - started < 2


@pytest.mark.parametrize("digits", ["9" * 5000, "9" * 400])
def test_a_huge_retry_does_no_harm(digits: str) -> None:
    (event,) = scan(f"retry: {digits}\ndata: a\n\n".encode())

    assert event.data == "a"
