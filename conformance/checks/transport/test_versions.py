"""The header MCP-Protocol-Version (specification page basic/transports, protocol version header)."""

from conformance import Judge, requirement
from conformance.ceremony.sessions import ordinary, served, streamable
from conformance.survey import Survey
from conformance.wire.connection import Connection

VERSION = "MCP-Protocol-Version"


@requirement("transport.unsupported-version-header-400")
def test_an_unsupported_version_is_answered_with_400(survey: Survey, mcp: Connection, judge: Judge) -> None:
    for value in ("1900-01-01", "conformance"):
        message = ordinary(survey, f"version {value}")
        reply = streamable(mcp).craft("POST", f"{VERSION}: {value}", message, fields={VERSION: value})
        judge.that(reply.status == 400, expected="HTTP 400", observed=reply.summary, evidence=reply)


@requirement("transport.missing-version-header-assumed")
def test_a_message_without_version_is_served(survey: Survey, mcp: Connection, judge: Judge) -> None:
    message = ordinary(survey, "no version")
    reply = streamable(mcp).craft("POST", f"without {VERSION}", message, without=[VERSION])
    if reply.status >= 500 or reply.status in (401, 403):
        judge.could_not_run(f"the message is neither served nor refused for its header ({reply.summary})")
    judge.that(served(reply), expected="a result", observed=reply.summary, evidence=reply)
