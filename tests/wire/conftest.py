"""What the tests of the wire share."""

from collections.abc import Iterator

import pytest

from conformance.evidence import Recorder
from conformance.redaction import Redactor
from conformance.wire.http import HttpClient


@pytest.fixture
def http() -> Iterator[HttpClient]:
    client = HttpClient(Recorder(Redactor()), timeout=8)
    yield client
    client.close()
