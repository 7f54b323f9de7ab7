"""Audits of a server whose access tokens can be neither revoked nor looked up, since nobody is asked about them."""

import pytest

from tests.auditing import Run, audit
from tests.proving import PROFILES

DECIDED = (
    "introspection.valid-token-active",
    "introspection.revoked-token-inactive",
    "revocation.unknown-hint-ignored",
    "revocation.refresh-token-revocable",
    "revocation.access-token-revocable",
)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    deployment = PROFILES["separate"]
    with deployment.serve(None) as server:
        folder = tmp_path_factory.mktemp("detached")
        return audit(folder, f"--target-url={server.url}", *deployment.options(server), "-k", "authorization")


@pytest.mark.parametrize("id", DECIDED)
def test_the_refresh_token_stands_in_for_the_access_token(run: Run, id: str) -> None:
    assert run.verdicts[id] == "pass"


def test_such_a_server_is_conformant(run: Run) -> None:
    assert run.with_verdict("fail", "warn") == []
    assert run.outcome == "conformant"
