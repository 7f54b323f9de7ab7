"""The fixture `audit` where one revision is audited: without `request`, which pytest makes anew for each check."""

from collections.abc import Iterator

import pytest

from conformance.audit import Audit, audits_of


@pytest.fixture(scope="session")
def audit(pytestconfig: pytest.Config) -> Iterator[Audit]:
    """The audit of this process; its session ends afterwards."""
    (only,) = audits_of(pytestconfig)
    yield only
    only.close()
