"""The use of access tokens at the MCP server."""

from conformance.reference.faults.fault import Fault, fault

FAULTS: tuple[Fault, ...] = (
    fault(
        "access-token-refused",
        "bearer.accepts-authorization-header refresh.works",
        "A login succeeds and leads nowhere.",
        "*",
    ),
    fault(
        "query-token-accepted",
        "bearer.query-token-ignored",
        "Tokens end up in logs and histories because they work in addresses.",
    ),
    fault(
        "bearer-case-sensitive",
        "bearer.scheme-case-insensitive",
        "Clients that write the scheme in lower case are locked out.",
    ),
)
