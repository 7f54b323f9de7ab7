"""Client metadata documents of targets that fetch none over http from this machine."""

import json
import socket
from pathlib import Path
from ssl import PROTOCOL_TLS_SERVER, SSLContext

import httpx
import pytest
import trustme

from conformance.reference import ReferenceServer
from tests.auditing import Handler, Run, audit, website

AREA = "client-metadata-document."
ONE_DOCUMENT_IS_ENOUGH = {
    "supported",
    "advertised",
    "valid-document-accepted",
    "full-flow",
    "unlisted-redirect-refused",
    "non-https-client-id-refused",
}


@pytest.fixture
def tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SSLContext:
    """A certificate for localhost that the reference server trusts."""
    authority = trustme.CA()
    context = SSLContext(PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    return context


def verdicts(run: Run) -> dict[str, str]:
    found = {one.removeprefix(AREA): verdict for one, verdict in run.verdicts.items() if one.startswith(AREA)}
    return {one: verdict for one, verdict in found.items() if verdict != "not-judged"}


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def test_one_document_elsewhere_decides_what_it_can(tmp_path: Path, tls: SSLContext) -> None:
    def answer(request: Handler) -> None:
        url = f"https://{request.headers['Host']}/client.json"
        document = {"client_id": url, "client_name": "x", "redirect_uris": ["http://127.0.0.1:9/cb"]}
        request.send(200, json.dumps(document)) if request.path == "/client.json" else request.send(404)

    with ReferenceServer() as server, website(answer, tls) as origin:
        given = f"--client-metadata-url={origin.replace('127.0.0.1', 'localhost')}/client.json"
        options = ("-k", "client_metadata_document", f"--ca-file={tmp_path / 'ca.pem'}")
        run = audit(tmp_path, f"--target-url={server.url}", given, *options)
    found = verdicts(run)
    assert {one for one, verdict in found.items() if verdict not in ("pass", "not-applicable")} == set()
    assert {one for one, verdict in found.items() if verdict == "pass"} >= ONE_DOCUMENT_IS_ENOUGH


@pytest.mark.parametrize("fault", [None, "client-document-id-unchecked"])
def test_documents_may_come_through_a_tunnel(tmp_path: Path, tls: SSLContext, fault: str | None) -> None:
    port = free_port()

    def forward(request: Handler) -> None:
        answer = httpx.get(f"http://127.0.0.1:{port}{request.path}", timeout=1)
        request.send(answer.status_code, answer.content, Location=answer.headers.get("location", ""))

    with ReferenceServer(fault) as server, website(forward, tls) as origin:
        tunnel = (f"--document-origin={origin.replace('127.0.0.1', 'localhost')}", f"--document-port={port}")
        run = audit(tmp_path, f"--target-url={server.url}", "-k", "client_metadata_document", *tunnel)
    found = verdicts(run)
    broken = {one for one, verdict in found.items() if verdict in ("fail", "warn", "could-not-run")}
    assert broken == ({"client-id-mismatch-refused"} if fault else set())
    assert found["irregular-client-id-refused"] == "pass"


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with socket.socket() as listener, ReferenceServer() as server:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        tunnel = ("--document-origin=https://documents.example", f"--document-port={port}")
        run = audit(tmp_path, f"--target-url={server.url}", "-k", "in_order_makes", *tunnel)
    assert f"--document-port {port} cannot be used" in run.output
