"""Sessions of the Streamable HTTP transport, and requests in them that are not as a client would send them."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Any

from conformance.probe import Probe
from conformance.survey import Survey
from conformance.verdict import NotApplicable
from conformance.wire import jsonrpc
from conformance.wire.connection import Answer, Connection
from conformance.wire.http import Reply
from conformance.wire.streamable_http import StreamableHttp, messages_of, stateless_meta


def streamable(connection: Connection) -> StreamableHttp:
    """A connection as one over Streamable HTTP. Raises NotApplicable for another."""
    if not isinstance(connection, StreamableHttp):
        raise NotApplicable(f"the target is audited over {connection.transport}")
    return connection


@contextmanager
def session(probe: Probe, *, listening: bool = True) -> Generator[StreamableHttp]:
    """What `Probe.spare_session` gives. Raises what that does, and NotApplicable over another transport."""
    with probe.spare_session(listening=listening) as connection:
        yield streamable(connection)


def openings(survey: Survey, shared: Connection) -> list[Answer]:
    """The answers that opened a session so far, each once, for the shared session may be that of the survey."""
    found = [*survey.handshakes.values()]
    if shared.opening and all(shared.opening is not one for one in found):
        found.append(shared.opening)
    return found


def ordinary(survey: Survey, id: jsonrpc.Id) -> dict[str, Any]:
    """A request that the server always serves: for a list where it has tools, else one that every server answers."""
    quick = "server/discover" if survey.stateless else "ping"
    about = {"_meta": stateless_meta(survey.revision)} if survey.stateless else None
    return jsonrpc.request("tools/list" if "tools" in survey.capabilities else quick, about, id)


def served(reply: Reply) -> bool:
    """Whether the answer to a request holds a result."""
    return reply.ok and any(jsonrpc.kind_of(one) == "result" for one in messages_of(reply))


def error_of(reply: Reply) -> Mapping[str, Any] | None:
    """The JSON-RPC error in an answer, None without one."""
    return next((one for one in messages_of(reply) if jsonrpc.kind_of(one) == "error"), None)
