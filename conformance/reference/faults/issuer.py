"""The iss parameter of authorization responses."""

from conformance.reference.faults.fault import Fault, fault

FAULTS: tuple[Fault, ...] = (
    fault(
        "iss-missing",
        "issuer.success-response-includes-iss issuer.error-response-includes-iss",
        "Clients of several servers cannot tell whose response they got, and send the code to the wrong one.",
        "issuer.advertised-when-sent issuer.sent-when-advertised issuer.iss-equals-metadata-issuer",
        revision="2026-07-28",
    ),
    fault(
        "iss-not-sent",
        "issuer.success-response-includes-iss issuer.error-response-includes-iss issuer.sent-when-advertised",
        "Clients that believe the metadata throw every response away.",
        "issuer.advertised-when-sent issuer.iss-equals-metadata-issuer",
        revision="2026-07-28",
    ),
    fault(
        "iss-missing-on-error",
        "issuer.error-response-includes-iss issuer.sent-when-advertised",
        "Clients throw errors away and users wait for nothing.",
        revision="2026-07-28",
    ),
    fault(
        "iss-not-published",
        "issuer.advertised-when-sent",
        "Clients do not know that a response without iss must be refused.",
        "issuer.sent-when-advertised",
        revision="2026-07-28",
    ),
    fault(
        "iss-differs",
        "issuer.iss-equals-metadata-issuer",
        "Clients that compare issuers throw every response away.",
        revision="2026-07-28",
    ),
)
