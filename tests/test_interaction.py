"""What is made of messages that come while requests are at work."""

from typing import Any

import pytest

from conformance.interaction.answering import response_to, strays
from conformance.interaction.progress import IN_FLIGHT, Left, Stopped, reports_of, token_of
from conformance.wire.connection import Connection
from conformance.wire.heard import Heard, Message

TOKEN = 7
SOON, LATER = IN_FLIGHT / 2, IN_FLIGHT * 2
"""Seconds after something ended in which a message may have been on its way, and in which it may not."""


def result(id: object) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": id, "result": {}}


def report(progress: object, at: float = 0.0, channel: str = "answer", token: object = TOKEN) -> Message:
    params = {"progressToken": token, "progress": progress}
    return Message({"jsonrpc": "2.0", "method": "notifications/progress", "params": params}, "", at, channel)


def left(*reports: Message) -> Left:
    """A call that began at 0 and was answered at 10."""
    return Left(Message(result(1), "", 10.0, "answer"), reports, 0.0, "")


class Silent(Connection):
    """A connection without a wire, on which some requests were sent and some messages came."""

    def __init__(self, asked: list[Any], *heard: Any) -> None:
        self.asked, self.heard = asked, Heard()
        for one in heard:
            self.heard.add(one, "", "answer")

    def post(self, body: bytes, *, purpose: str, id: object = None) -> Any:
        raise NotImplementedError

    def close(self) -> None:
        raise NotImplementedError

    def listening(self) -> Any:
        raise NotImplementedError


@pytest.mark.parametrize(
    ("token", "borne"), [(7, True), (7.0, True), ("7", False), (True, False), (None, False), ([7], False)]
)
def test_a_report_belongs_to_the_very_token(token: object, borne: bool) -> None:
    assert reports_of(TOKEN)(report(1, token=token).value) == borne


@pytest.mark.parametrize(
    "message", [None, [], 5, {}, {"method": "notifications/progress", "params": []}, {"params": 1}]
)
def test_what_is_no_report_belongs_to_no_token(message: object) -> None:
    assert not reports_of(TOKEN)(message)
    assert token_of(message) is None


def test_values_are_compared_on_one_channel_and_what_is_no_number_is_left_out() -> None:
    call = left(report(1), report(5, channel="stream"), report("2"), report(True), report(0.5), report(None))

    assert call.values_on("answer") == [1, 0.5]
    assert call.values_on("stream") == [5]


@pytest.mark.parametrize(
    ("at", "channel", "late"),
    [
        (9.0, "answer", False),
        (10.0 + SOON, "answer", True),
        (10.0 + SOON, "stream", False),
        (10.0 + LATER, "stream", True),
    ],
)
def test_only_what_was_surely_sent_after_the_response_is_late(at: float, channel: str, late: bool) -> None:
    assert bool(left(report(1, at, channel)).late) == late


@pytest.mark.parametrize(
    ("at", "worked", "conclusive", "later"),
    [(1 + LATER, 5, True, True), (1 + SOON, 5, True, False), (1, 1, False, False)],
)
def test_a_call_is_seen_to_go_on_where_another_one_did(at: float, worked: float, conclusive: bool, later: bool) -> None:
    call = Stopped(1.0, 1.0, 0.0, (report(1, 0.0), report(2, at)), worked, None, "")

    assert call.conclusive == conclusive
    assert bool(call.later) == later


def test_a_call_that_shows_nothing_is_not_seen_to_go_on() -> None:
    assert not Stopped(1.0, 1.0, 0.0, (), 5.0, None, "").conclusive


@pytest.mark.parametrize(
    ("message", "at", "too_late"),
    [
        (result(1), 0.5, True),
        (result(1), 1.0 + SOON, True),
        (result(1), 1.0 + LATER, False),
        ({"jsonrpc": "2.0", "id": 1, "error": {}}, 0.5, True),
        ({"jsonrpc": "2.0", "id": 1, "error": {}}, 1.0 + SOON, False),
    ],
)
def test_a_result_may_have_crossed_with_the_cancellation_and_an_error_comes_of_it(
    message: dict[str, Any], at: float, too_late: bool
) -> None:
    assert Stopped(0.9, 1.0, 0.0, (), 5.0, Message(message, "", at, "answer"), "").too_late == too_late


def test_each_request_has_one_response_and_others_are_strays() -> None:
    unreadable = {"jsonrpc": "2.0", "error": {"code": -32600, "message": "?"}}
    note = {"jsonrpc": "2.0", "method": "x", "params": {}}
    connection = Silent([1, "1"], result("1"), note, result(1), result(1.0), unreadable, result(None), 5, result([1]))

    assert [one.value.get("id") for one in strays(connection)] == [1.0, None, None, [1]]
    found = response_to(connection, 1)
    assert found
    assert found.value == result(1)
    assert response_to(connection, 2) is None
