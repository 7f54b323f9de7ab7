"""Fixtures for checks of the tasks of the extension io.modelcontextprotocol/tasks."""

from contextlib import suppress

import pytest

from conformance.audit import Audit
from conformance.probe import Probe
from conformance.survey import Survey
from conformance.tasking.durable import Asked
from conformance.tasking.enduring import (
    SLOW,
    DurableTools,
    Enduring,
    Outcomes,
    Trespassing,
    Watching,
    endure,
    see_outcomes,
    trespass,
    watch,
)
from conformance.verdict import CouldNotRun, Narrowed, NotApplicable
from conformance.wire.http import NoAnswer


@pytest.fixture
def durable_tools(audit: Audit, survey: Survey) -> DurableTools:
    """The tools that may run as tasks of the extension."""
    return DurableTools(survey, audit.settings.call_tools)


@pytest.fixture
def enduring(audit: Audit, probe: Probe, durable_tools: DurableTools) -> Enduring:
    """A task of the extension of which at least the answer to its creation is known. Raises NotApplicable."""
    found = _endured(audit, probe, durable_tools)
    if not found.tried:
        raise NotApplicable("the server offers no tool that may be called, so that no task can be made")
    if not found.created:
        raise NotApplicable(f"no call was answered with a task ({found.tried[-1].summary})")
    return found


def _endured(audit: Audit, probe: Probe, tools: DurableTools) -> Enduring:
    return audit.once("durable task", lambda: endure(probe, tools, audit.settings.patience))


@pytest.fixture
def seen_through(enduring: Enduring, audit: Audit) -> Enduring:
    """A task of the extension that was seen up to its end. Raises CouldNotRun, Narrowed."""
    if not enduring.looks:
        raise CouldNotRun("the task has no id")
    last = enduring.looks[-1].summary
    if enduring.looks[-1].result is None:
        raise CouldNotRun(f"the task cannot be looked up ({last})")
    if not enduring.ended:
        raise Narrowed(f"the task did not end within {audit.settings.patience:g} s ({last})")
    return enduring


@pytest.fixture
def durable_outcomes(audit: Audit, probe: Probe, durable_tools: DurableTools) -> Outcomes:
    """Tasks of the extension of tools whose outcome is known."""
    return _outcomes(audit, probe, durable_tools)


def _outcomes(audit: Audit, probe: Probe, tools: DurableTools) -> Outcomes:
    patience = audit.settings.patience
    return audit.once("outcomes of durable tasks", lambda: see_outcomes(probe, tools, patience))


@pytest.fixture
def asked_of_tasks(audit: Audit, probe: Probe, durable_tools: DurableTools) -> list[Asked]:
    """All requests about tasks of the extension with their answers. Raises NotApplicable where no task was made."""
    found = list(_endured(audit, probe, durable_tools).asked)
    with suppress(CouldNotRun, NoAnswer):
        found += _outcomes(audit, probe, durable_tools).asked
    if not any(one.creation for one in found):
        raise NotApplicable("no call was answered with a task")
    return found


@pytest.fixture
def watching(audit: Audit, probe: Probe, durable_tools: DurableTools, enduring: Enduring) -> Watching:
    """Notifications about a task of the extension. Raises NotApplicable where the server sends none."""
    call = durable_tools.known(SLOW)
    if call is None:
        raise NotApplicable(f"the server offers no tool {SLOW}, whose task would last long enough")
    found = audit.once("durable task watched", lambda: watch(probe, call, audit.settings.patience))
    if not found.granted:
        raise NotApplicable("the server acknowledges no wish to hear of a task")
    return found


@pytest.fixture
def durable_trespassing(
    audit: Audit, probe: Probe, durable_tools: DurableTools, second_user_token: str, enduring: Enduring
) -> Trespassing:
    """A task of the extension that another user asks about."""
    call = durable_tools.any()[len(enduring.tried) - 1]
    return audit.once("durable task of another user", lambda: trespass(probe, call, second_user_token))
