"""How the stream of a request ends (specification page basic/transports, sending messages to the server)."""

from conformance import Judge, requirement
from conformance.offered import Offered
from conformance.wire.connection import Connection

_SECONDS = 2.0
"""How long a server may take to end a stream after the response."""


@requirement("transport.sse-closes-after-response")
def test_a_stream_ends_after_the_response(mcp: Connection, offered: Offered, judge: Judge) -> None:
    mcp.linger = min(_SECONDS, mcp.http.timeout)
    try:
        answer = mcp.request(*offered.quick())
    finally:
        mcp.linger = 0.0
    if answer.http.media_type != "text/event-stream":
        judge.not_applicable("the request is not answered with an event stream")
    if answer.response is None or answer.exchange != answer.http.exchange:
        judge.could_not_run("there was no response on the stream")
    observed = "open after two seconds" if answer.http.cut else "the end"
    judge.that(not answer.http.cut, expected="the end of the stream", observed=observed, evidence=answer)
