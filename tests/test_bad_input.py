"""Whatever the target or the user gets wrong: one readable line, no traceback, a partial report, and never a pass."""

import json
import signal
import socket
import ssl
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any

import pytest
import trustme

from conformance.reference import ReferenceServer
from conformance.survey import LISTS
from tests.auditing import HTML, Handler, Run, audit, finish, start, website

Answer = Callable[[Handler], None]
OPENED = {"protocolVersion": "2025-11-25", "capabilities": {}, "serverInfo": {"name": "brittle", "version": "1"}}
DISCOVERED = {"resultType": "complete", "ttlMs": 0, "cacheScope": "public", "capabilities": {}} | {
    "supportedVersions": ["2026-07-28"]
}
UNKNOWN = {"code": -32601, "message": "Method not found"}


def nothing_decided(run: Run, *words: str) -> None:
    """The run says in words what happened, claims nothing, and left readable reports."""
    without_traceback(run)
    for word in words:
        assert word in run.output
    assert run.code == 6
    assert run.outcome == "incomplete"
    assert run.with_verdict("pass", "fail", "warn") == []
    assert run.results["survey"]["failure"]["sentence"]
    assert "ncomplete" in run.page


def without_traceback(run: Run) -> None:
    for word in ("Traceback", "INTERNALERROR", "defect of the suite", "Exception in thread"):
        assert word not in run.output
    assert run.code != 0


def look_at(folder: Path, url: str, *options: str) -> Run:
    return audit(folder, f"--target-url={url}", "--request-timeout=1", *options)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@contextmanager
def raw_server(talk: Callable[[socket.socket], object]) -> Generator[str]:
    """A TCP server that handles one connection after the other with a function."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                with connection, suppress(OSError):
                    talk(connection)

    thread = Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


class Relay:
    """Passes connections on to a server, counts requests, and does something before one of them is passed on."""

    def __init__(self, port: int, at: int, then: Callable[["Relay"], None]) -> None:
        self._port, self._at, self._then = port, at, then
        self._requests = count(1)
        self._lock = Lock()
        self._open: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/mcp"
        Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """End every connection and take no more."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            for one in self._open:
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)
                one.close()
            self._open.clear()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._port))
                with self._lock:
                    self._open += [client, server]
                Thread(target=self._pump, args=(client, server, True), daemon=True).start()
                Thread(target=self._pump, args=(server, client, False), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, requests: bool) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                if requests and b" HTTP/1.1\r\n" in data and next(self._requests) == self._at:
                    self._then(self)
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)


@contextmanager
def relayed(at: int, then: Callable[[Relay], None]) -> Generator[str]:
    with ReferenceServer(protected=False) as server:
        relay = Relay(int(server.origin.rpartition(":")[2]), at, then)
        try:
            yield relay.url
        finally:
            relay.close()


def test_nobody_listens(tmp_path: Path) -> None:
    run = look_at(tmp_path, f"http://127.0.0.1:{free_port()}/mcp")

    nothing_decided(run, "cannot connect to", "is the server running")


STDIO = """
import json, sys
for line in sys.stdin:
    message = json.loads(line)
    method = message.get("method")
    if method == "{deadly}":
        sys.exit(1)
    results = {{"initialize": {opened}, "server/discover": {discovered}, "ping": {{}}}}
    if "id" in message and method:
        answer = {{"result": results[method]}} if method in results else {{"error": {unknown}}}
        print(json.dumps({{"jsonrpc": "2.0", "id": message["id"], **answer}}), flush=True)
"""


@pytest.mark.parametrize(
    ("deadly", "revision"), [("server/discover", "2025-11-25"), ("initialize", "2026-07-28")], ids=["older", "newer"]
)
def test_a_server_that_ends_over_what_another_era_asks_is_audited_in_its_own(
    tmp_path: Path, deadly: str, revision: str
) -> None:
    script = tmp_path / "server.py"
    script.write_text(STDIO.format(deadly=deadly, opened=OPENED, discovered=DISCOVERED, unknown=UNKNOWN))
    run = audit(
        tmp_path, f"--target-command={sys.executable} {script}", f"--revision={revision}", "--request-timeout=5"
    )

    assert run.results["survey"]["failure"] is None
    assert run.results["survey"]["revisions"] == [revision]
    assert run.with_verdict("pass")


def test_a_server_that_breaks_in_the_middle_is_not_judged_from_then_on(tmp_path: Path) -> None:
    seen = count(1)

    def answer(request: Handler) -> None:
        if next(seen) > 20:
            return request.send(500, "out of order", HTML)
        message = json.loads(request.body or b"{}")
        if "id" not in message or "method" not in message:
            return request.send(202)
        results = {"initialize": OPENED, "ping": {}}
        done = {"result": results[message["method"]]} if message["method"] in results else {"error": UNKNOWN}
        return request.send(200, json.dumps({"jsonrpc": "2.0", "id": message["id"], **done}))

    with website(answer) as origin:
        run = look_at(tmp_path, origin)

    without_traceback(run)
    assert "begins afresh" in run.output
    assert run.outcome == "incomplete"
    reasons = [row["reason"] for row in run.results["checks"] if row["verdict"] in ("fail", "warn")]
    assert not [one for one in reasons if "500" in one or "out of order" in one]


def test_the_host_does_not_exist(tmp_path: Path) -> None:
    nothing_decided(look_at(tmp_path, "http://no-such-host.invalid/mcp"), "no-such-host.invalid")


@pytest.mark.parametrize(
    "url", ["localhost:8000/mcp", "/mcp", "ftp://host/mcp", "http://[::1/mcp", "http://host:http/mcp"]
)
def test_the_address_is_no_url(tmp_path: Path, url: str) -> None:
    run = look_at(tmp_path, url)

    without_traceback(run)
    assert run.code == 4
    assert "--target-url wants a full address such as https://host/mcp" in run.output


def test_the_answer_is_not_http(tmp_path: Path) -> None:
    def garbage(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(b"\x00\xffSSH-2.0-OpenSSH_9.6\r\n")

    with raw_server(garbage) as origin:
        nothing_decided(look_at(tmp_path, f"{origin}/mcp"), "HTTP", "what next")


def test_the_connection_is_closed_at_once(tmp_path: Path) -> None:
    with raw_server(lambda connection: None) as origin:
        nothing_decided(look_at(tmp_path, f"{origin}/mcp"), "what next")


def test_the_server_never_answers(tmp_path: Path) -> None:
    release = Event()
    with raw_server(lambda connection: release.wait(20)) as origin:
        started = time.monotonic()
        try:
            nothing_decided(look_at(tmp_path, f"{origin}/mcp"), "1", "what next")
        finally:
            release.set()

    assert time.monotonic() - started < 15


STRANGERS: dict[str, tuple[Answer, str]] = {
    "html": (lambda r: r.send(200, "<h1>Welcome</h1>", HTML), "HTTP 200 with an HTML page"),
    "404": (lambda r: r.send(404, "not found", "text/plain"), "HTTP 404"),
    "500": (lambda r: r.send(500, "<h1>Oops</h1>", HTML), "HTTP 500"),
    "empty": (lambda r: r.send(200, ""), "HTTP 200"),
    "deep-json": (lambda r: r.send(200, "[" * 100_000), "HTTP 200 with application/json"),
    "empty-stream": (lambda r: r.send(200, "", "text/event-stream"), "HTTP 200 with text/event-stream"),
    "control-characters": (lambda r: r.send(200, "x", "\x1b[2J\x07/x"), "HTTP 200"),
}


@pytest.mark.parametrize("name", STRANGERS)
def test_the_address_is_no_mcp_server(tmp_path: Path, name: str) -> None:
    answer, words = STRANGERS[name]
    with website(answer) as origin:
        run = look_at(tmp_path, f"{origin}/mcp")

    nothing_decided(run, "is no MCP server", words)
    assert "\x1b[2J" not in run.output


ENDLESS = {
    "json": ("application/json", b" " * 10_000),
    "stream": ("text/event-stream", b": still here\n" * 1000),
}


@pytest.mark.parametrize("name", ENDLESS)
def test_the_body_never_ends(tmp_path: Path, name: str) -> None:
    kind, piece = ENDLESS[name]

    def flood(request: Handler) -> None:
        request.send_response(200)
        request.send_header("Content-Type", kind)
        request.end_headers()
        while True:
            request.wfile.write(piece)

    with website(flood) as origin:
        nothing_decided(look_at(tmp_path, f"{origin}/mcp"), "is no MCP server")


def test_the_body_drips_for_ever(tmp_path: Path) -> None:
    def drip(request: Handler) -> None:
        request.send_response(200)
        request.send_header("Content-Type", "application/json")
        request.end_headers()
        while True:
            request.wfile.write(b" ")
            time.sleep(0.05)

    started = time.monotonic()
    with website(drip) as origin:
        nothing_decided(look_at(tmp_path, f"{origin}/mcp", "--request-timeout=0.5"), "is no MCP server")

    assert time.monotonic() - started < 15


@pytest.mark.parametrize("challenge", ["", 'Basic realm="intranet"'])
def test_everything_is_behind_a_login_that_is_no_mcp_server(tmp_path: Path, challenge: str) -> None:
    def refuse(request: Handler) -> None:
        request.send(401, "<h1>Log in</h1>", HTML, **({"WWW_Authenticate": challenge} if challenge else {}))

    with website(refuse) as origin:
        run = look_at(tmp_path, f"{origin}/mcp")

    without_traceback(run)
    assert run.outcome != "conformant"
    assert "what next" in run.output
    assert [one for one in run.with_verdict("pass") if not one.startswith("challenge.")] == []
    assert run.page


def protected(origin: str, request: Handler, authorize: Answer) -> None:
    """A server that asks for a token and whose authorization endpoint does something odd."""
    path = request.path.partition("?")[0]
    if path == "/mcp":
        place = f'Bearer resource_metadata="{origin}/.well-known/oauth-protected-resource/mcp"'
        request.send(401, "{}", WWW_Authenticate=place)
    elif path == "/.well-known/oauth-protected-resource/mcp":
        request.send(200, f'{{"resource": "{origin}/mcp", "authorization_servers": ["{origin}"]}}')
    elif path == "/.well-known/oauth-authorization-server":
        endpoints = (f'"{name}": "{origin}/{path}"' for name, path in ENDPOINTS.items())
        more = '"response_types_supported": ["code"], "code_challenge_methods_supported": ["S256"]'
        request.send(200, f'{{"issuer": "{origin}", {", ".join(endpoints)}, {more}}}')
    elif path == "/register":
        request.send(201, '{"client_id": "c1", "token_endpoint_auth_method": "none"}')
    else:
        authorize(request)


ENDPOINTS = {"authorization_endpoint": "authorize", "token_endpoint": "token", "registration_endpoint": "register"}

_FORM = '<form method="post" action="/again"><button>Approve</button></form>'
ODD_CONSENTS: dict[str, tuple[Answer, str]] = {
    "redirect-loop": (lambda r: r.send(302, Location="/authorize"), "redirect in a circle"),
    "no-form": (lambda r: r.send(200, "<script>app()</script>", HTML), "has no plain HTML form"),
    "same-form-again": (lambda r: r.send(200, _FORM, HTML), "comes back after its form was sent"),
    "error": (lambda r: r.send(500, "oops", "text/plain"), "refused the request (HTTP 500"),
    "only-deny": (lambda r: r.send(200, _FORM.replace("Approve", "Deny"), HTML), "no button of the page approves"),
    "script-url": (lambda r: r.send(302, Location="javascript:alert(1)"), "redirect to javascript:alert(1)"),
    "login": (
        lambda r: r.send(200, _FORM.replace("<button", '<input name="user" required><button'), HTML),
        "--consent-field user=",
    ),
}


@pytest.mark.parametrize("name", ODD_CONSENTS)
def test_nobody_can_log_in(tmp_path: Path, name: str) -> None:
    authorize, words = ODD_CONSENTS[name]
    where: list[str] = []
    with website(lambda request: protected(where[0], request, authorize)) as origin:
        where.append(origin)
        run = look_at(tmp_path, f"{origin}/mcp")

    without_traceback(run)
    assert words in " ".join(run.output.split())
    assert run.outcome != "conformant"
    assert run.results["survey"]["failure"]["step"] == "log in"
    assert run.page


def test_the_metadata_is_a_web_page(tmp_path: Path) -> None:
    def answer(request: Handler) -> None:
        if request.path == "/mcp":
            place = f'Bearer resource_metadata="http://{request.headers["Host"]}/.well-known/oauth-protected-resource"'
            request.send(401, "", WWW_Authenticate=place)
        else:
            request.send(200, "<h1>Welcome</h1>", HTML)

    with website(answer) as origin:
        run = look_at(tmp_path, f"{origin}/mcp")

    without_traceback(run)
    assert "no client could be registered" in run.output or "no client" in run.output
    assert "--client-id" in run.output
    assert run.outcome != "conformant"
    assert run.page


ODD_VALUES: dict[str, Any] = {
    "broken url": "http://[",
    "number": 5,
    "null": None,
    "list": [[], None, "http://["],
    "object": {"a": {"b": []}},
    "controls": "\x1b[2J\u202e\x00<script>alert(1)</script>",
    "huge": "https://host/" + "x" * 10_000,
}


def no_defects(run: Run) -> None:
    without_traceback(run)
    assert [(one["id"], one["reason"]) for one in run.results["checks"] if one["verdict"] == "error"] == []
    assert "\x1b[2J" not in run.output
    assert "<script>alert(1)" not in run.page


@pytest.mark.parametrize("name", ["broken url", "number", "list", "controls"])
def test_odd_metadata_is_no_defect_of_ours(tmp_path: Path, name: str) -> None:
    odd = ODD_VALUES[name]

    def answer(request: Handler) -> None:
        origin = f"http://{request.headers['Host']}"
        names = ["issuer", "resource", "response_types_supported", "jwks_uri", "scopes_supported", "client_id"]
        members = dict.fromkeys([*ENDPOINTS, *names, "code_challenge_methods_supported"], odd)
        if request.path == "/mcp":
            place = f"{origin}/.well-known/oauth-protected-resource"
            request.send(401, "", WWW_Authenticate=f'Bearer resource_metadata="{place}"')
        else:
            request.send(200, json.dumps(members | {"authorization_servers": [origin, odd]}))

    with website(answer) as origin:
        no_defects(look_at(tmp_path, f"{origin}/mcp"))


@pytest.mark.parametrize("name", ["null", "list", "object", "controls", "huge"])
def test_odd_messages_are_no_defect_of_ours(tmp_path: Path, name: str) -> None:
    odd = ODD_VALUES[name]
    tool = {"name": "good", "inputSchema": {"type": "object"}, "annotations": {"readOnlyHint": True}}
    names = ["name", "uri", "uriTemplate", "inputSchema", "outputSchema", "annotations", "description"]
    entries = [odd, dict.fromkeys(names, odd), tool, tool | {"outputSchema": odd}]
    lists = dict.fromkeys(LISTS.values(), entries)
    features = {"tools": odd, "resources": {}, "prompts": odd, odd if isinstance(odd, str) else "x": odd}
    version = {"2025-11-25": "2025-11-25"}
    opening = {"capabilities": features, "serverInfo": odd, "instructions": odd}
    results: dict[str, Any] = {"initialize": opening, "tools/call": {"content": odd, "structuredContent": odd}}

    def answer(request: Handler) -> None:
        message = json.loads(request.body) if request.body.startswith(b'{"jsonrpc"') else {}
        page = lists | {"nextCursor": odd if message.get("params") else "next"}
        result = results.get(message.get("method", ""), page)
        if result is opening:
            result = opening | {"protocolVersion": version.get(message["params"]["protocolVersion"], odd)}
        request.send(200, json.dumps({"jsonrpc": "2.0", "id": message.get("id"), "result": result}))

    with website(answer) as origin:
        no_defects(look_at(tmp_path, f"{origin}/mcp", "--call-tools=all"))


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def tls(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


def test_the_certificate_is_from_nobody_we_trust(tmp_path: Path, tls: ssl.SSLContext) -> None:
    with website(STRANGERS["html"][0], tls) as origin:
        nothing_decided(look_at(tmp_path, f"{origin}/mcp"), "certificate", "--ca-file")


def test_a_given_authority_is_trusted(tmp_path: Path, tls: ssl.SSLContext, authority: trustme.CA) -> None:
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    with website(STRANGERS["html"][0], tls) as origin:
        nothing_decided(look_at(tmp_path, f"{origin}/mcp", "--ca-file=ca.pem"), "is no MCP server: it answers HTTP 200")


def test_https_where_http_is_spoken(tmp_path: Path) -> None:
    with website(STRANGERS["html"][0]) as origin:
        nothing_decided(look_at(tmp_path, f"{origin.replace('http', 'https')}/mcp"), "TLS", "what next")


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_the_file_of_authorities_is_unusable(tmp_path: Path, content: str | None) -> None:
    if content:
        (tmp_path / "ca.pem").write_text(content)

    run = look_at(tmp_path, "https://127.0.0.1:1/mcp", "--ca-file=ca.pem")

    without_traceback(run)
    assert run.code == 4
    assert "--ca-file ca.pem cannot be used" in run.output


def test_the_report_folder_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "reports").write_text("in the way")

    run = look_at(tmp_path, "http://127.0.0.1:1/mcp")

    without_traceback(run)
    assert run.code == 4
    assert "cannot write reports to" in run.output
    assert "--report-dir" in run.output


def test_the_token_is_wrong(tmp_path: Path) -> None:
    with ReferenceServer() as server:
        run = look_at(tmp_path, server.url, "--token=made-up-token-value")

    without_traceback(run)
    assert "refuses the access token" in run.results["survey"]["failure"]["sentence"]
    assert "is --token still valid?" in run.output
    assert "made-up-token-value" not in run.output + run.page
    assert run.with_verdict("fail", "warn") == []
    assert run.code == 6


@pytest.mark.parametrize(("revision", "at"), [("2025-11-25", 30), ("2026-07-28", 30), ("2026-07-28", 150)])
def test_the_server_dies_in_the_middle(tmp_path: Path, revision: str, at: int) -> None:
    with relayed(at, Relay.close) as url:
        run = look_at(tmp_path, url, f"--revision={revision}")

    without_traceback(run)
    assert run.code == 6
    assert run.outcome == "incomplete"
    assert "cannot connect to" in run.output
    assert "is the server running" in run.output
    assert run.with_verdict("pass")
    assert run.with_verdict("could-not-run")
    assert run.with_verdict("fail") == []
    assert run.page


def interrupted(folder: Path, at: int, *options: str) -> Run:
    """An audit that gets Ctrl-C while its request number `at` waits for an answer."""
    reached, release = Event(), Event()

    def hold(_: Relay) -> None:
        reached.set()
        release.wait(20)

    with relayed(at, hold) as url:
        process = start(folder, f"--target-url={url}", *options)
        try:
            assert reached.wait(20)
            time.sleep(0.1)
            process.send_signal(signal.SIGINT)
            return finish(process, folder)
        finally:
            release.set()


def test_the_user_interrupts_the_survey(tmp_path: Path) -> None:
    run = interrupted(tmp_path, 1)

    without_traceback(run)
    assert run.code == 2
    assert run.outcome == "incomplete"
    assert run.results["run"]["finished"] is False
    assert "interrupted" in run.results["run"]["interruption"]
    assert run.with_verdict("pass", "fail") == []
    assert run.page


def test_the_user_interrupts_the_checks(tmp_path: Path) -> None:
    run = interrupted(tmp_path, 30)

    without_traceback(run)
    assert run.code == 2
    assert run.outcome == "incomplete"
    assert run.results["run"]["finished"] is False
    assert "interrupted" in run.results["run"]["interruption"]
    assert run.with_verdict("could-not-run")
    assert run.with_verdict("pass")
    assert "Incomplete" in run.output
    assert run.page


def test_a_killed_run_leaves_a_report_of_the_survey(tmp_path: Path) -> None:
    reached, release = Event(), Event()

    def hold(_: Relay) -> None:
        reached.set()
        release.wait(20)

    with relayed(30, hold) as url:
        process = start(tmp_path, f"--target-url={url}")
        try:
            assert reached.wait(20)
            process.kill()
            run = finish(process, tmp_path)
        finally:
            release.set()

    assert run.code == -signal.SIGKILL
    assert run.outcome == "incomplete"
    assert run.results["run"]["finished"] is False
    assert run.results["survey"]["server"]
    assert "cut off" in run.page


WRONG_OPTIONS = {
    "--demo --target-url=http://127.0.0.1:1/": "give one of them",
    "--demo --request-timeout=never": "--request-timeout",
    "--demo --token=hunter2é": "--token wants one word of ASCII characters",
    "--demo --client-secret=hunter2hunter2": "--client-secret goes with --client-id",
    "--target-url=http://user:hunter2@127.0.0.1/mcp": "must not hold a user name or password",
}


@pytest.mark.parametrize("options", WRONG_OPTIONS)
def test_options_make_no_sense(tmp_path: Path, options: str) -> None:
    run = audit(tmp_path, *options.split())

    without_traceback(run)
    assert run.code == 4
    assert WRONG_OPTIONS[options] in run.output
    assert "hunter2" not in run.output


def test_a_server_that_wants_a_token_only_for_some_requests_is_not_taken_for_an_open_one(tmp_path: Path) -> None:
    def answer(request: Handler) -> None:
        message = json.loads(request.body or b"{}")
        result = {"protocolVersion": "2025-11-25", "capabilities": {"tools": {}}, "serverInfo": {}}
        if message.get("method") == "initialize":
            request.send(200, json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": result}))
        else:
            request.send(202 if "id" not in message else 401, WWW_Authenticate='Bearer scope="x"')

    with website(answer) as origin:
        run = look_at(tmp_path, f"{origin}/mcp")

    without_traceback(run)
    assert run.verdicts["challenge.missing-token-401"] == "pass"
    assert run.verdicts["challenge.resource-metadata-parameter"] == "warn"
    assert run.results["survey"]["refused_request"] == "tools/list"
    assert run.outcome != "conformant"
