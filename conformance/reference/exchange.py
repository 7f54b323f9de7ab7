"""The answer to one POST of the Streamable HTTP transport."""

import asyncio
from collections.abc import Sequence

from conformance.reference.http_sessions import HttpSession
from conformance.reference.jsonrpc import JsonObject, Request
from conformance.reference.revisions import POLLING
from conformance.reference.streams import Stream


class Exchange:
    """Requests of one POST while they are answered: JSON as long as there are only responses, else a stream.

    `stream` is set once there is one. Where `streaming` is false the client takes no stream, so that what is sent
    beside the responses is lost.
    """

    def __init__(self, session: HttpSession, streaming: bool) -> None:
        self.session = session
        self.streaming = streaming
        self.stream: Stream | None = None
        self.responses: list[JsonObject] = []
        self._left = 0
        self._decided = asyncio.Event()

    async def run(self, requests: Sequence[Request]) -> None:
        """Answer the requests, and return once it is known whether there is a stream."""
        self._left = len(requests)
        if self.streaming and any(request.method == "tools/call" for request in requests):
            self._open()
        for request in requests:
            self.session.dispatcher.start(request, self.session, self, self._done)
        await self._decided.wait()

    def send(self, message: JsonObject) -> None:
        """Send a message that relates to one of the requests."""
        if self.streaming:
            self._open().send(self.session.dispatcher.encode(message))

    def drop(self) -> None:
        """Break the connection, telling when to come back, in the revision in which streams may end early."""
        if self.stream and self.session.revision >= POLLING:
            self.stream.prime()
            self.stream.drop()

    def _open(self) -> Stream:
        if self.stream is None:
            self.stream = self.session.open_stream()
            for response in self.responses:
                self.stream.send(self.session.dispatcher.encode(response))
            self._decided.set()
        return self.stream

    def _done(self, response: JsonObject | None) -> None:
        self._left -= 1
        if response is not None:
            self.responses.append(response)
            if self.stream:
                self.stream.send(self.session.dispatcher.encode(response))
        if self._left == 0:
            if self.stream:
                self.stream.end()
            self._decided.set()
