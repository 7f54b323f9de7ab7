"""Streams on which clients of revision 2026-07-28 hear of changes: `subscriptions/listen`.

https://modelcontextprotocol.io/specification/2026-07-28/basic/patterns/subscriptions
"""

import asyncio
from dataclasses import dataclass, field

from conformance.reference.calls import Call
from conformance.reference.jsonrpc import INVALID_PARAMS, JsonObject, RequestId, RpcError, as_array, as_object
from conformance.reference.resources import WATCHED_SECONDS, WATCHED_URI

SUBSCRIPTION = "io.modelcontextprotocol/subscriptionId"
_FLAGS = {
    "notifications/tools/list_changed": "toolsListChanged",
    "notifications/prompts/list_changed": "promptsListChanged",
    "notifications/resources/list_changed": "resourcesListChanged",
}
_UPDATED, _URIS = "notifications/resources/updated", "resourceSubscriptions"


@dataclass(eq=False)
class Subscription:
    """What one client hears of; `filter` is what it was promised."""

    id: RequestId
    call: Call
    filter: JsonObject

    def wants(self, message: JsonObject) -> bool:
        """Whether a notification is what the client asked for."""
        method = message["method"]
        if method == _UPDATED:
            return message["params"]["uri"] in (as_array(self.filter.get(_URIS)) or [])
        return self.filter.get(_FLAGS.get(method, "")) is True

    def tell(self, method: str, params: JsonObject) -> None:
        """Send a notification of this subscription."""
        self.call.notify(method, {**params, "_meta": {SUBSCRIPTION: self.id}})


@dataclass
class Subscriptions:
    """All subscriptions of a server."""

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
        granted: JsonObject = {flag: True for flag in _FLAGS.values() if wanted.get(flag) is True}
        if uris := [one for one in as_array(wanted.get(_URIS)) or [] if isinstance(one, str)]:
            granted[_URIS] = uris
        one = Subscription(call.id, call, granted)
        one.tell("notifications/subscriptions/acknowledged", {"notifications": granted})
        self.open.add(one)
        try:
            async with asyncio.TaskGroup() as group:
                watching = group.create_task(_watch(one))
                await self.ended.wait()
                watching.cancel()
        finally:
            self.open.discard(one)
        return {"_meta": {SUBSCRIPTION: call.id}}


async def _watch(one: Subscription) -> None:
    """Tell of the changes of the only resource that ever changes."""
    changed: JsonObject = {"method": _UPDATED, "params": {"uri": WATCHED_URI}}
    while one.wants(changed):
        await asyncio.sleep(WATCHED_SECONDS)
        one.tell(_UPDATED, changed["params"])
