"""How long results of the whole run may be kept, and for whom (2026-07-28, server/utilities/caching)."""

from collections.abc import Iterator
from typing import Any

from conformance import Judge, requirement
from conformance.arrived import Arrived
from conformance.shapes import as_object
from conformance.wire import jsonrpc

CACHEABLE = frozenset(
    "server/discover tools/list resources/list resources/templates/list resources/read prompts/list".split()
)
_SHOWN = 5


def hints(messages: list[Arrived], name: str) -> Iterator[tuple[Arrived, Any]]:
    """The results that may be kept, each with its hint of a name, where they have it."""
    for one in messages:
        result = as_object(as_object(one.message).get("result"))
        asked = one.request is not None and one.request["method"] in CACHEABLE
        if asked and jsonrpc.kind_of(one.message) == "result" and name in result:
            yield one, result[name]


def judge_each(judge: Judge, found: list[tuple[Arrived, Any]], good: list[bool], expected: str) -> None:
    """Judge all hints of a kind, and show some that are wrong."""
    if not found:
        judge.not_applicable("no result has such a hint")
    wrong = [one for one, fine in zip(found, good, strict=True) if not fine]
    for one, value in wrong[:_SHOWN]:
        asked = (one.request or {}).get("method")
        judge.that(False, expected=expected, observed=f"{value!r} in the result of {asked}", evidence=one)
    judge.that(not wrong, expected=expected, observed=f"{len(found)} results read")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


@requirement("caching.ttl-not-negative")
def test_nothing_is_stale_before_it_came(messages: list[Arrived], judge: Judge) -> None:
    found = [(one, value) for one, value in hints(messages, "ttlMs") if _is_number(value)]
    judge_each(judge, found, [value >= 0 for _, value in found], "zero or more milliseconds")


@requirement("caching.ttl-is-integer")
def test_the_time_to_live_is_an_integer(messages: list[Arrived], judge: Judge) -> None:
    found = list(hints(messages, "ttlMs"))
    whole = [_is_number(value) and value % 1 == 0 for _, value in found]
    judge_each(judge, found, whole, "an integer of milliseconds")


@requirement("caching.scope-is-public-or-private")
def test_the_scope_is_public_or_private(messages: list[Arrived], judge: Judge) -> None:
    found = list(hints(messages, "cacheScope"))
    judge_each(judge, found, [value in ("public", "private") for _, value in found], "public or private")
