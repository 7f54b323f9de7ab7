"""Refresh tokens."""

from conformance.reference.faults.fault import Fault, fault

FAULTS: tuple[Fault, ...] = (
    fault(
        "refresh-refused",
        "refresh.works",
        "Users have to log in again every hour.",
        "dpop.refresh-token-bound refresh.access-token-not-refreshable refresh.bound-to-client"
        " refresh.confidential-client-must-authenticate refresh.old-token-invalidated refresh.resource-kept"
        " refresh.reuse-revokes-family refresh.rotates-for-public-clients refresh.scope-narrowing"
        " refresh.scope-not-widened revocation.refresh-revocation-ends-access"
        " revocation.refresh-token-revocable",
    ),
    fault(
        "refreshed-token-useless",
        "refresh.resource-kept refresh.works",
        "Users are thrown out after the first hour although the refresh succeeded.",
        "revocation.access-token-revocable revocation.refresh-revocation-ends-access"
        " revocation.revoked-access-token-refused-by-resource revocation.unknown-hint-ignored"
        " token.invalid-replay-does-not-revoke token.replay-revokes-tokens revocation.foreign-token-untouched",
    ),
    fault(
        "refresh-not-rotated",
        "refresh.rotates-for-public-clients",
        "A stolen refresh token works beside the user's own and nobody notices.",
        "refresh.old-token-invalidated refresh.reuse-revokes-family",
    ),
    fault(
        "refresh-any-client",
        "refresh.bound-to-client",
        "A refresh token stolen from one client works in every other.",
    ),
    fault(
        "unknown-refresh-token-invalid-request",
        "refresh.unknown-token-refused",
        "Clients try a dead refresh token for ever instead of asking the user to log in.",
    ),
    fault(
        "missing-refresh-token-500",
        "refresh.missing-token-refused token.error-status",
        "A client with a mistake in its request sees an outage.",
    ),
    fault(
        "access-token-refreshable",
        "refresh.access-token-not-refreshable",
        "Whoever gets hold of an access token can keep the access for ever.",
    ),
    fault(
        "refresh-widens-scope",
        "refresh.scope-not-widened",
        "A client helps itself to rights that its user did not grant.",
    ),
    fault(
        "refresh-narrowing-sticks",
        "refresh.scope-narrowing",
        "A client that asks for a narrow token once loses the rest for good.",
    ),
    fault(
        "refresh-without-secret",
        "refresh.confidential-client-must-authenticate",
        "Whoever steals a refresh token of a client with a secret can use it without the secret.",
    ),
    fault(
        "refresh-widens-audience",
        "refresh.resource-kept",
        "A token meant for one server opens others as well.",
    ),
    fault(
        "old-refresh-token-works",
        "refresh.old-token-invalidated",
        "A stolen refresh token goes on working after its owner has moved on.",
        "refresh.reuse-revokes-family",
    ),
    fault(
        "refresh-token-reuse-unnoticed",
        "refresh.reuse-revokes-family",
        "A thief who refreshes first keeps the access, and its owner is locked out.",
    ),
)
