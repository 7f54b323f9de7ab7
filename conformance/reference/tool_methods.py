"""The methods of tools.

https://modelcontextprotocol.io/specification/2025-11-25/server/tools
"""

import os
from collections import Counter
from collections.abc import Mapping

from conformance.reference.arguments import argument_errors
from conformance.reference.asking_tools import ASKING_TOOLS
from conformance.reference.calls import AskError, Call
from conformance.reference.changing_tools import CHANGING_TOOLS, DYNAMIC_TOOL
from conformance.reference.content import text_block
from conformance.reference.faults import Faults
from conformance.reference.fixture_tools import FIXTURE_TOOLS
from conformance.reference.handle_tools import HANDLE_TOOLS
from conformance.reference.input_tools import INPUT_TOOLS
from conformance.reference.jsonrpc import (
    INTERNAL_ERROR,
    INVALID_PARAMS,
    METHOD_NOT_FOUND,
    JsonObject,
    RpcError,
    as_object,
)
from conformance.reference.logging_tools import LOGGING_TOOLS
from conformance.reference.mirrored_tools import ANNOTATION, LOCATE
from conformance.reference.pagination import PAGE_SIZE, cursor_of, page
from conformance.reference.revisions import STRUCTURED_CONTENT, fitted_block, fitted_tool
from conformance.reference.sessions import Session
from conformance.reference.task_tools import GREET, TASK_TOOLS
from conformance.reference.tools import OWN_TOOLS, TaskSupport, Tool, ToolError

TOOLS: Mapping[str, Tool] = {
    tool.name: tool
    for tool in (
        *OWN_TOOLS,
        LOCATE,
        *FIXTURE_TOOLS,
        *ASKING_TOOLS,
        *CHANGING_TOOLS,
        *LOGGING_TOOLS,
        *INPUT_TOOLS,
        *HANDLE_TOOLS,
        GREET,
        *TASK_TOOLS,
    )
}
_MEASURE = "measure"


class ToolMethods:
    """Lists and calls tools; counts the calls."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults
        self.calls: Counter[str] = Counter()
        self._broken = False
        self._walks = 0
        self._used: set[tuple[Session, object]] = set()

    async def list_all(self, call: Call) -> JsonObject:
        """tools/list."""
        if self.faults.active("tools-list-refused"):
            raise RpcError(METHOD_NOT_FOUND, "Method not found: tools/list")
        session = call.session
        entries = [fitted_tool(each.describe(), session.revision) for each in TOOLS.values() if _offers(session, each)]
        if any(map(self.faults.active, ("network-ref-listed", "external-ref-accepted"))):
            schema = {"type": "object", "properties": {"length": {"$ref": "https://reference.example/length.json"}}}
            entries.append({"name": _MEASURE, "inputSchema": schema, "annotations": {"readOnlyHint": True}})
        if self.faults.active("tools-by-process"):
            entries.append({"name": f"process-{os.getpid()}", "inputSchema": {"type": "object"}})
        if self.faults.active("tools-shuffled"):
            self._walks += "cursor" not in call.params
            entries.sort(key=lambda entry: entry["name"], reverse=self._walks % 2 == 0)
        self._spoil_tools(entries)
        params, cursor = call.params, call.params.get("cursor")
        self._spoil_cursor(session, cursor)
        bound = self.faults.active("cursor-of-this-process")
        if bound and isinstance(cursor, str):
            params = params | {"cursor": cursor.removeprefix(f"{os.getpid()}-")}
        if self.faults.active("cursor-ignored") and cursor != cursor_of("tools", PAGE_SIZE):
            params = {}
        result = page("tools", entries, params)
        if self.faults.active("cursor-repeats-page"):
            result = page("tools", entries, {}) | {"nextCursor": cursor_of("tools", PAGE_SIZE)}
        if bound and "nextCursor" in result:
            result["nextCursor"] = f"{os.getpid()}-{result['nextCursor']}"
        if self.faults.active("next-cursor-null"):
            result.setdefault("nextCursor", None)
        if self.faults.active("next-cursor-missing"):
            result = {"tools": entries[: PAGE_SIZE // 2]}
        return result

    def _spoil_cursor(self, session: Session, cursor: object) -> None:
        if self.faults.active("long-cursor-breaks-list"):
            self._broken = self._broken or len(str(cursor)) > 1000
            if self._broken:
                raise RpcError(INTERNAL_ERROR, "Internal error")
        if self.faults.active("cursor-works-once"):
            if (session, cursor) in self._used:
                raise RpcError(INVALID_PARAMS, "Invalid params: the cursor was used already")
            if cursor is not None:
                self._used.add((session, cursor))

    def _spoil_tools(self, entries: list[JsonObject]) -> None:
        echo, add = entries[:2]
        if self.faults.active("tool-without-input-schema"):
            del echo["inputSchema"]
        if self.faults.active("tool-schema-not-object"):
            echo["inputSchema"] = {"type": "array"}
        if self.faults.active("output-schema-not-object"):
            add["outputSchema"] = {"type": "string"}
        if self.faults.active("tool-description-number"):
            echo["description"] = 5
        if self.faults.active("tool-name-duplicate"):
            entries.append(dict(echo))
        for name, spoiled in _SPOILED_NAMES.items():
            if self.faults.active(name):
                entries.append({**echo, "name": spoiled, "annotations": {}})
        for entry in entries if self.faults.active("schema-keywords-lost") else ():
            entry["inputSchema"] = _plain(entry["inputSchema"])
        if self.faults.active("tool-schema-invalid"):
            echo["inputSchema"] = {
                "type": "object",
                "properties": {"text": {"type": "strng"}},
                "required": ["text"],
            }

        for name, extra in _SPOILED_ANNOTATIONS.items():
            if self.faults.active(name):
                self._spoil_annotations(entries, extra)

    def _spoil_annotations(self, entries: list[JsonObject], extra: JsonObject) -> None:
        for entry in entries:
            if entry["name"] == LOCATE.name:
                schema = entry["inputSchema"]
                entry["inputSchema"] = schema | {"properties": schema["properties"] | extra}

    def task_support(self, call: Call) -> TaskSupport | None:
        """Whether the called tool can run as a task; None where the call names no tool."""
        tool = TOOLS.get(str(call.params.get("name")))
        return tool.task_support if tool and _offers(call.session, tool) else None

    async def call(self, call: Call) -> JsonObject:
        """tools/call."""
        name, arguments = call.params.get("name"), as_object(call.params.get("arguments", {}))
        if not isinstance(name, str) or arguments is None:
            if self.faults.active("malformed-call-is-result"):
                return _failed("There is no name, or arguments is no object.")
            raise RpcError(INVALID_PARAMS, "Invalid params: tools/call needs a name, and arguments must be an object")
        tool = TOOLS.get(name.lower() if self.faults.active("tool-names-any-case") else name)
        if tool is None or not _offers(call.session, tool):
            if name == _MEASURE and self.faults.active("external-ref-accepted"):
                return {"content": [text_block("Measured.")]}
            if self.faults.active("failed-call-shows-tool"):
                call.session.shown.add(DYNAMIC_TOOL)
            return self._unknown(name)
        errors = self._argument_errors(tool, arguments)
        if errors and self.faults.active("tool-arguments-unchecked"):
            return {"content": [text_block("Done.")]}
        if errors and self.faults.active("argument-error-is-protocol-error"):
            raise RpcError(INVALID_PARAMS, "; ".join(errors))
        if errors:
            return _failed("; ".join(errors))
        self.calls[tool.name] += 1
        call.log("info", f"{tool.name} was called")
        if self.faults.active("later-notification-sent"):
            call.notify("notifications/elicitation/complete", {"elicitationId": tool.name})
        try:
            output = await tool.run(call, arguments)
        except (ToolError, AskError) as error:
            if self.faults.active("tool-error-is-protocol-error"):
                raise RpcError(INTERNAL_ERROR, str(error)) from None
            return _failed(str(error))
        revision = call.session.revision
        result: JsonObject = {"content": [fitted_block(block, revision) for block in output.content]}
        if output.structured is not None and revision >= STRUCTURED_CONTENT:
            result["structuredContent"] = output.structured
            self._spoil_structured(result)
        if self.faults.active("call-result-without-content"):
            del result["content"]
        if self.faults.active("tool-image-not-base64"):
            result["content"] = [block | {"data": "%%%"} if "data" in block else block for block in result["content"]]
        return result

    def _argument_errors(self, tool: Tool, arguments: JsonObject) -> list[str]:
        schema = _plain(tool.input_schema) if self.faults.active("schema-keywords-lost") else tool.input_schema
        if self.faults.active("schema-references-ignored"):
            properties: dict[str, JsonObject] = schema["properties"]
            free: JsonObject = {name: {} if "$ref" in one else one for name, one in properties.items()}
            schema = schema | {"properties": free}
        if tool is LOCATE and self.faults.active("integers-without-bounds"):
            schema = schema | {"properties": schema["properties"] | _SPOILED_ANNOTATIONS["integers-without-bounds"]}
        return argument_errors(schema, arguments)

    def _unknown(self, name: str) -> JsonObject:
        if self.faults.active("unknown-tool-is-result"):
            return _failed("There is no such tool.")
        code = METHOD_NOT_FOUND if self.faults.active("unknown-tool-wrong-code") else INVALID_PARAMS
        raise RpcError(code, f"Unknown tool: {name[:100]}")

    def _spoil_structured(self, result: JsonObject) -> None:
        if self.faults.active("structured-content-missing"):
            del result["structuredContent"]
        if self.faults.active("structured-content-mismatch"):
            result["structuredContent"] = {"unexpected": True}
        if self.faults.active("structured-content-array"):
            result["structuredContent"] = [result["structuredContent"]]
        if self.faults.active("structured-content-not-in-text"):
            result["content"] = [text_block("See the structured content.")]


_SPOILED_NAMES = {
    "tool-name-too-long": "x" * 129,
    "tool-name-not-ascii": "wetter_für_morgen",
    "tool-name-with-space": "weather forecast",
}


_IN_LIST: JsonObject = {
    "type": "array",
    "items": {"type": "object", "properties": {"note": {"type": "string", ANNOTATION: "Note"}}},
}
_SPOILED_ANNOTATIONS: Mapping[str, JsonObject] = {
    "annotation-empty": {"note": {"type": "string", ANNOTATION: ""}},
    "annotation-with-space": {"note": {"type": "string", ANNOTATION: "Two Words"}},
    "annotation-with-line-break": {"note": {"type": "string", ANNOTATION: "Two\nLines"}},
    "annotation-twice": {"note": {"type": "string", ANNOTATION: "REGION"}},
    "annotation-of-number": {"note": {"type": "number", ANNOTATION: "Note"}},
    "annotation-in-list": {"notes": _IN_LIST},
    "annotation-of-secret": {"apiKey": {"type": "string", ANNOTATION: "Key"}},
    "integers-without-bounds": {"shelf": {"type": "integer", ANNOTATION: "Shelf"}},
}


def _plain(schema: JsonObject) -> JsonObject:
    """What is left of a schema when a library keeps only the keywords that it knows."""
    properties: dict[str, JsonObject] = schema.get("properties", {})
    kept: JsonObject = {name: {} if "$ref" in one else one for name, one in properties.items()}
    return {name: value for name, value in schema.items() if name in ("type", "required")} | {"properties": kept}


def _offers(session: Session, tool: Tool) -> bool:
    return tool.since <= session.revision <= tool.until and (not tool.dynamic or tool.name in session.shown)


def _failed(reason: str) -> JsonObject:
    return {"content": [text_block(reason)], "isError": True}
