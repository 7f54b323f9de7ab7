"""Endpoints that redirect to another address, as a Starlette application does to what is mounted under a path."""

import json
import ssl
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import trustme
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from conformance.audit import make_audit
from conformance.data import CHECKS
from conformance.evidence import Recorder
from conformance.redaction import Redactor
from conformance.reference import ReferenceServer
from conformance.settings import Settings
from conformance.survey import Survey, Surveyor
from tests.auditing import Handler, audit, website
from tests.proving import sign_in

RESULT = {"protocolVersion": "2025-11-25", "capabilities": {}, "serverInfo": {"name": "moved", "version": "1"}}
METADATA_CHECKS = [
    str(CHECKS / "authorization" / "discovery" / f"test_{name}.py")
    for name in ("resource_metadata", "discovery_of_resource")
]


@contextmanager
def surveyed(url: str, **given: Any) -> Generator[Survey]:
    given.setdefault("consent", "none")
    made = make_audit(Settings(target_url=url, **given), Recorder(Redactor()))
    yield Surveyor(made.settings, made.http, lambda _: None, lambda _: None).run()
    made.close()


def serve(request: Handler) -> None:
    """An open server without sessions."""
    message = json.loads(request.body or b"{}")
    if message.get("method") == "initialize":
        request.send(200, json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": RESULT}))
    else:
        request.send(202 if "id" not in message else 404)


@pytest.mark.parametrize("status", [307, 308])
@pytest.mark.parametrize("location", ["/mcp/", "{origin}/mcp/", "mcp/#here"])
def test_a_redirect_on_the_same_origin_is_followed_and_told(status: int, location: str) -> None:
    def answer(request: Handler) -> None:
        if request.path == "/mcp":
            request.send(status, Location=location.format(origin=origin))
        else:
            serve(request)

    with website(answer) as origin, surveyed(f"{origin}/mcp") as survey:
        assert survey.failure is None
        assert survey.endpoint == f"{origin}/mcp/"
        assert survey.notes[0] == f"The endpoint given redirects to {origin}/mcp/; the audit used that address."


def test_an_event_stream_that_moved_is_found() -> None:
    def answer(request: Handler) -> None:
        if request.path == "/sse":
            request.send(307, Location="/sse/")
        else:
            request.send(401)

    with website(answer) as origin, surveyed(f"{origin}/sse", transport="http+sse") as survey:
        assert survey.endpoint == f"{origin}/sse/"
        assert survey.protected


FURTHER = {"/mcp": "/mcp/", "/mcp/": "/mcp", "/a": "/b", "/b": "/c", "/self": "/self"}


@pytest.mark.parametrize(
    ("path", "status", "location", "words"),
    [
        ("/self", 307, "", ["leads in a circle"]),
        ("/mcp", 308, "", ["leads in a circle"]),
        ("/a", 307, "", ["/b redirects to", "/c as --target-url"]),
        ("/mcp", 307, "https://elsewhere.example/mcp", ["give https://elsewhere.example/mcp as --target-url"]),
        ("/mcp", 307, "//127.0.0.2:1/mcp/", ["give http://127.0.0.2:1/mcp/ as --target-url"]),
        ("/mcp", 302, "/mcp/", ["/mcp/ as --target-url"]),
        ("/mcp", 302, "javascript:alert(1)", ["redirects to javascript:alert(1)", "no address of a server"]),
        ("/mcp", 307, "http://[::1/mcp", ["redirects to http://[::1/mcp", "no address of a server"]),
        ("/mcp", 307, "/" + "x" * 5000, ["does not follow"]),
    ],
)
def test_other_redirects_stop_the_survey_and_say_what_to_do(
    path: str, status: int, location: str, words: list[str]
) -> None:
    def answer(request: Handler) -> None:
        request.send(status, Location=location or FURTHER[request.path])

    with website(answer) as origin, surveyed(f"{origin}{path}") as survey:
        assert survey.failure
        assert not survey.reached
        said = f"{survey.failure.sentence}; {survey.failure.advice}"
        assert [word for word in words if word not in said] == []
        assert len(said) < 2000


@pytest.mark.parametrize("status", [307, 302])
def test_nothing_is_sent_to_another_origin(status: int) -> None:
    strange: list[str] = []

    def answer(request: Handler) -> None:
        request.send(status, Location=f"{elsewhere}/mcp")

    with (
        website(lambda request: strange.append(request.path)) as elsewhere,
        website(answer) as origin,
        surveyed(f"{origin}/mcp", consent="token", token="a-token-of-this-origin") as survey,
    ):
        assert survey.failure
        assert survey.failure.advice == f"give {elsewhere}/mcp as --target-url, if that is the server you mean"
    assert strange == []


def test_a_server_that_forgets_about_its_tls_is_recognized(tmp_path: Path) -> None:
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))

    def answer(request: Handler) -> None:
        request.send(307, Location=f"{origin.replace('https', 'http')}/mcp/")

    with website(answer, context) as origin, surveyed(f"{origin}/mcp", ca_file=str(tmp_path / "ca.pem")) as survey:
        assert survey.failure
        assert "reached over https" in survey.failure.advice
        assert f"give {origin}/mcp/ as --target-url" in survey.failure.advice


def test_a_redirect_that_only_clients_with_a_token_see_stops_the_survey() -> None:
    def answer(request: Handler) -> None:
        if "Authorization" in request.headers and request.path == "/mcp":
            request.send(307, Location="/mcp/")
        else:
            request.send(401, WWW_Authenticate="Bearer")

    with website(answer) as origin, surveyed(f"{origin}/mcp", consent="token", token="some-token-1") as survey:
        assert survey.failure
        assert survey.failure.advice == f"it redirects; give {origin}/mcp/ as --target-url"


def mounted(app: Any, name: str) -> ASGIApp:
    """The application under `/mcp/`, to which `/mcp` redirects; by its own name it is known as `name`."""

    async def routed(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == "/mcp":
            await RedirectResponse("/mcp/")(scope, receive, send)
            return
        await app({**scope, "path": name} if scope["path"] == "/mcp/" else scope, receive, send)

    return routed


@pytest.mark.parametrize("name", ["/mcp", "/mcp/"])
def test_metadata_may_name_the_address_given_and_the_one_that_is_used(tmp_path: Path, name: str) -> None:
    server = ReferenceServer(consent="form", path=name)
    server._uvicorn.config.app = mounted(server._uvicorn.config.app, name)
    with server:
        run = audit(tmp_path, *METADATA_CHECKS, f"--target-url={server.origin}/mcp", *sign_in(server))

    assert run.results["survey"]["failure"] is None
    assert run.results["survey"]["endpoint"] == f"{server.origin}/mcp/"
    assert run.results["run"]["target"] == f"{server.origin}/mcp"
    assert f"redirects to {server.origin}/mcp/" in run.output
    assert run.with_verdict("fail", "warn", "could-not-run") == []
    assert run.verdicts["resource-metadata.resource-matches-endpoint"] == "pass"
    assert run.verdicts["resource-metadata.path-inserted-location"] == "pass"


@pytest.mark.parametrize("revision", ["2025-03-26", "2026-07-28"])
def test_a_redirect_is_no_answer_of_the_protocol(tmp_path: Path, revision: str) -> None:
    server = ReferenceServer(profile="open", path="/mcp/")
    server._uvicorn.config.app = mounted(server._uvicorn.config.app, "/mcp/")
    with server:
        folders = [str(CHECKS / name) for name in ("transport", "transcript")]
        run = audit(tmp_path, *folders, f"--target-url={server.origin}/mcp", f"--revision={revision}")

    assert run.with_verdict("fail", "error") == []
    assert run.verdicts["transport.request-answered-json-or-sse"] == "pass"
