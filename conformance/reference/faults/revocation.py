"""Token revocation."""

from conformance.reference.faults.fault import Fault, fault

FAULTS: tuple[Fault, ...] = (
    fault(
        "revocation-unknown-400",
        "revocation.unknown-token-succeeds",
        "Clients cannot finish a logout once the token has ended.",
        "revocation.client-authentication-required revocation.public-client-accepted revocation.unknown-hint-ignored",
    ),
    fault(
        "revocation-needs-secret",
        "revocation.public-client-accepted",
        "Users of command line and desktop clients cannot end their access.",
    ),
    fault(
        "revocation-without-effect",
        "revocation.access-token-revocable revocation.revoked-access-token-refused-by-resource",
        "Users believe they logged out while the token goes on working.",
        "revocation.unknown-hint-ignored",
    ),
    fault(
        "revocation-without-secret",
        "revocation.client-authentication-required",
        "Whoever finds a token in a log can end the access of its owner.",
    ),
    fault(
        "revocation-by-get",
        "revocation.post-only",
        "A link on a web page can carry tokens into logs.",
    ),
    fault(
        "revocation-without-token-200",
        "revocation.missing-token-refused",
        "A client with a mistake in its request believes that it has logged out.",
    ),
    fault(
        "revocation-hint-trusted",
        "revocation.unknown-hint-ignored",
        "A logout with a wrong hint does nothing, and the token goes on working.",
    ),
    fault(
        "access-token-hint-trusted",
        "revocation.unknown-hint-ignored",
        "A logout with a wrong hint does nothing, and the client goes on fetching tokens.",
        profile="separate",
    ),
    fault(
        "revocation-error-as-text",
        "revocation.error-document",
        "Clients cannot tell why a logout was refused.",
    ),
    fault(
        "refresh-token-not-revocable",
        "revocation.refresh-token-revocable",
        "Users believe they logged out while the client goes on fetching tokens.",
        "revocation.refresh-revocation-ends-access",
    ),
    fault(
        "refresh-revocation-spares-access",
        "revocation.refresh-revocation-ends-access",
        "Access goes on for an hour after the user has ended it.",
    ),
    fault(
        "foreign-token-revocable",
        "revocation.foreign-token-untouched",
        "Whoever finds a token can log its user out.",
        "revocation.access-token-revocable"
        " revocation.revoked-access-token-refused-by-resource revocation.unknown-hint-ignored",
    ),
)
