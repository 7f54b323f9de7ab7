"""Dynamic client registration."""

from conformance.reference.faults.fault import Fault, fault

FAULTS: tuple[Fault, ...] = (
    fault(
        "registration-closed",
        "registration.open",
        "Clients nobody registered by hand cannot log in.",
        "*",
    ),
    fault(
        "registration-closed-without-challenge",
        "registration.open registration.initial-token-challenge",
        "Clients cannot tell that a token would let them register.",
        "*",
        options=("--client-id=preregistered-public-client",),
    ),
    fault(
        "registration-200",
        "registration.created-201",
        "Strict clients take the registration as failed.",
    ),
    fault(
        "registration-as-text",
        "registration.response-json-object",
        "Strict clients cannot read their client id.",
    ),
    fault(
        "registration-echo-missing",
        "registration.echoes-registered-metadata",
        "Clients cannot see what was registered and use what was not.",
        "registration.keeps-redirect-uris-verbatim token.redirect-uri-mismatch-refused",
    ),
    fault(
        "registration-accepts-fragment",
        "registration.rejects-redirect-with-fragment",
        "Answers end up behind a fragment, where the client does not look.",
    ),
    fault(
        "registration-accepts-http",
        "registration.rejects-http-non-loopback",
        "Codes travel unencrypted to any host.",
    ),
    fault(
        "registration-accepts-script",
        "registration.rejects-script-redirect",
        "A stranger's client runs script in the user's browser.",
    ),
    fault(
        "registration-accepts-relative",
        "registration.rejects-relative-redirect",
        "Codes are sent to pages of the authorization server itself.",
    ),
    fault(
        "registration-accepts-no-redirect",
        "registration.redirect-uris-required",
        "Clients exist whose redirects nothing limits.",
    ),
    fault(
        "registration-error-as-html",
        "registration.error-document",
        "Developers see no reason for the refusal.",
    ),
    fault(
        "registration-takes-client-id",
        "registration.client-id-assigned-by-server",
        "A client takes over the id, and so the approvals, of another.",
    ),
    fault(
        "registration-shared-client",
        "registration.client-id-unique",
        "Whoever registers can redirect to the addresses of everybody.",
    ),
    fault(
        "registration-defaults-unreported",
        "registration.reports-applied-defaults",
        "Clients guess how to authenticate, and are refused.",
    ),
    fault(
        "registration-null-member",
        "registration.no-null-members",
        "Clients that expect an address fail on null.",
    ),
    fault(
        "registration-normalizes-uris",
        "registration.keeps-redirect-uris-verbatim",
        "The redirect URI of the client is refused, since it is one character short.",
    ),
    fault(
        "registration-expiry-in-milliseconds",
        "registration.secret-expiry",
        "Clients use their secret long after its end.",
    ),
    fault(
        "registration-secret-for-public",
        "registration.public-client-has-no-secret",
        "Clients authenticate with a secret that nobody checks.",
    ),
    fault(
        "public-web-client-needs-secret",
        "registration.public-client-usable",
        "Clients that were registered as public cannot log in.",
        "audience.token-for-other-resource-refused",
    ),
    fault(
        "registration-basic-without-secret",
        "registration.confidential-client-gets-secret",
        "Clients are to authenticate with a secret they never got.",
        "token.malformed-basic-credentials token.multiple-auth-methods-refused token.wrong-secret-in-header",
    ),
    fault(
        "registration-cacheable",
        "registration.response-not-cacheable",
        "Secrets stay in caches on the way.",
    ),
    fault(
        "registration-refuses-unknown-members",
        "registration.unknown-metadata-ignored",
        "Newer clients cannot register.",
    ),
    fault(
        "registration-refuses-application-type",
        "registration.application-type-accepted",
        "Native clients that say what they are cannot register.",
        "*",
    ),
    fault(
        "registration-malformed-crash",
        "registration.malformed-json-refused",
        "Strangers fill the error log of the server.",
    ),
    fault(
        "registration-expands-wildcards",
        "registration.wildcard-not-expanded",
        "Codes go to any page of a host, or any host of a domain.",
    ),
    fault(
        "registration-refuses-ipv6-loopback",
        "registration.accepts-loopback-redirect",
        "Command line clients on IPv6 cannot log in.",
    ),
    fault(
        "registration-accepts-short-scheme",
        "registration.private-scheme-needs-period",
        "Another application on the device claims the scheme and gets the code.",
    ),
    fault(
        "registration-accepts-wrong-types",
        "registration.rejects-wrong-types",
        "Clients believe that metadata was registered which was dropped.",
    ),
    fault(
        "registration-keeps-contradictions",
        "registration.consistent-grant-and-response-types",
        "Clients register for flows that can never work.",
    ),
    fault(
        "registration-keeps-unsupported",
        "registration.unsupported-values-not-registered",
        "Clients learn only in the middle of a login what the server cannot do.",
    ),
    fault(
        "registration-accepts-script-pages",
        "registration.display-uris-safe",
        "A link on the consent page runs script of a stranger.",
    ),
    fault(
        "registration-trusts-any-statement",
        "registration.bad-software-statement-refused",
        "Anybody registers in the name of a software vendor.",
    ),
    fault(
        "registration-short-secrets",
        "registration.secrets-unguessable",
        "Secrets can be found by trying.",
    ),
    fault(
        "registration-management-token-missing",
        "registration.management-members-paired",
        "Clients are told where to manage their registration, but not how.",
        "registration.management-read registration.management-needs-token registration.management-delete",
    ),
    fault(
        "registration-management-read-empty",
        "registration.management-read",
        "Clients cannot see what is registered for them.",
    ),
    fault(
        "registration-management-any-token",
        "registration.management-needs-token",
        "Everybody reads the secrets of every client.",
    ),
    fault(
        "registration-deleted-by-any-client",
        "registration.management-needs-token",
        "Whoever registers a client can end those of others.",
        "registration.management-delete",
        profile="strict",
    ),
    fault(
        "registration-delete-keeps-client",
        "registration.management-delete",
        "Clients that were given up can still be used by whoever stole their secret.",
    ),
)
