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
        "introspection-refresh-wrong-client",
        "introspection.valid-token-active",
        "Servers that check tokens take the client of a refresh token for another one.",
        profile="separate",
    ),
    fault(
        "introspection-ignores-end-of-grant",
        "introspection.revoked-token-inactive",
        "Refresh tokens of a grant that has ended look good wherever they are checked by introspection.",
        profile="separate",
    ),
    fault(
        "introspection-ignores-revocation",
        "introspection.revoked-token-inactive",
        "Access that a user has ended goes on wherever tokens are checked by introspection.",
    ),
)
