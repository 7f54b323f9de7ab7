"""Token revocation."""

from conformance.reference.faults.fault import Fault, fault

FAULTS: tuple[Fault, ...] = (
    fault(
        "revocation-unknown-400",
        "revocation.unknown-token-succeeds",
        "Clients cannot finish a logout once the token has ended.",
        "revocation.public-client-accepted",
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
    ),
)
