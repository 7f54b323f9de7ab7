"""Fixtures for the clients of the audit and their requests to the token endpoint."""

from collections.abc import Callable
from functools import partial

import pytest

from conformance import confidential_clients
from conformance.audit import Audit
from conformance.oauth.registration import Client
from conformance.token_requests import TokenRequests

NOBODY = Client("never-registered", "http://127.0.0.1/callback")


@pytest.fixture(scope="session")
def secret_client(audit: Audit) -> Callable[[str], Client]:
    """Gives the client with a secret that asked for an authentication method."""
    return partial(confidential_clients.secret_client, audit.flow(), audit.once)


@pytest.fixture(scope="session")
def posting_client(secret_client: Callable[[str], Client]) -> Client:
    """A client that sends its secret in the body, or in the way the server chose for it."""
    return secret_client("client_secret_post")


@pytest.fixture(scope="session")
def token_requests(audit: Audit) -> TokenRequests:
    """Token requests that need no approval, of the client of the login."""
    login = audit.need_survey().login
    return TokenRequests(audit.flow(), login.client if login else NOBODY, audit.once)
