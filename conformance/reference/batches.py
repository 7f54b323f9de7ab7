"""Batches, which only revision 2025-03-26 has."""

from collections.abc import Sequence

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
