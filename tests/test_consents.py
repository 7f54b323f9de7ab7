"""How many approvals an audit really asks for, and what it says where it may not ask."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from conformance.reference import ReferenceServer
from conformance.reference.store import PREREGISTERED
from tests.auditing import Run, audit
from tests.proving import PROFILES


@pytest.fixture(scope="module", params=["combined", "strict"])
def server(request: pytest.FixtureRequest) -> Iterator[ReferenceServer]:
    with PROFILES[request.param].serve(None) as running:
        yield running


def look(folder: Path, server: ReferenceServer, *options: str) -> Run:
    deployment = PROFILES["combined"]
    return audit(folder, f"--target-url={server.url}", *deployment.options(server), "-k", "authorization", *options)


def test_a_server_may_end_codes_and_grants_early(tmp_path: Path) -> None:
    with PROFILES["strict"].serve(None) as server:
        run = look(tmp_path, server)

    assert run.with_verdict("fail", "warn") == []
    assert run.outcome == "conformant"
    assert run.verdicts["pkce.wrong-verifier-refused"] == "pass"
    assert any("ends a code" in note for note in run.results["survey"]["notes"])
    assert len(run.results["summary"]["clients"]["left"]) == 3


def test_the_given_client_keeps_the_grant_of_the_login(tmp_path: Path) -> None:
    with PROFILES["strict"].serve(None) as server:
        run = look(
            tmp_path, server, f"--client-id={PREREGISTERED.id}", "--redirect-uri=http://127.0.0.1:49152/callback"
        )

    assert run.with_verdict("fail", "warn") == []
    assert run.verdicts["refresh.works"] == "pass"
    assert run.verdicts["scope.granted-scope-reported"] == "pass"


def test_the_secret_of_the_given_client_is_sent_as_it_was_registered(tmp_path: Path) -> None:
    uri = "http://127.0.0.1:49152/callback"
    with PROFILES["combined"].serve(None) as server:
        body = {"redirect_uris": [uri], "token_endpoint_auth_method": "client_secret_post"}
        client = httpx.post(f"{server.origin}/register", json=body).json()
        options = (f"--client-id={client['client_id']}", f"--client-secret={client['client_secret']}")
        run = look(tmp_path, server, *options, f"--redirect-uri={uri}")

    assert run.with_verdict("fail", "warn") == []
    assert run.verdicts["token.success-response"] == "pass"


def test_a_cap_is_kept_and_names_what_it_leaves_out(tmp_path: Path, server: ReferenceServer) -> None:
    run = look(tmp_path, server, "--approvals=2")

    authorization = run.results["survey"]["authorization"]
    assert authorization["approvals"] <= 2
    assert "reduced" in authorization["plan"]["left_out"]
    left = [one for one in run.results["requirements"] if one["narrowed"]]
    assert left
    assert all("--approvals" in one["reason"] or "--patience" in one["reason"] for one in left)
    assert all(one["verdict"] == "could-not-run" for one in left)
    assert run.with_verdict("fail", "warn") == []
    assert run.outcome == "conformant"
    assert "beyond what the user allowed or gave" in run.results["summary"]["sentence"]
