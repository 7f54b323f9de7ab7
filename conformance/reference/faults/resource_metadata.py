"""The protected resource metadata."""

from conformance.reference.faults.fault import Fault, fault

_NO_DOCUMENT = (
    "challenge.invalid-token-keeps-resource-metadata challenge.resource-metadata-url-usable cors.metadata-readable"
    " resource-metadata.authorization-servers-are-issuers resource-metadata.authorization-servers-present"
    " resource-metadata.authorization-servers-reachable resource-metadata.cross-listed-by-server"
    " resource-metadata.header-method-advertised resource-metadata.no-empty-members"
    " resource-metadata.no-trailing-slash resource-metadata.open-access"
    " resource-metadata.resource-identifier-valid resource-metadata.resource-matches-endpoint"
    " resource-metadata.resource-matches-well-known resource-metadata.scopes-published"
    " resource-metadata.served-as-json resource-metadata.signed-metadata-valid"
    " resource-metadata.unknown-resource-not-described"
)
_CLOSED = (
    "challenge.invalid-token-keeps-resource-metadata",
    "challenge.resource-metadata-url-usable",
    "resource-metadata.open-access",
)

FAULTS: tuple[Fault, ...] = (
    fault(
        "resource-metadata-as-text",
        "resource-metadata.served-as-json",
        "Strict clients refuse the document and cannot log in.",
    ),
    fault(
        "resource-metadata-not-found",
        "resource-metadata.discoverable resource-metadata.path-inserted-location challenge.resource-metadata-parameter",
        "Clients cannot learn which authorization server to use.",
        f"{_NO_DOCUMENT} scope.challenge-keeps-resource-metadata",
    ),
    fault(
        "resource-with-fragment",
        "resource-metadata.resource-identifier-valid resource-metadata.resource-matches-well-known"
        " resource-metadata.resource-matches-endpoint",
        "Tokens are asked for a resource that no audience check recognizes.",
        "audience.token-for-other-resource-refused",
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
        "resource-metadata.authorization-servers-reachable resource-metadata.authorization-servers-are-issuers",
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
    fault(
        "resource-metadata-redirected",
        "resource-metadata.served-as-json",
        "Clients that follow no redirects find no document.",
    ),
    fault(
        "resource-metadata-only-by-challenge",
        "resource-metadata.path-inserted-location",
        "Clients that do not read the challenge find no document.",
        "resource-metadata.resource-matches-well-known",
    ),
    fault(
        "resource-metadata-needs-token",
        "resource-metadata.open-access resource-metadata.discoverable resource-metadata.path-inserted-location"
        " challenge.resource-metadata-url-usable",
        "Clients need the document to get the token that the document asks for.",
        " ".join(one for one in _NO_DOCUMENT.split() if one not in _CLOSED),
    ),
    fault(
        "resource-metadata-for-any-path",
        "resource-metadata.unknown-resource-not-described",
        "Clients are told to get tokens for endpoints that do not exist.",
    ),
    fault(
        "authorization-server-by-metadata-url",
        "resource-metadata.authorization-servers-are-issuers resource-metadata.authorization-servers-reachable",
        "Clients look for the metadata of the metadata and find none.",
    ),
    fault(
        "resource-scopes-missing",
        "resource-metadata.scopes-published",
        "Clients do not know what to ask for, and ask for everything or nothing.",
    ),
    fault(
        "resource-offline-access",
        "resource-metadata.no-offline-access",
        "Clients ask every user for lasting access.",
        revision="2026-07-28",
    ),
    fault(
        "query-method-published",
        "resource-metadata.header-method-advertised",
        "Clients put tokens into addresses, where logs and histories keep them.",
    ),
    fault(
        "resource-metadata-unsigned",
        "resource-metadata.signed-metadata-valid",
        "Clients that trust signed metadata trust what nobody signed.",
    ),
    fault(
        "resource-with-trailing-slash",
        "resource-metadata.no-trailing-slash resource-metadata.resource-matches-well-known"
        " resource-metadata.resource-matches-endpoint",
        "Clients refuse the document, or get tokens for a name that differs by one character.",
    ),
    fault(
        "server-lists-other-resources",
        "resource-metadata.cross-listed-by-server",
        "Clients that compare both documents take the server for a forgery.",
        "audience.token-for-other-resource-refused",
    ),
)
