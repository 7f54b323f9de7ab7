"""What is read from answers about tasks."""

from typing import Any

import pytest

from conformance.tasking.client import interval_of, seconds_of
from conformance.wire.connection import Answer
from conformance.wire.http import Reply


@pytest.mark.parametrize(
    ("milliseconds", "seconds"),
    [(1500, 1.5), (0.5, 0.0005), (-5, 0), (10**400, 10**12), (-(10**400), 0), (float("inf"), 10**12)],
)
def test_a_time_of_a_server_is_one_that_can_be_waited(milliseconds: Any, seconds: float) -> None:
    assert seconds_of(milliseconds) == seconds


@pytest.mark.parametrize("value", [None, True, "1500", [], float("nan")])
def test_what_is_no_time_is_none(value: Any) -> None:
    assert seconds_of(value) is None


@pytest.mark.parametrize("wanted", [None, "soon", float("nan"), float("inf"), 10**400, -1, 0, 60_000])
def test_looks_at_a_task_are_between_a_moment_and_five_seconds_apart(wanted: Any) -> None:
    answer = Answer(Reply(200, (), b"", ""), response={"result": {"pollInterval": wanted}})

    assert 0 < interval_of(answer) <= 5
