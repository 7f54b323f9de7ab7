"""Token introspection."""

from conformance.reference.faults.fault import Fault, fault

FAULTS: tuple[Fault, ...] = (
    fault(
        "introspection-open",
        "introspection.authorization-required",
        "Anybody can try out tokens here, at any speed.",
    ),
    fault(
        "introspection-of-foreign-tokens",
        "introspection.not-for-public-clients",
        "Whoever registers a client can look up whose token it found, and what it opens.",
    ),
    fault(
        "introspection-unknown-400",
        "introspection.unknown-token-inactive",
        "Servers that check tokens take a forged one for an outage.",
        "introspection.inactive-without-details",
    ),
    fault(
        "introspection-reason",
        "introspection.inactive-without-details",
        "Whoever tries tokens learns which of them were once good.",
    ),
    fault(
        "introspection-wrong-client",
        "introspection.valid-token-active",
        "Servers that check tokens let the wrong client in.",
    ),
    fault(
        "introspection-ignores-revocation",
        "introspection.revoked-token-inactive",
        "Access that a user has ended goes on wherever tokens are checked by introspection.",
    ),
)
