"""The protected resource metadata."""

from conformance.reference.faults.fault import Fault, fault

FAULTS: tuple[Fault, ...] = (
    fault(
        "resource-metadata-as-text",
        "resource-metadata.served-as-json",
        "Strict clients refuse the document and cannot log in.",
    ),
    fault(
        "resource-metadata-not-found",
        "resource-metadata.discoverable challenge.resource-metadata-parameter",
        "Clients cannot learn which authorization server to use.",
        "challenge.invalid-token-keeps-resource-metadata"
        " challenge.resource-metadata-url-usable resource-metadata.served-as-json"
        " resource-metadata.resource-identifier-valid resource-metadata.resource-matches-well-known"
        " resource-metadata.resource-matches-endpoint resource-metadata.authorization-servers-present"
        " resource-metadata.authorization-servers-reachable resource-metadata.no-empty-members",
    ),
    fault(
        "resource-with-fragment",
        "resource-metadata.resource-identifier-valid resource-metadata.resource-matches-well-known"
        " resource-metadata.resource-matches-endpoint",
        "Tokens are asked for a resource that no audience check recognizes.",
    ),
    fault(
        "resource-of-other-host",
        "resource-metadata.resource-matches-well-known resource-metadata.resource-matches-endpoint",
        "Clients refuse to log in, or ask for tokens that belong to somebody else.",
        "*",
    ),
    fault(
        "authorization-servers-empty",
        "resource-metadata.authorization-servers-present",
        "Clients cannot learn which authorization server to use.",
        "resource-metadata.authorization-servers-reachable",
    ),
    fault(
        "authorization-server-unreachable-second",
        "resource-metadata.authorization-servers-reachable",
        "Clients that choose the second authorization server cannot log in.",
    ),
    fault(
        "resource-metadata-null-member",
        "resource-metadata.no-empty-members",
        "Clients that check types refuse the document.",
    ),
)
