"""Resource indicators and the audience of tokens."""

from conformance.reference.faults.fault import Fault, fault

FAULTS: tuple[Fault, ...] = (
    fault(
        "audience-unchecked",
        "audience.token-for-other-resource-refused",
        "A malicious server can use the tokens it receives to act for its users here.",
    ),
    fault(
        "audience-optional",
        "audience.unbound-token-refused",
        "Tokens that name no server work at every server that trusts the same authorization server.",
    ),
    fault(
        "audience-never",
        "audience.issued-token-restricted audience.token-for-other-resource-refused audience.unbound-token-refused",
        "Every server that receives a token can use it everywhere else.",
    ),
    fault(
        "resource-refused-at-authorize",
        "audience.accepts-resource-at-authorize client-metadata-document.valid-document-accepted",
        "Clients that name the resource, as they must, cannot log in.",
        "*",
    ),
    fault(
        "resource-refused-at-token",
        "audience.accepts-resource-at-token client-metadata-document.full-flow",
        "Clients that name the resource, as they must, get no token.",
        "*",
    ),
    fault(
        "resource-refused-at-refresh",
        "audience.accepts-resource-at-token refresh.works",
        "Clients that name the resource, as they must, have to ask their users again each hour.",
        "dpop.refresh-token-bound refresh.access-token-not-refreshable refresh.bound-to-client"
        " refresh.confidential-client-must-authenticate refresh.resource-kept refresh.rotates-for-public-clients"
        " refresh.scope-narrowing revocation.foreign-token-untouched revocation.refresh-revocation-ends-access"
        " revocation.refresh-token-revocable",
    ),
    fault(
        "malformed-resource-ignored",
        "audience.malformed-resource-refused",
        "Clients with a small defect get tokens for more than they meant.",
    ),
    fault(
        "unknown-resource-granted",
        "audience.unknown-resource-refused",
        "The server signs tokens for servers it knows nothing about.",
    ),
    fault(
        "resource-at-token-ignored",
        "audience.resource-not-widened-at-token",
        "Clients that ask for a token for one server get one for others.",
    ),
    fault(
        "resource-case-sensitive",
        "audience.uppercase-host-tolerated",
        "Users who type the address in capitals cannot log in.",
    ),
    fault(
        "resource-required",
        "audience.works-without-resource",
        "Clients of revision 2025-03-26 cannot log in.",
        revision="2025-03-26",
    ),
)
