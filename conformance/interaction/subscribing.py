"""Subscriptions side by side, changes while they last, and how they end (2026-07-28, basic/patterns/subscriptions)."""

import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from conformance.exercise import listed
from conformance.offered import Offered
from conformance.probe import Probe
from conformance.shapes import as_list, as_object
from conformance.verdict import NotApplicable
from conformance.wire.connection import Answer, Connection
from conformance.wire.duplex import Duplex
from conformance.wire.heard import Message
from conformance.wire.http import NoAnswer
from conformance.wire.jsonrpc import Id, same_id
from conformance.wire.meta import LOG_LEVEL_KEY
from conformance.wire.subscription import (
    ACKNOWLEDGED,
    EVERY_LIST,
    LISTS,
    URIS,
    Subscription,
    is_acknowledgment,
    listen,
    tag_of,
)

EVERYTHING, PROMPTS, TOOLS, RESOURCES, RESOURCE, NOTHING = (
    "everything",
    "changes of prompts",
    "changes of tools",
    "changes of resources",
    "one resource",
    "nothing",
)
"""The subscriptions by what they ask for."""
WATCHED, OTHER = "test://watched-resource", "test://static-text"
UPDATED = "notifications/resources/updated"
REQUEST_SCOPED = ("notifications/progress", "notifications/message")
GRACE = 0.3
"""Seconds in which a message may still arrive that was sent before something ended, or that belongs elsewhere."""
_BEGIN_SECONDS, _CHANGE_SECONDS, _UPDATE_SECONDS = 10.0, 3.0, 6.0
_WORKER = "test_tool_with_progress"
_TOKEN = "conformance-subscribing"  # noqa: S105 - not a secret


CHANGES = (*(f"notifications/{name}/list_changed" for name in LISTS), UPDATED)
"""The notifications that only a subscription brings."""


def changed(name: str) -> str:
    """The notification that the list of that name has changed."""
    return f"notifications/{name}/list_changed"


@dataclass(frozen=True)
class Subscribed:
    """What became of one subscription.

    `refused` says how it was refused, and is empty where it was not; `code` is that of the error. `messages` are those
    of its stream or, where all share a channel, those that belong to it. `status` and `media_type` are those of the
    HTTP answer. `ended` says that the server ended it before we did. `response` and `withdrawn` are the messages with
    which it did, at whatever time.
    """

    id: Id
    wanted: Mapping[str, Any]
    messages: tuple[Message, ...]
    granted: Mapping[str, Any]
    refused: str
    code: Any
    status: int
    media_type: str
    ended: bool
    response: Message | None
    withdrawn: Message | None
    exchange: str

    @property
    def acknowledgment(self) -> Message | None:
        """The first message that says that it has begun."""
        return next((one for one in self.messages if is_acknowledgment(one.value)), None)

    def told(self, method: str) -> list[Message]:
        """Its notifications of a method."""
        return [one for one in self.messages if as_object(one.value).get("method") == method]

    @property
    def notifications(self) -> list[Message]:
        """All its notifications but the one that ends it."""
        found = [one for one in self.messages if "method" in as_object(one.value)]
        return [one for one in found if one is not self.withdrawn]


@dataclass(frozen=True)
class Trigger:
    """A call that changes a list; `problem` says why it did not, and is empty where it did."""

    problem: str
    exchange: str
    sent: float


@dataclass(frozen=True)
class Subscribing:
    """Subscriptions by what they ask for, all open at the same time.

    `triggers` are the calls that changed a list while they were, by the name of the list; none where there is no such
    tool. `worked` is a call that told its progress meanwhile, None without such a tool. `closed` is when the
    subscription to `TOOLS` was closed; the tools changed again afterwards, where `again` is. `afterwards` are
    notifications of changes that came, after a further change, to a connection that had not asked for any; None where
    there was no such change. `strays` are messages of the closed subscription that came later. `shared` says that
    everything comes on one channel, on which `untagged` are notifications of no subscription.
    """

    subscriptions: Mapping[str, Subscribed]
    triggers: Mapping[str, Trigger] = field(default_factory=dict[str, Trigger])
    worked: Answer | None = None
    closed: float = 0.0
    again: Trigger | None = None
    strays: tuple[Message, ...] = ()
    untagged: tuple[Message, ...] = ()
    afterwards: tuple[Message, ...] | None = None
    shared: bool = False

    @property
    def everything(self) -> Subscribed:
        """The subscription to all that there is."""
        return self.subscriptions[EVERYTHING]

    @property
    def begun(self) -> dict[str, Subscribed]:
        """The subscriptions that were acknowledged."""
        return {name: one for name, one in self.subscriptions.items() if one.acknowledgment}


def subscribe(probe: Probe, offered: Offered) -> Subscribing:
    """Open the subscriptions, cause what changes can be caused, and close them. Raises NoAnswer, CouldNotRun."""
    with probe.session() as connection:
        making = _Making(connection, offered)
        try:
            making.open(_filters(offered))
            making.change()
            making.close_one()
        finally:
            making.close()
    found = making.found()
    return replace(found, afterwards=_reconnected(probe, offered)) if found.triggers else found


def _filters(offered: Offered) -> dict[str, tuple[dict[str, Any], Id | None]]:
    """Filter and id of each subscription."""
    uris = [str(one.get("uri")) for one in listed(offered.survey, "resources/list") if "uri" in one]
    own = [WATCHED] if WATCHED in uris else uris[:1]
    other = [OTHER] if OTHER in uris else [one for one in uris if one not in own][:1]
    filters: dict[str, tuple[dict[str, Any], Id | None]] = {
        EVERYTHING: ({**EVERY_LIST, URIS: own}, None),
        PROMPTS: ({LISTS["prompts"]: True}, "conformance-listening"),
        TOOLS: ({LISTS["tools"]: True, LISTS["prompts"]: False}, None),
        RESOURCES: ({LISTS["resources"]: True}, None),
        NOTHING: ({}, None),
    }
    return filters | ({RESOURCE: ({URIS: other}, None)} if other else {})


class _Making:
    """Makes the record step by step."""

    def __init__(self, connection: Connection, offered: Offered) -> None:
        self._connection = connection
        self._offered = offered
        self._open: dict[str, Subscription] = {}
        self._refused: dict[str, str] = {}
        self._ended: dict[str, bool] = {}
        self._triggers: dict[str, Trigger] = {}
        self._worked: Answer | None = None
        self._closed = 0.0
        self._again: Trigger | None = None

    def open(self, filters: Mapping[str, tuple[Mapping[str, Any], Id | None]]) -> None:
        """Open the first, whose place no other may take, then the rest; wait until each has begun or was refused."""
        seconds = min(_BEGIN_SECONDS, self._connection.http.timeout)
        for name, (wanted, id) in filters.items():
            self._open[name] = listen(self._connection, wanted, id)
            if name == EVERYTHING:
                self._open[name].begin(seconds)
        deadline = time.monotonic() + seconds
        for one in self._open.values():
            one.begin(max(0.0, deadline - time.monotonic()))
        self._refused = {name: _refusal(one) for name, one in self._open.items() if one.acknowledgment is None}

    def change(self) -> None:
        """Cause changes of each kind, and work that tells its progress."""
        everything = self._open[EVERYTHING]
        for name in LISTS:
            trigger = _trigger(self._connection, self._offered, name)
            if trigger:
                self._triggers[name] = trigger
                if not trigger.problem and everything.granted.get(LISTS[name]):
                    everything.notified(changed(name), _CHANGE_SECONDS)
        if WATCHED in everything.granted.get(URIS, ()):
            everything.notified(UPDATED, _UPDATE_SECONDS)
        if tool := self._offered.find_tool(_WORKER):
            meta = {"progressToken": _TOKEN, LOG_LEVEL_KEY: "debug"}
            with suppress(NoAnswer):
                params = {"name": tool, "arguments": {}, "_meta": meta}
                self._worked = self._connection.request("tools/call", params)
        self._pause(GRACE)

    def close_one(self) -> None:
        """Close one subscription, and change what it was about once more."""
        if "tools" not in self._triggers or self._open[TOOLS].over:
            return
        self._close(TOOLS)
        self._closed = time.monotonic()
        self._pause(GRACE)
        self._again = _trigger(self._connection, self._offered, "tools")
        self._pause(GRACE)

    def close(self) -> None:
        """Close what is open; on a shared channel one stays, which ends with the server."""
        for name in list(self._open):
            if name != EVERYTHING or not isinstance(self._connection, Duplex):
                with suppress(NoAnswer):
                    self._close(name)

    def found(self) -> Subscribing:
        """The record."""
        shared, heard, closed = isinstance(self._connection, Duplex), self._connection.heard.since(), self._closed
        id = self._open[TOOLS].id
        late = [one for one in heard if closed and one.at > closed + GRACE and same_id(tag_of(one.value), id)]
        own = [one for one in heard if as_object(one.value).get("method") in (*CHANGES, ACKNOWLEDGED)]
        untagged = [one for one in own if shared and tag_of(one.value) is None]
        return Subscribing(
            {name: self._subscribed(name) for name in self._open},
            self._triggers,
            self._worked,
            closed,
            self._again,
            tuple(late),
            tuple(untagged),
            shared=shared,
        )

    def _close(self, name: str) -> None:
        if name not in self._ended:
            self._ended[name] = self._open[name].over
            self._open[name].close()

    def _subscribed(self, name: str) -> Subscribed:
        one = self._open[name]
        return Subscribed(
            one.id,
            one.wanted,
            tuple(one.messages),
            one.granted,
            self._refused.get(name, ""),
            _error(one).get("code"),
            one.reply.status,
            one.reply.media_type,
            self._ended.get(name, False),
            one.response,
            one.withdrawn,
            one.exchange,
        )

    def _pause(self, seconds: float) -> None:
        self._connection.heard.until(lambda _: False, seconds)


def _refusal(one: Subscription) -> str:
    """How a subscription was refused; empty where the server is silent, or ended it with a result."""
    if error := _error(one):
        return f"error {error.get('code')!r}: {str(error.get('message'))[:200]}"
    if not one.over or one.response:
        return ""
    return one.reply.summary if one.reply.status else one.heard.over


def _error(one: Subscription) -> dict[str, Any]:
    return as_object(as_object(one.response.value if one.response else None).get("error"))


def _trigger(connection: Connection, offered: Offered, name: str) -> Trigger | None:
    """Call the tool that changes a list; None without such a tool."""
    tool, sent = "", time.monotonic()
    try:
        tool = offered.tool(f"test_trigger_{name[:-1]}_change")
        answer = connection.request("tools/call", {"name": tool, "arguments": {}})
    except NotApplicable:
        return None
    except NoAnswer as failure:
        return Trigger(f"{tool} did not work ({failure})", failure.exchange, sent)
    works = answer.result is not None and not answer.result.get("isError")
    return Trigger("" if works else f"{tool} did not work ({answer.summary})", answer.exchange, sent)


def _reconnected(probe: Probe, offered: Offered) -> tuple[Message, ...] | None:
    """What came to a connection that asked for nothing when a list changed; None where none was changed."""
    with probe.session() as connection:
        changes = [trigger for name in ("prompts", "resources") if (trigger := _trigger(connection, offered, name))]
        connection.heard.until(lambda _: False, GRACE)
        came = tuple(one for one in connection.heard.since() if as_object(one.value).get("method") in CHANGES)
    return None if all(one.problem for one in changes) else came


def types_of(filter: Mapping[str, Any]) -> set[str]:
    """The lists, by their member of the filter, of whose changes it says that they are told."""
    return {flag for flag in LISTS.values() if filter.get(flag)}


def uris_of(filter: Mapping[str, Any]) -> list[str]:
    """The URIs of the resources of whose changes a filter says that they are told, without a slash at their end."""
    return [one.rstrip("/") for one in as_list(filter.get(URIS)) if isinstance(one, str)]


@dataclass(frozen=True)
class Lasting:
    """A subscription that was left alone for so many `seconds`, or until it was over.

    `refused` says why it did not begin, `broken` that it is over without a response.
    """

    refused: str
    seconds: float
    broken: bool
    exchange: str


def outlast(probe: Probe, seconds: float) -> Lasting:
    """Listen to changes of lists for so many seconds, or until the server ends it. Raises NoAnswer, CouldNotRun."""
    with probe.session() as connection:
        one = listen(connection, EVERY_LIST)
        if not one.begin(min(_BEGIN_SECONDS, connection.http.timeout)):
            refused = _refusal(one) or "the server is silent"
            with suppress(NoAnswer):
                one.close()
            return Lasting(refused, 0.0, False, one.exchange)
        began = time.monotonic()
        one.until(lambda: False, seconds)
        spent, broken = time.monotonic() - began, one.over and one.response is None and one.withdrawn is None
        with suppress(NoAnswer):
            one.close()
        return Lasting("", spent, broken, one.exchange)
