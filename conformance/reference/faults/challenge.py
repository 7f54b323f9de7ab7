"""How requests without a usable token are turned away."""

from conformance.reference.faults.fault import Fault, fault

FAULTS: tuple[Fault, ...] = (
    fault(
        "missing-token-403",
        "challenge.malformed-authorization-header challenge.missing-token-401",
        "Clients take 403 as final and never start the login.",
        "cors.mcp-endpoint-usable",
    ),
    fault(
        "bad-token-without-challenge",
        "challenge.www-authenticate-present challenge.invalid-token-error-code"
        " challenge.invalid-token-keeps-resource-metadata",
        "A client whose token ended is not told how to get another.",
    ),
    fault(
        "bare-bearer-challenge",
        "challenge.bearer-scheme-with-parameter challenge.resource-metadata-parameter challenge.scope-guidance",
        "Clients are not told where the metadata is and have to guess.",
        "challenge.invalid-token-keeps-resource-metadata challenge.resource-metadata-url-usable"
        " challenge.scope-stable resource-metadata.resource-matches-endpoint"
        " scope.challenge-keeps-resource-metadata",
    ),
    fault(
        "challenge-without-resource-metadata",
        "challenge.resource-metadata-parameter",
        "Clients are not told where the metadata is and have to guess.",
        "challenge.invalid-token-keeps-resource-metadata challenge.resource-metadata-url-usable"
        " resource-metadata.resource-matches-endpoint scope.challenge-keeps-resource-metadata",
    ),
    fault(
        "resource-metadata-url-dead",
        "challenge.resource-metadata-url-usable",
        "Clients that follow the challenge find nothing and give up.",
        "resource-metadata.resource-matches-endpoint",
    ),
    fault(
        "bad-token-403",
        "challenge.garbage-token-401 challenge.malformed-authorization-header",
        "A client whose token ended does not ask for another.",
    ),
    fault(
        "bad-token-500",
        "challenge.garbage-token-401",
        "Any stranger can crash requests with a token of three parts.",
        "bearer.id-token-refused challenge.foreign-key-jwt-rejected challenge.hmac-key-confusion-rejected"
        " challenge.tampered-token-401 challenge.unsigned-jwt-rejected",
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
    fault(
        "signature-unchecked",
        "challenge.tampered-token-401 challenge.unsigned-jwt-rejected challenge.foreign-key-jwt-rejected"
        " challenge.hmac-key-confusion-rejected",
        "Anybody can write a token for any user.",
    ),
    fault(
        "unsigned-token-accepted",
        "challenge.unsigned-jwt-rejected",
        "Anybody can write a token for any user and leave out the signature.",
    ),
    fault(
        "embedded-key-trusted",
        "challenge.foreign-key-jwt-rejected",
        "Anybody can sign a token for any user with a key that the token brings along.",
    ),
    fault(
        "key-address-followed",
        "challenge.foreign-key-jwt-rejected",
        "Anybody can sign a token for any user, and make the server fetch any address.",
    ),
    fault(
        "public-key-as-secret",
        "challenge.hmac-key-confusion-rejected",
        "Anybody can sign a token for any user with the key that is published for all.",
    ),
    fault(
        "bad-token-without-resource-metadata",
        "challenge.invalid-token-keeps-resource-metadata",
        "A client whose token ended is not told where to get another.",
    ),
    fault(
        "challenge-without-scope",
        "challenge.scope-guidance",
        "Clients ask for every scope there is, or for too few.",
        "challenge.scope-stable",
    ),
    fault(
        "challenge-scope-varies",
        "challenge.scope-stable",
        "Which permissions a user is asked for is a matter of chance.",
    ),
    fault(
        "challenge-repeats-scope",
        "challenge.attributes-well-formed",
        "Clients read one scope or the other, or refuse the challenge.",
    ),
    fault(
        "notification-without-token",
        "challenge.every-method-protected",
        "Strangers can send messages as long as they want no answer.",
    ),
    fault(
        "malformed-authorization-500",
        "challenge.malformed-authorization-header",
        "Strangers can crash requests, and clients with a small defect see an outage.",
    ),
    fault(
        "session-replaces-token",
        "challenge.session-id-is-not-a-credential bearer.token-validated-on-each-request"
        " security.sessions-not-authentication",
        "Whoever learns a session id can use the session.",
    ),
    fault(
        "refusal-with-result",
        "challenge.refusal-carries-no-result",
        "Strangers read what only users may see.",
    ),
    fault(
        "challenge-asks-offline-access",
        "challenge.no-offline-access-scope",
        "Users are asked for lasting access although the server has no use for it.",
        revision="2026-07-28",
    ),
    fault(
        "expired-token-accepted",
        "challenge.expired-token-401",
        "A stolen token works for ever.",
        options=("-k", "expired_token", "--consent-field=lifetime=5", "--patience=8"),
    ),
)
