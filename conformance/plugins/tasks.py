"""Fixtures for checks of tasks."""

import secrets
from typing import Any

import pytest

from conformance.audit import Audit
from conformance.offered import Offered
from conformance.probe import Probe
from conformance.shapes import as_object
from conformance.survey import Survey
from conformance.tasking.client import TaskClient
from conformance.tasking.crowding import Crowd, crowd, look_up, outlive
from conformance.tasking.life import Life, live
from conformance.tasking.outcomes import SIMPLE, Outcomes, see_outcomes
from conformance.tasking.receiving import TOOL, Receiving, receive
from conformance.tasking.stopping import Stopping, stop
from conformance.tasking.tools import TaskTools
from conformance.tasking.trespassing import Trespassing, trespass
from conformance.tool_calls import Call
from conformance.verdict import CouldNotRun, Narrowed, NotApplicable
from conformance.wire.connection import Answer


@pytest.fixture
def task_tools(audit: Audit, survey: Survey) -> TaskTools:
    """The tools that may be called as tasks."""
    return TaskTools(survey, audit.settings.call_tools)


@pytest.fixture
def task_capability(survey: Survey) -> dict[str, Any]:
    """What the server declares about tasks."""
    return as_object(survey.capabilities.get("tasks"))


@pytest.fixture
def first_life(audit: Audit, probe: Probe, task_tools: TaskTools, task_capability: dict[str, Any]) -> Life:
    """A task of which at least the answer to its creation is known."""
    call, patience = task_tools.any(), audit.settings.patience

    def perform() -> Life:
        with probe.session() as connection, connection.listening():
            return live(connection, call, patience, task_capability)

    return audit.once("life of a task", perform)


@pytest.fixture
def life(first_life: Life, audit: Audit) -> Life:
    """A task that was seen up to its end. Raises CouldNotRun, Narrowed."""
    if not first_life.id:
        raise CouldNotRun(f"no task was made ({first_life.created.summary})")
    if not first_life.ended:
        last = first_life.looks[-1].summary
        raise Narrowed(f"the task of {first_life.call[0]} did not end within {audit.settings.patience:g} s ({last})")
    return first_life


@pytest.fixture
def slow_life(life: Life) -> Life:
    """A task that was at work when it was first looked at. Raises NotApplicable."""
    if not life.blocked:
        raise NotApplicable(f"the task of {life.call[0]} had ended before it could be looked at")
    return life


@pytest.fixture
def stopping(slow_life: Life, audit: Audit, probe: Probe, task_capability: dict[str, Any]) -> Stopping:
    """A task that was cancelled at work. Raises NotApplicable, CouldNotRun."""
    if "cancel" not in task_capability:
        raise NotApplicable("the server does not declare tasks.cancel")

    def perform() -> Stopping | None:
        with probe.session() as connection, connection.listening():
            return stop(connection, slow_life)

    stopped = audit.once("stopped task", perform)
    if not stopped:
        raise CouldNotRun(f"the second task of {slow_life.call[0]} had ended before it could be cancelled")
    return stopped


@pytest.fixture
def outcomes(audit: Audit, probe: Probe, task_tools: TaskTools) -> Outcomes:
    """Tasks of tools whose outcome is known."""
    patience = audit.settings.patience
    return audit.once("outcomes of tasks", lambda: see_outcomes(probe, task_tools, patience))


@pytest.fixture
def receiving(audit: Audit, probe: Probe, offered: Offered) -> Receiving:
    """Requests of the server that ran as tasks of ours. Raises NotApplicable where it does not want that."""
    tool = offered.tool(TOOL)
    seen = audit.once("tasks of the client", lambda: receive(probe, tool))
    if not seen.augmented:
        raise NotApplicable("the server asks for no task although the client could run its requests as tasks")
    return seen


@pytest.fixture
def trespassing(
    audit: Audit, probe: Probe, task_tools: TaskTools, second_user_token: str, task_capability: dict[str, Any]
) -> Trespassing:
    """A task that another user asks about."""
    call = task_tools.any()
    return audit.once("task of another user", lambda: trespass(probe, call, second_user_token, task_capability))


@pytest.fixture
def unknown_task(audit: Audit, task_capability: dict[str, Any]) -> dict[str, Answer]:
    """The answers to requests about a task that never was, by method."""

    def perform() -> dict[str, Answer]:
        client, id = TaskClient(audit.mcp()), f"conformance-{secrets.token_hex(16)}"
        answers = {"tasks/get": client.get(id), "tasks/result": client.result(id)}
        return answers | ({"tasks/cancel": client.cancel(id)} if "cancel" in task_capability else {})

    return audit.once("unknown task", perform)


@pytest.fixture
def quick_call(task_tools: TaskTools) -> Call:
    """A call that can be made many times as a task, a quick one if there is one."""
    try:
        return task_tools.fixture(SIMPLE)
    except NotApplicable:
        return task_tools.any()


@pytest.fixture
def task_crowd(audit: Audit, probe: Probe, quick_call: Call) -> Crowd:
    """Many tasks and the list of them."""
    return audit.once("many tasks", lambda: crowd(probe, quick_call))


@pytest.fixture
def lookups(audit: Audit, probe: Probe) -> list[Answer]:
    """The answers to many requests about tasks that never were."""
    return audit.once("many lookups of tasks", lambda: look_up(probe))


@pytest.fixture
def outlived(audit: Audit, probe: Probe, quick_call: Call) -> Answer:
    """The state of a task long after the end of its ttl."""
    return audit.once("task after its ttl", lambda: outlive(probe, quick_call, audit.settings.patience))
