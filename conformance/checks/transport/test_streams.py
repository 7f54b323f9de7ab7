"""How the stream of a request ends (specification page basic/transports, sending messages to the server)."""

from conformance import Judge, requirement
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
