"""How requests without a usable token are turned away."""

from conformance.reference.faults.fault import Fault, fault

FAULTS: tuple[Fault, ...] = (
    fault(
        "missing-token-403",
        "challenge.missing-token-401",
        "Clients take 403 as final and never start the login.",
    ),
    fault(
        "bad-token-without-challenge",
        "challenge.www-authenticate-present challenge.invalid-token-error-code",
        "A client whose token ended is not told how to get another.",
    ),
    fault(
        "bare-bearer-challenge",
        "challenge.bearer-scheme-with-parameter challenge.resource-metadata-parameter",
        "Clients are not told where the metadata is and have to guess.",
        "challenge.resource-metadata-url-usable resource-metadata.resource-matches-endpoint",
    ),
    fault(
        "challenge-without-resource-metadata",
        "challenge.resource-metadata-parameter",
        "Clients are not told where the metadata is and have to guess.",
        "challenge.resource-metadata-url-usable resource-metadata.resource-matches-endpoint",
    ),
    fault(
        "resource-metadata-url-dead",
        "challenge.resource-metadata-url-usable",
        "Clients that follow the challenge find nothing and give up.",
        "resource-metadata.resource-matches-endpoint",
    ),
    fault(
        "bad-token-403",
        "challenge.garbage-token-401",
        "A client whose token ended does not ask for another.",
    ),
    fault(
        "bad-token-500",
        "challenge.garbage-token-401",
        "Any stranger can crash requests with a token of three parts.",
    ),
    fault(
        "bad-token-without-error-code",
        "challenge.invalid-token-error-code",
        "Clients cannot tell an ended token from a missing one.",
    ),
    fault(
        "missing-token-has-error",
        "challenge.no-error-without-credentials",
        "Clients report a broken token where the user has only not logged in yet.",
    ),
)
