"""A server as many were in 2025: what breaks which rule under which revision, and what is merely unusual."""

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from conformance.reference import FAULTS, ReferenceServer
from tests.auditing import Run, audit, shared
from tests.proving import sign_in

FAULT = "atlassian-2025"
UNDER_2025_03_26 = {
    "challenge.no-error-without-credentials": "warn",
    "server-metadata.issuer-matches": "fail",
    "server-metadata.plain-not-published": "warn",
}
UNDER_2025_11_25 = {
    **UNDER_2025_03_26,
    "challenge.resource-metadata-parameter": "warn",
    "client-metadata-document.supported": "warn",
    "resource-metadata.discoverable": "fail",
    "resource-metadata.path-inserted-location": "warn",
}


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Run]:
    """The audits of two revisions."""
    with ReferenceServer(FAULT, consent="form") as server:

        def make(option: str) -> Callable[[Path], Run]:
            return lambda folder: audit(folder, f"--target-url={server.url}", *sign_in(server), option)

        return {
            revision: shared(tmp_path_factory, f"atlassian-{revision}", make(f"--revision={revision}"))
            for revision in ("2025-03-26", "2025-11-25")
        }


def broken(run: Run) -> dict[str, str]:
    return {one: verdict for one, verdict in run.verdicts.items() if verdict in ("fail", "warn")}


def test_the_endpoint_is_found_below_a_version(runs: dict[str, Run]) -> None:
    for run in runs.values():
        assert run.results["survey"]["endpoint"].endswith("/v1/mcp")


def test_less_is_broken_under_the_first_revision(runs: dict[str, Run]) -> None:
    assert broken(runs["2025-03-26"]) == UNDER_2025_03_26
    assert broken(runs["2025-11-25"]) == UNDER_2025_11_25
    assert set(UNDER_2025_11_25) == FAULTS[FAULT].trips


def test_its_older_endpoint_breaks_the_same(tmp_path: Path) -> None:
    with ReferenceServer(FAULT, consent="form") as server:
        run = audit(tmp_path, f"--target-url={server.origin}/v1/sse", *sign_in(server), "--revision=2025-03-26")

    assert run.results["survey"]["transport"] == "http+sse"
    assert broken(run) == UNDER_2025_03_26


@pytest.mark.parametrize("revision", ["2025-03-26", "2025-11-25"])
def test_the_run_is_complete_and_the_login_judged(runs: dict[str, Run], revision: str) -> None:
    run = runs[revision]

    assert run.results["survey"]["failure"] is None
    stuck = [one for one in run.results["requirements"] if one["verdict"] in ("could-not-run", "error")]
    assert [one["id"] for one in stuck if not one["narrowed"]] == []
    for one in ("pkce.wrong-verifier-refused", "refresh.works", "revocation.access-token-revocable"):
        assert run.verdicts[one] == "pass"


def test_the_report_says_what_is_merely_unusual(runs: dict[str, Run]) -> None:
    notes = "\n".join(runs["2025-11-25"].results["survey"]["notes"])

    assert "The revocation endpoint is the token endpoint: legal" in notes
    assert "token_type is written bearer: legal" in notes
    assert "scope is an empty string" in notes
    assert "the origin of the MCP server was taken as issuer" in notes


def test_the_issuer_is_compared_with_the_origin_that_was_asked(runs: dict[str, Run]) -> None:
    for run in runs.values():
        check = next(one for name, one in run.checks.items() if "the_issuer_is_the_one" in name)
        (seen,) = (one for one in check["observations"] if not one["ok"])
        assert seen["expected"].startswith("issuer http://127.0.0.1:")
        assert seen["observed"] == "https://cf.login.example.com"


def test_a_client_that_does_not_say_how_it_authenticates_gets_a_secret() -> None:
    with ReferenceServer(FAULT) as server:
        answer = httpx.post(f"{server.origin}/register", json={"redirect_uris": ["http://127.0.0.1:9/callback"]})

    assert answer.json()["token_endpoint_auth_method"] == "client_secret_basic"
    assert answer.json()["client_secret"]
