"""The token endpoint."""

from conformance.reference.faults.fault import Fault, fault

FAULTS: tuple[Fault, ...] = (
    fault(
        "code-reusable",
        "token.code-single-use token.concurrent-redemption",
        "A code found in a log or a history still yields tokens.",
        "token.replay-revokes-tokens",
    ),
    fault(
        "token-type-missing",
        "token.success-response",
        "Clients do not know how to send the token.",
    ),
    fault(
        "token-answer-as-text",
        "token.success-response",
        "Clients that look at the media type do not read the token.",
    ),
    fault(
        "token-cacheable",
        "token.success-not-cacheable",
        "Tokens stay in caches on the way.",
    ),
    fault(
        "expires-in-string",
        "token.expires-in",
        "Strict clients refuse the token; others compute a wrong end.",
    ),
    fault(
        "expires-in-missing",
        "token.expires-in",
        "Clients do not know when to refresh and interrupt the user instead.",
    ),
    fault(
        "unknown-code-500",
        "token.unknown-code-refused token.error-status",
        "Anybody can crash requests with a code of an odd form.",
    ),
    fault(
        "token-by-get",
        "token.post-only",
        "Codes and tokens end up in the logs of proxies and in browser histories.",
    ),
    fault(
        "form-with-charset-refused",
        "token.form-encoding",
        "Clients whose library names the charset of a form cannot log in.",
    ),
    fault(
        "json-token-request-500",
        "token.other-content-types-refused",
        "A client with the wrong encoding sees an outage instead of its mistake.",
    ),
    fault(
        "missing-grant-type-500",
        "token.missing-grant-type-refused token.error-status",
        "A client with a mistake in its request sees an outage.",
    ),
    fault(
        "unknown-grant-type-invalid-grant",
        "token.unsupported-grant-type",
        "Clients send users through a login that cannot help.",
    ),
    fault(
        "password-grant",
        "token.password-grant-refused",
        "Anybody can guess the passwords of users, past every second factor.",
    ),
    fault(
        "missing-code-500",
        "token.missing-code-refused token.error-status",
        "A client with a mistake in its request sees an outage.",
    ),
    fault(
        "token-error-as-text",
        "token.error-document",
        "Clients that look at the media type cannot tell why they were refused.",
    ),
    fault(
        "token-error-403",
        "token.error-status",
        "Clients take a mistake in a request for a lack of permission.",
    ),
    fault(
        "unknown-client-invalid-grant",
        "token.unknown-client-refused",
        "Clients whose registration is gone log the user in again and again instead of registering again.",
    ),
    fault(
        "wrong-secret-without-challenge",
        "token.wrong-secret-in-header",
        "HTTP libraries do not see that the secret was wrong.",
    ),
    fault(
        "wrong-secret-invalid-grant",
        "token.wrong-secret-in-body",
        "A client with an outdated secret sends its users through logins that cannot help.",
    ),
    fault(
        "malformed-credentials-500",
        "token.malformed-basic-credentials token.error-status",
        "Anybody can crash requests with a header of an odd form.",
    ),
    fault(
        "redemption-without-secret",
        "token.confidential-client-must-authenticate",
        "Whoever steals a code of a client with a secret can redeem it without the secret.",
    ),
    fault(
        "secret-in-body-unsupported",
        "token.secret-in-body-supported",
        "Clients of OAuth 2.1, which may leave out HTTP Basic, cannot authenticate.",
        "token.wrong-secret-in-body",
    ),
    fault(
        "basic-refused",
        "token.advertised-auth-methods-work",
        "Clients that trust the metadata cannot log in.",
        "token.malformed-basic-credentials token.multiple-auth-methods-refused token.wrong-secret-in-header"
        " token.registered-auth-method-enforced",
    ),
    fault(
        "any-authentication-method",
        "token.registered-auth-method-enforced",
        "A stolen secret works in places that the owner of the client had closed.",
    ),
    fault(
        "two-authentications-accepted",
        "token.multiple-auth-methods-refused",
        "Two parts of the server can disagree about who the client is.",
    ),
    fault(
        "secret-in-address-accepted",
        "token.credentials-in-uri-refused",
        "Secrets of clients end up in the logs of proxies and servers.",
    ),
    fault(
        "repeated-token-parameters-accepted",
        "token.repeated-parameters-refused",
        "A proxy and the server can disagree about which of two values counts.",
    ),
    fault(
        "access-token-lives-a-year",
        "token.short-lived",
        "A stolen token opens the account for a year.",
    ),
    fault(
        "client-taken-from-code",
        "token.public-client-needs-client-id",
        "A code is redeemed without anybody saying for whom.",
    ),
    fault(
        "public-clients-refused-at-token",
        "token.public-client-flow token.advertised-auth-methods-work registration.public-client-usable"
        " client-metadata-document.full-flow",
        "Command line and desktop clients, which cannot keep a secret, cannot log in.",
        "*",
    ),
    fault(
        "unknown-parameter-refused",
        "token.unknown-parameters-ignored",
        "Clients with a newer extension cannot log in.",
    ),
    fault(
        "code-of-any-client",
        "token.code-bound-to-client",
        "A malicious client redeems the codes of others that it gets hold of.",
    ),
    fault(
        "redirect-uri-mismatch-accepted",
        "token.redirect-uri-mismatch-refused",
        "A code that was lured to another redirect URI of the client can still be redeemed.",
    ),
    fault(
        "redirect-uri-free-without-pkce",
        "token.redirect-uri-mismatch-refused pkce.challenge-required-public",
        "Clients without PKCE, which have nothing else to tell, take codes that were lured to another redirect URI.",
        "pkce.downgrade-refused",
    ),
    fault(
        "redirect-uri-refused-at-token",
        "token.redirect-uri-accepted token.unknown-code-refused client-metadata-document.full-flow",
        "Clients of OAuth 2.0, which have to repeat the redirect URI, cannot log in.",
        "*",
    ),
    fault(
        "missing-redirect-uri-500",
        "token.redirect-uri-optional token.error-status",
        "Clients of OAuth 2.1, which leave the redirect URI out, see an outage.",
    ),
    fault(
        "replay-without-consequence",
        "token.replay-revokes-tokens",
        "Whoever redeemed a stolen code first keeps the access when the theft shows.",
    ),
    fault(
        "invalid-replay-ends-grant",
        "token.invalid-replay-does-not-revoke",
        "Whoever sees an old code can log its user out.",
    ),
    fault(
        "codes-checked-late",
        "token.concurrent-redemption",
        "Whoever is quick gets tokens for a code that its owner redeems as well.",
    ),
)
