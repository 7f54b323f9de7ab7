"""How Streamable HTTP takes notifications (specification page basic/transports)."""

from conformance import Judge, requirement
from conformance.wire.connection import Connection


@requirement("transport.notification-accepted-202")
def test_a_notification_is_accepted_with_202(mcp: Connection, judge: Judge) -> None:
    answer = mcp.notify("notifications/cancelled", {"requestId": 999_998, "reason": "conformance audit"})
    status = answer.http.status
    judge.that(
        status == 202 or status >= 400,
        expected="HTTP 202, or an error status",
        observed=answer.http.summary,
        evidence=answer,
    )


@requirement("transport.notification-202-has-no-body")
def test_the_202_for_a_notification_is_empty(mcp: Connection, judge: Judge) -> None:
    answer = mcp.notify("notifications/cancelled", {"requestId": 999_997, "reason": "conformance audit"})
    if answer.http.status != 202:
        judge.not_applicable(f"notifications are not answered with 202 ({answer.http.summary})")
    judge.that(not answer.http.body, expected="no body", observed=f"{len(answer.http.body)} bytes", evidence=answer)
