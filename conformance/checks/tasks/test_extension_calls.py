"""Which calls become tasks of the extension, and for whom (2026-07-28, extension io.modelcontextprotocol/tasks)."""

from collections.abc import Iterable
from typing import Any

import pytest

from conformance import Judge, requirement
from conformance.audit import Audit
from conformance.exercise import admitted
from conformance.probe import Probe
from conformance.shapes import as_object
from conformance.survey import Survey
from conformance.tasking.durable import (
    EXTENSION,
    KNOWING,
    Asked,
    DurableClient,
    declared,
    id_of,
    made_task,
)
from conformance.tasking.enduring import ASKING_FIRST, FAILING, PLAIN, SLOW, DurableTools, Enduring, Outcomes
from conformance.wire.connection import Answer
from conformance.wire.jsonrpc import METHOD_NOT_FOUND, MISSING_CAPABILITY
from conformance.wire.stateless import is_interim


@pytest.fixture
def undeclared_call(survey: Survey, audit: Audit, probe: Probe, durable_tools: DurableTools, judge: Judge) -> Answer:
    """A call of a slow tool by a client that knows tasks, at a server that does not declare them."""
    if declared(survey):
        judge.not_applicable("the server declares the extension")
    call = durable_tools.known(SLOW, seconds=0)
    if call is None or not survey.stateless:
        judge.not_applicable(f"the server offers no tool {SLOW}, which would show it")

    def perform() -> Answer:
        with probe.session(KNOWING) as connection:
            return DurableClient(connection).call(call)

    return audit.once("undeclared durable task", perform)


@requirement("tasks-extension.declared-where-used")
def test_who_makes_tasks_declares_the_extension(undeclared_call: Answer, judge: Judge) -> None:
    answer = admitted(undeclared_call)
    judge.never(made_task(answer), "a call was answered with a task, which is not declared", evidence=answer)


@requirement("tasks-extension.no-task-undeclared")
def test_a_client_that_knows_no_tasks_gets_none(enduring: Enduring, judge: Judge) -> None:
    if enduring.plain is None or enduring.plain.response is None:
        judge.could_not_run("the call of a client that knows no tasks was not answered")
    judge.see(enduring)
    made = made_task(enduring.plain)
    judge.never(made, "a task was made for a client that declares no tasks", evidence=enduring.plain)


@requirement("tasks-extension.undeclared-call-refusal-code")
def test_a_tool_that_runs_as_a_task_only_says_so(durable_outcomes: Outcomes, judge: Judge) -> None:
    failing, answer = durable_outcomes.failing, durable_outcomes.undeclared
    if failing is None or answer is None or not made_task(failing.created):
        judge.not_applicable(f"the server offers no tool {FAILING} that runs as a task, which would show it")
    judge.see(failing.created)
    if admitted(answer).error is None:
        judge.not_applicable(f"{FAILING} works without a task as well ({answer.summary})")
    good = answer.error_code == MISSING_CAPABILITY
    judge.that(good, expected="error -32021", observed=answer.summary, evidence=answer)


@requirement("tasks-extension.missing-capability-names-extension")
def test_who_lacks_the_extension_is_told(asked_of_tasks: list[Asked], judge: Judge) -> None:
    errors = [one.answer for one in asked_of_tasks if one.answer.error_code == MISSING_CAPABILITY and not one.knowing]
    if not errors:
        judge.not_applicable("nothing was refused with -32021")
    for answer in errors:
        required = as_object(as_object((answer.error or {}).get("data")).get("requiredCapabilities"))
        named = EXTENSION in as_object(required.get("extensions"))
        observed = f"requiredCapabilities {required}"
        judge.that(named, expected=f"requiredCapabilities with {EXTENSION}", observed=observed, evidence=answer)


@requirement("tasks-extension.methods-need-capability")
def test_who_knows_no_tasks_cannot_ask_about_them(enduring: Enduring, judge: Judge) -> None:
    if not enduring.looks or enduring.looks[-1].result is None:
        judge.could_not_run("the task cannot be looked up by a client that knows tasks either")
    for method, answer in enduring.undeclared.items():
        good = admitted(answer).error_code == MISSING_CAPABILITY
        judge.that(good, expected=f"{method}: error -32021", observed=answer.summary, evidence=answer)


@requirement("tasks-extension.former-methods-unknown")
def test_methods_of_older_tasks_are_unknown(enduring: Enduring, judge: Judge) -> None:
    if not enduring.former:
        judge.could_not_run("the task has no id")
    for method, answer in enduring.former.items():
        good = admitted(answer).error_code == METHOD_NOT_FOUND
        judge.that(good, expected=f"{method}: error -32601", observed=answer.summary, evidence=answer)


@requirement("tasks-extension.former-member-ignored")
def test_a_wish_for_an_older_task_is_ignored(durable_outcomes: Outcomes, judge: Judge) -> None:
    plainly, former = durable_outcomes.plainly, durable_outcomes.former
    if plainly is None or former is None:
        judge.not_applicable(f"the server offers no tool {PLAIN}, which would show it")
    if admitted(plainly).result is None or made_task(plainly):
        judge.could_not_run(f"{PLAIN} gives no result without the member either ({plainly.summary})")
    good = former.result is not None and not made_task(former)
    judge.advise(good, expected="the result of the tool", observed=former.summary, evidence=former)


@requirement("tasks-extension.input-before-creation")
def test_a_tool_asks_before_it_makes_a_task(durable_outcomes: Outcomes, judge: Judge) -> None:
    first, after = durable_outcomes.first, durable_outcomes.after
    if first is None:
        judge.not_applicable(f"the server offers no tool {ASKING_FIRST}, which would show it")
    if not is_interim(admitted_or_interim(first).result) and (after is None or not any(_asks(after.looks))):
        judge.not_applicable(f"{ASKING_FIRST} asks nothing ({first.summary})")
    asked = is_interim(first.result) and not id_of(first)
    judge.advise(asked, expected="input_required without a task", observed=first.summary, evidence=first)
    second = durable_outcomes.second
    if asked and second is not None:
        judge.advise(made_task(second), expected="a task", observed=second.summary, evidence=second)


def admitted_or_interim(answer: Answer) -> Answer:
    """An answer that says something about a request, one that asks included. Raises CouldNotRun."""
    return answer if is_interim(answer.result) else admitted(answer)


def _asks(looks: Iterable[Answer]) -> Iterable[Any]:
    return ((look.result or {}).get("inputRequests") for look in looks)
