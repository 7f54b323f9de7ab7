"""What faults make of the hints with which results say for how long, and for whom, they may be kept."""

from conformance.reference.faults import Faults
from conformance.reference.jsonrpc import JsonObject, Request

_WITHOUT = {
    "server/discover": "discover-without-hints",
    "tools/list": "tools-without-hints",
    "prompts/list": "prompts-without-hints",
    "resources/list": "resources-without-hints",
    "resources/templates/list": "templates-without-hints",
    "resources/read": "contents-without-hints",
}


def spoil_hints(request: Request, result: JsonObject, faults: Faults) -> JsonObject:
    """A result with its hints, unless a fault has them otherwise."""
    if request.method not in _WITHOUT or "cacheScope" not in result:
        return result
    if faults.active(_WITHOUT[request.method]):
        return {name: value for name, value in result.items() if name not in ("ttlMs", "cacheScope")}
    if faults.active("ttl-negative"):
        result["ttlMs"] = -1
    if faults.active("ttl-in-words"):
        result["ttlMs"] = "1000"
    if faults.active("cache-scope-capitalized"):
        result["cacheScope"] = result["cacheScope"].capitalize()
    if faults.active("cache-scope-by-page") and "cursor" in request.params:
        result["cacheScope"] = "private"
    return result
