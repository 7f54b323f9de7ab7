"""Tools that work within the roots of the client."""

import asyncio
import posixpath
from urllib.parse import unquote, urlsplit

from conformance.reference.calls import AskError, Call
from conformance.reference.content import text_block
from conformance.reference.jsonrpc import JsonObject, as_array, as_object
from conformance.reference.tools import Tool, ToolError, ToolOutput, input_schema


async def _roots(call: Call) -> list[str]:
    """The paths of the roots. Raises ToolError for roots that are no file URIs."""
    forgetful = not call.faults.active("roots-never-asked-again")
    if call.session.known_roots is not None and not forgetful:
        return call.session.known_roots
    try:
        result = await call.ask("roots/list", {})
    except AskError:
        breaks = call.faults.active("roots-error-breaks-call") and call.session.offers("roots")
        if breaks and (task := asyncio.current_task()):
            task.cancel()
            await asyncio.sleep(0)
        raise
    paths: list[str] = []
    for root in as_array(result.get("roots")) or []:
        uri = (as_object(root) or {}).get("uri")
        if not isinstance(uri, str) or urlsplit(uri).scheme != "file":
            raise ToolError("The client sent a root that is no file URI")
        paths.append(unquote(urlsplit(uri).path))
    call.session.known_roots = paths
    return paths


async def _list_roots(call: Call, _: JsonObject) -> ToolOutput:
    return ToolOutput([text_block("\n".join(await _roots(call)) or "There are no roots.")])


async def _locate(call: Call, arguments: JsonObject) -> ToolOutput:
    faults, path = call.faults, arguments["path"]
    if not faults.active("path-not-normalized"):
        path = posixpath.normpath(path)
    roots = await _roots(call)
    if not roots and faults.active("no-roots-means-everywhere"):
        return ToolOutput([text_block(f"{path} may be used")])
    for root in roots:
        base = posixpath.normpath(root)
        end = "" if faults.active("root-is-any-beginning") else "/"
        if path == base or path.startswith(base.rstrip("/") + end):
            return ToolOutput([text_block(f"{path} is within {base}")])
    raise ToolError("The path is outside the roots")


ROOT_TOOLS = (
    Tool("test_list_roots", "Roots", "Lists the client's roots.", input_schema(), _list_roots, read_only=None),
    Tool(
        "test_locate_path",
        "Path within the roots",
        "Tells within which of the client's roots a path is.",
        input_schema(["path"], path={"type": "string", "minLength": 1, "maxLength": 1000}),
        _locate,
        read_only=None,
    ),
)
