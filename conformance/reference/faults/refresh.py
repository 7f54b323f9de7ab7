"""Refresh tokens."""

from conformance.reference.faults.fault import Fault, fault

FAULTS: tuple[Fault, ...] = (
    fault(
        "refresh-refused",
        "refresh.works",
        "Users have to log in again every hour.",
        "refresh.rotates-for-public-clients refresh.bound-to-client",
    ),
    fault(
        "refreshed-token-useless",
        "refresh.works",
        "Users are thrown out after the first hour although the refresh succeeded.",
        "revocation.access-token-revocable revocation.revoked-access-token-refused-by-resource",
    ),
    fault(
        "refresh-not-rotated",
        "refresh.rotates-for-public-clients",
        "A stolen refresh token works beside the user's own and nobody notices.",
    ),
    fault(
        "refresh-any-client",
        "refresh.bound-to-client",
        "A refresh token stolen from one client works in every other.",
    ),
)
