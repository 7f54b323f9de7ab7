"""Streams on which clients of revision 2026-07-28 hear of changes: `subscriptions/listen`.

https://modelcontextprotocol.io/specification/2026-07-28/basic/patterns/subscriptions
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from conformance.reference.calls import Call
from conformance.reference.faults import Faults
from conformance.reference.jsonrpc import (
    INVALID_PARAMS,
    INVALID_REQUEST,
    JsonObject,
    RequestId,
    RpcError,
    as_array,
    as_object,
)
from conformance.reference.resources import WATCHED_SECONDS, WATCHED_URI

SUBSCRIPTION = "io.modelcontextprotocol/subscriptionId"
_FLAGS = {
    "notifications/tools/list_changed": "toolsListChanged",
    "notifications/prompts/list_changed": "promptsListChanged",
    "notifications/resources/list_changed": "resourcesListChanged",
}
_ACKNOWLEDGED, _UPDATED = "notifications/subscriptions/acknowledged", "notifications/resources/updated"
_TASK = "notifications/tasks"
_URIS, _TASKS = "resourceSubscriptions", "taskIds"
_LAST_WORDS = 0.2
"""Seconds that subscriptions have to say that they end."""
_DROPPED_AFTER = 2.5


@dataclass(eq=False)
class Subscription:
    """What one client hears of; `filter` is what it was promised."""

    id: RequestId
    call: Call
    filter: JsonObject

    @property
    def tag(self) -> JsonObject:
        """What says to which subscription a message belongs."""
        return {SUBSCRIPTION: str(self.id) if self.call.faults.active("subscription-id-as-text") else self.id}

    def wants(self, message: JsonObject) -> bool:
        """Whether a notification is what the client asked for."""
        method, faults = message["method"], self.call.faults
        if method == _UPDATED:
            uris = as_array(self.filter.get(_URIS)) or []
            return message["params"]["uri"] in uris or (bool(uris) and faults.active("update-for-other-uri"))
        if method == _TASK:
            ids = as_array(self.filter.get(_TASKS)) or []
            return message["params"]["taskId"] in ids or (bool(ids) and faults.active("notice-of-other-task"))
        if method not in _FLAGS:
            told = _TASKS in self.filter and faults.active("task-progress-on-subscription")
            return told or faults.active("progress-on-listen-stream")
        return self.filter.get(_FLAGS[method]) is True or faults.active("unrequested-change-told")

    def tell(self, method: str, params: JsonObject) -> None:
        """Send a notification of this subscription."""
        tagged = method == _ACKNOWLEDGED or not self.call.faults.active("change-without-subscription-id")
        self.call.notify(method, {**params, **({"_meta": self.tag} if tagged else {})})


@dataclass
class Subscriptions:
    """All subscriptions of a server; `ended` is set when it stops.

    `watched` says of which tasks a client will be told.
    """

    faults: Faults
    watched: Callable[[Call, list[object]], list[object]] = lambda _, __: []
    open: set[Subscription] = field(default_factory=set[Subscription])
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    def publish(self, message: JsonObject) -> None:
        """Send a notification to all who asked for it."""
        for one in list(self.open):
            if one.wants(message):
                one.tell(message["method"], message.get("params", {}))

    async def listen(self, call: Call) -> JsonObject:
        """subscriptions/listen."""
        wanted = as_object(call.params.get("notifications"))
        if wanted is None:
            raise RpcError(INVALID_PARAMS, "Invalid params: notifications must be an object")
        if self.open and self.faults.active("one-subscription-only"):
            raise RpcError(INVALID_REQUEST, "Invalid request: somebody listens already")
        one = Subscription(call.id, call, self._granted(call, wanted))
        self._acknowledge(one)
        self.open.add(one)
        try:
            async with asyncio.TaskGroup() as group:
                watching = group.create_task(_watch(one))
                await self._end_of()
                watching.cancel()
        except asyncio.CancelledError:
            if self.faults.active("cancelled-subscription-goes-on"):
                await self._goes_on(one)
            raise
        finally:
            self.open.discard(one)
            call.notebook.listened.append(call.id)
        if self.faults.active("subscription-ends-silently"):
            await asyncio.sleep(_LAST_WORDS)
        return {"_meta": {} if self.faults.active("listen-result-without-id") else one.tag}

    async def end(self) -> None:
        """End all subscriptions, and wait until the clients know."""
        self.ended.set()
        deadline = asyncio.get_running_loop().time() + _LAST_WORDS
        while self.open and asyncio.get_running_loop().time() < deadline:
            await asyncio.sleep(0)
        if not self.faults.active("subscription-ends-silently"):
            await asyncio.sleep(0.01)

    def _granted(self, call: Call, wanted: JsonObject) -> JsonObject:
        granted: JsonObject = {flag: True for flag in _FLAGS.values() if wanted.get(flag) is True}
        if any(map(self.faults.active, ("prompt-changes-undeclared", "unsupported-change-acknowledged"))):
            granted.pop("promptsListChanged", None)
        if uris := [one for one in as_array(wanted.get(_URIS)) or [] if isinstance(one, str)]:
            granted[_URIS] = uris
        if ids := as_array(wanted.get(_TASKS)):
            granted[_TASKS] = self.watched(call, ids)
        return granted

    def _acknowledge(self, one: Subscription) -> None:
        told = one.filter
        if self.faults.active("acknowledgment-adds-types"):
            told = {**told, "toolsListChanged": True}
        if self.faults.active("unsupported-change-acknowledged"):
            told = {**told, **(as_object(one.call.params["notifications"]) or {})}
        if self.faults.active("change-before-acknowledgment") and "toolsListChanged" in told:
            one.tell("notifications/tools/list_changed", {})
        broken = self.faults.active("acknowledgment-without-filter")
        one.tell(_ACKNOWLEDGED, {} if broken else {"notifications": told})

    async def _end_of(self) -> None:
        if not self.faults.active("listen-stream-dropped"):
            await self.ended.wait()
            return
        await asyncio.sleep(_DROPPED_AFTER)
        if task := asyncio.current_task():
            task.cancel()
        await asyncio.sleep(1)

    async def _goes_on(self, one: Subscription) -> None:
        with_others = asyncio.create_task(self.ended.wait())
        self.open.add(one)
        await asyncio.wait({with_others})


async def _watch(one: Subscription) -> None:
    """Tell of the changes of the only resource that ever changes."""
    changed: JsonObject = {"method": _UPDATED, "params": {"uri": WATCHED_URI}}
    while one.wants(changed):
        await asyncio.sleep(WATCHED_SECONDS)
        one.tell(_UPDATED, changed["params"])
