"""Fixtures for checks of log messages, progress, cancellation and subscriptions."""

import pytest

from conformance.audit import Audit
from conformance.ceremony.resuming import Resuming
from conformance.interaction import logging, withdrawing
from conformance.interaction.cancelling import Cancelling, cancel
from conformance.interaction.colliding import Colliding, collide, pairs_of
from conformance.interaction.flooding import TOKEN, Flood, flood
from conformance.interaction.logging import Levels, Logged, set_levels
from conformance.interaction.progress import BRIEF, SLOW, STEPS, Left, Stopped, Tools, reports_of
from conformance.interaction.racing import Race, race
from conformance.interaction.subscribing import Subscribing, subscribe
from conformance.interaction.withdrawing import Withdrawing, withdraw
from conformance.offered import Offered
from conformance.probe import Probe
from conformance.shapes import as_object
from conformance.survey import Survey
from conformance.verdict import CouldNotRun, NotApplicable


def _taking(argument: str, tool: str, survey: Survey) -> str:
    """The tool, where it takes this argument. Raises NotApplicable."""
    schema = next(as_object(one.get("inputSchema")) for one in survey.tools if one.get("name") == tool)
    if argument not in as_object(schema.get("properties")):
        raise NotApplicable(f"the tool {tool} takes no argument {argument}, which would show it")
    return tool


@pytest.fixture
def log_levels(audit: Audit, probe: Probe, offered: Offered) -> Levels:
    """A session in which each log level was set."""
    tool = offered.find_tool(*logging.TOOLS)
    return audit.once("log levels", lambda: set_levels(probe, tool))


@pytest.fixture
def logged(log_levels: Levels, offered: Offered) -> Levels:
    """The same, where a tool logged in it. Raises NotApplicable, CouldNotRun."""
    tool = offered.tool(*logging.TOOLS)
    for level, call in log_levels.calls.items():
        if level in log_levels.answers and log_levels.answers[level].result is None:
            raise CouldNotRun(f"the level {level} could not be set ({log_levels.answers[level].summary})")
        if not call.worked:
            raise CouldNotRun(f"{tool} did not work ({call.answer.summary})")
    return log_levels


@pytest.fixture
def told_secrets(logged: Levels, offered: Offered) -> Logged:
    """A call with a password and personal data, about which the tool logged. Raises NotApplicable, CouldNotRun."""
    offered.tool(logging.TOLD_TO_LOG)
    call = logged.calls["debug"]
    if not call.messages:
        raise CouldNotRun(f"{logged.tool} logged nothing")
    return call


@pytest.fixture
def log_flood(audit: Audit, probe: Probe, offered: Offered) -> Flood:
    """A call that logs 800 messages."""
    tool = _taking("times", offered.tool(logging.TOLD_TO_LOG), offered.survey)
    return audit.once("many log messages", lambda: flood(probe, tool, {"times": 100}, logging.is_log, level="debug"))


@pytest.fixture
def cancelling(audit: Audit, probe: Probe, offered: Offered) -> Cancelling:
    """Two calls of a slow tool of which one was cancelled, and cancellations of what was not at work."""
    steps = STEPS if offered.survey.stateless and offered.has_resource(STEPS) else ""
    tools = Tools(offered.find_tool(SLOW), offered.find_tool(BRIEF), steps)
    return audit.once("cancelling", lambda: cancel(probe, tools))


@pytest.fixture
def left(cancelling: Cancelling, offered: Offered) -> Left:
    """A call of a slow tool that was left alone. Raises NotApplicable, CouldNotRun."""
    offered.tool(SLOW, BRIEF)
    if not cancelling.working:
        raise CouldNotRun(cancelling.problem)
    return cancelling.working.left


@pytest.fixture
def stopped(cancelling: Cancelling, left: Left, offered: Offered) -> Stopped:
    """A call of a slow tool that was cancelled. Raises NotApplicable, CouldNotRun."""
    tool = offered.tool(SLOW)
    found = cancelling.working and cancelling.working.stopped
    if not found:
        raise CouldNotRun(f"{tool} was not called")
    if found.closed is False:
        raise NotApplicable("the call is answered without a stream, which could be closed to cancel it")
    return found


@pytest.fixture
def subscribing(audit: Audit, probe: Probe, offered: Offered) -> Subscribing:
    """Subscriptions side by side, with changes while they lasted."""
    return audit.once("subscriptions", lambda: subscribe(probe, offered))


@pytest.fixture
def progress_flood(audit: Audit, probe: Probe, offered: Offered) -> Flood:
    """A call that reports its progress a thousand times."""
    tool = _taking("steps", offered.tool(SLOW), offered.survey)
    arguments = {"seconds": 0.1, "steps": 1000}
    return audit.once("much progress", lambda: flood(probe, tool, arguments, reports_of(TOKEN)))


@pytest.fixture
def withdrawn(audit: Audit, probe: Probe, offered: Offered) -> Withdrawing:
    """Two requests of the server, one of which it withdraws."""
    tool = offered.tool(withdrawing.TOOL)
    return audit.once("withdrawing", lambda: withdraw(probe, tool))


@pytest.fixture
def races(audit: Audit, probe: Probe, offered: Offered) -> list[Race]:
    """Sessions in which requests were cancelled at once."""
    return audit.once("races", lambda: race(probe, *offered.quick()))


@pytest.fixture
def resuming(audit: Audit, probe: Probe) -> Resuming:
    """Two broken streams that were resumed."""
    return audit.once("resuming", lambda: Resuming.perform(probe))


@pytest.fixture
def colliding(audit: Audit, probe: Probe, offered: Offered) -> Colliding:
    """Two clients at work at the same time with the same request ids. Raises NotApplicable."""
    if offered.survey.transport == "stdio":
        raise NotApplicable("over stdio each client has a server of its own")
    tools = pairs_of(offered)
    return audit.once("two clients with the same ids", lambda: collide(probe, tools))
