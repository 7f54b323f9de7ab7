"""The MCP methods: one dispatcher for all transports and revisions.

https://modelcontextprotocol.io/specification/2025-11-25 and /2025-06-18; a session speaks what it negotiated.
Of 2025-03-26 there is the handshake, and nothing that differs.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from conformance.reference.arguments import argument_errors
from conformance.reference.faults import Faults
from conformance.reference.jsonrpc import (
    INTERNAL_ERROR,
    INVALID_PARAMS,
    INVALID_REQUEST,
    METHOD_NOT_FOUND,
    PARSE_ERROR,
    JsonObject,
    Request,
    RequestId,
    RpcError,
    as_object,
    encode,
    error_message,
    result_message,
)
from conformance.reference.pagination import PAGE_SIZE, cursor_of, page
from conformance.reference.prompts import PROMPTS, completions, find_prompt
from conformance.reference.resources import RESOURCES, TEMPLATES, read_resource
from conformance.reference.tools import TOOLS, Notebook, Tool, text_block

REVISIONS = ("2025-03-26", "2025-06-18", "2025-11-25")
NEWEST = REVISIONS[-1]
LOG_LEVELS = ("debug", "info", "notice", "warning", "error", "critical", "alert", "emergency")

_INSTRUCTIONS = "A server to audit. Every tool but remember only reads."
_ICON: JsonObject = {
    "src": "data:image/svg+xml;base64,"
    "PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciIHZpZXdCb3g9IjAgMCA4IDgiPjxwYXRoIGQ9Ik0xIDRsMiAyIDQtNCIvPjwvc3ZnPg==",
    "mimeType": "image/svg+xml",
    "sizes": ["any"],
}


@dataclass(slots=True)
class Session:
    """What the server remembers of one client between requests; `revision` is empty before the handshake.

    `user` is who opened the session; empty where no token is needed.
    """

    id: str = ""
    user: str = ""
    revision: str = ""
    log_level: str = "info"
    events: int = 0
    unsent: list[JsonObject] = field(default_factory=list[JsonObject])

    def log(self, level: str, text: str) -> None:
        """Queue a log message, unless the client asked for more serious ones only."""
        if LOG_LEVELS.index(level) >= LOG_LEVELS.index(self.log_level):
            params: JsonObject = {"level": level, "logger": "tools", "data": text}
            self.unsent.append({"jsonrpc": "2.0", "method": "notifications/message", "params": params})

    def next_event_id(self) -> str:
        """An event id no other event of this session has."""
        self.events += 1
        return str(self.events)

    def take_unsent(self) -> list[JsonObject]:
        """The notifications queued while a request was answered, to be sent ahead of the answer."""
        taken, self.unsent = self.unsent, []
        return taken


Method = Callable[[JsonObject, Session], JsonObject]


class Dispatcher:
    """Answers requests; holds the notebook and the count of tool calls, which all sessions share."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults
        self.calls: Counter[str] = Counter()
        self.notebook = Notebook()
        self.tools: Mapping[str, Tool] = {tool.name: tool for tool in TOOLS}
        self._methods: Mapping[str, Method] = {
            "initialize": self._initialize,
            "ping": self._ping,
            "tools/list": self._tools_list,
            "tools/call": self._tools_call,
            "resources/list": self._resources_list,
            "resources/templates/list": self._templates_list,
            "resources/read": self._resources_read,
            "prompts/list": self._prompts_list,
            "prompts/get": self._prompts_get,
            "completion/complete": self._complete,
            "logging/setLevel": self._set_level,
        }

    def answer(self, request: Request, session: Session) -> JsonObject:
        """The one response to `request`; on initialize the session learns its revision."""
        try:
            return self._with_faults(request, result_message(request.id, self._result(request, session)))
        except RpcError as error:
            return self._error_with_faults(request, error_message(error, request.id))

    def refusal(self, error: RpcError) -> JsonObject:
        """The error response to a body that held no usable message."""
        spoiling = {INVALID_REQUEST: "invalid-request-wrong-code", PARSE_ERROR: "malformed-json-wrong-code"}
        if error.code in spoiling and self.faults.active(spoiling[error.code]):
            error.code = INTERNAL_ERROR
        return error_message(error)

    def encode(self, message: JsonObject) -> bytes:
        """`message` as the bytes to send."""
        return encode(message, "surrogateescape" if self.faults.active("invalid-utf8") else "backslashreplace")

    def _result(self, request: Request, session: Session) -> JsonObject:
        method = self._methods.get(request.method)
        if method is None:
            return self._unknown_method(request)
        if not session.revision and request.method not in ("initialize", "ping"):
            raise RpcError(INVALID_REQUEST, "Invalid request: initialize comes first")
        return method(request.params, session)

    def _unknown_method(self, request: Request) -> JsonObject:
        if self.faults.active("unknown-method-result"):
            return {}
        code = INTERNAL_ERROR if self.faults.active("unknown-method-wrong-code") else METHOD_NOT_FOUND
        name = "\udcff" if self.faults.active("invalid-utf8") else request.method[:100]
        raise RpcError(code, f"Method not found: {name}")

    def _with_faults(self, request: Request, message: JsonObject) -> JsonObject:
        if request.method == "ping":
            if self.faults.active("jsonrpc-1"):
                message["jsonrpc"] = "1.0"
            if self.faults.active("empty-response"):
                del message["result"]
            if self.faults.active("result-null"):
                message["result"] = None
        if self.faults.active("id-as-string"):
            message["id"] = _as_number(request.id)
        return message

    def _error_with_faults(self, request: Request, message: JsonObject) -> JsonObject:
        if self.faults.active("error-id-null"):
            message["id"] = None
        if request.method == "tools/call":
            if self.faults.active("error-without-message"):
                del message["error"]["message"]
            if self.faults.active("error-code-string"):
                message["error"]["code"] = str(message["error"]["code"])
            if self.faults.active("result-and-error"):
                message["result"] = {"content": []}
        return message

    def _initialize(self, params: JsonObject, session: Session) -> JsonObject:
        client = as_object(params.get("clientInfo")) or {}
        wanted = params.get("protocolVersion")
        if (
            not isinstance(wanted, str)
            or as_object(params.get("capabilities")) is None
            or not all(isinstance(client.get(member), str) for member in ("name", "version"))
        ):
            raise RpcError(
                INVALID_PARAMS,
                "Invalid params: initialize needs protocolVersion, capabilities and clientInfo",
            )
        session.revision = wanted if wanted in REVISIONS else NEWEST
        if self.faults.active("version-always-newest"):
            session.revision = NEWEST
        result: JsonObject = {
            "protocolVersion": wanted if self.faults.active("version-echoed") else session.revision,
            "capabilities": self._capabilities(),
            "serverInfo": server_info(session.revision),
            "instructions": _INSTRUCTIONS,
        }
        if self.faults.active("initialize-without-server-info"):
            del result["serverInfo"]
        return result

    def _capabilities(self) -> JsonObject | list[JsonObject]:
        if self.faults.active("capabilities-null"):
            return []
        capabilities: JsonObject = {
            "tools": {},
            "resources": {},
            "prompts": {},
            "completions": {},
            "logging": {},
        }
        for feature in ("tools", "resources", "prompts"):
            if self.faults.active(f"{feature}-undeclared"):
                del capabilities[feature]
        return capabilities

    def _ping(self, _params: JsonObject, _session: Session) -> JsonObject:
        if self.faults.active("ping-refused"):
            raise RpcError(METHOD_NOT_FOUND, "Method not found: ping")
        return {"pong": True} if self.faults.active("ping-not-empty") else {}

    def _tools_list(self, params: JsonObject, session: Session) -> JsonObject:
        if self.faults.active("tools-list-refused"):
            raise RpcError(METHOD_NOT_FOUND, "Method not found: tools/list")
        entries = [tool.describe() for tool in TOOLS]
        if session.revision == NEWEST:
            entries[0]["icons"] = [_ICON]
        self._spoil_tools(entries)
        cursor = params.get("cursor")
        if self.faults.active("cursor-ignored") and cursor != cursor_of("tools", PAGE_SIZE):
            params = {}
        result = page("tools", entries, params)
        if self.faults.active("cursor-repeats-page"):
            result = page("tools", entries, {}) | {"nextCursor": cursor_of("tools", PAGE_SIZE)}
        if self.faults.active("next-cursor-null"):
            result.setdefault("nextCursor", None)
        return result

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
        if self.faults.active("tool-schema-invalid"):
            echo["inputSchema"] = {
                "type": "object",
                "properties": {"text": {"type": "strng"}},
                "required": ["text"],
            }

    def _tools_call(self, params: JsonObject, session: Session) -> JsonObject:
        name, arguments = params.get("name"), as_object(params.get("arguments", {}))
        if not isinstance(name, str) or arguments is None:
            raise RpcError(INVALID_PARAMS, "Invalid params: tools/call needs a name, and arguments must be an object")
        tool = self.tools.get(name)
        if tool is None:
            if self.faults.active("unknown-tool-is-result"):
                return {"content": [text_block("There is no such tool.")], "isError": True}
            code = METHOD_NOT_FOUND if self.faults.active("unknown-tool-wrong-code") else INVALID_PARAMS
            raise RpcError(code, f"Unknown tool: {name[:100]}")
        errors = argument_errors(tool.input_schema, arguments)
        if errors:
            return {"content": [text_block("; ".join(errors))], "isError": True}
        self.calls[name] += 1
        session.log("info", f"{name} was called")
        if self.faults.active("notification-with-id"):
            session.unsent = [each | {"id": None} for each in session.unsent]
        output = tool.run(arguments, self.notebook)
        result: JsonObject = {"content": output.content}
        if output.structured is not None:
            result["structuredContent"] = output.structured
            self._spoil_structured(result)
        if self.faults.active("call-result-without-content"):
            del result["content"]
        return result

    def _spoil_structured(self, result: JsonObject) -> None:
        if self.faults.active("structured-content-missing"):
            del result["structuredContent"]
        if self.faults.active("structured-content-mismatch"):
            result["structuredContent"] = {"unexpected": True}
        if self.faults.active("structured-content-array"):
            result["structuredContent"] = [result["structuredContent"]]

    def _resources_list(self, params: JsonObject, _session: Session) -> JsonObject:
        if self.faults.active("resources-list-refused"):
            raise RpcError(METHOD_NOT_FOUND, "Method not found: resources/list")
        spoiled = "name" if self.faults.active("resources-list-invalid") else ""
        entries = [_without(spoiled, entry) for entry in RESOURCES]
        if self.faults.active("resource-uri-duplicate"):
            entries.append(entries[0])
        return page("resources", entries, params)

    def _templates_list(self, params: JsonObject, _session: Session) -> JsonObject:
        spoiled = "uriTemplate" if self.faults.active("templates-list-invalid") else ""
        return page("resourceTemplates", [_without(spoiled, entry) for entry in TEMPLATES], params)

    def _resources_read(self, params: JsonObject, _session: Session) -> JsonObject:
        uri = params.get("uri")
        if not isinstance(uri, str):
            raise RpcError(INVALID_PARAMS, "Invalid params: resources/read needs a uri")
        return {"contents": [read_resource(uri)]}

    def _prompts_list(self, params: JsonObject, _session: Session) -> JsonObject:
        if self.faults.active("prompts-list-refused"):
            raise RpcError(METHOD_NOT_FOUND, "Method not found: prompts/list")
        spoiled = "name" if self.faults.active("prompts-list-invalid") else ""
        entries = [_without(spoiled, prompt.describe()) for prompt in PROMPTS.values()]
        if self.faults.active("prompt-name-duplicate"):
            entries.append(entries[0])
        return page("prompts", entries, params)

    def _prompts_get(self, params: JsonObject, _session: Session) -> JsonObject:
        arguments = as_object(params.get("arguments", {}))
        if arguments is None:
            raise RpcError(INVALID_PARAMS, "Invalid params: arguments must be an object")
        return find_prompt(params.get("name")).get(arguments)

    def _complete(self, params: JsonObject, _session: Session) -> JsonObject:
        reference, argument = as_object(params.get("ref")), as_object(params.get("argument")) or {}
        name, typed = argument.get("name"), argument.get("value")
        if reference is None or not isinstance(name, str) or not isinstance(typed, str):
            raise RpcError(INVALID_PARAMS, "Invalid params: completion needs ref, argument.name and argument.value")
        values = completions(reference, name, typed)
        return {"completion": {"values": values, "total": len(values), "hasMore": False}}

    def _set_level(self, params: JsonObject, session: Session) -> JsonObject:
        if params.get("level") not in LOG_LEVELS:
            raise RpcError(INVALID_PARAMS, "Invalid params: level must be one of " + ", ".join(LOG_LEVELS))
        session.log_level = params["level"]
        return {}


def server_info(revision: str) -> JsonObject:
    """How the server presents itself in a revision."""
    info: JsonObject = {"name": "conformance-reference", "title": "Reference server", "version": "1.0.0"}
    if revision == NEWEST:
        info |= {"description": "A conformant server to audit.", "icons": [_ICON]}
    return info


def _without(member: str, entry: JsonObject) -> JsonObject:
    return {key: value for key, value in entry.items() if key != member}


def _as_number(id: RequestId) -> RequestId:
    return int(id) if isinstance(id, str) and id.isdecimal() and len(id) < 16 else id
