"""The MCP methods: one dispatcher for all transports and revisions; a session speaks what it negotiated.

https://modelcontextprotocol.io/specification/2025-11-25, /2025-06-18, /2025-03-26 and /2024-11-05.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping
from itertools import count

from conformance.reference.calls import Call
from conformance.reference.content import ICON, IMPLEMENTATION
from conformance.reference.durable_methods import EXTENSION, DurableTasks
from conformance.reference.faults import Faults
from conformance.reference.hints import spoil_hints
from conformance.reference.inputs import ASKING_METHODS, InputRequiredError, States
from conformance.reference.interim import Interim, owner_of
from conformance.reference.jsonrpc import (
    INTERNAL_ERROR,
    INVALID_PARAMS,
    INVALID_REQUEST,
    METHOD_NOT_FOUND,
    PARSE_ERROR,
    JsonObject,
    Notification,
    Request,
    RequestId,
    Response,
    RpcError,
    as_object,
    encode,
    error_message,
    notification_message,
    request_message,
    result_message,
)
from conformance.reference.notebook import Notebook
from conformance.reference.prompt_methods import PromptMethods
from conformance.reference.resource_methods import ResourceMethods
from conformance.reference.revisions import (
    COMPLETIONS_DECLARED,
    NEWEST,
    REVISIONS,
    STATELESS,
    fitted_implementation,
    knows_tasks,
)
from conformance.reference.sessions import ASK_SECONDS, LOG_LEVELS, Outlet, Session
from conformance.reference.stateless import (
    CAPABILITIES,
    CLIENT,
    check_meta,
    completed,
    meta_of,
    refused,
    unsupported,
    versions,
)
from conformance.reference.subscriptions import Subscriptions
from conformance.reference.task_methods import TaskMethods
from conformance.reference.tool_methods import ToolMethods

_INSTRUCTIONS = "A server to audit: it offers something of every kind."
_TRACE = '\n  File "dispatcher.py", line 140, in answer\n    return self._methods[name](call)\nKeyError'
_UNCANCELLABLE = "initialize"
_ALSO_STATELESS = (
    "tools/list tools/call resources/list resources/templates/list resources/read prompts/list prompts/get"
    " completion/complete"
).split()
_MOST_CANCELLATIONS = 10
_LOGGER = logging.getLogger(__name__)

_ID_FAULTS: Mapping[str, tuple[object, ...]] = {
    "server-request-id-fraction": (0.5,),
    "server-request-id-null": (None,),
    "server-request-id-reused": ("again", "again"),
}
_CODE_FAULTS = {
    "internal-error-wrong-code": -32000,
    "internal-error-old-code": -32005,
    "internal-error-reserved-code": -32050,
    "internal-error-own-code": -32500,
    "internal-error-code-of-another": -32020,
}
_ROUTED_BY_ID = ("messages-by-request-id", "lone-messages-by-request-id")
_ANSWERED_BY_ID = ("answers-by-request-id", "lone-answers-by-request-id")
_PING_FAULTS = {"pings-constantly": 0.1, "pings-in-vain": 0.8}
_META_FAULTS = {
    "meta-prefix-malformed": "com.example-/state",
    "meta-name-malformed": "com.example/the state",
    "meta-prefix-not-reversed": "reference.example/state",
    "meta-prefix-reserved": "com.mcp.example/state",
}

Method = Callable[[Call], Awaitable[JsonObject]]


class Dispatcher:
    """Answers requests and takes notifications; holds what all sessions share.

    Where it is not `dual`, it speaks the revision without sessions alone.
    """

    def __init__(self, faults: Faults, ask_seconds: float = ASK_SECONDS, *, dual: bool = True) -> None:
        self.faults = faults
        self.ask_seconds = ask_seconds
        self.dual = dual
        self.notebook = Notebook()
        self.sessions: set[Session] = set()
        self.shown: set[str] = set()
        self.subscriptions = Subscriptions(faults)
        self.states = States(faults)
        self._interim = Interim(faults, self.states)
        self._able_before = self._used = False
        self._client: object = None
        self._asking: dict[RequestId, list[Callable[[JsonObject | None], None]]] = {}
        self.tools = ToolMethods(faults)
        resources, prompts, tasks = ResourceMethods(faults), PromptMethods(faults), TaskMethods(faults, self.tools)
        self._methods: Mapping[str, Method] = {
            "initialize": self._initialize,
            "ping": self._ping,
            "tools/list": self.tools.list_all,
            "tools/call": tasks.call_tool,
            "resources/list": resources.list_all,
            "resources/templates/list": resources.list_templates,
            "resources/read": resources.read,
            "resources/subscribe": resources.subscribe,
            "resources/unsubscribe": resources.unsubscribe,
            "prompts/list": prompts.list_all,
            "prompts/get": prompts.get,
            "completion/complete": prompts.complete,
            "logging/setLevel": self._set_level,
            "tasks/get": tasks.get,
            "tasks/result": tasks.result,
            "tasks/list": tasks.list_all,
            "tasks/cancel": tasks.cancel,
        }
        self._stateless_methods: dict[str, Method] = {
            "server/discover": self._discover,
            "subscriptions/listen": self.subscriptions.listen,
            **{name: self._methods[name] for name in _ALSO_STATELESS},
        }
        durable = DurableTasks(faults, self.tools, self.subscriptions.publish)
        self.subscriptions.watched = durable.watched
        self._stateless_methods |= {
            "tools/call": durable.call_tool,
            "tasks/get": durable.get,
            "tasks/update": durable.update,
            "tasks/cancel": durable.cancel,
        }
        if faults.active("tasks-listed-without-sessions"):
            self._stateless_methods["tasks/list"] = durable.list_all
        if faults.active("listen-unknown"):
            del self._stateless_methods["subscriptions/listen"]

    def start(
        self, request: Request, session: Session, outlet: Outlet, done: Callable[[JsonObject | None], None]
    ) -> None:
        """Begin to answer `request`; `done` gets the one response to it, or None if the request was cancelled.

        `outlet` takes what is sent about it meanwhile.
        """

        def ended(task: "asyncio.Task[JsonObject]") -> None:
            if session.running.get(request.id) is task:
                del session.running[request.id]
            self.notebook.by_id.pop(request.id, None)
            if task.cancelled() and self.faults.active("cancelled-call-answered"):
                done(error_message(RpcError(INTERNAL_ERROR, "The request was cancelled"), request.id))
                return
            session.answered.add(request.id)
            done(None if task.cancelled() else task.result())

        if request.method == "tools/call" and any(map(self.faults.active, _ROUTED_BY_ID)):
            self.notebook.by_id[request.id] = outlet
        if request.method == "tools/call" and any(map(self.faults.active, _ANSWERED_BY_ID)):
            done = self._by_id(request.id, done)
        task = asyncio.create_task(self.answer(request, session, outlet))
        if request.method != _UNCANCELLABLE:
            session.running[request.id] = task
        task.add_done_callback(ended)

    def _by_id(self, id: RequestId, done: Callable[[JsonObject | None], None]) -> Callable[[JsonObject | None], None]:
        """Hands an answer to whoever asked last with its id, whichever request it is for."""
        asking = self._asking.setdefault(id, [])
        asking.append(done)
        return lambda answer: asking.pop()(answer)

    async def answer(self, request: Request, session: Session, outlet: Outlet) -> JsonObject:
        """The one response to `request`; on initialize the session learns its revision."""
        call = Call(session, request.params, outlet, self.faults, self.notebook, request.id)
        alone = session.revision >= STATELESS
        try:
            if alone:
                await self._look_at_client(request)
                self._interim.remember(request, call)
                if request.method in ASKING_METHODS:
                    call.inputs = self.states.inputs_of(request, owner_of(session))
            elif request.method == "ping" and self.faults.active("handshake-forgotten"):
                raise RpcError(INVALID_PARAMS, "Invalid params: _meta must name the version")
            result = await self._asked(request, call) if alone else await self._result(request.method, call)
            return self._with_faults(request, result_message(request.id, result))
        except RpcError as error:
            if alone and not self.faults.active("resource-not-found-retired-code"):
                error = refused(error, self.faults)
            return self._error_with_faults(request, error_message(error, request.id))
        except Exception:
            _LOGGER.exception("%s failed", request.method)
            codes = (code for fault, code in _CODE_FAULTS.items() if self.faults.active(fault))
            error = RpcError(next(codes, INTERNAL_ERROR), "Internal error")
            return self._error_with_faults(request, error_message(error, request.id))

    async def _look_at_client(self, request: Request) -> None:
        """See what a request that stands alone says of its client. Raises RpcError."""
        check_meta(request, self.dual, self.faults, able_before=self._able_before)
        meta = meta_of(request)
        self._able_before = self._able_before or CAPABILITIES in meta
        if self.faults.active("one-conversation-at-a-time"):
            self._client = client = meta.get(CLIENT)
            await asyncio.sleep(0.05)
            if self._client != client:
                raise RpcError(INTERNAL_ERROR, "Internal error: another client has come")
        if request.method != "server/discover":
            self._used = True
        elif self.faults.active("discover-missing") or (self.faults.active("discover-not-first") and not self._used):
            raise RpcError(METHOD_NOT_FOUND, "Method not found: server/discover")

    def not_spoken(self, request: Request) -> JsonObject:
        """The refusal of a handshake where none is spoken."""
        error = unsupported(request.params.get("protocolVersion"), self.dual, self.faults)
        if self.faults.active("initialize-refused-without-versions"):
            error = RpcError(INVALID_REQUEST, "Invalid request: there is no handshake")
        return error_message(error, request.id)

    async def _asked(self, request: Request, call: Call) -> JsonObject:
        """The result in the revision without sessions: what was asked for, or what the client is asked first."""
        self.notebook.outlets.append(call.outlet)
        try:
            result = await self._result(request.method, call)
            self._interim.passed(request, call)
        except InputRequiredError as wanted:
            result = self._interim.result(request, call, wanted.questions)
        finally:
            self.notebook.outlets.remove(call.outlet)
        return spoil_hints(request, completed(request.method, result, self.faults), self.faults)

    def take(self, message: Notification | Response, session: Session) -> None:
        """Act on what is not answered."""
        if isinstance(message, Response):
            shared = self.faults.active("answers-of-any-session")
            for each in list(self.sessions) if shared else (session,):
                each.deliver(message, misdeliver=self.faults.active("late-response-misdelivered"))
            return
        match message.method:
            case "notifications/initialized":
                session.initialized = True
                self._look_at_roots(session)
                self._speak_wrongly(session)
            case "notifications/roots/list_changed" if not self.faults.active("roots-never-asked-again"):
                self._look_at_roots(session)
            case "notifications/cancelled":
                self._cancel(session, message.params.get("requestId"))
            case _:
                pass

    def _cancel(self, session: Session, id: object) -> None:
        session.cancellations += 1
        malformed = not isinstance(id, str | int)
        if (malformed and self.faults.active("malformed-cancellation-ends-session")) or (
            session.cancellations > _MOST_CANCELLATIONS and self.faults.active("cancellations-exhaust-session")
        ):
            session.broken = True
        echoes = any(map(self.faults.active, ("cancellation-echoed", "call-cancelled-by-server")))
        if not malformed and id in session.running and not session.asked and echoes:
            session.send(notification_message("notifications/cancelled", {"requestId": id}))
        session.cancel(id)

    def reply(self, message: Notification | Response, session: Session) -> JsonObject | None:
        """What comes in return for what is not answered: nothing, but for faults."""
        if not isinstance(message, Notification) or message.method != "notifications/cancelled":
            return None
        id = message.params.get("requestId")
        if not isinstance(id, str | int):
            fault = "malformed-cancellation-answered"
        elif id in session.answered:
            fault = "late-cancellation-answered"
        elif id in session.running:
            return None
        else:
            fault = "unknown-cancellation-answered"
        if not self.faults.active(fault):
            return None
        return error_message(RpcError(INVALID_PARAMS, "Invalid params: there is nothing to cancel"))

    def _look_at_roots(self, session: Session) -> None:
        """Ask for the roots, if the client has any to offer."""

        async def ask() -> None:
            with contextlib.suppress(TimeoutError):
                await session.ask("roots/list", {}, session)

        if session.offers("roots") or self.faults.active("roots-asked-undeclared"):
            session.spawn(ask())

    def _speak_wrongly(self, session: Session) -> None:
        for fault, pause in _PING_FAULTS.items():
            if self.faults.active(fault):
                session.spawn(_ping_for_ever(session, pause))
        for fault, ids in _ID_FAULTS.items():
            if self.faults.active(fault):
                for id in ids:
                    session.send({"jsonrpc": "2.0", "id": id, "method": "ping"})

    def refusal(self, error: RpcError) -> JsonObject:
        """The error response to a body that held no usable message."""
        spoiling = {INVALID_REQUEST: "invalid-request-wrong-code", PARSE_ERROR: "malformed-json-wrong-code"}
        if error.code in spoiling and self.faults.active(spoiling[error.code]):
            error.code = INTERNAL_ERROR
        message = error_message(error)
        if error.code == PARSE_ERROR and self.faults.active("unreadable-id-invented"):
            message["id"] = 987_654_321
        return message

    def encode(self, message: object) -> bytes:
        """`message`, or a batch of them, as the bytes to send."""
        if self.faults.active("input-key-repeated"):
            wanted, key = b'"inputRequests":{', b'"user_context":'
            return encode(message).replace(wanted + key, wanted + key + b"{}," + key)
        return encode(message, "surrogateescape" if self.faults.active("invalid-utf8") else "backslashreplace")

    async def _result(self, name: str, call: Call) -> JsonObject:
        revision = call.session.revision
        method = (self._stateless_methods if revision >= STATELESS else self._methods).get(name)
        without_tasks = revision and revision < STATELESS and not knows_tasks(revision)
        if method is None or (name.startswith("tasks/") and without_tasks):
            return self._unknown_method(name)
        if name == "completion/complete" and self.faults.active("undeclared-completions-wrong-code"):
            raise RpcError(INTERNAL_ERROR, "Internal error")
        if name == "ping" and not call.session.initialized and self.faults.active("ping-refused-during-handshake"):
            raise RpcError(INVALID_REQUEST, "Invalid request: the handshake is not over")
        if call.meta and self.faults.active("unknown-meta-refused"):
            raise RpcError(INVALID_PARAMS, "Invalid params: unknown members of _meta")
        if call.session.broken:
            raise RpcError(INTERNAL_ERROR, "Internal error")
        if not call.session.revision and name not in ("initialize", "ping"):
            raise RpcError(INVALID_REQUEST, "Invalid request: initialize comes first")
        return await method(call)

    def _unknown_method(self, name: str) -> JsonObject:
        if self.faults.active("unknown-method-result"):
            return {}
        code = INTERNAL_ERROR if self.faults.active("unknown-method-wrong-code") else METHOD_NOT_FOUND
        shown = "\udcff" if self.faults.active("invalid-utf8") else name[:100]
        trace = _TRACE if self.faults.active("error-message-with-stack-trace") else ""
        raise RpcError(code, f"Method not found: {shown}{trace}")

    def _with_faults(self, request: Request, message: JsonObject) -> JsonObject:
        if request.method == "ping":
            if self.faults.active("jsonrpc-1"):
                message["jsonrpc"] = "1.0"
            if self.faults.active("empty-response"):
                del message["result"]
            if self.faults.active("result-null"):
                message["result"] = None
            for fault, key in _META_FAULTS.items():
                if self.faults.active(fault):
                    message["result"] = {"_meta": {key: True}}
        if self.faults.active("id-as-string"):
            message["id"] = _as_number(request.id)
        return message

    def _error_with_faults(self, request: Request, message: JsonObject) -> JsonObject:
        if self.faults.active("error-id-null"):
            message["id"] = None
        if request.method == "tools/call" and self.faults.active("error-code-string"):
            message["error"]["code"] = str(message["error"]["code"])
        if request.method == "prompts/get" and message["error"]["code"] == INTERNAL_ERROR:
            if self.faults.active("error-without-message"):
                del message["error"]["message"]
            if self.faults.active("result-and-error"):
                message["result"] = {"messages": []}
        return message

    async def _initialize(self, call: Call) -> JsonObject:
        params, session = call.params, call.session
        client = as_object(params.get("clientInfo")) or {}
        wanted, capabilities = params.get("protocolVersion"), as_object(params.get("capabilities"))
        if (
            not isinstance(wanted, str)
            or capabilities is None
            or not all(isinstance(client.get(member), str) for member in ("name", "version"))
        ):
            raise RpcError(
                INVALID_PARAMS,
                "Invalid params: initialize needs protocolVersion, capabilities and clientInfo",
            )
        if "roots" not in capabilities and self.faults.active("initialize-needs-roots"):
            raise RpcError(INVALID_PARAMS, "Invalid params: the client must offer roots")
        session.client, session.ask_seconds = capabilities, self.ask_seconds
        session.fellows = self.sessions
        self.sessions.add(session)
        session.forgetful = self.faults.active("timed-out-request-not-cancelled")
        session.revision = wanted if wanted in REVISIONS else NEWEST
        if wanted not in REVISIONS and self.faults.active("counter-offer-oldest"):
            session.revision = REVISIONS[0]
        if self.faults.active("version-always-newest"):
            session.revision = NEWEST
        stateless = wanted == STATELESS and self.faults.active("handshake-without-handshake")
        result: JsonObject = {
            "protocolVersion": wanted if stateless or self.faults.active("version-echoed") else session.revision,
            "capabilities": self._capabilities(session.revision),
            "serverInfo": fitted_implementation(IMPLEMENTATION, session.revision),
            "instructions": _INSTRUCTIONS,
        }
        if "icons" in result["serverInfo"]:
            result["serverInfo"]["icons"] = [_spoiled_icon(self.faults)]
        if self.faults.active("initialize-without-server-info"):
            del result["serverInfo"]
        if self.faults.active("initialize-without-version"):
            del result["protocolVersion"]
        if self.faults.active("asks-before-initialized"):
            self._look_at_roots(session)
        return result

    def _capabilities(self, revision: str) -> JsonObject | list[JsonObject]:
        if self.faults.active("capabilities-null"):
            return []
        capabilities: JsonObject = {
            "tools": {"listChanged": True},
            "resources": {"subscribe": True, "listChanged": True},
            "prompts": {"listChanged": True},
            "logging": {},
        }
        if revision >= COMPLETIONS_DECLARED:
            capabilities["completions"] = {}
        if revision >= STATELESS:
            name = "notes" if self.faults.active("extension-without-prefix") else "com.example.reference/notes"
            capabilities["extensions"] = {name: {}, EXTENSION: {}}
            if self.faults.active("task-extension-undeclared"):
                del capabilities["extensions"][EXTENSION]
        if knows_tasks(revision):
            capabilities["tasks"] = {"list": {}, "cancel": {}, "requests": {"tools": {"call": {}}}}
        if any(map(self.faults.active, ("prompt-changes-undeclared", "unsupported-change-acknowledged"))):
            capabilities["prompts"] = {}
        for feature in ("tools", "resources", "prompts", "completions", "logging", "tasks"):
            if self.faults.active(f"{feature}-undeclared"):
                capabilities.pop(feature, None)
        if self.faults.active("undeclared-task-refused"):
            capabilities.pop("tasks", None)
        if self.faults.active("undeclared-completions-wrong-code"):
            capabilities.pop("completions", None)
        return capabilities

    async def _discover(self, call: Call) -> JsonObject:
        result: JsonObject = {
            "supportedVersions": versions(self.dual),
            "capabilities": self._capabilities(STATELESS),
            "instructions": _INSTRUCTIONS,
        }
        if self.faults.active("discover-instructions-number"):
            result["instructions"] = 5
        if self.faults.active("discover-forgets-version"):
            result["supportedVersions"] = ["2026-01-26"]
        client = as_object(call.meta.get(CLIENT)) or {}
        if client.get("name") == "another-client" and self.faults.active("clients-preferred"):
            result["instructions"] = "This client is not our own."
        return result

    async def _ping(self, _: Call) -> JsonObject:
        if self.faults.active("ping-refused"):
            raise RpcError(METHOD_NOT_FOUND, "Method not found: ping")
        return {"pong": True} if self.faults.active("ping-not-empty") else {}

    async def _set_level(self, call: Call) -> JsonObject:
        level = call.params.get("level")
        if level not in LOG_LEVELS and self.faults.active("unknown-log-level-accepted"):
            return {}
        if level not in LOG_LEVELS or (level == "notice" and self.faults.active("log-level-refused")):
            raise RpcError(INVALID_PARAMS, "Invalid params: level must be one of " + ", ".join(LOG_LEVELS))
        call.session.log_level = level
        return {}


async def _ping_for_ever(session: Session, pause: float) -> None:
    for number in count():
        await asyncio.sleep(pause)
        session.send(request_message(f"ping-{number}", "ping", {}))


def _spoiled_icon(faults: Faults) -> JsonObject:
    if faults.active("icon-without-src"):
        return {"sizes": ["any"]}
    if faults.active("icon-in-file"):
        return ICON | {"src": "file:///usr/share/icons/server.png"}
    return ICON | {"sizes": ["large"]} if faults.active("icon-size-in-words") else ICON


def _as_number(id: RequestId) -> RequestId:
    return int(id) if isinstance(id, str) and id.isdecimal() and len(id) < 16 else id
