"""What a client hears when lists and a resource change."""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from conformance.interaction.subscribing import Subscribing, changed
from conformance.offered import Offered
from conformance.probe import Probe
from conformance.shapes import as_object
from conformance.verdict import CouldNotRun, NotApplicable
from conformance.wire.connection import Connection
from conformance.wire.http import NoAnswer

WATCHED = "test://watched-resource"
_OTHERS = ("test://static-text", "test://static-binary")
_CHANGE_SECONDS = 3.0
_UPDATE_SECONDS = 6.0
_UPDATED = "notifications/resources/updated"


@dataclass(frozen=True)
class Change:
    """A change of a list that a tool made; `problem` says why it did not, `exchange` is its call."""

    notified: bool
    problem: str
    exchange: str


@dataclass(frozen=True)
class Updates:
    """Whether updates of the watched resource came: after subscribing, after unsubscribing, and to a session that
    subscribed to another one only.
    """

    subscribed: bool
    unsubscribed: bool
    strange: bool
    exchange: str


def list_changes(probe: Probe, offered: Offered) -> dict[str, Change]:
    """Make each list change for which there is a tool, by the capability of the list. Raises NoAnswer, CouldNotRun."""
    triggers: dict[str, str] = {}
    for name in ("tools", "resources", "prompts"):
        with suppress(NotApplicable):
            triggers[name] = offered.tool(f"test_trigger_{name[:-1]}_change")
    if not triggers:
        return {}
    with probe.session() as connection, connection.listening():
        return {name: _change(connection, name, tool) for name, tool in triggers.items()}


def _change(connection: Connection, name: str, tool: str) -> Change:
    mark = connection.heard.mark
    answer = connection.request("tools/call", {"name": tool, "arguments": {}})
    if answer.result is None or answer.result.get("isError"):
        return Change(False, f"{tool} did not work ({answer.summary})", answer.exchange)
    method = f"notifications/{name}/list_changed"
    heard = connection.heard.until(lambda one: as_object(one).get("method") == method, _CHANGE_SECONDS, mark)
    return Change(heard is not None, "", answer.exchange)


def told_changes(subscribing: Subscribing) -> dict[str, Change]:
    """The changes that were made while somebody listened."""
    heard = subscribing.everything
    problem = "" if heard.acknowledgment else f"nobody can listen ({heard.refused or 'the server is silent'})"
    found: dict[str, Change] = {}
    for name, trigger in subscribing.triggers.items():
        notified = any(one.at > trigger.sent for one in heard.told(changed(name)))
        found[name] = Change(notified, problem or trigger.problem, trigger.exchange)
    return found


def told_updates(subscribing: Subscribing) -> Updates:
    """The updates that came while somebody listened. Raises CouldNotRun where nobody could."""
    heard = subscribing.everything
    if not heard.acknowledgment:
        raise CouldNotRun(f"nobody can listen ({heard.refused or 'the server is silent'})")
    return Updates(bool(heard.told(_UPDATED)), False, False, heard.exchange)


def updates(probe: Probe, offered: Offered) -> Updates:
    """Watch the resource that changes by itself. Raises NotApplicable, NoAnswer, CouldNotRun."""
    uri = offered.resource(WATCHED)
    with probe.session() as watcher, watcher.listening(), probe.session() as other, other.listening():
        with suppress(NotApplicable, NoAnswer):
            other.request("resources/subscribe", {"uri": offered.resource(*_OTHERS)})
        answer = watcher.request("resources/subscribe", {"uri": uri})
        started = time.monotonic()
        first = watcher.heard.until(_update_of(uri), _UPDATE_SECONDS)
        period = first.at - started if first else 0.0
        watcher.request("resources/unsubscribe", {"uri": uri})
        mark = watcher.heard.mark
        late = watcher.heard.until(_update_of(uri), 1.5 * period + 0.1, mark) if first else None
        strange = other.heard.until(_update_of(uri), 0.0)
        return Updates(first is not None, late is not None, strange is not None, answer.exchange)


def _update_of(uri: str) -> Callable[[Any], bool]:
    """Tells updates of a resource or of a part of it."""

    def wanted(message: Any) -> bool:  # noqa: ANN401
        members = as_object(message)
        return members.get("method") == _UPDATED and str(as_object(members.get("params")).get("uri")).startswith(uri)

    return wanted
