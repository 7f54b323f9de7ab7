"""Lists once more: on two connections under the same credentials, and before and after other requests."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import Any

from conformance.exercise import listed
from conformance.probe import Probe
from conformance.shapes import as_object
from conformance.survey import walk
from conformance.tool_calls import calls_of
from conformance.verdict import CouldNotRun
from conformance.wire.connection import Connection
from conformance.wire.http import NoAnswer

KEYS: Mapping[str, str] = {"tools/list": "name", "resources/list": "uri", "prompts/list": "name"}
"""What an entry is known by, by the method of its list."""
_MOST_USED = 3
_ABSENT = "conformance-no-such"
Names = tuple[str, ...]


@dataclass(frozen=True)
class Relisted:
    """The names in a list, in order.

    `connections` are those on two connections one right after the other, twice where they differed at first.
    `afterwards` are those on the first connection after other requests, and then on the second one. `orders` are all
    that were got. `exchange` is the last request.
    """

    connections: tuple[Names, Names]
    afterwards: tuple[Names, Names]
    orders: tuple[Names, ...]
    exchange: str


def relist(probe: Probe) -> dict[str, Relisted]:
    """Get each list again, by its method. Raises NoAnswer, CouldNotRun where a list is refused."""
    methods = [method for method in KEYS if method in probe.survey.listings]
    with probe.fresh() as first, probe.apart() as apart, apart.fresh() as second:
        for one in (first, second):
            one.open(probe.survey.revision)
        lists = _Lists((first, second))
        connections = {method: lists.same(method) for method in methods}
        _use(first, probe)
        afterwards = {method: lists.same(method, connections[method][0]) for method in methods}
        for method in methods:
            lists.orders[method].append(_names(listed(probe.survey, method), method))
        return {
            method: Relisted(connections[method], afterwards[method], tuple(lists.orders[method]), lists.exchange)
            for method in methods
        }


class _Lists:
    """Gets lists on two connections."""

    def __init__(self, both: Sequence[Connection]) -> None:
        self._both = both
        self.orders: dict[str, list[Names]] = {method: [] for method in KEYS}
        self.exchange = ""

    def same(self, method: str, known: Names | None = None) -> tuple[Names, Names]:
        """A list on the first connection and, unless it is as known, on the second; both again where they differ."""
        first = self._list(self._both[0], method)
        if known is not None and set(first) == set(known):
            return first, known
        second = self._list(self._both[1], method)
        if set(first) != set(second):
            first, second = (self._list(one, method) for one in self._both)
        return first, second

    def _list(self, connection: Connection, method: str) -> Names:
        listing = walk(connection, method)
        self.exchange = listing.pages[-1].exchange
        if listing.refusal or not listing.ended:
            raise CouldNotRun(f"{method} gave no list ({listing.pages[-1].summary})")
        names = _names([as_object(one) for one in listing.items], method)
        self.orders[method].append(names)
        return names


def _names(entries: Sequence[Mapping[str, object]], method: str) -> Names:
    return tuple(str(one.get(KEYS[method])) for one in entries)


def _use(connection: Connection, probe: Probe) -> None:
    """Send requests that only read, and some that fail."""
    survey = probe.survey
    requests: list[tuple[str, dict[str, Any]]] = []
    if "tools" in survey.capabilities:
        calls = [*islice(calls_of(survey.tools, ()), _MOST_USED), (f"{_ABSENT}-tool", dict[str, Any]())]
        requests += [("tools/call", {"name": name, "arguments": arguments}) for name, arguments in calls]
    if "resources" in survey.capabilities:
        uris = [one.get("uri") for one in listed(survey, "resources/list")][:_MOST_USED]
        requests += [("resources/read", {"uri": uri}) for uri in (*uris, f"{_ABSENT}://resource")]
    if "prompts" in survey.capabilities:
        prompts = [one for one in listed(survey, "prompts/list") if not one.get("arguments")][:_MOST_USED]
        names = [*(one.get("name") for one in prompts), f"{_ABSENT}-prompt"]
        requests += [("prompts/get", {"name": name}) for name in names]
    for method, params in requests:
        with suppress(NoAnswer):
            connection.request(method, params)


def reordered(orders: Sequence[Names]) -> tuple[Names, Names] | None:
    """Two lists of the same names in another order; None where there are none."""
    for place, one in enumerate(orders):
        for other in orders[place + 1 :]:
            if one != other and sorted(one) == sorted(other):
                return one, other
    return None
