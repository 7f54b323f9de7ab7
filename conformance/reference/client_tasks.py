"""Requests to a client that runs them as tasks: the server asks now and fetches the answer later.

https://modelcontextprotocol.io/specification/2025-11-25/basic/utilities/tasks
"""

import asyncio
import contextlib
from typing import TYPE_CHECKING

from conformance.reference.jsonrpc import JsonObject, as_object, notification_message

if TYPE_CHECKING:
    from conformance.reference.calls import Call

AUGMENTATION: JsonObject = {"task": {"ttl": 60_000}}
FINAL = frozenset(("completed", "failed", "cancelled"))
_LONGEST_INTERVAL = 5.0
_INTERVAL = 0.5


async def ask_as_task(call: "Call", method: str, params: JsonObject) -> JsonObject:
    """Ask the client, poll the task it makes of that, and return the result of the task. Raises AskError.

    A client that answers at once is taken at its word. The task of a call that is cancelled is cancelled, too.
    """
    asked = call.session.asked + 1
    created = await call.ask_plainly(method, params | AUGMENTATION)
    task = as_object(created.get("task"))
    if task is None:
        return created
    about: JsonObject = {"taskId": task.get("taskId")}
    try:
        while task.get("status") not in FINAL:
            await asyncio.sleep(_interval(task) / (10 if call.faults.active("client-task-polled-hastily") else 1))
            task = await call.ask_plainly("tasks/get", about)
    except asyncio.CancelledError:
        _give_up(call, about, asked)
        raise
    return await call.ask_plainly("tasks/result", about)


def _interval(task: JsonObject) -> float:
    """Seconds between two looks at a task."""
    wanted = task.get("pollInterval")
    return min(wanted / 1000, _LONGEST_INTERVAL) if isinstance(wanted, int) and wanted > 0 else _INTERVAL


def _give_up(call: "Call", about: JsonObject, asked: int) -> None:
    """Have the client stop its task; `asked` is the id of the request that became it."""
    if call.faults.active("client-task-cancelled-as-request"):
        call.session.send(notification_message("notifications/cancelled", {"requestId": asked}))
        return

    async def cancel() -> None:
        with contextlib.suppress(TimeoutError):
            await call.session.ask("tasks/cancel", about, call.session)

    call.session.spawn(cancel())
