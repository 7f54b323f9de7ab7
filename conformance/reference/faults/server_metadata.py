"""The authorization server metadata."""

from conformance.reference.faults.fault import Fault, fault

FAULTS: tuple[Fault, ...] = (
    fault(
        "server-metadata-not-found",
        "resource-metadata.authorization-servers-reachable server-metadata.available",
        "Clients of newer revisions cannot find the endpoints.",
        "*",
    ),
    fault(
        "server-metadata-as-text",
        "server-metadata.status-and-type",
        "Strict clients refuse the document and cannot log in.",
    ),
    fault(
        "issuer-with-query",
        "server-metadata.issuer-valid server-metadata.issuer-matches",
        "Clients that compare issuers refuse to log in.",
    ),
    fault(
        "issuer-trailing-slash",
        "server-metadata.issuer-matches",
        "Clients that compare issuers refuse to log in.",
    ),
    fault(
        "issuer-other-host",
        "server-metadata.issuer-matches",
        "Users cannot be protected from a server that poses as another one.",
    ),
    fault(
        "response-types-missing",
        "server-metadata.required-members",
        "Clients that check the document refuse to log in.",
    ),
    fault(
        "pkce-methods-missing",
        "server-metadata.pkce-methods-published",
        "Clients must assume that stolen codes work, and refuse to log in.",
        "server-metadata.plain-not-published",
    ),
    fault(
        "plain-published",
        "server-metadata.plain-not-published",
        "Clients may choose a method that shows the verifier to whoever reads the address bar.",
    ),
    fault(
        "server-metadata-null-member",
        "server-metadata.no-empty-members",
        "Clients that check types refuse the document.",
    ),
)
