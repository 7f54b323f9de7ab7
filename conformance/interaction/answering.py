"""Which responses answer what was asked on a connection, and whether its session goes on."""

from conformance.shapes import as_object
from conformance.wire import jsonrpc
from conformance.wire.connection import Connection
from conformance.wire.heard import Message
from conformance.wire.streamable_http import StreamableHttp


def response_to(connection: Connection, id: jsonrpc.Id) -> Message | None:
    """The first response to a request; None where none came."""
    return next((one for one in responses(connection) if jsonrpc.same_id(one.value.get("id"), id)), None)


def strays(connection: Connection) -> list[Message]:
    """Responses to what was never asked, and all but the first response to a request."""
    waiting, found = list(connection.asked), list[Message]()
    for one in responses(connection):
        asked = next((id for id in waiting if jsonrpc.same_id(id, one.value.get("id"))), None)
        if asked is None:
            found.append(one)
        else:
            waiting.remove(asked)
    return found


def responses(connection: Connection) -> list[Message]:
    """All responses that came."""
    heard = connection.heard.since()
    return [one for one in heard if jsonrpc.kind_of(as_object(one.value)) in ("result", "error")]


def session_of(connection: Connection) -> str | None:
    """What changes when the session ended and the connection opened another one."""
    return connection.session_id if isinstance(connection, StreamableHttp) else None
