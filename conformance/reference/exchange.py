"""The answer to one POST of the Streamable HTTP transport."""

import asyncio
from collections.abc import Sequence

from conformance.reference.http_sessions import HttpSession
from conformance.reference.jsonrpc import JsonObject, Request, as_object, notification_message, result_message
from conformance.reference.revisions import STATELESS, polls
from conformance.reference.streams import Stream


class Exchange:
    """Requests of one POST while they are answered: JSON as long as there are only responses, else a stream.

    `stream` is set once there is one. Where `streaming` is false the client takes no stream, so that what is sent
    beside the responses is lost.
    """

    def __init__(self, session: HttpSession, streaming: bool) -> None:
        self.session = session
        self.faults = session.dispatcher.faults
        self.streaming = streaming
        self.stream: Stream | None = None
        self.responses: list[JsonObject] = []
        self._requests: Sequence[Request] = ()
        self._dropped = False
        self._left = 0
        self._decided = asyncio.Event()

    async def run(self, requests: Sequence[Request]) -> None:
        """Answer the requests, and return once it is known whether there is a stream."""
        self._requests, self._left = requests, len(requests)
        if self.faults.active("stream-ends-without-response") and requests[0].params.get("name") == "test_simple_text":
            self.stream = self.session.streams.new()
            self.stream.end()
            return
        streamed = {"subscriptions/listen"} if self.session.revision >= STATELESS else {"tools/call"}
        if self.faults.active("task-get-streamed"):
            streamed.add("tasks/get")
        if self.streaming and any(request.method in streamed for request in requests):
            self._open()
        for request in requests:
            self.session.dispatcher.start(request, self.session, self, self._done)
        await self._decided.wait()

    def send(self, message: JsonObject) -> None:
        """Send a message that relates to one of the requests."""
        if self.streaming:
            stream = self._open()
            stream.send(self.session.dispatcher.encode(message))
            if message.get("method") == "notifications/progress" and self.faults.active("stream-closed-early"):
                stream.drop()

    def drop(self) -> None:
        """Break the connection, telling when to come back, in the revision in which streams may end early."""
        if self.stream and polls(self.session.revision):
            self._dropped = True
            self.stream.prime(self.session.retry)
            self.stream.drop()

    def closed(self) -> None:
        """Take notice that the client reads the stream no longer."""
        cancels = self.session.revision >= STATELESS or self.faults.active("disconnect-cancels")
        if not self._dropped and cancels:
            unnoticed = self.faults.active("closed-stream-not-noticed")
            for request in () if unnoticed and self._requests[0].method == "tools/call" else self._requests:
                self.session.cancel(request.id)

    def _open(self) -> Stream:
        if self.stream is None:
            self.stream = self.session.open_stream()
            for response in self.responses:
                self.stream.send(self.session.dispatcher.encode(response))
            self._decided.set()
        return self.stream

    def _respond(self, stream: Stream, response: JsonObject) -> None:
        encode = self.session.dispatcher.encode
        if self.faults.active("response-sent-again"):
            stream.send(encode(result_message(1, {})))
        stream.send(encode(response), id="last" if self.faults.active("event-ids-repeat") else "")
        alone = self.session.revision >= STATELESS
        if alone and self.session.log_level and self.faults.active("log-after-response"):
            late: JsonObject = {"level": self.session.log_level, "logger": "tools", "data": "The request was answered"}
            stream.send(encode(notification_message("notifications/message", late)))
        for request in self._requests if self.faults.active("progress-after-response") else ():
            token = (as_object(request.params.get("_meta")) or {}).get("progressToken")
            if token is not None:
                stream.send(encode(notification_message("notifications/progress", _tidying(token))))

    def _done(self, response: JsonObject | None) -> None:
        self._left -= 1
        if response is not None:
            self.responses.append(response)
            if self.stream:
                self._respond(self.stream, response)
            if self.faults.active("response-on-get-stream"):
                self.session.send(response)
        if self._left == 0:
            if self.stream and not self.faults.active("stream-left-open"):
                self.stream.end()
            self._decided.set()


def _tidying(token: object) -> JsonObject:
    return {"progressToken": token, "progress": 1000, "total": 1000}
