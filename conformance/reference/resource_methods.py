"""The methods of resources.

https://modelcontextprotocol.io/specification/2025-11-25/server/resources
"""

import asyncio

from conformance.reference.calls import Call
from conformance.reference.faults import Faults
from conformance.reference.jsonrpc import INVALID_PARAMS, METHOD_NOT_FOUND, JsonObject, RpcError, notification_message
from conformance.reference.pagination import page
from conformance.reference.resources import (
    DYNAMIC_RESOURCE,
    DYNAMIC_URI,
    RESOURCES,
    TEMPLATES,
    WATCHED_SECONDS,
    WATCHED_URI,
    not_found,
    read_resource,
)
from conformance.reference.revisions import fitted_entry
from conformance.reference.sessions import Session


class ResourceMethods:
    """Lists and reads resources, and watches them."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults

    async def list_all(self, call: Call) -> JsonObject:
        """resources/list."""
        if self.faults.active("resources-list-refused"):
            raise RpcError(METHOD_NOT_FOUND, "Method not found: resources/list")
        listed = (*RESOURCES, DYNAMIC_RESOURCE) if DYNAMIC_URI in call.session.shown else RESOURCES
        entries = [fitted_entry(entry, call.session.revision) for entry in listed]
        if self.faults.active("resources-list-invalid"):
            for entry in entries:
                del entry["name"]
        if self.faults.active("resource-uri-duplicate"):
            entries.append(entries[0])
        return page("resources", entries, call.params)

    async def list_templates(self, call: Call) -> JsonObject:
        """resources/templates/list."""
        entries = [fitted_entry(entry, call.session.revision) for entry in TEMPLATES]
        if self.faults.active("templates-list-invalid"):
            for entry in entries:
                del entry["uriTemplate"]
        return page("resourceTemplates", entries, call.params)

    async def read(self, call: Call) -> JsonObject:
        """resources/read."""
        return {"contents": [_contents(call)]}

    async def subscribe(self, call: Call) -> JsonObject:
        """resources/subscribe."""
        uri: str = _contents(call)["uri"]
        if uri not in call.session.subscriptions:
            call.session.subscriptions[uri] = call.session.spawn(_watch(call.session, uri))
        return {}

    async def unsubscribe(self, call: Call) -> JsonObject:
        """resources/unsubscribe."""
        watching = call.session.subscriptions.pop(_uri(call), None)
        if watching:
            watching.cancel()
        return {}


def _uri(call: Call) -> str:
    uri = call.params.get("uri")
    if not isinstance(uri, str):
        raise RpcError(INVALID_PARAMS, "Invalid params: uri must be a string")
    return uri


def _contents(call: Call) -> JsonObject:
    """The contents of the resource that is asked for. Raises RpcError."""
    uri = _uri(call)
    if uri == DYNAMIC_URI and uri not in call.session.shown:
        raise not_found(uri)
    return read_resource(uri)


async def _watch(session: Session, uri: str) -> None:
    """Tell the client about the changes of a resource; only one ever changes."""
    while uri == WATCHED_URI:
        await asyncio.sleep(WATCHED_SECONDS)
        session.send(notification_message("notifications/resources/updated", {"uri": uri}))
