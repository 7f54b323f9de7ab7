from collections.abc import Iterator

import pytest

from conformance.reference import ReferenceServer

from .client import Client


@pytest.fixture(scope="module")
def server() -> Iterator[ReferenceServer]:
    with ReferenceServer() as running:
        yield running


@pytest.fixture
def client(server: ReferenceServer) -> Iterator[Client]:
    with Client(server) as made:
        yield made


@pytest.fixture
def session(client: Client) -> Client:
    """A client that is logged in and has shaken hands."""
    client.log_in()
    client.initialize()
    return client
