"""A notification that every server knows and that asks for nothing."""

from conformance.audit import Audit
from conformance.wire.connection import Answer

CANCELLED = "notifications/cancelled"


def cancel_nothing(audit: Audit) -> Answer:
    """What comes for the cancellation of a request that never was, sent once in a run. Raises CouldNotRun, NoAnswer."""
    params = {"requestId": 999_999, "reason": "conformance audit"}
    return audit.once("cancellation of nothing", lambda: audit.mcp().notify(CANCELLED, params))
