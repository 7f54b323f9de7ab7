"""A raw client of the stdio transport."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

from .client import Json, initialize_message


class StdioClient:
    """Writes and reads lines of a server that runs as a process of its own."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process

    @property
    def stdin(self) -> IO[bytes]:
        assert self.process.stdin
        return self.process.stdin

    def send(self, message: object) -> None:
        self.write(json.dumps(message).encode() + b"\n")

    def write(self, data: bytes) -> None:
        self.stdin.write(data)
        self.stdin.flush()

    def read(self) -> Any:
        assert self.process.stdout
        return json.loads(self.process.stdout.readline())

    def call(self, method: str, id: int | str = 1, **params: Any) -> Json:
        """The response to a request; messages that come before it are skipped."""
        self.send({"jsonrpc": "2.0", "id": id, "method": method, "params": params})
        while "method" in (message := self.read()):
            pass
        return message

    def initialize(self, revision: str = "2025-11-25", **capabilities: Any) -> Json:
        message = initialize_message(revision)
        message["params"]["capabilities"] = capabilities
        self.send(message)
        self.send({"jsonrpc": "2.0", "method": "notifications/initialized"})
        return self.read()["result"]


@contextmanager
def running(*arguments: str) -> Iterator[StdioClient]:
    command = [sys.executable, "-m", "conformance.reference", "--stdio", *arguments]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe) as process:
        try:
            yield StdioClient(process)
        finally:
            process.kill()
