"""Audits that act as a service, with client credentials and without a user."""

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs

import httpx
import pytest
from jwt.algorithms import ECAlgorithm

from conformance.oauth.jwt import Key, read
from conformance.reference import ReferenceServer
from conformance.reference.services import BY_KEY, BY_SECRET
from tests.auditing import Handler, Run, audit, website

AREA = "client-credentials."
SERVICE = "--consent=client-credentials"


@pytest.fixture(scope="module")
def server() -> Iterator[ReferenceServer]:
    with ReferenceServer(consent="form", profile="service") as running:
        yield running


def of_area(run: Run) -> dict[str, str]:
    return {one.removeprefix(AREA): verdict for one, verdict in run.verdicts.items() if one.startswith(AREA)}


def written(run: Run) -> str:
    """Everything the run left behind."""
    files = [one for one in run.folder.rglob("*") if one.is_file()]
    return "\n".join([run.output, *(one.read_text("utf-8", "replace") for one in files)])


def test_a_service_with_a_secret_needs_no_user(tmp_path: Path, server: ReferenceServer) -> None:
    secret = f"--client-secret={server.client_secret}"
    run = audit(tmp_path, f"--target-url={server.url}", SERVICE, f"--client-id={BY_SECRET}", secret)

    assert run.code == 0, run.output
    assert run.results["survey"]["authorization"]["approvals"] == 0
    verdicts = of_area(run)
    for name in ("token-works", "no-refresh-token", "wrong-credentials-refused", "unregistered-grant-refused"):
        assert verdicts[name] == "pass"
    stuck = [one for one in run.results["requirements"] if one["verdict"] == "could-not-run"]
    assert all(one["narrowed"] for one in stuck)
    assert "without a user (--consent client-credentials); --consent auto or person judges this" in run.output
    assert server.client_secret not in written(run)


def test_a_service_with_a_key_authenticates_by_assertions(tmp_path: Path, server: ReferenceServer) -> None:
    assert server.client_key
    key = f"--client-key={server.client_key}"
    run = audit(tmp_path, f"--target-url={server.url}", SERVICE, f"--client-id={BY_KEY}", key, "--tb=long", "-vv")

    assert run.code == 0, run.output
    verdicts = of_area(run)
    assert verdicts["bad-assertion-refused"] == verdicts["token-works"] == "pass"
    assert verdicts["wrong-credentials-refused"] == "not-applicable"
    text = written(run)
    pem = server.client_key.read_text()
    private = ECAlgorithm.to_jwk(Key.of_pem(pem).private, as_dict=True)
    assert not any(secret in text for secret in (private["d"], *pem.splitlines()[1:-1]))
    sent = [one["request"]["body"] or "" for one in run.results["exchanges"].values()]
    assertions = [value for body in sent for value in parse_qs(body).get("client_assertion", [])]
    assert len(assertions) >= 6
    assert all(value.startswith("[client_assertion#") for value in assertions)


def test_a_wrong_secret_is_told_from_a_server_without_the_grant(tmp_path: Path, server: ReferenceServer) -> None:
    given = (SERVICE, f"--client-id={BY_SECRET}", "--client-secret=wrong-secret-1")
    wrong = audit(tmp_path, f"--target-url={server.url}", *given)
    with ReferenceServer() as other:
        client = registered(other, "client_secret_post")
        absent = audit(tmp_path, f"--target-url={other.url}", SERVICE, *client)

    assert wrong.code == absent.code == 6
    assert "gave the service no access token (HTTP 401, error invalid_client)" in wrong.output
    assert "are --client-id and --client-secret or --client-key those of the client?" in " ".join(wrong.output.split())
    assert "does not offer the grant client_credentials" in " ".join(absent.output.split())
    assert of_area(wrong)["token-works"] == of_area(absent)["token-works"] == "could-not-run"


def registered(server: ReferenceServer, method: str) -> tuple[str, str]:
    """The options that name a client which anybody may register."""
    metadata = {"redirect_uris": ["http://127.0.0.1/cb"], "token_endpoint_auth_method": method}
    client = httpx.post(f"{server.origin}/register", json=metadata).json()
    return f"--client-id={client['client_id']}", f"--client-secret={client['client_secret']}"


def test_a_server_that_wants_the_token_endpoint_as_audience_gets_it(tmp_path: Path, server: ReferenceServer) -> None:
    """A stand-in for such servers: it passes on what names its token endpoint and refuses the rest."""
    seen: list[str] = []

    def answer(handler: Handler) -> None:
        if handler.path == "/mcp":
            handler.send(401, WWW_Authenticate="Bearer")
        elif handler.path.startswith("/.well-known/oauth-authorization-server"):
            origin = f"http://{handler.headers['Host']}"
            handler.send(200, json.dumps({"issuer": origin, "token_endpoint": origin + "/token"}))
        elif handler.path == "/token":
            text = parse_qs(handler.body.decode()).get("client_assertion", [""])[0]
            token = read(text)
            seen.append(str(token.claims["aud"]) if token else "")
            handler.send(400, '{"error": "invalid_client"}' if len(seen) == 1 else '{"error": "server_error"}')
        else:
            handler.send(404)

    with website(answer) as origin:
        options = (f"--target-url={origin}/mcp", SERVICE, f"--client-id={BY_KEY}", f"--client-key={server.client_key}")
        run = audit(tmp_path, *options, "--revision=2025-06-18")

    assert seen[:2] == [origin, f"{origin}/token"], run.output
