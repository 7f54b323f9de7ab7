"""Measures an audit against the same requests replayed with bare httpx: `make bench`.

Both run against the same server in a process of its own. Counted apart are the observation windows, in which the audit
waits whether something comes that should not. Not replayed are held streams, and requests that are answered only after
further ones, as calls of tools that ask back are.
"""

import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from conformance.catalogue import AUTHORIZATION_AREAS, load
from conformance.data import CHECKS
from conformance.plugins import reporting
from conformance.wire.heard import Heard

FOLDERS = ("base", "transport", "features", "interaction", "tasks", "transcript")
SESSION = "mcp-session-id"


@dataclass
class Sent:
    """A request with the session id of its answer; `crossed` says that others were sent before the answer ended."""

    request: httpx.Request
    session: str
    crossed: bool = False


@dataclass
class Recorded:
    """The requests of an audit in order, and what it waited for in vain."""

    requests: list[Sent] = field(default_factory=list[Sent])
    streams: int = 0
    windows: float = 0.0
    verdicts: dict[str, str] = field(default_factory=dict[str, str])


class Answer(httpx.SyncByteStream):
    """The body of an answer; `ended` is called when it was read or given up."""

    def __init__(self, body: httpx.SyncByteStream, ended: Callable[[], object]) -> None:
        self._body, self._ended = body, ended

    def __iter__(self) -> Iterator[bytes]:
        yield from self._body

    def close(self) -> None:
        self._ended()
        self._body.close()


@contextmanager
def reference_server() -> Iterator[str]:
    """The address of an unprotected reference server in another process."""
    command = [sys.executable, "-m", "conformance.reference", "--open", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout
        address = re.search(r"http://\S+", process.stdout.readline())
        assert address
        try:
            yield address[0]
        finally:
            process.terminate()
            process.communicate()


def audit(url: str) -> tuple[Recorded, float]:
    """What an audit of the protocol sent, and its seconds."""
    recorded, send, until = Recorded(), httpx.HTTPTransport.handle_request, Heard.until

    def noted_send(transport: httpx.HTTPTransport, request: httpx.Request) -> httpx.Response:
        response = send(transport, request)
        if request.method == "GET":
            recorded.streams += 1
        else:
            sent = Sent(request, response.headers.get(SESSION, ""))
            recorded.requests.append(sent)
            number = len(recorded.requests)

            def ended() -> None:
                sent.crossed = len(recorded.requests) > number

            assert isinstance(response.stream, httpx.SyncByteStream)
            response.stream = Answer(response.stream, ended)
        return response

    def noted_until(heard: Heard, wanted: Any, seconds: float, mark: int = 0) -> Any:
        started = time.monotonic()
        found = until(heard, wanted, seconds, mark)
        recorded.windows += 0.0 if found else time.monotonic() - started
        return found

    def keep(results: dict[str, Any], *_: object) -> list[Path]:
        recorded.verdicts = {one["id"]: one["verdict"] for one in results["requirements"]}
        return []

    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(httpx.HTTPTransport, "handle_request", noted_send)
        patch.setattr(Heard, "until", noted_until)
        patch.setattr(reporting, "write_reports", keep)
        paths = [str(CHECKS / one) for one in FOLDERS]
        options = [f"--target-url={url}", f"--report-dir={folder}", "-q", "-q", "-p", "no:cacheprovider"]
        started = time.monotonic()
        pytest.main([*paths, *options, "--assert=plain"])
        return recorded, time.monotonic() - started


def replay(recorded: Recorded) -> float:
    """Seconds that the same requests take with bare httpx, with the sessions that the server gives this time."""
    sessions: dict[str, str] = {}
    with httpx.Client(trust_env=False) as client:
        started = time.monotonic()
        for one in recorded.requests:
            if one.crossed:
                continue
            headers, request = httpx.Headers(one.request.headers), one.request
            if SESSION in headers:
                headers[SESSION] = sessions.get(headers[SESSION], headers[SESSION])
            reply = client.request(request.method, request.url, headers=headers, content=request.read())
            if one.session:
                sessions[one.session] = reply.headers.get(SESSION, "")
        return time.monotonic() - started


def main() -> int:
    """Measure and print."""
    with reference_server() as url:
        recorded, audited = audit(url)
        replayed = replay(recorded)
    catalogue = load()
    decided = [
        one
        for one, verdict in recorded.verdicts.items()
        if verdict in ("pass", "warn", "fail") and catalogue[one].area not in AUTHORIZATION_AREAS
    ]
    sent, own = len(recorded.requests) + recorded.streams, audited - recorded.windows
    print(f"\nrequests            {sent}, {recorded.streams} of them GET")
    print(f"decided             {len(decided)} obligations, {sent / len(decided):.2f} requests each")
    print(f"audit               {audited:.2f} s, {recorded.windows:.2f} s of it observation windows")
    crossed = sum(one.crossed for one in recorded.requests)
    print(f"replay, bare httpx  {replayed:.2f} s, {crossed} requests left out")
    print(f"ratio               {own / replayed:.2f} without the windows")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
