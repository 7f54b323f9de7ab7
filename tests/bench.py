"""Measures an audit against the same requests replayed with bare httpx: `make bench`, `python -m tests.bench [URL]`.

Both run against the same server: the reference server in a process of its own, or one without authorization at a URL.
Counted apart is when the audit only waits: in observation windows, whether something comes that should not; between
polls; and for answers that end after further requests, as those of tools that ask back do. These are not replayed, nor
are held streams and answers that do not end. What pytest takes for as many empty tests is measured too.
"""

import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from conformance.catalogue import AUTHORIZATION_AREAS, load
from conformance.data import CHECKS
from conformance.plugins import reporting
from conformance.wire.heard import Heard

FOLDERS = ("base", "transport", "features", "interaction", "tasks", "tools", "transcript")
REVISION = "2025-11-25"
SESSION = "mcp-session-id"
LONGEST = 3.0
"""Seconds after which an answer is taken for one that does not end."""


@dataclass
class Sent:
    """A request with the session id of its answer; `crossed` says that others were sent before the answer ended.

    `began` and `ended` are when, as `time.monotonic` tells it.
    """

    request: httpx.Request
    session: str
    began: float
    ended: float = 0.0
    crossed: bool = False


@dataclass
class Recorded:
    """The requests of an audit in order, and from when to when it waited for nothing but time to pass."""

    requests: list[Sent] = field(default_factory=list[Sent])
    streams: int = 0
    windows: list[tuple[float, float]] = field(default_factory=list[tuple[float, float]])
    verdicts: dict[str, str] = field(default_factory=dict[str, str])
    checks: int = 0

    @property
    def crossed(self) -> list[Sent]:
        """The requests that are not replayed."""
        return [one for one in self.requests if one.crossed]

    @property
    def waited(self) -> float:
        """Seconds in windows, or in which an answer was awaited that is not replayed."""
        spans = sorted([*self.windows, *((one.began, one.ended) for one in self.crossed)])
        total, reached = 0.0, 0.0
        for began, ended in spans:
            total += max(0.0, ended - max(began, reached))
            reached = max(reached, ended)
        return total


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
    write, sleep = reporting.write_reports, time.sleep

    def noted_send(transport: httpx.HTTPTransport, request: httpx.Request) -> httpx.Response:
        began = time.monotonic()
        response = send(transport, request)
        if request.method == "GET":
            recorded.streams += 1
        else:
            sent = Sent(request, response.headers.get(SESSION, ""), began)
            recorded.requests.append(sent)
            number = len(recorded.requests)

            def ended() -> None:
                sent.ended = time.monotonic()
                sent.crossed = len(recorded.requests) > number

            assert isinstance(response.stream, httpx.SyncByteStream)
            response.stream = Answer(response.stream, ended)
        return response

    def noted_until(heard: Heard, wanted: Any, seconds: float, mark: int = 0) -> Any:
        started = time.monotonic()
        found = until(heard, wanted, seconds, mark)
        if not found:
            recorded.windows.append((started, time.monotonic()))
        return found

    def noted_sleep(seconds: float) -> None:
        started = time.monotonic()
        sleep(seconds)
        recorded.windows.append((started, time.monotonic()))

    def noted_write(results: dict[str, Any], *rest: Any) -> list[Path]:
        recorded.verdicts = {one["id"]: one["verdict"] for one in results["requirements"]}
        recorded.checks = len(results["checks"])
        return write(results, *rest)

    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(httpx.HTTPTransport, "handle_request", noted_send)
        patch.setattr(Heard, "until", noted_until)
        patch.setattr(time, "sleep", noted_sleep)
        patch.setattr(reporting, "write_reports", noted_write)
        paths = [str(CHECKS / one) for one in FOLDERS]
        options = [f"--target-url={url}", f"--report-dir={folder}", f"--revision={REVISION}", "-q", "-q"]
        started = time.monotonic()
        pytest.main([*paths, *options, "--assert=plain", "-p", "no:cacheprovider"])
        return recorded, time.monotonic() - started


def replay(recorded: Recorded) -> float:
    """Seconds that the same requests take with bare httpx, with the sessions that the server gives this time."""
    sessions: dict[str, str] = {}
    seconds = 0.0
    with httpx.Client(trust_env=False, timeout=LONGEST) as client:
        for one in recorded.requests:
            if one.crossed:
                continue
            headers, request = httpx.Headers(one.request.headers), one.request
            if SESSION in headers:
                headers[SESSION] = sessions.get(headers[SESSION], headers[SESSION])
            started = time.monotonic()
            try:
                reply = client.request(request.method, request.url, headers=headers, content=request.read())
            except httpx.TimeoutException:
                one.crossed = True
                continue
            seconds += time.monotonic() - started
            if one.session:
                sessions[one.session] = reply.headers.get(SESSION, "")
    return seconds


def empty_tests(number: int) -> float:
    """Seconds that pytest takes for so many tests of nothing, its modules loaded."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "test_nothing.py")
        file.write_text("".join(f"def test_{one}():\n    pass\n" for one in range(number)))
        started = time.monotonic()
        pytest.main([str(file), f"--rootdir={folder}", "-q", "-q", "--disable-warnings", "-p", "no:cacheprovider"])
        return time.monotonic() - started


def main(addresses: Sequence[str]) -> int:
    """Measure and print."""
    with nullcontext(addresses[0]) if addresses else reference_server() as url:
        recorded, audited = audit(url)
        if not recorded.requests:
            print(f"no MCP server without authorization was audited at {url}")
            return 1
        replayed = replay(recorded)
    empty = empty_tests(recorded.checks)
    catalogue = load()
    decided = [
        one
        for one, verdict in recorded.verdicts.items()
        if verdict in ("pass", "warn", "fail") and catalogue[one].area not in AUTHORIZATION_AREAS
    ]
    sent, own = len(recorded.requests) + recorded.streams, audited - recorded.waited
    print(f"\nrequests            {sent}, {recorded.streams} of them GET")
    print(f"decided             {len(decided)} obligations, {sent / len(decided):.2f} requests each")
    print(f"audit               {audited:.2f} s, {recorded.waited:.2f} s of it waiting only")
    print(f"replay, bare httpx  {replayed:.2f} s, {len(recorded.crossed)} requests left out")
    print(f"pytest, no audit    {empty:.2f} s for {recorded.checks} empty tests")
    print(f"ratio               {own / replayed:.2f} without the waiting, {(own - empty) / replayed:.2f} beyond pytest")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
