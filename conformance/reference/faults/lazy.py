"""Servers that open without a token, and what they make of tokens where they ask for one."""

from conformance.reference.faults.fault import Fault, fault

FAULTS: tuple[Fault, ...] = (
    fault(
        "calls-take-any-token",
        "audience.token-for-other-resource-refused bearer.id-token-refused bearer.refresh-token-refused"
        " bearer.token-validated-on-each-request challenge.foreign-key-jwt-rejected challenge.garbage-token-401"
        " challenge.hmac-key-confusion-rejected challenge.invalid-token-error-code"
        " challenge.invalid-token-keeps-resource-metadata challenge.malformed-authorization-header"
        " challenge.session-id-is-not-a-credential challenge.tampered-token-401 challenge.unsigned-jwt-rejected"
        " revocation.access-token-revocable revocation.refresh-revocation-ends-access"
        " revocation.revoked-access-token-refused-by-resource token.replay-revokes-tokens",
        "Whoever sends any word as a token can call every tool.",
        "revocation.unknown-hint-ignored",
        profile="lazy",
    ),
    fault(
        "calls-take-expired-token",
        "challenge.expired-token-401",
        "A stolen token calls tools for ever.",
        profile="lazy",
        options=("-k", "expired_token", "--consent-field=lifetime=5", "--patience=8"),
    ),
    fault(
        "calls-take-foreign-token",
        "audience.token-for-other-resource-refused",
        "Other servers that a user trusts can call the tools of this one with the tokens they receive.",
        profile="lazy",
    ),
    fault(
        "calls-without-resource-metadata",
        "challenge.resource-metadata-parameter",
        "Clients that are refused a call are not told where the metadata is and have to guess.",
        "challenge.invalid-token-keeps-resource-metadata challenge.resource-metadata-url-usable"
        " resource-metadata.resource-matches-endpoint scope.challenge-keeps-resource-metadata",
        profile="lazy",
    ),
    fault(
        "lists-without-scope-in-challenge",
        "challenge.scope-guidance",
        "Clients that are refused a list ask for every scope there is, or for too few.",
        "challenge.scope-stable",
        profile="lists",
    ),
)
