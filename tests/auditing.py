"""Runs audits in processes of their own, and tiny servers to be audited."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from ssl import SSLContext
from threading import Thread
from typing import Any

import jsonschema_rs

from conformance.data import schemas_dir

HTML = "text/html; charset=utf-8"
JSON = "application/json"


@dataclass(frozen=True)
class Run:
    """An ended audit: exit code, both output streams, and the folder with its reports."""

    code: int
    output: str
    folder: Path

    @cached_property
    def results(self) -> dict[str, Any]:
        """The results, which must be valid."""
        document = json.loads((self.folder / "results.json").read_text("utf-8"))
        schema = json.loads((schemas_dir() / "results.schema.json").read_text("utf-8"))
        jsonschema_rs.validate(schema, document)
        return document

    @property
    def page(self) -> str:
        """The compliance report, which must be complete."""
        text = (self.folder / "compliance.html").read_text("utf-8")
        assert text.rstrip().endswith("</html>")
        return text

    @property
    def outcome(self) -> str:
        """The outcome in the results."""
        return self.results["summary"]["outcome"]

    @property
    def verdicts(self) -> dict[str, str]:
        """The verdict of every requirement."""
        return {one["id"]: one["verdict"] for one in self.results["requirements"]}

    @property
    def checks(self) -> dict[str, dict[str, Any]]:
        """What was recorded of every check."""
        return {one["id"]: one for one in self.results["checks"]}

    def with_verdict(self, *wanted: str) -> list[str]:
        """Ids of the requirements that have one of these verdicts."""
        return [one for one, verdict in self.verdicts.items() if verdict in wanted]


def command(*options: str) -> list[str]:
    """The command line of an audit, without what makes runs slow or noisy."""
    fast = ["-p", "no:cacheprovider", "-p", "no:hypothesispytest", "--patience=2"]
    return [sys.executable, "-m", "pytest", *fast, "-W", "error", *options]


def environment() -> dict[str, str]:
    """The environment without anything that steers pytest or the suite, or keeps Python from caching modules."""
    steering = ("PYTEST", "MCP_", "COV_", "PYTHONDONTWRITEBYTECODE")
    return {name: value for name, value in os.environ.items() if not name.startswith(steering)}


def start(folder: Path, *options: str) -> "subprocess.Popen[str]":
    """Begin an audit in a folder."""
    streams: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    return subprocess.Popen(command(*options), cwd=folder, env=environment(), text=True, **streams)


def finish(process: "subprocess.Popen[str]", folder: Path, timeout: float = 60) -> Run:
    """Wait until an audit has ended."""
    try:
        output, _ = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        output, _ = process.communicate()
        raise AssertionError(f"the audit did not end:\n{output}") from None
    return Run(process.returncode, output, folder / "reports")


def audit(folder: Path, *options: str) -> Run:
    """A whole audit in a folder, with reports in `reports/`."""
    return finish(start(folder, *options), folder)


class Handler(BaseHTTPRequestHandler):
    """One request to a tiny server; `body` is what came with it."""

    body: bytes = b""

    def send(self, status: int, body: str | bytes = b"", kind: str = JSON, **headers: str) -> None:
        """A whole answer; underscores in header names become hyphens."""
        content = body.encode() if isinstance(body, str) else body
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(content)

    def received(self) -> bytes:
        """The body of the request."""
        return self.rfile.read(int(self.headers.get("Content-Length", "0")))

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet."""


@contextmanager
def website(answer: Callable[[Handler], None], tls: SSLContext | None = None) -> Generator[str]:
    """A server on a free loopback port that answers every request with a function; gives its origin."""

    class Answering(Handler):
        def do_GET(self) -> None:
            self.body = self.received()
            answer(self)

        do_POST = do_DELETE = do_GET

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            pass

    with Quiet(("127.0.0.1", 0), Answering) as server:
        if tls:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield f"{'https' if tls else 'http'}://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
