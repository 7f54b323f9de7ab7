"""Proof Key for Code Exchange."""

from conformance.reference.faults.fault import Fault, fault

FAULTS: tuple[Fault, ...] = (
    fault(
        "s256-broken",
        "pkce.s256-supported",
        "Clients with long verifiers can never log in.",
        "audience.unbound-token-refused bearer.id-token-refused refresh.old-token-invalidated"
        " refresh.reuse-revokes-family refresh.scope-not-widened scope.challenge-keeps-resource-metadata"
        " scope.challenge-names-needed-scopes scope.enforced scope.granted-scope-reported"
        " scope.insufficient-scope-403 scope.insufficient-scope-challenge-present"
        " scope.insufficient-scope-error-code token.redirect-uri-optional",
    ),
    fault(
        "verifier-ignored",
        "pkce.challenge-not-accepted-as-verifier pkce.wrong-verifier-refused token.invalid-replay-does-not-revoke",
        "Whoever steals a code can redeem it.",
    ),
    fault(
        "verifier-optional",
        "pkce.missing-verifier-refused",
        "Whoever steals a code can redeem it by leaving the verifier out.",
    ),
    fault(
        "challenge-as-verifier",
        "pkce.challenge-not-accepted-as-verifier",
        "Whoever sees the authorization request can redeem the code.",
    ),
    fault(
        "malformed-verifier-crash",
        "pkce.malformed-verifier-refused token.error-status",
        "Any client can crash requests to the token endpoint.",
    ),
    fault(
        "challenge-optional",
        "pkce.challenge-required-public",
        "Codes of clients that forget PKCE are worth something to whoever steals them.",
        "pkce.downgrade-refused",
    ),
    fault(
        "challenge-optional-with-secret",
        "pkce.challenge-required-confidential",
        "A stolen code can be injected into another user's login.",
    ),
    fault(
        "plain-accepted",
        "pkce.plain-refused",
        "Whoever sees the authorization request can redeem the code.",
    ),
    fault(
        "method-defaults-to-s256",
        "pkce.missing-method-is-plain",
        "Clients and server disagree on how the verifier is compared.",
    ),
    fault(
        "unknown-method-as-plain",
        "pkce.unknown-method-refused",
        "A client that asks for a newer method gets the weakest one.",
    ),
    fault(
        "challenge-unchecked",
        "pkce.malformed-challenge-refused",
        "A challenge that is no hash weakens or prevents the login, and nobody is told.",
    ),
    fault(
        "downgrade-accepted",
        "pkce.challenge-required-public pkce.downgrade-refused",
        "Whoever strips the challenge from a request can inject a stolen code.",
    ),
    fault(
        "challenge-in-code",
        "pkce.challenge-not-disclosed",
        "Whoever sees the answer learns the challenge it is bound to.",
    ),
)
