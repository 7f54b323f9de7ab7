"""The stream of a request: how it ends and what comes on it (specification page basic/transports)."""

from conformance import Judge, requirement
from conformance.interaction.colliding import Colliding
from conformance.offered import Offered
from conformance.wire.connection import Answer, Connection

_SECONDS = 2.0
"""How long a server may take to end a stream after the response."""
_WORKER = "test_tool_with_progress"


def _streamed(mcp: Connection, offered: Offered) -> Answer:
    """The answer to a quick request or, where that comes without a stream, to one that tells its progress."""
    mcp.linger = min(_SECONDS, mcp.http.timeout)
    try:
        answer = mcp.request(*offered.quick())
        if answer.http.media_type != "text/event-stream" and offered.find_tool(_WORKER):
            params = {"name": _WORKER, "arguments": {}, "_meta": {"progressToken": "conformance-stream"}}
            answer = mcp.request("tools/call", params)
        return answer
    finally:
        mcp.linger = 0.0


@requirement("transport.sse-closes-after-response")
def test_a_stream_ends_after_the_response(mcp: Connection, offered: Offered, judge: Judge) -> None:
    answer = _streamed(mcp, offered)
    if answer.http.media_type != "text/event-stream":
        judge.not_applicable("no request is answered with an event stream")
    if answer.response is None or answer.exchange != answer.http.exchange:
        judge.could_not_run("there was no response on the stream")
    observed = "open after two seconds" if answer.http.cut else "the end"
    judge.that(not answer.http.cut, expected="the end of the stream", observed=observed, evidence=answer)


@requirement("transport.post-stream-messages-related")
def test_nothing_that_is_logged_for_another_client_arrives(colliding: Colliding, judge: Judge) -> None:
    if not any(one.logged for one in colliding.alone.values()):
        judge.not_applicable("the tools logged nothing")
    strange = [(part, found) for part, other in colliding.sides if (found := colliding.strange_logs(part, other))]
    for part, found in strange:
        observed = f"{len(found)} log messages that the tool of the other client writes came with {part.tool}"
        judge.that(False, expected="messages about its own calls alone", observed=observed, evidence=part)
    observed = f"{len(colliding.sides)} calls with the id of a call of another client"
    judge.that(not strange, expected="messages about its own calls alone", observed=observed)
