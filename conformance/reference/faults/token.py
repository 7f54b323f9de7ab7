"""The token endpoint."""

from conformance.reference.faults.fault import Fault, fault

FAULTS: tuple[Fault, ...] = (
    fault(
        "code-reusable",
        "token.code-single-use",
        "A code found in a log or a history still yields tokens.",
    ),
    fault(
        "token-type-missing",
        "token.success-response",
        "Clients do not know how to send the token.",
    ),
    fault(
        "token-cacheable",
        "token.success-not-cacheable",
        "Tokens stay in caches on the way.",
    ),
    fault(
        "expires-in-string",
        "token.expires-in",
        "Strict clients refuse the token; others compute a wrong end.",
    ),
    fault(
        "expires-in-missing",
        "token.expires-in",
        "Clients do not know when to refresh and interrupt the user instead.",
    ),
    fault(
        "unknown-code-500",
        "token.unknown-code-refused",
        "Clients take a stale code as an outage and try it again.",
        "registration.public-client-usable",
    ),
)
