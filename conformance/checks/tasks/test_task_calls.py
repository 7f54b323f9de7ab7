"""Which calls may run as tasks."""

import pytest

from conformance import Judge, requirement
from conformance.audit import Audit
from conformance.exercise import Exercise, admitted
from conformance.shapes import as_object
from conformance.survey import Survey
from conformance.tasking.client import TaskClient
from conformance.tasking.life import Life
from conformance.tasking.tools import TaskTools
from conformance.tool_calls import calls_of, only_reads
from conformance.wire.connection import Answer
from conformance.wire.jsonrpc import METHOD_NOT_FOUND


@pytest.fixture
def undeclared(survey: Survey, exercise: Exercise, audit: Audit, judge: Judge) -> Answer:
    """A call as a task of a tool that works without one, at a server that declares no tasks for calls."""
    requests = as_object(as_object(survey.capabilities.get("tasks")).get("requests"))
    if "call" in as_object(requests.get("tools")):
        judge.not_applicable("the server declares tasks for calls of tools")
    tools = [one for one in exercise.tools if only_reads(one) and list(calls_of([one], ()))]
    if not tools:
        judge.not_applicable("no tool is annotated readOnlyHint, or no arguments could be made for one")
    tool = next((one for one in tools if _works(exercise.call(one))), None)
    if tool is None:
        summary = exercise.call(tools[0]).summary
        judge.could_not_run(f"no call works without a task either ({tools[0].get('name')}: {summary})")
    call = (str(tool.get("name")), exercise.arguments_for(tool))
    return audit.once("undeclared task", lambda: TaskClient(audit.mcp()).create(call))


def _works(answer: Answer) -> bool:
    return answer.result is not None and not answer.result.get("isError")


@requirement("tasks.capability-declared")
def test_who_makes_tasks_of_calls_declares_it(undeclared: Answer, judge: Judge) -> None:
    made = "task" in (undeclared.result or {}) and "content" not in (undeclared.result or {})
    judge.never(made, "a task was made of a call although none is declared", evidence=undeclared)


@requirement("tasks.undeclared-task-field-ignored")
def test_a_wish_for_a_task_is_ignored_where_none_is_declared(undeclared: Answer, judge: Judge) -> None:
    ordinary = "content" in (undeclared.result or {})
    judge.that(ordinary, expected="the result of the tool", observed=undeclared.summary, evidence=undeclared)


@requirement("tasks.required-tool-plain-call-refused")
def test_a_tool_that_runs_as_a_task_only_refuses_a_plain_call(
    task_tools: TaskTools, audit: Audit, judge: Judge
) -> None:
    answer = admitted(TaskClient(audit.mcp()).call(task_tools.required()))
    refused = answer.error_code == METHOD_NOT_FOUND
    judge.that(refused, expected="error -32601", observed=answer.summary, evidence=answer)


@requirement("tasks.forbidden-tool-task-call-refused")
def test_a_tool_that_runs_as_no_task_refuses_to_be_one(task_tools: TaskTools, audit: Audit, judge: Judge) -> None:
    answer = admitted(TaskClient(audit.mcp()).create(task_tools.forbidden()))
    refused = answer.error_code == METHOD_NOT_FOUND
    judge.that(refused, expected="error -32601", observed=answer.summary, evidence=answer)


@requirement("tasks.create-returns-task")
def test_a_call_as_a_task_returns_a_task(first_life: Life, judge: Judge) -> None:
    created = first_life.created
    if created.result is None:
        judge.could_not_run(f"the call was not accepted as a task ({created.summary})")
    made = "task" in created.result and "content" not in created.result
    judge.that(made, expected="a CreateTaskResult", observed=created.summary, evidence=created)
