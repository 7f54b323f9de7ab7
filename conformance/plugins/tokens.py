"""Fixtures for checks of what tokens are worth at the MCP server."""

import pytest

from conformance.audit import Audit
from conformance.ceremony.hijacking import Hijacking
from conformance.probe import Probe
from conformance.survey import Survey
from conformance.verdict import CouldNotRun
from conformance.wire.http import Reply


@pytest.fixture(scope="session")
def knock_with_token(audit: Audit) -> Reply:
    """The answer to a request with the token in use: the control of every other token that is refused."""
    token, probe = audit.need_survey().token, Probe(audit.need_survey(), audit.http)
    if not token:
        raise CouldNotRun("there is no access token")
    return audit.once("knock with token", lambda: probe.knock(f"Bearer {token}", "initialize with token"))


@pytest.fixture
def good_token(survey: Survey, probe: Probe, knock_with_token: Reply) -> str:
    """The access token in use, which the MCP server takes. Raises CouldNotRun where it does not."""
    if not survey.token or not probe.admits(knock_with_token):
        raise CouldNotRun(f"the good token is refused too ({knock_with_token.summary})")
    return survey.token


@pytest.fixture(scope="session")
def second_user_token(audit: Audit) -> str:
    """A token of another user, which the MCP server takes. Raises CouldNotRun without one."""
    token, probe = audit.settings.second_token, Probe(audit.need_survey(), audit.http)
    if not token:
        raise CouldNotRun("needs an access token of another user: --second-token TOKEN")
    knock = audit.once("knock of a second user", lambda: probe.knock(f"Bearer {token}", "initialize, second user"))
    if not probe.admits(knock):
        raise CouldNotRun(f"the token of --second-token is refused anyway ({knock.summary})")
    return token


@pytest.fixture(scope="session")
def hijacking(audit: Audit) -> Hijacking | None:
    """A session of ours that others try to use; None where there are no session ids."""
    probe = Probe(audit.need_survey(), audit.http)
    return audit.once("hijacking", lambda: Hijacking.perform(probe, audit.settings.second_token))
