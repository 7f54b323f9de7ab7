"""Proof Key for Code Exchange."""

from conformance.reference.faults.fault import Fault, fault

FAULTS: tuple[Fault, ...] = (
    fault(
        "s256-broken",
        "pkce.s256-supported",
        "Clients with long verifiers can never log in.",
        "token.code-single-use token.unknown-code-refused",
    ),
    fault(
        "verifier-ignored",
        "pkce.wrong-verifier-refused pkce.challenge-not-accepted-as-verifier",
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
        "pkce.malformed-verifier-refused",
        "Any client can crash requests to the token endpoint.",
    ),
)
