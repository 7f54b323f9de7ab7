"""Runs audits in processes of their own, and tiny servers to be audited."""

import json
import os
import pickle
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from ssl import SSLContext
from threading import Thread
from typing import Any, NoReturn, TypeVar

import jsonschema_rs
import pytest

from conformance.data import schemas_dir
from tests.forks import DidNotEnd, forked

HTML = "text/html; charset=utf-8"
JSON = "application/json"
TIME_LIMIT = 120
"""Seconds after which an audit is ended."""

Made = TypeVar("Made")


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


_FAST = ("-p", "no:cacheprovider", "-p", "no:hypothesispytest", "--patience=2", "-W", "error")
"""Options without which runs are slow or noisy."""


def command(*options: str) -> list[str]:
    """The command line of an audit."""
    return [sys.executable, "-m", "pytest", *_FAST, *options]


def environment() -> dict[str, str]:
    """The environment without anything that steers pytest or the suite, or keeps Python from caching modules."""
    steering = ("PYTEST", "MCP_", "COV_", "PYTHONDONTWRITEBYTECODE")
    return {name: value for name, value in os.environ.items() if not name.startswith(steering)}


def passed_on() -> list[str]:
    """The options with which a server that is started finds the suite where this process found it."""
    return ["--target-env=PYTHONPATH"] if "PYTHONPATH" in os.environ else []


def start(folder: Path, *options: str) -> "subprocess.Popen[str]":
    """Begin an audit in a folder as a user does, in a process that imports everything itself."""
    streams: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    return subprocess.Popen(command(*options), cwd=folder, env=environment(), text=True, **streams)


def finish(process: "subprocess.Popen[str]", folder: Path, timeout: float = TIME_LIMIT) -> Run:
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
    handle, name = tempfile.mkstemp(prefix="output-")
    os.close(handle)
    output = Path(name)
    try:
        code = forked(_audit, options, folder=folder, environment=environment(), output=output, seconds=TIME_LIMIT)
    except DidNotEnd:
        raise AssertionError(f"the audit did not end:\n{output.read_text('utf-8', 'replace')}") from None
    finally:
        said = output.read_text("utf-8", "replace")
        output.unlink()
    return Run(code, said, folder / "reports")


def shared(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], Run]) -> Run:
    """An audit that many tests look at, made by the first worker of the test run that asks for it; see `made_once`."""
    return made_once(shared_folder(factory) / name, make)


def shared_folder(factory: pytest.TempPathFactory) -> Path:
    """The folder that all workers of the test run share."""
    base = factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


def made_once(folder: Path, make: Callable[[Path], Made]) -> Made:
    """What `make` makes in a folder, for all processes that ask for the same one.

    Where it fails the next one that asks tries again.
    """
    made = folder.with_suffix(".pickle")
    deadline = time.monotonic() + 2 * TIME_LIMIT
    while not made.exists():
        assert time.monotonic() < deadline, f"the process that began {folder.name} did not finish it"
        try:
            folder.mkdir()
        except FileExistsError:
            time.sleep(0.1)
            continue
        try:
            result = make(folder)
        except BaseException:
            shutil.rmtree(folder)
            raise
        unfinished = folder.with_suffix(".part")
        unfinished.write_bytes(pickle.dumps(result))
        unfinished.replace(made)
    return pickle.loads(made.read_bytes())


def _audit(options: Sequence[str]) -> NoReturn:
    """What `python -m pytest` does."""
    sys.argv = ["pytest", "--assert=plain", *_FAST, *options]
    sys.path.insert(0, str(Path.cwd()))
    sys.exit(pytest.console_main())


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
