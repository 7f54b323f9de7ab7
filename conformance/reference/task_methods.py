"""The methods of tasks.

https://modelcontextprotocol.io/specification/2025-11-25/basic/utilities/tasks
"""

import asyncio
import time
from collections import Counter, deque
from weakref import WeakKeyDictionary

from conformance.reference.calls import Call
from conformance.reference.content import text_block
from conformance.reference.faults import Faults
from conformance.reference.jsonrpc import (
    INTERNAL_ERROR,
    INVALID_PARAMS,
    METHOD_NOT_FOUND,
    RESOURCE_NOT_FOUND,
    SESSION_ERROR,
    JsonObject,
    RpcError,
    as_object,
    notification_message,
)
from conformance.reference.pagination import page
from conformance.reference.revisions import knows_tasks
from conformance.reference.sessions import Session
from conformance.reference.tasks import DEFAULT_TTL, LONGEST_TTL, RELATED, Task, TaskCall, TaskOutlet
from conformance.reference.tool_methods import ToolMethods

MOST_AT_WORK = 64
MOST_MISSES = 100
"""Looks at unknown tasks that a session has in a second."""
_LATE, _TOO_LATE = 0.2, 0.27
_EPOCH = "1970-01-01T00:00:00Z"


class TaskMethods:
    """Runs calls of tools as tasks and tells about them."""

    def __init__(self, faults: Faults, tools: ToolMethods) -> None:
        self.faults = faults
        self._tools = tools
        self._tasks: dict[str, Task] = {}
        self._made: Counter[str] = Counter()
        self._misses: WeakKeyDictionary[Session, deque[float]] = WeakKeyDictionary()

    async def call_tool(self, call: Call) -> JsonObject:
        """tools/call, as a task where the client wants that."""
        support = self._tools.task_support(call)
        if not knows_tasks(call.session.revision) or "task" not in call.params or support is None:
            if support == "required" and not self.faults.active("required-tool-runs-plainly"):
                raise RpcError(METHOD_NOT_FOUND, "Method not found: the tool runs as a task only")
            return await self._tools.call(call)
        augmentation = as_object(call.params["task"])
        if augmentation is None or self.faults.active("undeclared-task-refused"):
            raise RpcError(INVALID_PARAMS, "Invalid params: task must be an object")
        runs = self.faults.active("forbidden-tool-runs-as-task") or self.faults.active("tasks-undeclared")
        if support == "forbidden" and not runs:
            raise RpcError(METHOD_NOT_FOUND, "Method not found: the tool does not run as a task")
        if self.faults.active("task-call-answered-plainly"):
            return await self._tools.call(call)
        return await self._create(call, augmentation)

    async def _create(self, call: Call, augmentation: JsonObject) -> JsonObject:
        session, owner = call.session, _owner(call.session)
        if sum(not each.final for each in self._tasks.values() if each.owner == owner) >= MOST_AT_WORK:
            raise RpcError(SESSION_ERROR, "Too many tasks at once")
        wanted = augmentation.get("ttl", DEFAULT_TTL)
        if isinstance(wanted, bool) or not isinstance(wanted, int | float) or wanted < 0:
            raise RpcError(INVALID_PARAMS, "Invalid params: ttl must be a number of milliseconds")
        longest = wanted if self.faults.active("task-ttl-unlimited") else LONGEST_TTL
        task = Task(owner, min(int(wanted), int(longest)), TaskOutlet(session), lambda one: self._tell(one, session))
        self._spoil_id(task, augmentation)
        self._tasks[task.id] = task
        untagged = self.faults.active("task-messages-untagged")
        related: JsonObject = {} if untagged else {RELATED: {"taskId": task.id}}
        inner = TaskCall(session, call.params, task.outlet, call.faults, call.notebook, call.id, related, task=task)
        task.work = session.spawn(self._run(task, inner))
        if not self.faults.active("expired-task-kept"):
            asyncio.get_running_loop().call_later(task.ttl / 1000, self._forget, task)
        described = task.describe()
        if self.faults.active("task-created-late"):
            await asyncio.wait([task.work], timeout=_TOO_LATE)
        if self.faults.active("task-starts-input-required"):
            described["status"] = "input_required"
        return {"task": self._spoiled(described)}

    async def _run(self, task: Task, call: TaskCall) -> None:
        try:
            task.outcome = result = await self._tools.call(call)
        except RpcError as error:
            task.outcome = error
            task.move("failed", f"The call failed: {error.message}")
        except asyncio.CancelledError:
            task.move("cancelled", "The server ended the task.")
            raise
        else:
            if result.get("isError") and not self.faults.active("task-error-is-completed"):
                task.move("failed", f"The tool failed: {result['content'][0].get('text', '')}")
            else:
                task.move("completed", "The tool has done its work.")
            if self.faults.active("progress-after-end"):
                await asyncio.sleep(_LATE)
                call.progress(1000, 1000, "Tidied up")

    def _forget(self, task: Task) -> None:
        if task.work:
            task.work.cancel()
        self._tasks.pop(task.id, None)

    async def get(self, call: Call) -> JsonObject:
        """tasks/get."""
        task = self._find(call)
        if self.faults.active("related-task-obeyed") and RELATED in call.meta:
            task = self._tasks[call.meta[RELATED]["taskId"]]
        described = self._spoiled(task.describe())
        if self.faults.active("task-status-unknown") and task.status == "working":
            described["status"] = "running"
        if task.status == "completed":
            if self.faults.active("finished-task-works-again") and task.seen:
                described["status"] = "working"
            if self.faults.active("task-updated-at-runs-backwards"):
                described["lastUpdatedAt"] = _EPOCH
            task.seen = True
        if self.faults.active("task-ttl-missing"):
            del described["ttl"]
        if self.faults.active("task-get-invalid"):
            described["pollInterval"] = "100 ms"
        return self._managed(described)

    async def result(self, call: Call) -> JsonObject:
        """tasks/result, which waits for the end of the task."""
        task = self._find(call)
        task.outlet.attach(call.outlet)
        try:
            if not task.final and self.faults.active("task-result-hasty"):
                raise RpcError(INVALID_PARAMS, "Invalid params: the task has not ended")
            await task.ended.wait()
        finally:
            task.outlet.detach(call.outlet)
        outcome = self._spoiled_outcome(task)
        if isinstance(outcome, RpcError):
            raise outcome
        if outcome is None:
            raise RpcError(INVALID_PARAMS, "Invalid params: the task was cancelled, there is no result")
        if self.faults.active("task-result-untagged"):
            return outcome
        meta = as_object(outcome.get("_meta")) or {}
        return outcome | {"_meta": meta | {RELATED: {"taskId": task.id}}}

    def _spoiled_outcome(self, task: Task) -> JsonObject | RpcError | None:
        outcome = task.outcome
        if isinstance(outcome, RpcError):
            if self.faults.active("task-protocol-error-as-result"):
                return {"content": [text_block(outcome.message)], "isError": True}
            return outcome
        if outcome is None:
            return None
        if outcome.get("isError") and self.faults.active("task-tool-error-as-protocol-error"):
            return RpcError(INTERNAL_ERROR, "The tool failed")
        if self.faults.active("task-result-once"):
            task.outcome = None
        if self.faults.active("task-result-differs"):
            return outcome | {"content": [*outcome["content"], text_block("This was a task.")]}
        return outcome

    async def list_all(self, call: Call) -> JsonObject:
        """tasks/list."""
        owner, params = _owner(call.session), call.params
        everybody = self.faults.active("tasks-list-of-all-users")
        tasks = [each for each in self._tasks.values() if everybody or each.owner == owner]
        if self.faults.active("tasks-list-omits-finished"):
            tasks = [each for each in tasks if not each.final]
        entries = [self._spoiled(each.describe()) for each in tasks]
        if self.faults.active("tasks-list-invalid"):
            for entry in entries:
                del entry["ttl"]
        if self.faults.active("tasks-list-unpaged") and "cursor" not in params:
            return {"tasks": entries}
        try:
            result = page("tasks", entries, params)
        except RpcError:
            if not self.faults.active("tasks-list-bad-cursor-accepted"):
                raise
            result = page("tasks", entries, {})
        if self.faults.active("tasks-list-next-cursor-missing"):
            result.pop("nextCursor", None)
        return self._managed(result)

    async def cancel(self, call: Call) -> JsonObject:
        """tasks/cancel."""
        task = self._find(call)
        if task.final:
            if self.faults.active("finished-task-cancelled"):
                return self._spoiled(task.describe())
            raise RpcError(INVALID_PARAMS, f"Invalid params: the task is {task.status} already")
        described = task.describe()
        task.move("cancelled", "The client cancelled the task.")
        if task.work and not self.faults.active("cancelled-task-works-on"):
            task.work.cancel()
        if self.faults.active("cancelled-task-completes"):
            asyncio.get_running_loop().call_later(_LATE, setattr, task, "status", "completed")
        if not self.faults.active("cancelled-task-reported-working"):
            described = task.describe()
        return self._spoiled(described)

    def _find(self, call: Call) -> Task:
        """The task of the caller that is meant. Raises RpcError(-32602), and -32000 for guessing in a hurry."""
        task = self._tasks.get(str(call.params.get("taskId")))
        if task and (task.owner == _owner(call.session) or self.faults.active("tasks-open-to-all-users")):
            return task
        misses, now = self._misses.setdefault(call.session, deque(maxlen=MOST_MISSES)), time.monotonic()
        hurried = len(misses) == MOST_MISSES and now - misses[0] < 1
        if hurried and not self.faults.active("task-lookups-unlimited"):
            raise RpcError(SESSION_ERROR, "Too many requests for unknown tasks; try again in a second")
        misses.append(now)
        code = RESOURCE_NOT_FOUND if self.faults.active("unknown-task-wrong-code") else INVALID_PARAMS
        if self.faults.active("task-error-generic"):
            raise RpcError(code, "Error")
        raise RpcError(code, "Invalid params: there is no such task, or not any more")

    def _tell(self, task: Task, session: Session) -> None:
        """Notify the client of a new status."""
        described = self._spoiled(task.describe())
        if self.faults.active("task-id-number-in-notification"):
            described["taskId"] = 1
        if self.faults.active("status-notification-incomplete"):
            del described["ttl"]
        if self.faults.active("status-notification-tagged"):
            described |= {"_meta": {RELATED: {"taskId": task.id}}}
        session.send(notification_message("notifications/tasks/status", described))

    def _managed(self, result: JsonObject) -> JsonObject:
        """The result of a method about tasks."""
        if self.faults.active("task-management-tagged"):
            return result | {"_meta": {RELATED: {"taskId": result.get("taskId", "all")}}}
        return result

    def _spoiled(self, described: JsonObject) -> JsonObject:
        if self.faults.active("task-created-at-unreadable"):
            described["createdAt"] = "just now"
        if self.faults.active("task-failure-unexplained") and described["status"] == "failed":
            del described["statusMessage"]
        return described

    def _spoil_id(self, task: Task, augmentation: JsonObject) -> None:
        if self.faults.active("task-id-chosen-by-client"):
            task.id = str(augmentation.get("taskId", task.id))
        for fault, counted in (("task-ids-counted", ""), ("task-ids-counted-per-client", task.owner)):
            if self.faults.active(fault):
                self._made[counted] += 1
                task.id = f"task-{self._made[counted]}"


def _owner(session: Session) -> str:
    return session.user or session.id
