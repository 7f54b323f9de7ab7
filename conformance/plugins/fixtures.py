"""Fixtures for checks, shipped ones and an implementer's own."""

import time
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from conformance.arrived import Arrived, is_stateless, messages_in
from conformance.audit import Audit, audit_for, audit_named, audits_of
from conformance.authorizations import Authorizations
from conformance.ceremony.aging import Aging
from conformance.conversations import Conversation, conversations_in
from conformance.evidence import Exchange
from conformance.exercise import Exercise
from conformance.judge import Judge
from conformance.oauth.discovery import Discovery
from conformance.oauth.document_clients import DocumentClients
from conformance.oauth.flow import OAuthFlow
from conformance.oauth.library import Library
from conformance.oauth.management import Managing
from conformance.oauth.metadata import Document
from conformance.oauth.redemption import Redemption
from conformance.offered import Offered
from conformance.plugins import only_audit
from conformance.plugins.selection import LAST, LATE, turn_of
from conformance.probe import Probe
from conformance.registrations import Registrations
from conformance.survey import Survey
from conformance.verdict import CouldNotRun, NotApplicable
from conformance.wire.connection import STATELESS_REVISION, Connection

_OTHERS_STALLED = 60.0


@pytest.fixture(scope="session")
def audit(pytestconfig: pytest.Config, request: pytest.FixtureRequest) -> Iterator[Audit]:
    """The audit of this process, or that of the revision of the check; its session ends afterwards."""
    found = audit_named(pytestconfig, getattr(request, "param", None))
    if found is None:
        pytest.fail("this test needs a target: run pytest with --target-url URL or --demo", pytrace=False)
    yield found
    found.close()


def pytest_collection(session: pytest.Session) -> None:
    if len(audits_of(session.config)) == 1:
        session.config.pluginmanager.register(only_audit)


@pytest.fixture
def judge(audit: Audit) -> Judge:
    """Collects what the check expects and observes; judged when the check ends."""
    return Judge(audit.recorder.redactor)


@pytest.fixture(scope="session")
def survey(audit: Audit) -> Survey:
    """What the survey found at the target."""
    return audit.need_survey()


@pytest.fixture
def offered(survey: Survey) -> Offered:
    """Tools, resources and prompts of the target that bear the names of the field's conformance fixture."""
    return Offered(survey)


@pytest.fixture(scope="session")
def discovery(audit: Audit) -> Discovery:
    """How the survey found the authorization server."""
    found = audit.need_survey().discovery
    if not found:
        raise CouldNotRun("no authorization server was looked for")
    return found


@pytest.fixture
def resource_metadata(discovery: Discovery) -> Document:
    """The protected-resource metadata that a client uses."""
    if not discovery.resource_document:
        raise CouldNotRun("there is no protected-resource metadata")
    return discovery.resource_document


@pytest.fixture
def server_metadata(discovery: Discovery) -> Document:
    """The authorization server metadata that a client uses."""
    if not discovery.server_document:
        raise CouldNotRun("there is no authorization server metadata")
    return discovery.server_document


@pytest.fixture(scope="session")
def library(audit: Audit, discovery: Discovery) -> Library:
    """Further documents by their URL."""
    return Library(discovery, audit.http, audit.once)


@pytest.fixture
def mcp(audit: Audit) -> Connection:
    """An open MCP session with the target, shared by the checks of this process."""
    return audit.mcp()


@pytest.fixture
def probe(audit: Audit) -> Probe:
    """Single requests to the MCP endpoint outside any session: credentials, fresh handshakes."""
    return Probe(audit.need_survey(), audit.http, audit.spares)


@pytest.fixture
def oauth(audit: Audit) -> OAuthFlow:
    """The steps of the authorization code flow."""
    return audit.flow()


@pytest.fixture(scope="session")
def document_clients(audit: Audit) -> DocumentClients:
    """Clients known by the URL of a metadata document."""
    return DocumentClients(audit.flow(), audit.documents(), audit.settings.client_metadata_url)


@pytest.fixture
def tool(request: pytest.FixtureRequest, audit: Audit) -> dict[str, Any]:
    """One listed tool; a check that asks for it runs once for each."""
    return _entry(request, audit, "tools/list", "no tool was listed")


@pytest.fixture
def called_tool(request: pytest.FixtureRequest, audit: Audit) -> dict[str, Any]:
    """One tool that may be called; a check that asks for it runs once for each, or for a sample of many."""
    return _entry(request, audit, "tools/list", "no tool is annotated readOnlyHint or allowed with --call-tools")


@pytest.fixture
def resource(request: pytest.FixtureRequest, audit: Audit) -> dict[str, Any]:
    """One listed resource; a check that asks for it runs once for each, or for a sample of many."""
    return _entry(request, audit, "resources/list", "no resource was listed")


@pytest.fixture
def prompt(request: pytest.FixtureRequest, audit: Audit) -> dict[str, Any]:
    """One listed prompt; a check that asks for it runs once for each, or for a sample of many."""
    return _entry(request, audit, "prompts/list", "no prompt was listed")


def _entry(request: pytest.FixtureRequest, audit: Audit, method: str, absent: str) -> dict[str, Any]:
    entry = getattr(request, "param", None)
    if entry is None:
        listing = audit.need_survey().listings.get(method)
        if listing is None or listing.refusal:
            raise CouldNotRun(f"{method} gave no list")
        raise NotApplicable(absent)
    return entry


@pytest.fixture(scope="session")
def exercise(audit: Audit) -> Exercise:
    """Everything the target offers, used once in a run."""
    return Exercise(audit)


@pytest.fixture(scope="session")
def registrations(audit: Audit) -> Registrations:
    """Good and defective registrations, each sent when first asked for."""
    login = audit.need_survey().login
    return Registrations(audit.flow(), login.registration if login else None, audit.once)


@pytest.fixture(scope="session")
def authorizations(audit: Audit) -> Authorizations:
    """Authorization requests that nobody approves, good and defective ones, each sent when first asked for."""
    return Authorizations(audit.flow(), audit.once)


@pytest.fixture(scope="session")
def managing(audit: Audit, registrations: Registrations) -> Managing:
    """A registration that its client and strangers read, changed and deleted."""
    flow = audit.flow()
    return audit.once("managing", lambda: Managing.perform(flow, registrations.bare(), registrations.spare()))


@pytest.fixture(scope="session")
def redemption(audit: Audit) -> Redemption:
    """The code of the survey's login, redeemed with every defect and then without.

    Where a code does not survive a failed attempt, every further defect gets a fresh one.
    """
    survey = audit.need_survey()
    made = survey.login.redemption if survey.login else None
    if made is None or not made.accepted.access_token:
        raise survey.no_login
    return audit.once("redemption", lambda: made.completed(audit.flow()))


@pytest.fixture(scope="session")
def aging(audit: Audit) -> Aging:
    """A code that was put aside before everything else, redeemed when it must have expired."""
    return audit.once("aging", lambda: Aging.perform(audit.flow(), audit.need_survey()))


@pytest.fixture(scope="session")
def late(audit: Audit, request: pytest.FixtureRequest) -> None:
    """What uses up the login of the survey asks for this, and runs when every other check has ended."""
    _wait_for_turn(audit, request, LATE)
    audit.close_session()


@pytest.fixture(scope="session")
def transcript(audit: Audit, request: pytest.FixtureRequest) -> Sequence[Exchange]:
    """Every exchange with the MCP endpoint in the whole run, those of parallel workers included.

    Of revisions with sessions and those without, only what is of the kind that is audited.
    """
    audit.need_survey()
    audit.close_session()
    _wait_for_turn(audit, request, LAST)
    exchanges = (one for one in audit.recorder.shared() if one.channel == "mcp")
    return [one for one in exchanges if is_stateless(one) == (audit.revision == STATELESS_REVISION)]


@pytest.fixture(scope="session")
def messages(transcript: Sequence[Exchange]) -> list[Arrived]:
    """Every JSON-RPC message of the server in the whole run, with the request it answers."""
    return messages_in(transcript)


@pytest.fixture(scope="session")
def conversations(transcript: Sequence[Exchange]) -> list[Conversation]:
    """What was said on each connection in the whole run."""
    found = [one for one in conversations_in(transcript) if one.arrived]
    if not found:
        raise CouldNotRun("the server sent nothing on any connection")
    return found


def _wait_for_turn(audit: Audit, request: pytest.FixtureRequest, turn: int) -> None:
    """Wait until the checks of earlier turns have ended in all workers. Raises CouldNotRun where they stall."""
    if not audit.recorder.spool:
        return
    awaited = sum(turn_of(item) < turn for item in request.session.items if audit_for(item) is audit)
    ended, since = audit.recorder.ended(turn), time.monotonic()
    while ended < awaited:
        time.sleep(0.05)
        previous, ended = ended, audit.recorder.ended(turn)
        since = time.monotonic() if ended != previous else since
        if time.monotonic() - since > _OTHERS_STALLED + audit.settings.patience:
            raise CouldNotRun("another worker did not finish its checks in time")
