"""The stdio transport: a server started by us, one JSON-RPC message a line (specification page basic/transports)."""

import os
import shlex
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import IO

from conformance.shapes import as_list, as_object
from conformance.wire import jsonrpc
from conformance.wire.connection import Answer
from conformance.wire.duplex import Duplex
from conformance.wire.http import HttpClient, NoAnswer, Reply

LONGEST_LINE = 4_000_000
MOST_OUTPUT = 64_000_000
MOST_LINES = 50_000
UNENDED = "end of the output"
"""Purpose of the recorded rest that no newline followed."""
ENDED = "the server ended before it answered"
"""Error of the recorded requests that a server owed a response to when it ended by itself."""
NO_VARIABLES: Mapping[str, str] = MappingProxyType({})
_INHERITED = (
    "APPDATA HOMEDRIVE HOMEPATH LOCALAPPDATA PATH PATHEXT PROCESSOR_ARCHITECTURE SYSTEMDRIVE SYSTEMROOT TEMP USERNAME"
    " USERPROFILE"
    if sys.platform == "win32"
    else "HOME LOGNAME PATH SHELL TERM USER"
).split()
"""The variables that the stdio clients of the official SDKs pass on when they are told of none."""
_KEPT_ERRORS = 64_000
_PIECE = 65_536
_DYING = 0.5
"""Seconds that a process may take to end after it closed its output."""


@dataclass
class Ending:
    """How the process of a server ended: after its input was closed, by SIGTERM, by SIGKILL, or by itself.

    `seconds` is the time from the closing of its input.
    """

    by: str
    code: int
    seconds: float


@dataclass
class Output:
    """What a server wrote; `lines` of standard output without their line end, `errors` the last of standard error."""

    lines: list[bytes] = field(default_factory=list[bytes])
    rest: bytes = b""
    errors: bytes = b""


class Stdio(Duplex):
    """One server process. Making it starts the process; nothing is sent yet.

    Of our environment it sees what clients of the official SDKs pass on, and the `variables` given. `output` is all it
    wrote so far. `ending` is set by `close`.

    Raises:
        NoAnswer: the command cannot be started.
    """

    transport = "stdio"

    def __init__(self, http: HttpClient, command: str, variables: Mapping[str, str] = NO_VARIABLES) -> None:
        super().__init__(http, command, None)
        self.output = Output()
        self.ending: Ending | None = None
        self._closing = False
        self._sent: dict[jsonrpc.Id, tuple[bytes, str, float]] = {}
        self._writing = threading.Lock()
        try:
            self._process = subprocess.Popen(  # noqa: S603 - the user's own command
                shlex.split(command),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                bufsize=0,
                env=_inherited() | dict(variables),
                start_new_session=True,
            )
        except (OSError, ValueError) as failure:
            raise NoAnswer(f"cannot start {command} ({failure}); check the command, it runs without a shell") from None
        readers = ((self._read_output, "server output"), (self._read_errors, "server errors"))
        self._readers = [threading.Thread(target=read, name=name, daemon=True) for read, name in readers]
        for one in reversed(self._readers):
            one.start()

    def close(self) -> None:
        """Close the server's input, wait for it to end, and end it by signals where it does not."""
        if self.ending:
            return
        started, self._closing = time.monotonic(), True
        by = "closed input" if self.running else "itself"
        with suppress(OSError):
            self._pipe.close()
        for way in ("", "SIGTERM", "SIGKILL"):
            if way:
                by = way
                with suppress(ProcessLookupError):
                    os.killpg(self._process.pid, getattr(signal, way))
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(self.http.timeout / 2)
                break
        self.ending = Ending(by, self._process.returncode or 0, time.monotonic() - started)
        for one, stream in zip(self._readers, (self._process.stdout, self._process.stderr), strict=True):
            one.join(self.http.timeout)
            if stream and not one.is_alive():
                stream.close()
        for id in list(self._sent):
            self._give_up(id)
        if self.output.rest:
            self._record(UNENDED, b"", self.output.rest)

    def post(self, body: bytes, *, purpose: str, id: jsonrpc.Id | None = None) -> Answer:
        """Write bytes as one line; the response to `id` is awaited on standard output. Raises NoAnswer."""
        answer = super().post(body, purpose=purpose, id=id)
        if id is None or answer.arrival:
            return answer
        return replace(answer, arrival=self._give_up(id))

    def _give_up(self, id: jsonrpc.Id, error: str = "") -> str:
        body, purpose, _ = self._sent.pop(id, (b"", "", 0.0))
        return self._record(purpose, body, b"", error=error) if body else ""

    @property
    def running(self) -> bool:
        """Whether the process has not ended."""
        return self._process.poll() is None

    @property
    def _pipe(self) -> IO[bytes]:
        assert self._process.stdin  # noqa: S101 - narrows the type
        return self._process.stdin

    def _send(self, body: bytes, purpose: str) -> Reply:
        self.http.recorder.sent += 1
        sent = time.monotonic()
        id = _id_of(body)
        if id is not None:
            self._sent[id] = (body, purpose, sent)
        try:
            with self._writing:
                self._pipe.write(body + b"\n")
        except (OSError, ValueError):
            if id is not None:
                self._sent.pop(id, None)
            if threading.current_thread() is not self._readers[0]:
                self._readers[0].join(1)
            raise NoAnswer(self._ended(), self._record(purpose, body, b"")) from None
        exchange = "" if id is not None else self._record(purpose, body, b"")
        return Reply(0, (), b"", exchange, self.url, arrived=sent, method="SEND")

    def _ended(self) -> str:
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_DYING)
            self._readers[1].join(_DYING)
        code = self._process.poll()
        state = f"ended with status {code}" if code is not None else "closed its input"
        last = self.output.errors.decode("utf-8", "replace").strip().splitlines()[-1:]
        told = f"; its last words on standard error: {last[0][:200]}" if last else ""
        return f"the server process {state}{told}"

    def _read_output(self) -> None:
        stream = self._process.stdout
        assert stream  # noqa: S101 - narrows the type
        rest, read = b"", 0
        while piece := stream.read(_PIECE):
            *lines, rest = (rest + piece).split(b"\n")
            for line in lines:
                self._take(line)
            self.output.rest, read = rest, read + len(piece)
            if len(rest) > LONGEST_LINE or read > MOST_OUTPUT or len(self.output.lines) > MOST_LINES:
                self.heard.end("the server wrote more than is read of one process")
                return
        over = self._ended()
        for id in [] if self._closing else list(self._sent):
            self._give_up(id, ENDED)
        self.heard.end(over)

    def _read_errors(self) -> None:
        stream = self._process.stderr
        assert stream  # noqa: S101 - narrows the type
        while piece := stream.read(_PIECE):
            self.output.errors = (self.output.errors + piece)[-_KEPT_ERRORS:]

    def _take(self, line: bytes) -> None:
        self.output.lines.append(line)
        arrived = jsonrpc.decode_line(line)
        body, purpose, sent = b"", "line of the server", time.monotonic()
        for message in arrived:
            for one in as_list(message) or [message]:
                id = None if "method" in as_object(one) else _usable(one)
                if id is not None:
                    body, purpose, sent = self._sent.pop(id, (body, purpose, sent))
        arrival = self._record(purpose, body, line + b"\n", sent)
        self.hear(arrived, "stdout", arrival)

    def _record(self, purpose: str, sent: bytes, received: bytes, since: float = 0.0, error: str = "") -> str:
        recorded = self.http.recorder.record(
            channel="mcp",
            purpose=purpose,
            method="SEND" if sent else "READ",
            url=f"stdio:{self.url}",
            request=((), sent),
            response=(0, (), received, False) if received else None,
            error=error,
            milliseconds=(time.monotonic() - since) * 1000 if since else 0.0,
            revision=self.revision,
            conversation=self.conversation,
        )
        return recorded.id


def _inherited() -> dict[str, str]:
    """What a server sees of our environment; functions of a shell, which begin with (), are no values."""
    found = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    return {name: value for name, value in found.items() if not value.startswith("()")}


def _id_of(body: bytes) -> jsonrpc.Id | None:
    """The id of a request that is sent, None for all else."""
    message = next(iter(jsonrpc.decode(body)), None)
    return _usable(message) if jsonrpc.kind_of(message) == "request" else None


def _usable(message: object) -> jsonrpc.Id | None:
    id = as_object(message).get("id")
    return id if isinstance(id, int | str) else None
