"""The methods of tasks in the revision without sessions, which an extension of it defines.

https://github.com/modelcontextprotocol/ext-tasks/blob/main/specification/2026-07-28/tasks.md
"""

import asyncio
from collections.abc import Callable
from itertools import count

from conformance.reference.calls import Call, missing_capability
from conformance.reference.durable_tasks import TTL, DurableCall, DurableTask, Nowhere
from conformance.reference.faults import Faults
from conformance.reference.jsonrpc import (
    INTERNAL_ERROR,
    INVALID_PARAMS,
    JsonObject,
    RpcError,
    as_object,
    notification_message,
)
from conformance.reference.task_tools import ASKED_FIRST, TASK_TOOLS
from conformance.reference.tool_methods import ToolMethods

EXTENSION = "io.modelcontextprotocol/tasks"
TOLD = "notifications/tasks"
_LATE = 0.2
_TOOLS = {tool.name: tool for tool in TASK_TOOLS}


class DurableTasks:
    """Runs calls of tools as tasks and tells about them; `publish` sends a notification to those who asked for it."""

    def __init__(self, faults: Faults, tools: ToolMethods, publish: Callable[[JsonObject], None]) -> None:
        self.faults = faults
        self._tools = tools
        self._publish = publish
        self._tasks: dict[str, DurableTask] = {}
        self._numbers = count(1)

    async def call_tool(self, call: Call) -> JsonObject:
        """tools/call, as a task where the tool runs as one and the client knows what a task is."""
        if "task" in call.params and self.faults.active("former-task-member-refused"):
            raise RpcError(INVALID_PARAMS, "Invalid params: task is unknown")
        name = call.params.get("name")
        tool = _TOOLS.get(name) if isinstance(name, str) else None
        if tool is None:
            return await self._tools.call(call)
        required = tool.task_support == "required"
        forced = not required and self.faults.active("task-for-undeclaring-client")
        if not (_declares(call) or forced):
            if required:
                raise self._unable("undeclared-call-other-code")
            return await self._tools.call(call)
        first = ASKED_FIRST.get(tool.name)
        if first and not self.faults.active("name-asked-within-task"):
            call.ask_together(first)
        return self._create(call)

    def _create(self, call: Call) -> JsonObject:
        task = DurableTask(call.session.user, self._tell)
        if self.faults.active("durable-task-ids-counted"):
            task.id = f"task-{next(self._numbers)}"
        outlet = Nowhere(self._publish if self.faults.active("task-progress-on-subscription") else None)
        inner = DurableCall(
            call.session, call.params, outlet, call.faults, call.notebook, call.id, inputs=call.inputs, task=task
        )
        loop = asyncio.get_running_loop()
        if not self._tasks and self.faults.active("first-task-created-too-early"):
            loop.call_later(_LATE, self._tasks.__setitem__, task.id, task)
        else:
            self._tasks[task.id] = task
        task.work = asyncio.create_task(self._run(task, inner))
        loop.call_later(TTL / 1000, self._tasks.pop, task.id, None)
        return self._spoiled_creation({"resultType": "task", **task.describe()})

    async def _run(self, task: DurableTask, call: DurableCall) -> None:
        try:
            task.outcome = result = await self._tools.call(call)
        except RpcError as error:
            task.outcome = error
            task.move("failed", f"The call failed: {error.message}")
            return
        if result.get("isError") and self.faults.active("tool-error-as-failed-task"):
            task.outcome = RpcError(INTERNAL_ERROR, "The tool failed")
            task.move("failed", "The tool failed.")
        task.move("completed", "The tool has done its work.")

    async def get(self, call: Call) -> JsonObject:
        """tasks/get."""
        task = self._find(call, "gone-task-other-code")
        if task.final and task.seen and self.faults.active("ended-task-forgotten"):
            del self._tasks[task.id]
            task = self._find(call, "gone-task-other-code")
        task.seen = task.final
        state = self._spoiled(task.detail())
        if self.faults.active("task-state-without-update-time"):
            del state["lastUpdatedAt"]
        if self.faults.active("task-state-as-creation"):
            state["resultType"] = "task"
        return state

    async def update(self, call: Call) -> JsonObject:
        """tasks/update."""
        task, responses = self._find(call, "gone-task-update-other-code"), as_object(call.params.get("inputResponses"))
        if responses is None:
            raise RpcError(INVALID_PARAMS, "Invalid params: inputResponses must be an object")
        if responses.keys() - task.wanted.keys() and self.faults.active("unknown-input-refused"):
            raise RpcError(INVALID_PARAMS, "Invalid params: inputResponses has answers to nothing")
        if not self.faults.active("answered-task-stuck"):
            task.take(responses)
        if task.given and self.faults.active("partial-update-ends-questions"):
            task.take({key: {"action": "decline"} for key in task.wanted})
        return task.detail() if self.faults.active("update-answered-with-task") else {}

    async def cancel(self, call: Call) -> JsonObject:
        """tasks/cancel."""
        task = self._find(call, "gone-task-update-other-code")
        if task.final and self.faults.active("cancel-of-ended-task-refused"):
            raise RpcError(INVALID_PARAMS, f"Invalid params: the task is {task.status} already")
        if task.final and self.faults.active("ended-task-cancelled"):
            task.status = "cancelled"
        task.move("cancelled", "The client cancelled the task.")
        if task.work:
            task.work.cancel()
        if self.faults.active("cancel-with-own-result-type"):
            return {"resultType": "cancelled"}
        return task.detail() if self.faults.active("cancel-answered-with-task") else {}

    async def list_all(self, _: Call) -> JsonObject:
        """tasks/list, which is there with a fault alone."""
        return {"tasks": [each.describe() for each in self._tasks.values()]}

    def watched(self, call: Call, ids: list[object]) -> list[object]:
        """Those of the tasks of which the caller will be told. Raises RpcError(-32021)."""
        if not _declares(call) and not self.faults.active("task-notices-for-all-clients"):
            raise self._unable()
        return [id for id in ids if isinstance(id, str) and self._of(call, id)]

    def _find(self, call: Call, fault: str) -> DurableTask:
        """The task of the caller that is meant. Raises RpcError: -32021, -32602; another code with that fault."""
        if not _declares(call) and not self.faults.active("task-methods-for-all-clients"):
            raise self._unable()
        if task := self._of(call, call.params.get("taskId")):
            return task
        if self.faults.active("gone-task-unexplained"):
            raise RpcError(INVALID_PARAMS, "Error")
        code = INTERNAL_ERROR if self.faults.active(fault) else INVALID_PARAMS
        raise RpcError(code, "Invalid params: there is no such task, or not any more")

    def _of(self, call: Call, id: object) -> DurableTask | None:
        task = self._tasks.get(id) if isinstance(id, str) else None
        all_users = self.faults.active("durable-tasks-open-to-all-users")
        return task if task and (all_users or task.owner == call.session.user) else None

    def _unable(self, fault: str = "") -> RpcError:
        """The refusal of a client that does not know what a task is; with another code in case of a fault."""
        if fault and self.faults.active(fault):
            return RpcError(INTERNAL_ERROR, "The tool runs as a task only")
        error = missing_capability("extensions", EXTENSION)
        if self.faults.active("missing-extension-not-named"):
            error.data = {"requiredCapabilities": {"tasks": {}}}
        return error

    def _tell(self, task: DurableTask) -> None:
        """Notify the clients that watch of a new status."""
        state = self._spoiled(task.detail())
        if self.faults.active("task-notice-incomplete"):
            del state["ttlMs"]
        self._publish(notification_message(TOLD, state))

    def _spoiled_creation(self, result: JsonObject) -> JsonObject:
        if self.faults.active("created-task-as-complete"):
            result["resultType"] = "complete"
        if self.faults.active("created-task-without-ttl"):
            del result["ttlMs"]
        if self.faults.active("created-task-with-state"):
            result["requestState"] = "state"
        return self._spoiled(result)

    def _spoiled(self, state: JsonObject) -> JsonObject:
        if self.faults.active("durable-created-at-unreadable"):
            state["createdAt"] = "just now"
        if state["status"] == "completed" and self.faults.active("completed-task-without-result"):
            state.pop("result", None)
        if state["status"] == "failed" and self.faults.active("failed-task-without-error"):
            state.pop("error", None)
        if state["status"] == "failed" and self.faults.active("failed-task-unexplained"):
            del state["statusMessage"]
        if state["status"] == "input_required" and self.faults.active("task-input-not-told"):
            state["inputRequests"] = {}
        return state


def _declares(call: Call) -> bool:
    """Whether the client of a request says that it knows what a task is."""
    return call.session.offers("extensions", EXTENSION)
