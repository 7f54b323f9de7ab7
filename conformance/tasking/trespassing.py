"""A task of one user that another one asks about."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from conformance.probe import Probe
from conformance.tasking.client import TaskClient, entries_of, id_of
from conformance.tool_calls import Call
from conformance.verdict import CouldNotRun
from conformance.wire.connection import Answer


@dataclass(frozen=True)
class Trespassing:
    """`attempts` are the answers to the other user by method; `found` says whether the task is in their list, None
    where there is none; `control` is the answer to its owner afterwards.
    """

    id: str
    attempts: Mapping[str, Answer]
    found: bool | None
    control: Answer

    @property
    def exchange(self) -> str:
        """The exchange that shows that the task was there."""
        return self.control.exchange


def trespass(probe: Probe, call: Call, token: str, capabilities: dict[str, Any]) -> Trespassing:
    """Make a task and ask for it with the token of another user. Raises NoAnswer, CouldNotRun."""
    with probe.session() as ours, probe.fresh(token) as theirs:
        created = TaskClient(ours).create(call)
        id, opening = id_of(created), theirs.open(probe.survey.revision)
        if not id or opening.result is None:
            raise CouldNotRun(f"there is no task and a session of another user ({created.summary}, {opening.summary})")
        stranger = TaskClient(theirs)
        attempts = {"tasks/get": stranger.get(id), "tasks/result": stranger.result(id)}
        if "cancel" in capabilities:
            attempts["tasks/cancel"] = stranger.cancel(id)
        found = None
        if "list" in capabilities:
            pages = stranger.pages()
            listed = all(page.result is not None for page in pages)
            found = any(one.get("taskId") == id for one in entries_of(pages)) if listed else None
        return Trespassing(id, attempts, found, TaskClient(ours).get(id))
