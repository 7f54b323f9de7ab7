"""Revision 2026-07-28, in which each request stands alone: discovery and tools, enough to be found and called.

https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http
"""

from collections.abc import Mapping

from conformance.reference.jsonrpc import METHOD_NOT_FOUND, JsonObject, Request, RpcError, as_object
from conformance.reference.mcp import Dispatcher, server_info
from conformance.reference.revisions import NEWEST, REVISIONS
from conformance.reference.sessions import Session

STATELESS = "2026-07-28"
HEADER_MISMATCH = -32020
_META = "io.modelcontextprotocol/"
_FRESH: JsonObject = {"resultType": "complete", "ttlMs": 0, "cacheScope": "private"}


async def answer_alone(request: Request, headers: Mapping[str, str], dispatcher: Dispatcher) -> JsonObject:
    """The answer to a request. Raises RpcError, to be answered with status 400, where its headers contradict it."""
    version = (as_object(request.params.get("_meta")) or {}).get(_META + "protocolVersion")
    expected = {"Mcp-Method": request.method}
    if request.method == "tools/call":
        expected["Mcp-Name"] = str(request.params.get("name"))
    if version != STATELESS or any(headers.get(name) != value for name, value in expected.items()):
        raise RpcError(HEADER_MISMATCH, "The header fields do not match the body")
    if request.method == "server/discover":
        return {"jsonrpc": "2.0", "id": request.id, "result": _discovery()}
    if request.method not in ("tools/list", "tools/call"):
        raise RpcError(METHOD_NOT_FOUND, f"Method not found: {request.method[:100]}")
    request.params.pop("task", None)
    session = Session(revision=NEWEST)
    answer = await dispatcher.answer(request, session, session)
    if request.method == "tools/list" and "result" in answer:
        answer["result"]["tools"] = [_without_tasks(one) for one in answer["result"]["tools"] if not _only_task(one)]
    if "result" in answer:
        answer["result"] |= _FRESH if request.method == "tools/list" else {"resultType": "complete"}
    return answer


def _discovery() -> JsonObject:
    about: JsonObject = {_META + "serverInfo": server_info(NEWEST)}
    capabilities: JsonObject = {"tools": {}}
    return {"supportedVersions": [STATELESS, *REVISIONS], "capabilities": capabilities, "_meta": about, **_FRESH}


def _only_task(tool: JsonObject) -> bool:
    return tool.get("execution") == {"taskSupport": "required"}


def _without_tasks(tool: JsonObject) -> JsonObject:
    return {name: value for name, value in tool.items() if name != "execution"}
