"""The authorization server metadata."""

from conformance.reference.faults.fault import Fault, fault

FAULTS: tuple[Fault, ...] = (
    fault(
        "server-metadata-not-found",
        "resource-metadata.authorization-servers-reachable server-metadata.available",
        "Clients of newer revisions cannot find the endpoints.",
        "*",
    ),
    fault(
        "server-metadata-as-text",
        "server-metadata.status-and-type",
        "Strict clients refuse the document and cannot log in.",
    ),
    fault(
        "issuer-with-query",
        "server-metadata.issuer-valid server-metadata.issuer-matches",
        "Clients that compare issuers refuse to log in.",
    ),
    fault(
        "issuer-trailing-slash",
        "server-metadata.issuer-matches",
        "Clients that compare issuers refuse to log in.",
    ),
    fault(
        "issuer-other-host",
        "server-metadata.issuer-matches",
        "Users cannot be protected from a server that poses as another one.",
    ),
    fault(
        "response-types-missing",
        "server-metadata.required-members server-metadata.oidc-required-members",
        "Clients that check the document refuse to log in.",
    ),
    fault(
        "pkce-methods-missing",
        "server-metadata.pkce-methods-published",
        "Clients must assume that stolen codes work, and refuse to log in.",
        "server-metadata.plain-not-published",
    ),
    fault(
        "s256-unpublished",
        "server-metadata.pkce-methods-published server-metadata.plain-not-published",
        "Clients that may not use plain refuse to log in.",
        "pkce.plain-refused",
    ),
    fault(
        "plain-published",
        "server-metadata.plain-not-published",
        "Clients may choose a method that shows the verifier to whoever reads the address bar.",
        "pkce.plain-refused",
    ),
    fault(
        "server-metadata-null-member",
        "server-metadata.no-empty-members",
        "Clients that check types refuse the document.",
    ),
    fault(
        "server-metadata-openid-only",
        "server-metadata.available",
        "Clients of revision 2025-06-18 do not look for an OpenID configuration.",
        revision="2025-06-18",
    ),
    fault(
        "server-metadata-below-root",
        "server-metadata.base-url-location",
        "Clients of revision 2025-03-26 do not find the metadata and guess the endpoints.",
        revision="2025-03-26",
        profile="plain",
    ),
    fault(
        "default-endpoints-elsewhere",
        "server-metadata.default-endpoints",
        "Clients of revision 2025-03-26 meet pages that do not exist.",
        "*",
        revision="2025-03-26",
        profile="plain",
    ),
    fault(
        "server-metadata-path-appended",
        "server-metadata.path-insertion",
        "Clients do not look there.",
        profile="separate",
    ),
    fault(
        "openid-configuration-not-appended",
        "server-metadata.oidc-path-appended",
        "OpenID Connect libraries do not find the configuration.",
        profile="separate",
    ),
    fault(
        "openid-configuration-differs",
        "server-metadata.variants-agree",
        "Clients that read the one or the other document use different endpoints.",
    ),
    fault(
        "openid-members-missing",
        "server-metadata.oidc-required-members",
        "OpenID Connect libraries refuse the configuration.",
    ),
    fault(
        "server-metadata-by-version",
        "server-metadata.open-access",
        "Clients of older revisions are turned away before they can log in.",
    ),
    fault(
        "grant-types-missing",
        "server-metadata.grant-types-accurate",
        "Clients assume the implicit grant, and none for refreshing.",
    ),
    fault(
        "grant-type-untrue",
        "server-metadata.grant-types-accurate",
        "Clients choose a grant that is refused.",
    ),
    fault(
        "password-grant-published",
        "server-metadata.no-password-grant server-metadata.grant-types-accurate",
        "Clients ask users for their password.",
    ),
    fault(
        "implicit-grant-published",
        "server-metadata.no-implicit-grant",
        "Clients choose a grant that leaves tokens in addresses.",
    ),
    fault(
        "auth-methods-missing",
        "server-metadata.auth-methods-accurate",
        "Clients assume that they need a secret.",
        "token.advertised-auth-methods-work",
    ),
    fault(
        "auth-signing-algs-missing",
        "server-metadata.auth-signing-algs-present",
        "Clients do not know with which algorithm to sign.",
    ),
    fault(
        "terms-over-http",
        "server-metadata.endpoints-https",
        "Whoever is on the way decides which terms users read.",
    ),
    fault(
        "token-endpoint-fragment",
        "server-metadata.endpoints-without-fragment",
        "Some clients send the fragment along and get no token.",
    ),
    fault(
        "jwks-with-private-key",
        "server-metadata.jwks-usable",
        "Anybody can sign tokens in the name of the server.",
    ),
    fault(
        "registration-not-published",
        "server-metadata.registration-endpoint-published",
        "Clients that the operator does not know cannot be used.",
        "*",
        revision="2025-06-18",
    ),
    fault(
        "atlassian-2025",
        "server-metadata.issuer-matches server-metadata.plain-not-published resource-metadata.discoverable"
        " resource-metadata.path-inserted-location challenge.resource-metadata-parameter"
        " challenge.no-error-without-credentials client-metadata-document.supported",
        "Clients that keep to newer revisions do not find the authorization server, and refuse it when they do.",
        "*",
    ),
)
