"""Fixtures for checks, shipped ones and an implementer's own."""

import time
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from conformance.audit import Audit, audit_of
from conformance.ceremony import Redemption, Refreshing, Replay, Revocation
from conformance.evidence import Exchange
from conformance.judge import Judge
from conformance.oauth.flow import OAuthFlow
from conformance.plugins.verdicts import JUDGE
from conformance.probe import Probe
from conformance.survey import Survey
from conformance.verdict import CouldNotRun
from conformance.wire.connection import Connection

_OTHERS_STALLED = 60.0


@pytest.fixture(scope="session")
def audit(pytestconfig: pytest.Config) -> Iterator[Audit]:
    """The audit of this process; its session ends and its clients are removed afterwards."""
    found = audit_of(pytestconfig)
    if found is None:
        pytest.fail("this test needs a target: run pytest with --target-url URL or --demo", pytrace=False)
    yield found
    found.close()


@pytest.fixture
def judge(audit: Audit, request: pytest.FixtureRequest) -> Judge:
    """Collects what the check expects and observes; judged when the check ends."""
    made = request.node.stash[JUDGE] = Judge(audit.recorder.redactor)
    return made


@pytest.fixture
def survey(audit: Audit) -> Survey:
    """What the survey found at the target."""
    return audit.need_survey()


@pytest.fixture
def mcp(audit: Audit) -> Connection:
    """An open MCP session with the target, shared by the checks of this process."""
    return audit.mcp()


@pytest.fixture
def probe(audit: Audit) -> Probe:
    """Single requests to the MCP endpoint outside any session: credentials, fresh handshakes."""
    return Probe(audit.need_survey(), audit.http)


@pytest.fixture
def oauth(audit: Audit) -> OAuthFlow:
    """The steps of the authorization code flow."""
    return audit.flow()


@pytest.fixture
def tool(request: pytest.FixtureRequest) -> dict[str, Any]:
    """One listed tool; a check that asks for it runs once for each."""
    listed = getattr(request, "param", None)
    if listed is None:
        raise CouldNotRun("no tool was listed")
    return listed


@pytest.fixture
def callable_tools(audit: Audit) -> tuple[str, ...]:
    """Names of tools that may be called although they are not annotated as read-only; `all` for every one."""
    return audit.settings.call_tools


@pytest.fixture(scope="session")
def redemption(audit: Audit) -> Redemption:
    """One code, redeemed with every defect and then without."""
    return Redemption.perform(audit.flow())


@pytest.fixture(scope="session")
def refreshing(audit: Audit, redemption: Redemption) -> Refreshing:
    """The grant of `redemption`, refreshed by its own client and by a foreign one."""
    return Refreshing.perform(audit.flow(), Probe(audit.need_survey(), audit.http), redemption)


@pytest.fixture(scope="session")
def revocation(audit: Audit, redemption: Redemption, request: pytest.FixtureRequest) -> Revocation:
    """The grant of `redemption`, its newest access token revoked. Destructive, so after `refreshing`."""
    newest = redemption.accepted
    if newest.refresh_token:
        newest = request.getfixturevalue("refreshing").newest or newest
    knocker = Probe(audit.need_survey(), audit.http)
    return Revocation.perform(audit.flow(), knocker, redemption, newest, audit.settings.patience)


@pytest.fixture(scope="session")
def replay(audit: Audit) -> Replay:
    """A code of its own, redeemed twice."""
    return Replay.perform(audit.flow())


@pytest.fixture(scope="session")
def transcript(audit: Audit, request: pytest.FixtureRequest) -> Sequence[Exchange]:
    """Every exchange with the MCP endpoint in the whole run, those of parallel workers included."""
    audit.need_survey()
    audit.close_session()
    active = sum("transcript" not in getattr(item, "fixturenames", ()) for item in request.session.items)
    exchanges, ended = audit.recorder.shared()
    waiting_since, parallel = time.monotonic(), audit.recorder.spooled
    while parallel and ended < active:
        time.sleep(0.05)
        previous = ended
        exchanges, ended = audit.recorder.shared()
        if ended != previous:
            waiting_since = time.monotonic()
        if time.monotonic() - waiting_since > _OTHERS_STALLED:
            raise CouldNotRun("another worker did not finish its checks, so the transcript is not whole")
    return [one for one in exchanges if one.channel == "mcp"]
