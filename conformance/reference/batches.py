"""Batches, which only revision 2025-03-26 has."""

from collections.abc import Callable, Sequence

from conformance.reference.jsonrpc import (
    INVALID_REQUEST,
    JsonObject,
    Notification,
    Request,
    Response,
    RpcError,
    error_message,
    message_of,
)
from conformance.reference.mcp import Dispatcher
from conformance.reference.sessions import Session


class Batch:
    """The messages of a batch: the requests, what is not answered, and the answers to what is no message."""

    def __init__(self, values: Sequence[object]) -> None:
        self.requests: list[Request] = []
        self.others: list[Notification | Response] = []
        self.refusals: list[JsonObject] = []
        for value in values:
            try:
                message = message_of(value)
            except RpcError as error:
                self.refusals.append(error_message(error))
                continue
            if not isinstance(message, Request):
                self.others.append(message)
            elif message.method == "initialize":
                alone = RpcError(INVALID_REQUEST, "Invalid request: initialize must stand alone", id=message.id)
                self.refusals.append(error_message(alone))
            else:
                self.requests.append(message)

    def start(self, dispatcher: Dispatcher, session: Session, send: Callable[[object], None]) -> None:
        """Take what is not answered and begin to answer the rest; `send` gets all responses at once."""
        responses, left = self.refusals, len(self.requests)

        def done(response: JsonObject | None) -> None:
            nonlocal left
            left -= 1
            if response is not None:
                responses.append(response)
            if not left and responses:
                send(responses)

        for message in self.others:
            dispatcher.take(message, session)
        for request in self.requests:
            dispatcher.start(request, session, session, done)
        if not self.requests and responses:
            send(responses)
