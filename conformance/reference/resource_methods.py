"""The methods of resources.

https://modelcontextprotocol.io/specification/2025-11-25/server/resources
"""

import asyncio
import json
import os

from conformance.reference.arguments import is_uri
from conformance.reference.calls import Call
from conformance.reference.faults import Faults
from conformance.reference.input_tools import filled, form
from conformance.reference.jsonrpc import (
    INTERNAL_ERROR,
    INVALID_PARAMS,
    METHOD_NOT_FOUND,
    RESOURCE_NOT_FOUND,
    JsonObject,
    RpcError,
    notification_message,
)
from conformance.reference.pagination import page
from conformance.reference.resources import (
    ASKING_RESOURCE,
    ASKING_URI,
    DYNAMIC_RESOURCE,
    DYNAMIC_URI,
    NOTES_RESOURCE,
    RESOURCES,
    STEPS_RESOURCE,
    STEPS_URI,
    TEMPLATES,
    WATCHED_SECONDS,
    WATCHED_URI,
    not_found,
    read_file,
    read_resource,
)
from conformance.reference.revisions import STATELESS, fitted_entry
from conformance.reference.sessions import Session


class ResourceMethods:
    """Lists and reads resources, and watches them."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults

    async def list_all(self, call: Call) -> JsonObject:
        """resources/list."""
        if self.faults.active("resources-list-refused"):
            raise RpcError(METHOD_NOT_FOUND, "Method not found: resources/list")
        revision = call.session.revision
        own = (ASKING_RESOURCE, STEPS_RESOURCE, NOTES_RESOURCE)
        listed = (*RESOURCES, *own) if revision >= STATELESS else RESOURCES
        if self.faults.active("resources-by-process"):
            listed = (*listed, {**DYNAMIC_RESOURCE, "uri": f"test://process-{os.getpid()}"})
        listed = (*listed, DYNAMIC_RESOURCE) if DYNAMIC_URI in call.session.shown else listed
        entries = [fitted_entry(entry, revision) for entry in listed]
        if call.session.user == "bob" and self.faults.active("hidden-resource-readable"):
            del entries[0]
        if self.faults.active("resources-list-invalid"):
            for entry in entries:
                del entry["name"]
        if self.faults.active("resource-uri-duplicate"):
            entries.append(entries[0])
        self._spoil_resources(entries)
        return page("resources", entries, call.params)

    def _spoil_resources(self, entries: list[JsonObject]) -> None:
        guide = entries[0]
        if self.faults.active("listed-resource-missing"):
            entries.append({"uri": "reference://missing", "name": "missing"})
        for name, uri in _SPOILED_URIS.items():
            if self.faults.active(name):
                entries.append({"uri": uri, "name": "spoiled"})
        if self.faults.active("resource-size-wrong"):
            guide["size"] += 1
        if self.faults.active("annotation-priority-too-high"):
            guide["annotations"] = {**guide["annotations"], "priority": 5}
        if self.faults.active("last-modified-not-iso8601"):
            guide["annotations"] = {**guide["annotations"], "lastModified": "yesterday"}

    async def list_templates(self, call: Call) -> JsonObject:
        """resources/templates/list."""
        entries = [fitted_entry(entry, call.session.revision) for entry in TEMPLATES]
        if self.faults.active("templates-list-invalid"):
            for entry in entries:
                del entry["uriTemplate"]
        if self.faults.active("uri-template-unbalanced"):
            entries[0]["uriTemplate"] = entries[0]["uriTemplate"].removesuffix("}")
        return page("resourceTemplates", entries, call.params)

    async def read(self, call: Call) -> JsonObject:
        """resources/read."""
        try:
            contents = _contents(call)
        except RpcError as error:
            if self.faults.active("failed-read-shows-resource"):
                call.session.shown.add(DYNAMIC_URI)
            return self._with_faults(_uri(call), error)
        if contents["uri"] == ASKING_URI and call.session.offers("elicitation"):
            answers = call.ask_together({"user_name": form("What is your name?", "name")})
            contents["text"] = f"This is a text for {filled(answers['user_name'], 'name')}."
        self._spoil_contents(contents)
        return {"contents": [contents]}

    def _with_faults(self, uri: str, error: RpcError) -> JsonObject:
        """The answer where there is nothing to read: the error, unless a fault has it otherwise."""
        if error.code == RESOURCE_NOT_FOUND:
            if any(map(self.faults.active, ("missing-resource-is-empty", "missing-resource-is-nothing"))):
                return {"contents": []}
            if self.faults.active("missing-resource-wrong-code"):
                error.code = INVALID_PARAMS
        spoiled = any(self.faults.active(name) and uri == one for name, one in _SPOILED_URIS.items())
        if spoiled or (self.faults.active("resource-uris-unchecked") and not is_uri(uri)):
            return {"contents": [{"uri": uri, "text": "What was asked for."}]}
        raise error

    def _spoil_contents(self, contents: JsonObject) -> None:
        if self.faults.active("read-result-without-uri"):
            del contents["uri"]
        if "blob" in contents and self.faults.active("blob-not-base64"):
            contents["blob"] = contents["blob"].rstrip("=") + "%"
        if contents.get("uri") == WATCHED_URI and self.faults.active("binary-as-text"):
            contents["mimeType"] = "application/octet-stream"

    async def subscribe(self, call: Call) -> JsonObject:
        """resources/subscribe."""
        uri: str = _contents(call)["uri"]
        changes = uri == WATCHED_URI or self.faults.active("updates-for-everybody")
        if uri not in call.session.subscriptions:
            watching = (
                self._watch(call.session) if changes and not self.faults.active("updates-never-sent") else _idle()
            )
            call.session.subscriptions[uri] = call.session.spawn(watching)
        return {"subscribed": True} if self.faults.active("subscribe-not-empty") else {}

    async def unsubscribe(self, call: Call) -> JsonObject:
        """resources/unsubscribe."""
        watching = call.session.subscriptions.pop(_uri(call), None)
        if watching and not self.faults.active("unsubscribe-ignored"):
            watching.cancel()
        return {"unsubscribed": True} if self.faults.active("unsubscribe-not-empty") else {}

    async def _watch(self, session: Session) -> None:
        """Tell the client about the changes of the only resource that ever changes."""
        while True:
            await asyncio.sleep(WATCHED_SECONDS)
            session.send(notification_message("notifications/resources/updated", {"uri": WATCHED_URI}))
            if self.faults.active("update-without-uri"):
                session.send(notification_message("notifications/resources/updated", {}))


def _uri(call: Call) -> str:
    uri = call.params.get("uri")
    if not isinstance(uri, str):
        code = INTERNAL_ERROR if call.faults.active("malformed-params-wrong-code") else INVALID_PARAMS
        raise RpcError(code, "Invalid params: uri must be a string")
    return uri


def _contents(call: Call) -> JsonObject:
    """The contents of the resource that is asked for. Raises RpcError."""
    uri = _uri(call)
    hidden = uri == DYNAMIC_URI and uri not in call.session.shown
    if hidden or (uri == ASKING_URI and call.session.revision < STATELESS):
        raise not_found(uri)
    if uri == STEPS_URI:
        return {"uri": uri, "mimeType": "application/json", "text": json.dumps(call.notebook.steps)}
    if uri.startswith("file:") and call.session.revision >= STATELESS:
        return read_file(uri, confined=not call.faults.active("file-resource-unconfined"))
    return read_resource(uri)


async def _idle() -> None:
    return


_SPOILED_URIS = {
    "resource-uri-with-space": "reference://two words",
    "resource-scheme-with-underscore": "my_server://guide",
}
