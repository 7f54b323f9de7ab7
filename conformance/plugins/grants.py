"""Fixtures for the grants of the audit: each ends differently, and what ends it comes last.

Everything is done once in a run. A fixture that ends a grant first asks for those that still need it.
"""

from collections.abc import Callable
from typing import TypeVar

import pytest

from conformance.audit import Audit
from conformance.authorizations import Authorizations
from conformance.ceremony.confidential import ConfidentialGrant, ConfidentialRefresh, Impostures, Replay
from conformance.ceremony.introspecting import DeadIntrospection, ForeignIntrospection, OwnIntrospection
from conformance.ceremony.narrow import NarrowCalls
from conformance.ceremony.race import Race
from conformance.ceremony.reduced import Reduced
from conformance.ceremony.refreshing import Refresher, Refreshing
from conformance.ceremony.reuse import Reuse
from conformance.ceremony.revoking import AccessRevocation, Admission, ForeignRevocation, RefreshRevocation
from conformance.oauth.flow import Grant
from conformance.oauth.pkce import Pkce
from conformance.oauth.redemption import Redemption
from conformance.oauth.registration import Client
from conformance.oauth.scopes import beyond
from conformance.oauth.token_reply import TokenReply
from conformance.probe import Probe
from conformance.survey import Login
from conformance.verdict import CouldNotRun, NotApplicable
from conformance.wire.http import NoAnswer

Made = TypeVar("Made")


def _probe(audit: Audit) -> Probe:
    return Probe(audit.need_survey(), audit.http)


def _login(audit: Audit) -> Login:
    login = audit.need_survey().login
    if login is None:
        raise CouldNotRun("nobody logged in")
    return login


def _burns(audit: Audit) -> bool:
    """Whether a failed redemption ended the code of the login."""
    made = _login(audit).redemption
    return made is not None and made.burns


def _found(request: pytest.FixtureRequest, name: str, kind: type[Made]) -> Made | None:
    """Another fixture, None where it cannot be had."""
    try:
        made = request.getfixturevalue(name)
    except (CouldNotRun, NotApplicable, NoAnswer):
        return None
    return made if isinstance(made, kind) else None


# The client of the login and its tokens.


@pytest.fixture(scope="session")
def admission(audit: Audit, secret_client: Callable[[str], Client]) -> Admission:
    """Which client of ours may revoke."""
    client, flow = _login(audit).client, audit.flow()
    return audit.once("admission", lambda: Admission.perform(flow, client, lambda: secret_client("client_secret_post")))


@pytest.fixture(scope="session")
def foreign_introspection(audit: Audit, foreign_clients: dict[str, Client]) -> ForeignIntrospection:
    """The access token of the login, introspected by others."""
    token = audit.need_survey().token
    if not token:
        raise CouldNotRun("there is no access token")
    return audit.once(
        "foreign introspection", lambda: ForeignIntrospection.perform(audit.flow(), token, foreign_clients)
    )


@pytest.fixture(scope="session")
def foreign_clients(audit: Audit, request: pytest.FixtureRequest) -> dict[str, Client]:
    """Clients that are not that of the login, by what they are."""
    public, confidential = _login(audit).foreign, _found(request, "posting_client", Client)
    found = {"another public client": public, "a client with a secret": confidential}
    return {name: client for name, client in found.items() if client and client != _login(audit).client}


@pytest.fixture(scope="session")
def refreshing(audit: Audit, late: None, redemption: Redemption, foreign_clients: dict[str, Client]) -> Refreshing:
    """The grant of the login, refreshed by its own client and by others."""
    client, tokens = redemption.grant.client, redemption.accepted
    return audit.once(
        "refreshing", lambda: Refresher(audit.flow(), _probe(audit), client, tokens).perform(foreign_clients)
    )


@pytest.fixture(scope="session")
def foreign_revocation(
    audit: Audit,
    late: None,
    redemption: Redemption,
    admission: Admission,
    foreign_clients: dict[str, Client],
    request: pytest.FixtureRequest,
) -> ForeignRevocation:
    """The newest tokens of the login, revoked by another client."""
    able = [one for one in foreign_clients.values() if admission.to_first or not one.public]
    if not admission.open or not able:
        raise CouldNotRun("no other client of ours may revoke")
    tokens, token = _newest(redemption, request)
    flow, owner = audit.flow(), redemption.grant.client
    return audit.once(
        "foreign revocation",
        lambda: ForeignRevocation.perform(flow, _probe(audit), owner, tokens, token, able[0]),
    )


def _newest(redemption: Redemption, request: pytest.FixtureRequest) -> tuple[TokenReply, str | None]:
    """The newest access token of the login and its refresh token, if that works, after what else is done with them."""
    refreshed = _found(request, "refreshing", Refreshing)
    if refreshed is None:
        return redemption.accepted, None
    return refreshed.newest, refreshed.refresh_token if refreshed.second.access_token else None


@pytest.fixture(scope="session")
def access_revocation(
    audit: Audit, late: None, redemption: Redemption, admission: Admission, request: pytest.FixtureRequest
) -> AccessRevocation:
    """The newest access token of the login, revoked; one of a new grant where only clients with a secret may."""
    if not admission.open:
        raise NotApplicable(f"no client that we can register may revoke ({admission.answer.summary})")
    flow, client, patience = audit.flow(), admission.client, audit.settings.patience
    tokens = None
    if admission.to_first:
        tokens, _ = _survivors(redemption, request)
    else:
        _found(request, "dead_introspection", DeadIntrospection)
        _found(request, "replay", Replay)
    return audit.once(
        "access revocation", lambda: AccessRevocation.perform(flow, _probe(audit), client, tokens, patience)
    )


@pytest.fixture(scope="session")
def refresh_revocation(
    audit: Audit, late: None, redemption: Redemption, admission: Admission, request: pytest.FixtureRequest
) -> RefreshRevocation:
    """The refresh token of the login, or of a new grant where that has ended, revoked."""
    tried = _found(request, "access_revocation", AccessRevocation)
    flow, client, patience = audit.flow(), admission.client, audit.settings.patience
    token = _survivors(redemption, request)[1] if admission.to_first else None
    mislead = tried is not None and tried.ended.unsupported
    return audit.once(
        "refresh revocation",
        lambda: RefreshRevocation.perform(flow, _probe(audit), client, token, patience, mislead=mislead),
    )


def _survivors(redemption: Redemption, request: pytest.FixtureRequest) -> tuple[TokenReply, str | None]:
    """The same when other clients have tried to revoke them."""
    tokens, token = _newest(redemption, request)
    tried = _found(request, "foreign_revocation", ForeignRevocation)
    refreshed = tried.refresh if tried else None
    if refreshed and refreshed.access_token:
        return refreshed, refreshed.refresh_token or token
    return tokens, token


# The grant of a client with a secret.


@pytest.fixture(scope="session")
def confidential(audit: Audit, authorizations: Authorizations) -> ConfidentialGrant:
    """A grant of a client with a secret."""
    client, burns = authorizations.secret, _burns(audit)

    def perform() -> ConfidentialGrant:
        return ConfidentialGrant.perform(audit.flow(), authorizations.good(client), burns=burns)

    return audit.once("confidential grant", perform)


@pytest.fixture
def impostures(audit: Audit, request: pytest.FixtureRequest) -> Impostures:
    """Failed authentications of clients with a secret, with a good code."""
    return Impostures(audit.flow(), audit.once, lambda: _found(request, "confidential", ConfidentialGrant))


@pytest.fixture(scope="session")
def secret_grant(audit: Audit, request: pytest.FixtureRequest) -> Grant | None:
    """The approved request of a client with a secret; None where there is no such client or no approval."""
    found = _found(request, "confidential", ConfidentialGrant)
    return found.grant if found else None


@pytest.fixture(scope="session")
def confidential_refresh(audit: Audit, confidential: ConfidentialGrant) -> ConfidentialRefresh:
    """The same, refreshed."""
    return audit.once("confidential refresh", lambda: ConfidentialRefresh.perform(audit.flow(), confidential))


@pytest.fixture(scope="session")
def own_introspection(
    audit: Audit, confidential: ConfidentialGrant, request: pytest.FixtureRequest
) -> OwnIntrospection:
    """The same, its access token introspected by its own client."""
    client, (tokens, token) = confidential.grant.client, _refreshed(confidential, request)
    return audit.once("own introspection", lambda: OwnIntrospection.perform(audit.flow(), client, tokens, token))


def _refreshed(confidential: ConfidentialGrant, request: pytest.FixtureRequest) -> tuple[TokenReply, str | None]:
    """Its newest access token and its refresh token."""
    made = _found(request, "confidential_refresh", ConfidentialRefresh)
    return (made.newest, made.refresh_token) if made else (confidential.tokens, confidential.tokens.refresh_token)


@pytest.fixture(scope="session")
def replay(audit: Audit, confidential: ConfidentialGrant, request: pytest.FixtureRequest) -> Replay:
    """The same, its code redeemed again."""
    newest, token = _refreshed(confidential, request)
    _found(request, "own_introspection", OwnIntrospection)
    flow, patience, burns = audit.flow(), audit.settings.patience, _burns(audit)
    return audit.once(
        "replay",
        lambda: Replay.perform(flow, _probe(audit), confidential.grant, newest, token, patience, burns=burns),
    )


@pytest.fixture(scope="session")
def complete_replay(audit: Audit, confidential: ConfidentialGrant, replay: Replay) -> Replay:
    """The replay of a code whose tokens worked until then: a new code where a wrong verifier ended the first grant."""
    if replay.survived or not replay.worked:
        return replay

    def repeat() -> Replay:
        flow = audit.flow()
        grant = flow.authorize(Pkce.s256(), confidential.grant.client, of="second replay")
        tokens = flow.redeem(grant, purpose="token request before a second replay")
        patience = audit.settings.patience
        return Replay.perform(flow, _probe(audit), grant, tokens, tokens.refresh_token, patience, burns=True)

    return audit.once("second replay", repeat)


@pytest.fixture(scope="session")
def dead_introspection(
    audit: Audit,
    confidential: ConfidentialGrant,
    own_introspection: OwnIntrospection,
    replay: Replay,
    request: pytest.FixtureRequest,
) -> DeadIntrospection:
    """The same, its token introspected when it has ended."""
    _, token = _refreshed(confidential, request)
    return audit.once(
        "dead introspection", lambda: DeadIntrospection.perform(audit.flow(), own_introspection, replay, token)
    )


# Other grants.


@pytest.fixture(scope="session")
def reuse(audit: Audit, reduced: Reduced, request: pytest.FixtureRequest) -> Reuse:
    """The reduced login, its refresh token used again when nobody needs its tokens any more."""
    _found(request, "narrow_calls", NarrowCalls)
    flow, patience = audit.flow(), audit.settings.patience
    further = beyond(flow.discovery, reduced.held)
    return audit.once("reuse", lambda: Reuse.perform(flow, _probe(audit), reduced, further, patience))


@pytest.fixture(scope="session")
def race(audit: Audit) -> Race:
    """A code redeemed twice at once."""
    login = audit.need_survey().login
    return audit.once("race", lambda: Race.perform(audit.flow(), login and login.foreign))
