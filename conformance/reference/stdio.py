"""The stdio transport: one client, one message a line.

https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#stdio
"""

import asyncio
import contextlib
import json
import os
import signal
import sys
import threading
from collections.abc import Iterator

from conformance.reference.batches import Batch
from conformance.reference.faults import Faults
from conformance.reference.jsonrpc import (
    INVALID_REQUEST,
    JsonObject,
    Request,
    RequestId,
    RpcError,
    as_array,
    message_of,
    notification_message,
    read_value,
)
from conformance.reference.mcp import Dispatcher
from conformance.reference.revisions import BATCHES
from conformance.reference.sessions import Session
from conformance.reference.stateless import introduce, stands_alone

_CHUNK = 65536
_DEEP = 100
_NOTE = notification_message("notifications/message", {"level": "info", "data": "still here"})


class StdioSession(Session):
    """The one session of the process; everything goes out on a file descriptor."""

    def __init__(self, dispatcher: Dispatcher, output: int) -> None:
        super().__init__()
        self.dispatcher = dispatcher
        self.output = output

    def send(self, message: object) -> None:
        """Write a message, or a batch of them."""
        self.write(self.dispatcher.encode(message) + b"\n")

    def write(self, data: bytes) -> None:
        """Write bytes as they are."""
        while data:
            data = data[os.write(self.output, data) :]

    def answer(self, message: JsonObject | None) -> None:
        """Write a response, unless the request was cancelled."""
        if message is not None:
            if self.dispatcher.faults.active("stdio-two-on-a-line"):
                self.write(self.dispatcher.encode(_NOTE))
            self.send(message)

    def _start(self, request: Request) -> None:
        """Begin to answer a request, in the revision that it or the handshake names."""
        if self.dispatcher.dual and not stands_alone(request):
            return self.dispatcher.start(request, self, self, self.answer)
        if request.method == "initialize" and not stands_alone(request):
            return self.send(self.dispatcher.not_spoken(request))
        alone = LoneLine(self.dispatcher, self.running)
        introduce(alone, request)
        return self.dispatcher.start(request, alone, self, self.answer)

    def receive(self, line: bytes) -> None:
        """Act on one line of input."""
        try:
            value = read_value(line)
            batch = as_array(value)
            if batch is None:
                message = message_of(value)
            elif batch and self.revision == BATCHES:
                return Batch(batch).start(self.dispatcher, self, self.send)
            else:
                raise RpcError(INVALID_REQUEST, "Invalid request: expected one message")
        except RpcError as error:
            return self.send(self.dispatcher.refusal(error))
        if isinstance(message, Request):
            if self.dispatcher.faults.active("deep-arguments-crash") and line.count(b"[") > _DEEP:
                sys.exit(1)
            if message.method == "prompts/list" and self.dispatcher.faults.active("stdio-exit-in-request"):
                sys.exit(1)
            return self._start(message)
        if self.dispatcher.faults.active("stdio-pretty-printed"):
            self.write(json.dumps(_NOTE, indent=2).encode() + b"\n")
        return self.dispatcher.take(message, self)


class LoneLine(Session):
    """The client of a request that stands alone; what relates to no request goes to those who listen."""

    def __init__(self, dispatcher: Dispatcher, running: dict[RequestId, "asyncio.Task[JsonObject]"]) -> None:
        super().__init__(running=running, shown=dispatcher.shown)
        self.dispatcher = dispatcher

    def send(self, message: JsonObject) -> None:
        """Send what relates to no request to those who asked for it."""
        self.dispatcher.subscriptions.publish(message)


def run_stdio(fault: str | None, *, dual: bool = True) -> None:
    """Serve the client at the other end of stdin and stdout until stdin ends, or until SIGTERM or SIGINT.

    Where it is not `dual`, the revision without sessions is all that is spoken.

    Raises UnknownFaultError.
    """
    dispatcher = Dispatcher(Faults(fault), dual=dual)
    output = os.dup(1)
    os.dup2(2, 1)
    if dispatcher.faults.active("stdio-banner"):
        os.write(output, b"Listening on standard input\n")
    print("The reference server speaks MCP on stdin and stdout.", file=sys.stderr, flush=True)
    with contextlib.suppress(BrokenPipeError):
        asyncio.run(_serve(StdioSession(dispatcher, output)))


async def _serve(session: StdioSession) -> None:
    loop = asyncio.get_running_loop()
    lines: asyncio.Queue[bytes | None] = asyncio.Queue()

    def put(line: bytes | None) -> None:
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(lines.put_nowait, line)

    def read() -> None:
        for line in _lines(0):
            put(line)
        put(None)

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, lines.put_nowait, None)
    threading.Thread(target=read, daemon=True).start()
    while (line := await lines.get()) is not None:
        session.receive(line)
        await asyncio.sleep(0)
    await session.dispatcher.subscriptions.end()
    if session.dispatcher.faults.active("stdin-close-ignored"):
        await lines.get()
    session.end()


def _lines(descriptor: int) -> Iterator[bytes]:
    """The lines of an input that are not blank, without their ends."""
    rest = b""
    while chunk := os.read(descriptor, _CHUNK):
        *lines, rest = (rest + chunk).split(b"\n")
        yield from (line for line in lines if line.strip())
    if rest.strip():
        yield rest
