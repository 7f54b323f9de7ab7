"""Whether two redemptions of a code were under way at the same time."""

from typing import Any

import pytest

from conformance.ceremony.race import Race
from conformance.oauth.token_reply import TokenReply
from conformance.wire.http import Reply


def race(*times: tuple[float, float]) -> Race:
    """A race of requests by when each was sent and when its answer began."""
    nobody: Any = None
    replies = tuple(TokenReply(Reply(400, (), b"{}", "#1", began=began)) for _, began in times)
    return Race(nobody, replies, tuple(sent for sent, _ in times))


@pytest.mark.parametrize(
    ("times", "overlapped"),
    [
        (((1.0, 3.0), (2.0, 4.0)), True),
        (((2.0, 4.0), (1.0, 3.0)), True),
        (((1.0, 2.0), (2.5, 3.0)), False),
        (((1.0, 2.0), (float("inf"), 3.0)), False),
    ],
)
def test_only_requests_under_way_at_the_same_time_have_raced(
    times: tuple[tuple[float, float], ...], overlapped: bool
) -> None:
    assert race(*times).overlapped is overlapped
