"""Many tasks, and many questions about tasks, for audits under stress."""

import secrets
import time
from dataclasses import dataclass
from typing import Any

from conformance.probe import Probe
from conformance.tasking.client import TaskClient, entries_of, id_of, seconds_of, task_of
from conformance.tool_calls import Call
from conformance.verdict import CouldNotRun, Narrowed, NotApplicable
from conformance.wire.connection import Answer

MANY = 110
LOOKUPS = 250
_LOOKUP_SECONDS = 10.0
_SHORT_TTL = 500
_SLACK = 0.5


@dataclass(frozen=True)
class Crowd:
    """Many tasks of one session and the list of them, as pages; `ids` are those that could still be got afterwards."""

    ids: frozenset[str]
    pages: tuple[Answer, ...]

    @property
    def exchange(self) -> str:
        """The exchange of the first page."""
        return self.pages[0].exchange

    @property
    def listed(self) -> set[str]:
        """The ids in the list."""
        return _ids_in(self.pages)


def crowd(probe: Probe, call: Call) -> Crowd:
    """Make many tasks and list them. Raises NoAnswer, CouldNotRun where most are refused."""
    with probe.session() as connection:
        client = TaskClient(connection)
        ids = [id for id in (id_of(client.create(call)) for _ in range(MANY)) if id]
        if len(ids) < MANY:
            raise CouldNotRun(f"only {len(ids)} of {MANY} tasks were accepted")
        pages = client.pages()
        missing = set(ids) - _ids_in(pages)
        gone = {id for id in missing if client.get(id).result is None}
        return Crowd(frozenset(ids) - gone, pages)


def _ids_in(pages: tuple[Answer, ...]) -> set[str]:
    return {str(one.get("taskId")) for one in entries_of(pages)}


def look_up(probe: Probe) -> list[Answer]:
    """Ask for many tasks that never were, until another answer comes than at first. Raises NoAnswer, CouldNotRun."""
    with probe.session() as connection:
        client, answers, deadline = TaskClient(connection), list[Answer](), time.monotonic() + _LOOKUP_SECONDS
        while len(answers) < LOOKUPS and time.monotonic() < deadline:
            answers.append(client.get(f"conformance-{secrets.token_hex(16)}"))
            if _kind(answers[-1]) != _kind(answers[0]):
                break
        return answers


def _kind(answer: Answer) -> tuple[int, Any]:
    return answer.http.status, answer.error_code


def throttled(answers: list[Answer]) -> bool:
    """Whether the last of the answers is of another kind than the first."""
    return _kind(answers[-1]) != _kind(answers[0])


def outlive(probe: Probe, call: Call, patience: float) -> Answer:
    """The state of a task long after the end of its ttl. Raises NotApplicable, Narrowed, NoAnswer, CouldNotRun."""
    with probe.session() as connection:
        client = TaskClient(connection)
        created = client.create(call, ttl=_SHORT_TTL)
        granted = seconds_of(task_of(created).get("ttl"))
        if not id_of(created):
            raise CouldNotRun(f"no task was made ({created.summary})")
        if granted is None:
            raise NotApplicable("the task is kept without a limit")
        wait = granted * 2 + _SLACK
        if wait > patience:
            raise Narrowed(f"the server keeps tasks for {granted:g} s: --patience {wait:g}")
        time.sleep(wait)
        return client.get(id_of(created))
