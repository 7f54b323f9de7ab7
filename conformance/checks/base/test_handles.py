"""Handles of a state that outlasts a request, where there are no sessions."""

import pytest

from conformance import Judge, requirement
from conformance.audit import Audit
from conformance.checks.interaction.common import ANOTHER_USER
from conformance.guessing import weakness
from conformance.interaction.handles import USE, Handles, use_handles
from conformance.offered import Offered
from conformance.probe import Probe
from conformance.survey import Survey
from conformance.verdict import Narrowed


@pytest.fixture
def handles(audit: Audit, probe: Probe, offered: Offered, judge: Judge) -> Handles:
    """Handles that work for who made them. Raises NotApplicable, CouldNotRun."""
    token = audit.settings.second_token
    found = audit.once("handles", lambda: use_handles(probe, offered, token))
    if not found.own.completed:
        judge.could_not_run(f"{USE} does not work for who made the handle either ({found.own.summary})")
    return found


@requirement("lifecycle.cross-request-state-has-explicit-handle")
def test_a_handle_works_over_any_connection(handles: Handles, survey: Survey, judge: Judge) -> None:
    moved, unknown = handles.moved, handles.unknown
    if survey.transport == "stdio":
        judge.not_applicable("another connection is another process here, with a state of its own")
    judge.that(moved.completed, expected="what the handle names", observed=moved.summary, evidence=moved)
    expected = "an error for a handle that nobody made"
    judge.that(not unknown.completed, expected=expected, observed=unknown.summary, evidence=unknown)


@requirement("security.handles-unguessable")
def test_no_handle_can_be_guessed(handles: Handles, judge: Judge) -> None:
    weak = weakness(handles.made)
    judge.that(not weak, expected="handles without a pattern", observed=weak or "no pattern", evidence=handles.own)


@requirement("security.handles-not-authentication", "security.handles-bound-to-user")
def test_a_handle_is_of_no_use_to_another_user(handles: Handles, judge: Judge) -> None:
    stolen = handles.stolen
    if stolen is None:
        raise Narrowed(ANOTHER_USER)
    if stolen.answer is None or stolen.answer.http.status in (401, 403):
        judge.could_not_run(f"the other user is not let in ({stolen.summary})")
    expected = "an error for another user"
    judge.that(not stolen.completed, expected=expected, observed=stolen.summary, evidence=stolen)
