"""Every task of the whole run, judged once at no extra request."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from conformance import Judge, requirement
from conformance.arrived import Arrived, is_stream, requests_in
from conformance.evidence import Exchange
from conformance.guessing import weakness
from conformance.shapes import as_list, as_object
from conformance.survey import Survey
from conformance.tasking.client import related_id
from conformance.tasking.tools import TaskTools
from conformance.wire.connection import HANDSHAKE_REVISIONS

_STATUS = "notifications/tasks/status"
_MANAGEMENT = ("tasks/get", "tasks/list", "tasks/cancel")
_AUGMENTED = ("sampling/createMessage", "elicitation/create")


@dataclass(frozen=True)
class Seen:
    """A task as one message showed it; `method` is that of the message or of the request it answers."""

    task: dict[str, Any]
    method: str
    arrived: Arrived

    @property
    def key(self) -> tuple[str, Any]:
        """What tells a task from others, also from those that bear its id elsewhere."""
        return self.arrived.source.conversation, self.task.get("taskId")

    @property
    def exchange(self) -> str:
        """The exchange that brought it."""
        return self.arrived.exchange


def _tasks_in(one: Arrived) -> Iterable[tuple[dict[str, Any], str]]:
    message = as_object(one.message)
    method = str((one.request or message).get("method"))
    result = as_object(message.get("result"))
    if message.get("method") == _STATUS:
        yield as_object(message.get("params")), method
    elif method == "tools/call" and "task" in as_object((one.request or {}).get("params")) and "task" in result:
        yield as_object(result["task"]), method
    elif method in ("tasks/get", "tasks/cancel") and "taskId" in result:
        yield result, method
    elif method == "tasks/list":
        for entry in as_list(result.get("tasks")):
            yield as_object(entry), method


@pytest.fixture
def seen(messages: list[Arrived], task_tools: TaskTools, judge: Judge) -> list[Seen]:
    """The tasks in all messages, in the order they came. Not applicable where there are none."""
    found = [Seen(task, method, one) for one in messages for task, method in _tasks_in(one)]
    if not any(one.method == "tools/call" for one in found):
        task_tools.any()
        judge.not_applicable("no task was made in this run")
    return found


def _judge_each(judge: Judge, found: Sequence[Seen], expected: str, problem: Callable[[Seen], str]) -> None:
    if not found:
        judge.not_applicable("the server sent no such message")

    def told(one: Seen) -> str:
        wrong = problem(one)
        return f"{one.method}: {wrong}" if wrong else ""

    judge.each(found, expected, told, seen=f"{len(found)} are")


def _made(seen: Sequence[Seen]) -> list[Seen]:
    return [one for one in seen if one.method == "tools/call"]


@requirement("tasks.id-is-string")
def test_every_task_id_is_a_string(seen: list[Seen], judge: Judge) -> None:
    def problem(one: Seen) -> str:
        id = one.task.get("taskId")
        return "" if isinstance(id, str) else f"taskId {id!r}"

    _judge_each(judge, seen, "ids that are strings", problem)


@requirement("tasks.id-unique")
def test_no_two_tasks_share_an_id(seen: list[Seen], judge: Judge) -> None:
    ids = [str(one.task.get("taskId")) for one in _made(seen)]
    if len(ids) < 2:
        judge.could_not_run("only one task was made")
    twice = sorted({id for id in ids if ids.count(id) > 1})
    judge.that(not twice, expected=f"{len(ids)} ids", observed=f"twice: {twice}" if twice else "no id twice")


@requirement("tasks.unguessable-ids-without-context")
def test_task_ids_cannot_be_guessed(seen: list[Seen], survey: Survey, judge: Judge) -> None:
    if survey.protected:
        judge.not_applicable("tasks are bound to who may use them")
    ids = list(dict.fromkeys(str(one.task.get("taskId")) for one in _made(seen)))
    weak = weakness(ids)
    judge.that(not weak, expected="ids that nobody can guess", observed=weak or f"{len(ids)} ids without a pattern")


@requirement("tasks.starts-working")
def test_every_new_task_is_at_work(seen: list[Seen], judge: Judge) -> None:
    def problem(one: Seen) -> str:
        status = one.task.get("status")
        return "" if status == "working" else f"status {status!r}"

    _judge_each(judge, _made(seen), "status working", problem)


def _time(value: object) -> datetime | None:
    """A time in ISO 8601, UTC where it does not say; None for anything else."""
    try:
        time = datetime.fromisoformat(value) if isinstance(value, str) and "T" in value else None
    except ValueError:
        return None
    return time.replace(tzinfo=time.tzinfo or UTC) if time else None


@requirement("tasks.created-at-present")
def test_every_task_says_when_it_was_made(seen: list[Seen], judge: Judge) -> None:
    first: dict[tuple[str, Any], Any] = {}

    def problem(one: Seen) -> str:
        created = one.task.get("createdAt")
        if _time(created) is None:
            return f"createdAt {created!r}"
        before = first.setdefault(one.key, created) if isinstance(one.task.get("taskId"), str) else created
        return "" if _time(before) == _time(created) else f"createdAt {created!r}, before that {before!r}"

    _judge_each(judge, seen, "an ISO 8601 time that stays", problem)


@requirement("tasks.last-updated-at-present")
def test_every_task_says_when_it_changed(seen: list[Seen], judge: Judge) -> None:
    newest: dict[tuple[str, Any], Any] = {}

    def problem(one: Seen) -> str:
        text = one.task.get("lastUpdatedAt")
        updated, before = _time(text), newest.get(one.key)
        if updated is None:
            return f"lastUpdatedAt {text!r}"
        if one.method == "tasks/get":
            newest[one.key] = updated
        return (
            f"lastUpdatedAt {text!r}, before that {before}"
            if one.method == "tasks/get" and before and (updated < before)
            else ""
        )

    _judge_each(judge, seen, "an ISO 8601 time that does not run backwards", problem)


@requirement("tasks.ttl-reported")
def test_every_state_of_a_task_says_how_long_it_is_kept(seen: list[Seen], judge: Judge) -> None:
    def problem(one: Seen) -> str:
        ttl = one.task.get("ttl", "missing")
        good = ttl is None or (isinstance(ttl, int) and not isinstance(ttl, bool) and ttl >= 0)
        return "" if good or (isinstance(ttl, float) and ttl.is_integer()) else f"ttl {ttl!r}"

    _judge_each(judge, [one for one in seen if one.method == "tasks/get"], "a ttl, or null", problem)


def _fit(judge: Judge, messages: Iterable[Arrived], definition: str) -> None:
    found = [one for one in messages if one.revision in HANDSHAKE_REVISIONS]
    found = [one for one in found if one.definition(one.revision) == definition]
    if not found:
        judge.not_applicable("the server sent no such message")
    broken = [(one, errors) for one in found if (errors := one.errors(one.revision))]
    for one, errors in broken[:5]:
        judge.that(False, expected=f"a {definition}", observed=errors, evidence=one)
    if not broken:
        judge.that(True, expected=f"a {definition}", observed=f"{len(found)} fit")


@requirement("tasks.get-result-matches-schema")
def test_every_state_of_a_task_fits_its_schema(seen: list[Seen], messages: list[Arrived], judge: Judge) -> None:
    _fit(judge, messages, "GetTaskResult")


@requirement("tasks.list-result-matches-schema")
def test_every_page_of_tasks_fits_its_schema(seen: list[Seen], messages: list[Arrived], judge: Judge) -> None:
    _fit(judge, messages, "ListTasksResult")


@requirement("tasks.create-returns-task")
def test_every_new_task_fits_its_schema(seen: list[Seen], messages: list[Arrived], judge: Judge) -> None:
    _fit(judge, messages, "CreateTaskResult")


@requirement("tasks.status-notification-matches-schema")
def test_every_notice_of_a_task_fits_its_schema(seen: list[Seen], messages: list[Arrived], judge: Judge) -> None:
    _fit(judge, messages, "TaskStatusNotification")


@requirement("tasks.status-notification-not-tagged")
def test_no_notice_of_a_task_is_tagged(seen: list[Seen], judge: Judge) -> None:
    notices = [one for one in seen if one.method == _STATUS]
    _judge_each(judge, notices, "no related-task metadata", lambda one: _tag(one.task))


@requirement("tasks.management-results-not-tagged")
def test_no_result_about_tasks_is_tagged(seen: list[Seen], messages: list[Arrived], judge: Judge) -> None:
    found = [one for one in messages if one.request and one.request.get("method") in _MANAGEMENT]
    results = [
        Seen(as_object(one.message["result"]), str(one.request and one.request["method"]), one)
        for one in found
        if as_object(one.message).get("result")
    ]
    _judge_each(judge, results, "no related-task metadata", lambda one: _tag(one.task))


def _tag(holder: dict[str, Any]) -> str:
    id = related_id(holder)
    return "" if id is None else f"tagged with {id!r}"


@requirement("tasks.get-not-streamed")
def test_no_state_of_a_task_is_streamed(seen: list[Seen], judge: Judge) -> None:
    states = [one for one in seen if one.method == "tasks/get"]
    _judge_each(judge, states, "JSON", lambda one: "an event stream" if is_stream(one.arrived.source) else "")


@requirement("tasks.server-augments-only-if-declared")
def test_the_server_wants_no_task_of_a_client_without(
    messages: list[Arrived], transcript: Sequence[Exchange], judge: Judge
) -> None:
    declaring = {one.conversation for one in transcript if _declares_tasks(one)} | {""}
    asked = [one for one in messages if as_object(one.message).get("method") in _AUGMENTED]
    asked = [one for one in asked if one.source.conversation not in declaring]
    if not asked:
        judge.not_applicable("the server asked nothing of a client that runs no tasks")
    augmented = [one for one in asked if "task" in as_object(one.message.get("params"))]
    for one in augmented[:5]:
        judge.that(False, expected="no member task", observed=f"{one.message['method']} with task", evidence=one)
    judge.that(not augmented, expected="no member task", observed=f"{len(augmented)} of {len(asked)} requests have it")


def _declares_tasks(exchange: Exchange) -> bool:
    openings = [as_object(one.get("params")) for one in requests_in(exchange) if one["method"] == "initialize"]
    return any("tasks" in as_object(one.get("capabilities")) for one in openings)
