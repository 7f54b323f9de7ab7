"""The list of tasks, and tasks that are not there."""

import pytest

from conformance import Judge, requirement
from conformance.audit import Audit
from conformance.schema import message_errors
from conformance.survey import Survey
from conformance.wire.connection import Answer
from conformance.wire.jsonrpc import INVALID_PARAMS

_GENERIC = frozenset(
    """
    error|unknown error|internal error|internal server error|invalid params|invalid parameters|invalid request|
    bad request|failed|server error|invalid|an error occurred
    """.replace("\n", "")
    .replace("    ", "")
    .split("|")
)


@pytest.fixture
def first_page(audit: Audit) -> Answer:
    """The first page of the tasks of the shared session."""
    return audit.once("tasks", lambda: audit.mcp().request("tasks/list"))


@requirement("tasks.list-result-matches-schema")
def test_a_page_of_tasks_fits_its_schema(first_page: Answer, survey: Survey, judge: Judge) -> None:
    if first_page.result is None:
        judge.that(False, expected="a ListTasksResult", observed=first_page.summary, evidence=first_page)
        return
    errors = message_errors(survey.revision, "ListTasksResult", first_page.result)
    judge.that(not errors, expected="a ListTasksResult", observed=errors or "fits", evidence=first_page)


@requirement("tasks.list-invalid-cursor-code")
def test_a_cursor_that_was_never_given_is_refused(first_page: Answer, audit: Audit, judge: Judge) -> None:
    if first_page.result is None:
        judge.could_not_run(f"the first page of tasks is refused, too ({first_page.summary})")
    answer = audit.mcp().request("tasks/list", {"cursor": "conformance-no-such-cursor"})
    good = answer.error_code == INVALID_PARAMS
    judge.that(good, expected="error -32602", observed=answer.summary, evidence=answer)


@requirement("tasks.unknown-id-code")
def test_an_unknown_task_is_refused(unknown_task: dict[str, Answer], judge: Judge) -> None:
    for method, answer in unknown_task.items():
        good = answer.error_code == INVALID_PARAMS
        judge.that(good, expected=f"{method}: error -32602", observed=answer.summary, evidence=answer)


@requirement("tasks.errors-informative")
def test_the_error_about_an_unknown_task_says_what_is_wrong(unknown_task: dict[str, Answer], judge: Judge) -> None:
    errors = {method: answer for method, answer in unknown_task.items() if answer.error}
    if not errors:
        judge.could_not_run("an unknown task is not answered with an error")
    for method, answer in errors.items():
        message = str((answer.error or {}).get("message", "")).strip()
        told = message.strip(".:! ").lower() not in _GENERIC | {""}
        judge.advise(told, expected=f"{method}: what went wrong", observed=repr(message), evidence=answer)


@requirement("tasks.no-list-without-identity")
def test_tasks_are_not_listed_to_anybody(survey: Survey, task_capability: dict[str, object], judge: Judge) -> None:
    if survey.protected or survey.transport != "streamable-http":
        judge.not_applicable("the server can tell its clients apart")
    if survey.opening and survey.opening.http.header("mcp-session-id"):
        judge.not_applicable("the server tells its clients apart by their sessions")
    listed = "list" in task_capability
    observed = "declared" if listed else "not declared"
    judge.that(not listed, expected="no tasks.list", observed=observed, evidence=survey.opening)
