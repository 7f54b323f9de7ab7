"""The one table of faults: ways in which the reference server can be told to misbehave.

Each fault changes a single behaviour; only those that silence `*` keep a client from logging in.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Fault:
    """One way of misbehaving.

    `trips`: ids of the requirements an audit must find broken.
    `silences`: ids of those it can no longer judge; just `*` where a login or handshake fails with it.
    `harm`: one line on what the fault does to users.
    """

    name: str
    trips: frozenset[str]
    silences: frozenset[str]
    harm: str


class UnknownFaultError(ValueError):
    """There is no fault of that name; the message proposes close ones."""


class Faults:
    """The fault a server was started with, asked at the places where behaviour can differ."""

    def __init__(self, name: str | None = None) -> None:
        if name is not None and name not in FAULTS:
            close = get_close_matches(name, FAULTS)
            hint = f"; did you mean {' or '.join(close)}?" if close else ""
            raise UnknownFaultError(f"there is no fault called {name!r}{hint}")
        self._name = name

    def active(self, name: str) -> bool:
        """Whether the server was started with the fault `name`. Raises KeyError for one that is unknown."""
        return FAULTS[name].name == self._name


def _fault(name: str, trips: str, harm: str, silences: str = "") -> Fault:
    return Fault(name, frozenset(trips.split()), frozenset(silences.split()), harm)


_CHALLENGE = (
    _fault(
        "missing-token-403",
        "challenge.missing-token-401",
        "Clients take 403 as final and never start the login.",
    ),
    _fault(
        "bad-token-without-challenge",
        "challenge.www-authenticate-present challenge.invalid-token-error-code",
        "A client whose token ended is not told how to get another.",
    ),
    _fault(
        "bare-bearer-challenge",
        "challenge.bearer-scheme-with-parameter challenge.resource-metadata-parameter",
        "Clients are not told where the metadata is and have to guess.",
        "challenge.resource-metadata-url-usable resource-metadata.resource-matches-endpoint",
    ),
    _fault(
        "challenge-without-resource-metadata",
        "challenge.resource-metadata-parameter",
        "Clients are not told where the metadata is and have to guess.",
        "challenge.resource-metadata-url-usable resource-metadata.resource-matches-endpoint",
    ),
    _fault(
        "resource-metadata-url-dead",
        "challenge.resource-metadata-url-usable",
        "Clients that follow the challenge find nothing and give up.",
        "resource-metadata.resource-matches-endpoint",
    ),
    _fault(
        "bad-token-403",
        "challenge.garbage-token-401",
        "A client whose token ended does not ask for another.",
    ),
    _fault(
        "bad-token-500",
        "challenge.garbage-token-401",
        "Any stranger can crash requests with a token of three parts.",
    ),
    _fault(
        "bad-token-without-error-code",
        "challenge.invalid-token-error-code",
        "Clients cannot tell an ended token from a missing one.",
    ),
    _fault(
        "missing-token-has-error",
        "challenge.no-error-without-credentials",
        "Clients report a broken token where the user has only not logged in yet.",
    ),
)

_RESOURCE_METADATA = (
    _fault(
        "resource-metadata-as-text",
        "resource-metadata.served-as-json",
        "Strict clients refuse the document and cannot log in.",
    ),
    _fault(
        "resource-metadata-not-found",
        "resource-metadata.discoverable challenge.resource-metadata-parameter",
        "Clients cannot learn which authorization server to use.",
        "challenge.resource-metadata-url-usable resource-metadata.served-as-json"
        " resource-metadata.resource-identifier-valid resource-metadata.resource-matches-well-known"
        " resource-metadata.resource-matches-endpoint resource-metadata.authorization-servers-present"
        " resource-metadata.authorization-servers-reachable resource-metadata.no-empty-members",
    ),
    _fault(
        "resource-with-fragment",
        "resource-metadata.resource-identifier-valid resource-metadata.resource-matches-well-known"
        " resource-metadata.resource-matches-endpoint",
        "Tokens are asked for a resource that no audience check recognizes.",
    ),
    _fault(
        "resource-of-other-host",
        "resource-metadata.resource-matches-well-known resource-metadata.resource-matches-endpoint",
        "Clients refuse to log in, or ask for tokens that belong to somebody else.",
    ),
    _fault(
        "authorization-servers-empty",
        "resource-metadata.authorization-servers-present",
        "Clients cannot learn which authorization server to use.",
        "resource-metadata.authorization-servers-reachable",
    ),
    _fault(
        "authorization-server-unreachable-second",
        "resource-metadata.authorization-servers-reachable",
        "Clients that choose the second authorization server cannot log in.",
    ),
    _fault(
        "resource-metadata-null-member",
        "resource-metadata.no-empty-members",
        "Clients that check types refuse the document.",
    ),
)

_SERVER_METADATA = (
    _fault(
        "server-metadata-not-found",
        "resource-metadata.authorization-servers-reachable server-metadata.available",
        "Clients of newer revisions cannot find the endpoints.",
        "*",
    ),
    _fault(
        "server-metadata-as-text",
        "server-metadata.status-and-type",
        "Strict clients refuse the document and cannot log in.",
    ),
    _fault(
        "issuer-with-query",
        "server-metadata.issuer-valid server-metadata.issuer-matches",
        "Clients that compare issuers refuse to log in.",
    ),
    _fault(
        "issuer-trailing-slash",
        "server-metadata.issuer-matches",
        "Clients that compare issuers refuse to log in.",
    ),
    _fault(
        "issuer-other-host",
        "server-metadata.issuer-matches",
        "Users cannot be protected from a server that poses as another one.",
    ),
    _fault(
        "response-types-missing",
        "server-metadata.required-members",
        "Clients that check the document refuse to log in.",
    ),
    _fault(
        "pkce-methods-missing",
        "server-metadata.pkce-methods-published",
        "Clients must assume that stolen codes work, and refuse to log in.",
        "server-metadata.plain-not-published",
    ),
    _fault(
        "plain-published",
        "server-metadata.plain-not-published",
        "Clients may choose a method that shows the verifier to whoever reads the address bar.",
    ),
    _fault(
        "server-metadata-null-member",
        "server-metadata.no-empty-members",
        "Clients that check types refuse the document.",
    ),
)

_REGISTRATION = (
    _fault(
        "registration-closed",
        "registration.open",
        "Clients nobody registered by hand cannot log in.",
        "*",
    ),
    _fault(
        "registration-200",
        "registration.created-201",
        "Strict clients take the registration as failed.",
    ),
    _fault(
        "registration-as-text",
        "registration.response-json-object",
        "Strict clients cannot read their client id.",
    ),
    _fault(
        "registration-echo-missing",
        "registration.echoes-registered-metadata",
        "Clients cannot see what was registered and use what was not.",
    ),
    _fault(
        "registration-accepts-fragment",
        "registration.rejects-redirect-with-fragment",
        "Answers end up behind a fragment, where the client does not look.",
    ),
    _fault(
        "registration-accepts-http",
        "registration.rejects-http-non-loopback",
        "Codes travel unencrypted to any host.",
    ),
    _fault(
        "registration-accepts-script",
        "registration.rejects-script-redirect",
        "A stranger's client runs script in the user's browser.",
    ),
    _fault(
        "registration-accepts-relative",
        "registration.rejects-relative-redirect",
        "Codes are sent to pages of the authorization server itself.",
    ),
    _fault(
        "registration-accepts-no-redirect",
        "registration.redirect-uris-required",
        "Clients exist whose redirects nothing limits.",
    ),
    _fault(
        "registration-error-as-html",
        "registration.error-document",
        "Developers see no reason for the refusal.",
    ),
)

_PKCE = (
    _fault(
        "s256-broken",
        "pkce.s256-supported",
        "Clients with long verifiers can never log in.",
        "pkce.challenge-not-accepted-as-verifier pkce.missing-verifier-refused pkce.wrong-verifier-refused"
        " refresh.bound-to-client refresh.rotates-for-public-clients refresh.works"
        " revocation.access-token-revocable revocation.revoked-access-token-refused-by-resource",
    ),
    _fault(
        "verifier-ignored",
        "pkce.wrong-verifier-refused pkce.challenge-not-accepted-as-verifier",
        "Whoever steals a code can redeem it.",
    ),
    _fault(
        "verifier-optional",
        "pkce.missing-verifier-refused",
        "Whoever steals a code can redeem it by leaving the verifier out.",
    ),
    _fault(
        "challenge-as-verifier",
        "pkce.challenge-not-accepted-as-verifier",
        "Whoever sees the authorization request can redeem the code.",
    ),
    _fault(
        "malformed-verifier-crash",
        "pkce.malformed-verifier-refused",
        "Any client can crash requests to the token endpoint.",
    ),
)

_TOKENS = (
    _fault(
        "code-reusable",
        "token.code-single-use",
        "A code found in a log or a history still yields tokens.",
    ),
    _fault(
        "token-type-missing",
        "token.success-response",
        "Clients do not know how to send the token.",
    ),
    _fault(
        "token-cacheable",
        "token.success-not-cacheable",
        "Tokens stay in caches on the way.",
    ),
    _fault(
        "expires-in-string",
        "token.expires-in",
        "Strict clients refuse the token; others compute a wrong end.",
    ),
    _fault(
        "expires-in-missing",
        "token.expires-in",
        "Clients do not know when to refresh and interrupt the user instead.",
    ),
    _fault(
        "unknown-code-500",
        "token.unknown-code-refused",
        "Clients take a stale code as an outage and try it again.",
    ),
    _fault(
        "refresh-refused",
        "refresh.works",
        "Users have to log in again every hour.",
        "refresh.rotates-for-public-clients refresh.bound-to-client",
    ),
    _fault(
        "refreshed-token-useless",
        "refresh.works",
        "Users are thrown out after the first hour although the refresh succeeded.",
        "revocation.access-token-revocable revocation.revoked-access-token-refused-by-resource",
    ),
    _fault(
        "refresh-not-rotated",
        "refresh.rotates-for-public-clients",
        "A stolen refresh token works beside the user's own and nobody notices.",
    ),
    _fault(
        "refresh-any-client",
        "refresh.bound-to-client",
        "A refresh token stolen from one client works in every other.",
    ),
    _fault(
        "revocation-unknown-400",
        "revocation.unknown-token-succeeds",
        "Clients cannot finish a logout once the token has ended.",
        "revocation.public-client-accepted",
    ),
    _fault(
        "revocation-needs-secret",
        "revocation.public-client-accepted",
        "Users of command line and desktop clients cannot end their access.",
    ),
    _fault(
        "revocation-without-effect",
        "revocation.access-token-revocable revocation.revoked-access-token-refused-by-resource",
        "Users believe they logged out while the token goes on working.",
    ),
)

_BEARER = (
    _fault(
        "access-token-refused",
        "bearer.accepts-authorization-header refresh.works",
        "A login succeeds and leads nowhere.",
        "*",
    ),
    _fault(
        "query-token-accepted",
        "bearer.query-token-ignored",
        "Tokens end up in logs and histories because they work in addresses.",
    ),
    _fault(
        "bearer-case-sensitive",
        "bearer.scheme-case-insensitive",
        "Clients that write the scheme in lower case are locked out.",
    ),
)

_JSONRPC = (
    _fault(
        "answer-in-batch",
        "jsonrpc.batches-not-sent",
        "Clients of revisions without batches cannot read the answer.",
    ),
    _fault(
        "notification-with-id",
        "jsonrpc.notifications-have-no-id",
        "Clients take the notification for a request and answer it.",
    ),
    _fault(
        "jsonrpc-1",
        "jsonrpc.messages-well-formed",
        "Strict clients drop the message and wait for ever.",
    ),
    _fault(
        "invalid-utf8",
        "jsonrpc.messages-are-utf8",
        "Clients cannot decode the message and drop the connection.",
    ),
    _fault(
        "id-as-string",
        "jsonrpc.response-echoes-request-id",
        "Clients cannot match the answer to their request and wait for ever.",
    ),
    _fault(
        "error-id-null",
        "jsonrpc.error-response-echoes-id",
        "Clients never learn that their request failed.",
    ),
    _fault(
        "error-without-message",
        "jsonrpc.error-has-code-and-message",
        "Users see an empty error.",
    ),
    _fault(
        "error-code-string",
        "jsonrpc.error-code-is-integer tools.unknown-tool-code",
        "Strict clients drop the error and wait for ever.",
    ),
    _fault(
        "result-and-error",
        "jsonrpc.response-not-both-result-and-error jsonrpc.messages-well-formed",
        "Some clients see success where others see failure.",
    ),
    _fault(
        "empty-response",
        "jsonrpc.response-has-result-or-error jsonrpc.messages-well-formed ping.answered-promptly ping.result-empty",
        "Clients cannot tell success from failure.",
    ),
    _fault(
        "result-null",
        "jsonrpc.result-is-object ping.result-empty",
        "Clients that look into the result crash.",
    ),
    _fault(
        "unknown-method-wrong-code",
        "jsonrpc.unknown-method-not-found",
        "Clients take a missing feature as an outage.",
    ),
    _fault(
        "unknown-method-result",
        "jsonrpc.unknown-method-not-found",
        "Clients believe in features that do not exist.",
        "jsonrpc.error-response-echoes-id",
    ),
    _fault(
        "malformed-json-wrong-code",
        "jsonrpc.malformed-json-code",
        "Client authors look for their mistake in the server.",
    ),
    _fault(
        "invalid-request-wrong-code",
        "jsonrpc.invalid-request-code",
        "Client authors look for their mistake in the server.",
    ),
    _fault(
        "notification-answered",
        "jsonrpc.no-reply-to-notifications transport.notification-accepted-202",
        "Clients receive an answer to nothing they asked.",
        "transport.notification-202-has-no-body",
    ),
)

_TRANSPORT = (
    _fault(
        "notification-204",
        "transport.notification-accepted-202",
        "Strict clients take the notification as lost.",
        "transport.notification-202-has-no-body",
    ),
    _fault(
        "notification-202-with-body",
        "transport.notification-202-has-no-body",
        "Clients try to read a message that is none.",
    ),
    _fault(
        "answer-as-text",
        "transport.request-answered-json-or-sse",
        "Clients refuse the tool list because of its media type.",
    ),
    _fault(
        "json-two-messages",
        "transport.json-answer-is-one-message",
        "Clients cannot parse the answer.",
    ),
    _fault(
        "sse-not-json",
        "transport.sse-events-carry-messages",
        "Clients fail on an event that is no message.",
    ),
)

_LIFECYCLE = (
    _fault(
        "initialize-without-server-info",
        "lifecycle.initialize-result-matches-schema lifecycle.initialize-answered",
        "Strict clients refuse to connect.",
    ),
    _fault(
        "capabilities-null",
        "lifecycle.initialize-result-matches-schema prompts.capability-declared resources.capability-declared"
        " tools.capability-declared",
        "Clients see a server without any feature, or refuse to connect.",
        "jsonrpc.notifications-have-no-id pagination.cursor-continues-list pagination.invalid-cursor-code"
        " pagination.next-cursor-is-string pagination.walk-ends-without-repeats prompts.list-answered"
        " prompts.list-result-matches-schema prompts.name-unique resources.list-answered"
        " resources.list-result-matches-schema resources.templates-list-result-matches-schema"
        " resources.uri-unique tools.call-result-matches-schema tools.input-schema-is-object-schema"
        " tools.list-answered tools.list-result-matches-schema tools.name-unique"
        " tools.output-schema-root-object tools.schemas-valid-in-their-dialect"
        " tools.structured-content-conforms tools.structured-content-is-object"
        " tools.structured-content-present tools.unknown-tool-code tools.unknown-tool-is-protocol-error"
        " transport.sse-events-carry-messages",
    ),
    _fault(
        "version-always-newest",
        "lifecycle.same-version-when-supported",
        "Clients of the older revision disconnect although they could be served.",
    ),
    _fault(
        "version-echoed",
        "lifecycle.unsupported-version-counter-offer",
        "Clients rely on a revision the server has never heard of.",
    ),
    _fault(
        "ping-not-empty",
        "ping.result-empty",
        "Strict clients take the connection as broken.",
    ),
    _fault(
        "ping-refused",
        "ping.answered-promptly",
        "Clients take the connection as dead and drop it.",
        "ping.result-empty",
    ),
)

_TOOLS = (
    _fault(
        "tool-without-input-schema",
        "tools.input-schema-is-object-schema tools.list-result-matches-schema",
        "Clients refuse the whole tool list because of one tool.",
        "tools.call-result-matches-schema tools.structured-content-is-object",
    ),
    _fault(
        "tool-schema-not-object",
        "tools.input-schema-is-object-schema tools.list-result-matches-schema",
        "Models cannot build arguments, and clients refuse the tool list.",
        "tools.call-result-matches-schema tools.structured-content-is-object",
    ),
    _fault(
        "output-schema-not-object",
        "tools.list-result-matches-schema tools.output-schema-root-object tools.structured-content-conforms",
        "Clients refuse the whole tool list because of one tool.",
    ),
    _fault(
        "tool-description-number",
        "tools.list-result-matches-schema",
        "Clients refuse the whole tool list because of one tool.",
    ),
    _fault(
        "tool-name-duplicate",
        "tools.name-unique",
        "Users approve one tool and call another.",
    ),
    _fault(
        "tool-schema-invalid",
        "tools.schemas-valid-in-their-dialect",
        "Model providers refuse the tool, and clients cannot check arguments.",
        "tools.call-result-matches-schema tools.structured-content-is-object",
    ),
    _fault(
        "call-result-without-content",
        "tools.call-result-matches-schema",
        "Clients that show the content crash.",
    ),
    _fault(
        "structured-content-missing",
        "tools.structured-content-present",
        "Programs that rely on the promised data get none.",
        "tools.structured-content-conforms tools.structured-content-is-object",
    ),
    _fault(
        "structured-content-mismatch",
        "tools.structured-content-conforms",
        "Programs that rely on the promised shape crash.",
    ),
    _fault(
        "structured-content-array",
        "tools.structured-content-conforms tools.structured-content-is-object",
        "Strict clients refuse the result.",
    ),
    _fault(
        "unknown-tool-is-result",
        "tools.unknown-tool-is-protocol-error",
        "Models take a missing tool as one that failed, and try again.",
        "tools.unknown-tool-code",
    ),
    _fault(
        "unknown-tool-wrong-code",
        "tools.unknown-tool-code",
        "Clients take one missing tool as missing support for tools.",
    ),
)

_LISTS = (
    _fault(
        "resource-uri-duplicate",
        "resources.uri-unique",
        "Clients show a resource twice and cannot tell the two apart.",
    ),
    _fault(
        "prompt-name-duplicate",
        "prompts.name-unique",
        "Clients cannot tell the two prompts apart.",
    ),
    _fault(
        "cursor-ignored",
        "pagination.invalid-cursor-code",
        "A client with an outdated cursor starts over without knowing.",
    ),
    _fault(
        "resources-list-invalid",
        "resources.list-result-matches-schema",
        "Clients refuse the whole list because of one resource.",
    ),
    _fault(
        "templates-list-invalid",
        "resources.templates-list-result-matches-schema",
        "Clients refuse the whole list because of one template.",
    ),
    _fault(
        "prompts-list-invalid",
        "prompts.list-result-matches-schema",
        "Clients refuse the whole list because of one prompt.",
    ),
    _fault(
        "resources-list-refused",
        "resources.list-answered",
        "Clients show an error where the server promised resources.",
        "resources.list-result-matches-schema resources.uri-unique",
    ),
    _fault(
        "prompts-list-refused",
        "prompts.list-answered",
        "Clients show an error where the server promised prompts.",
        "prompts.list-result-matches-schema prompts.name-unique",
    ),
    _fault(
        "tools-list-refused",
        "tools.list-answered",
        "Nobody can use a tool, for none can be found.",
        "jsonrpc.notifications-have-no-id pagination.cursor-continues-list pagination.invalid-cursor-code"
        " pagination.walk-ends-without-repeats tools.call-result-matches-schema"
        " tools.input-schema-is-object-schema tools.list-result-matches-schema tools.name-unique"
        " tools.output-schema-root-object tools.schemas-valid-in-their-dialect"
        " tools.structured-content-conforms tools.structured-content-is-object"
        " tools.structured-content-present",
    ),
    _fault(
        "cursor-repeats-page",
        "pagination.cursor-continues-list pagination.walk-ends-without-repeats",
        "Clients fetch the same page for ever and never see the other tools.",
        "tools.name-unique",
    ),
    _fault(
        "next-cursor-null",
        "pagination.next-cursor-is-string tools.list-result-matches-schema",
        "Strict clients refuse the last page.",
    ),
    _fault(
        "tools-undeclared",
        "tools.capability-declared",
        "Clients never ask for the tools.",
        "jsonrpc.notifications-have-no-id pagination.cursor-continues-list pagination.invalid-cursor-code"
        " pagination.walk-ends-without-repeats tools.call-result-matches-schema"
        " tools.input-schema-is-object-schema tools.list-answered tools.list-result-matches-schema"
        " tools.name-unique tools.output-schema-root-object tools.schemas-valid-in-their-dialect"
        " tools.structured-content-conforms tools.structured-content-is-object"
        " tools.structured-content-present tools.unknown-tool-code tools.unknown-tool-is-protocol-error"
        " transport.sse-events-carry-messages",
    ),
    _fault(
        "resources-undeclared",
        "resources.capability-declared",
        "Clients never ask for the resources.",
        "resources.list-answered resources.list-result-matches-schema"
        " resources.templates-list-result-matches-schema resources.uri-unique",
    ),
    _fault(
        "prompts-undeclared",
        "prompts.capability-declared",
        "Clients never ask for the prompts.",
        "prompts.list-answered prompts.list-result-matches-schema prompts.name-unique",
    ),
)

FAULTS: Mapping[str, Fault] = MappingProxyType(
    {
        fault.name: fault
        for group in (
            _CHALLENGE,
            _RESOURCE_METADATA,
            _SERVER_METADATA,
            _REGISTRATION,
            _PKCE,
            _TOKENS,
            _BEARER,
            _JSONRPC,
            _TRANSPORT,
            _LIFECYCLE,
            _TOOLS,
            _LISTS,
        )
        for fault in group
    }
)
