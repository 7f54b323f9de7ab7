"""Scopes."""

from conformance.reference.faults.fault import Fault, fault

FAULTS: tuple[Fault, ...] = (
    fault(
        "insufficient-scope-401",
        "scope.insufficient-scope-403",
        "Clients throw a good token away and log in again, for ever.",
    ),
    fault(
        "insufficient-scope-without-challenge",
        "scope.insufficient-scope-challenge-present scope.insufficient-scope-error-code"
        " scope.challenge-names-needed-scopes scope.challenge-keeps-resource-metadata",
        "Clients learn that something is forbidden, and not what to ask for.",
    ),
    fault(
        "insufficient-scope-wrong-code",
        "scope.insufficient-scope-error-code",
        "Clients cannot tell that another scope would help.",
    ),
    fault(
        "insufficient-scope-names-held",
        "scope.challenge-names-needed-scopes",
        "Clients ask for what they have already, for ever.",
    ),
    fault(
        "insufficient-scope-without-resource-metadata",
        "scope.challenge-keeps-resource-metadata",
        "Clients that need another scope are not told where to get it.",
    ),
    fault(
        "step-up-in-pieces",
        "scope.challenge-complete-in-one-step",
        "Users are asked for consent again and again for one operation.",
        revision="2026-07-28",
    ),
    fault(
        "scope-checked-once",
        "scope.enforced",
        "A client that tries again may do what its user did not allow.",
    ),
    fault(
        "challenged-scope-refused",
        "client-metadata-document.valid-document-accepted scope.challenged-scopes-suffice",
        "Clients that ask for what the server told them cannot log in.",
        "*",
    ),
    fault(
        "granted-scope-not-reported",
        "scope.granted-scope-reported",
        "Clients believe that they may do more than their token allows.",
    ),
    fault(
        "omitted-scope-crash",
        "scope.omitted-scope-handled",
        "Clients that leave the scope to the server see an outage.",
    ),
    fault(
        "malformed-scope-crash",
        "scope.malformed-scope-handled",
        "A typing error in a scope looks like an outage.",
    ),
)
