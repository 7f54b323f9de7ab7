"""Fixtures for checks of what tokens are worth at the MCP server."""

import pytest

from conformance.audit import Audit
from conformance.authorizations import Authorizations
from conformance.ceremony.expiring import Expiring
from conformance.ceremony.hijacking import Hijacking
from conformance.ceremony.narrow import NarrowCalls, StepUp
from conformance.ceremony.other_resource import OtherResource
from conformance.ceremony.reduced import Reduced
from conformance.oauth.insight import Insight
from conformance.oauth.redemption import UNRELATED_RESOURCE
from conformance.oauth.resource_answers import ResourceAnswers
from conformance.probe import Probe
from conformance.shapes import as_list
from conformance.survey import Survey
from conformance.verdict import CouldNotRun, Narrowed, NotApplicable
from conformance.wire.http import Reply


@pytest.fixture(scope="session")
def knock_with_token(audit: Audit) -> Reply:
    """The answer to a request with the token in use: the control of every other token that is refused."""
    survey = audit.need_survey()
    token, probe = survey.token, Probe(survey, audit.http)
    if not token:
        raise CouldNotRun("there is no access token")
    if survey.opening and not survey.closed and probe.admits(survey.opening.http):
        return survey.opening.http
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
        raise Narrowed("needs an access token of another user: --second-token TOKEN")
    knock = audit.once("knock of a second user", lambda: probe.knock(f"Bearer {token}", "initialize, second user"))
    if not probe.admits(knock):
        raise CouldNotRun(f"the token of --second-token is refused anyway ({knock.summary})")
    return token


@pytest.fixture(scope="session")
def hijacking(audit: Audit) -> Hijacking | None:
    """A session of ours that others try to use; None where there are no session ids."""
    probe = Probe(audit.need_survey(), audit.http)
    return audit.once("hijacking", lambda: Hijacking.perform(probe, audit.settings.second_token))


@pytest.fixture(scope="session")
def insight(audit: Audit) -> Insight:
    """What the access token of the survey's login is for. Raises NotApplicable where nobody tells."""
    login = audit.need_survey().login
    if not login or not login.tokens or not login.tokens.access_token:
        raise audit.need_survey().no_login
    token, client = login.tokens.access_token, login.client
    found = audit.once("insight", lambda: Insight.into(token, audit.flow(), client))
    if found is None:
        raise NotApplicable("access tokens are opaque here, and introspection tells us nothing about them")
    return found


@pytest.fixture(scope="session")
def reduced(audit: Audit) -> Reduced:
    """A login with few scopes, one that nobody knows, and no resource; one approval."""
    probe, login = Probe(audit.need_survey(), audit.http), audit.need_survey().login
    made = login.redemption if login else None
    burns, failed = bool(made and made.burns), not (made and made.accepted.access_token)
    return audit.once("reduced", lambda: Reduced.perform(audit.flow(), probe, burns=burns, uri_first=failed))


@pytest.fixture(scope="session")
def expiring(audit: Audit) -> Expiring:
    """A token that is used before and after its end. Raises Narrowed where that takes too long."""
    login, probe, patience = audit.need_survey().login, Probe(audit.need_survey(), audit.http), audit.settings.patience
    if not login or not login.tokens:
        raise CouldNotRun("nobody logged in")
    tokens = login.tokens
    return audit.once("expiring", lambda: Expiring.perform(audit.flow(), probe, tokens, patience))


@pytest.fixture(scope="session")
def resource_answers(audit: Audit, authorizations: Authorizations) -> ResourceAnswers:
    """What the authorization endpoint makes of resource indicators, without approval."""
    return ResourceAnswers.perform(audit.flow().resource, authorizations.good(), authorizations.ask)


@pytest.fixture(scope="session")
def other_resource(audit: Audit, authorizations: Authorizations) -> OtherResource:
    """A token for another resource of the same authorization server. Raises NotApplicable where none is known."""
    oauth, probe = audit.flow(), Probe(audit.need_survey(), audit.http)
    listed = as_list(oauth.discovery.server_metadata.get("protected_resources"))
    others = [one for one in listed if isinstance(one, str) and one.rstrip("/") != oauth.resource.rstrip("/")]
    known = audit.settings.second_resource or next(iter(others), None)
    if known is None:
        raise NotApplicable("no other resource of the authorization server is known; --second-resource names one")
    return audit.once("other resource", lambda: OtherResource.perform(oauth, probe, authorizations.web, known))


@pytest.fixture(scope="session")
def unrelated_resource(
    audit: Audit, authorizations: Authorizations, resource_answers: ResourceAnswers
) -> OtherResource:
    """A request for a resource that the authorization server cannot know; one approval, unless it is refused."""
    oauth, probe = audit.flow(), Probe(audit.need_survey(), audit.http)
    if not resource_answers.unknown.accepted and not resource_answers.unknown.undecided:
        return OtherResource(UNRELATED_RESOURCE, resource_answers.unknown)
    return audit.once(
        "unrelated resource", lambda: OtherResource.perform(oauth, probe, authorizations.web, UNRELATED_RESOURCE)
    )


@pytest.fixture(scope="session")
def narrow_calls(audit: Audit, reduced: Reduced) -> NarrowCalls:
    """Calls of tools with the token of `reduced`."""
    token, probe = reduced.tokens.access_token, Probe(audit.need_survey(), audit.http)
    if not token:
        raise CouldNotRun(f"no token with fewer scopes was issued ({reduced.tokens.summary})")
    held, tools = reduced.held, audit.settings.call_tools
    return audit.once("narrow calls", lambda: NarrowCalls.perform(probe, audit.mcp(), token, held, tools))


@pytest.fixture(scope="session")
def step_up(audit: Audit, narrow_calls: NarrowCalls) -> StepUp:
    """The refused call of `narrow_calls` with the scopes that its challenge asks for."""
    refused, probe, login = narrow_calls.refused, Probe(audit.need_survey(), audit.http), audit.need_survey().login
    if not refused:
        raise NotApplicable("no tool that we may call needs more than the reduced token has")
    tokens = login.tokens if login else None
    return audit.once("step up", lambda: StepUp.perform(audit.flow(), probe, refused, tokens))
