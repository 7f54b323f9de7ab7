"""The use of access tokens at the MCP server."""

from conformance.reference.faults.fault import Fault, fault

FAULTS: tuple[Fault, ...] = (
    fault(
        "access-token-refused",
        "bearer.accepts-authorization-header dpop.accepted-by-resource refresh.works",
        "A login succeeds and leads nowhere.",
        "*",
    ),
    fault(
        "query-token-accepted",
        "bearer.query-token-ignored",
        "Tokens end up in logs and histories because they work in addresses.",
    ),
    fault(
        "bearer-case-sensitive",
        "bearer.scheme-case-insensitive",
        "Clients that write the scheme in lower case are locked out.",
    ),
    fault(
        "refresh-token-accepted",
        "bearer.refresh-token-refused",
        "A refresh token, which lives for months, works like an access token.",
    ),
    fault(
        "session-shared-between-users",
        "bearer.session-bound-to-user security.session-ids-bound-to-user",
        "Whoever learns a session id acts in the session of another user.",
    ),
    fault(
        "session-ids-counted",
        "bearer.session-ids-unguessable session.id-unpredictable security.session-ids-non-deterministic",
        "Anybody can name the sessions of others.",
    ),
    fault(
        "refresh-tokens-counted",
        "bearer.tokens-unguessable",
        "Anybody can guess the refresh tokens of others.",
    ),
    fault(
        "token-in-cookie",
        "bearer.token-not-in-cookie",
        "Tokens travel in clear text with every unencrypted request.",
    ),
    fault(
        "id-token-accepted",
        "bearer.id-token-refused",
        "Every application the user signs in to can call the server with what it was told about the user.",
    ),
)
