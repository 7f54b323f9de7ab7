"""The methods of resources.

https://modelcontextprotocol.io/specification/2025-11-25/server/resources
"""

from conformance.reference.calls import Call
from conformance.reference.faults import Faults
from conformance.reference.jsonrpc import INVALID_PARAMS, METHOD_NOT_FOUND, JsonObject, RpcError
from conformance.reference.pagination import page
from conformance.reference.resources import RESOURCES, TEMPLATES, read_resource
from conformance.reference.revisions import fitted_entry


class ResourceMethods:
    """Lists and reads resources."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults

    async def list_all(self, call: Call) -> JsonObject:
        """resources/list."""
        if self.faults.active("resources-list-refused"):
            raise RpcError(METHOD_NOT_FOUND, "Method not found: resources/list")
        entries = [fitted_entry(entry, call.session.revision) for entry in RESOURCES]
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
        uri = call.params.get("uri")
        if not isinstance(uri, str):
            raise RpcError(INVALID_PARAMS, "Invalid params: resources/read needs a uri")
        return {"contents": [read_resource(uri)]}
