"""Versions, discovery, and servers with and without handshake."""

from conformance.reference.faults.fault import Fault, Profile, fault


def _fault(name: str, trips: str, harm: str, silences: str = "", profile: Profile = "modern") -> Fault:
    return fault(name, trips, harm, silences, revision="2026-07-28", profile=profile)


FAULTS: tuple[Fault, ...] = (
    _fault(
        "discover-missing",
        "discover.implemented",
        "Clients that look around first cannot use the server.",
        "*",
    ),
    _fault(
        "discover-not-first",
        "discover.works-as-first-request",
        "Clients cannot find out how to begin.",
        "*",
    ),
    _fault(
        "discover-instructions-number",
        "discover.result-matches-schema",
        "Strict clients drop the answer and take the server for broken.",
    ),
    _fault(
        "discover-forgets-version",
        "discover.lists-the-answered-version",
        "Clients conclude that they share no version with the server.",
    ),
    _fault(
        "discover-anonymous",
        "discover.identifies-server",
        "Nobody can tell from a log which server answered.",
    ),
    _fault(
        "unknown-version-wrong-code",
        "lifecycle.legacy-initialize-error-names-versions lifecycle.unsupported-version-error",
        "Clients do not learn that another version would do.",
        "lifecycle.listed-versions-are-usable lifecycle.unsupported-version-data-matches-schema"
        " transport.unsupported-version-http-400",
    ),
    _fault(
        "unknown-version-200",
        "transport.unsupported-version-http-400",
        "Gateways count a refused request as served.",
    ),
    _fault(
        "unknown-version-without-list",
        "lifecycle.unsupported-version-data-matches-schema",
        "Clients have to guess which version to try next.",
        "lifecycle.listed-versions-are-usable",
    ),
    _fault(
        "unusable-version-listed",
        "lifecycle.listed-versions-are-usable",
        "Clients try a version that is refused, and give up.",
    ),
    _fault(
        "unknown-method-200",
        "transport.unknown-method-http-404",
        "Gateways count a refused request as served.",
    ),
    _fault(
        "get-404-without-sessions",
        "transport.get-405-when-modern-only",
        "Older clients take the address for a wrong one.",
    ),
    _fault(
        "delete-without-sessions",
        "transport.delete-405-when-modern-only",
        "Older clients believe that they ended something.",
    ),
    _fault(
        "initialize-refused-with-200",
        "transport.legacy-initialize-400",
        "Older clients take the refusal for an answer to their handshake.",
    ),
    _fault(
        "initialize-refused-without-versions",
        "lifecycle.legacy-initialize-error-names-versions",
        "Users of older clients do not learn that they have to update.",
    ),
    _fault(
        "unknown-session-refused",
        "transport.session-header-ignored",
        "Clients behind a proxy that keeps old header fields are locked out.",
    ),
    _fault(
        "event-id-refused",
        "transport.last-event-id-ignored",
        "Clients that come back to a broken stream are locked out.",
    ),
    _fault(
        "session-id-without-session",
        "session.no-id-minted",
        "Clients keep and send ids that mean nothing.",
    ),
    _fault(
        "handshake-without-handshake",
        "lifecycle.initialize-never-yields-modern-version",
        "Clients believe in a session that the version does not have.",
        profile="open",
    ),
    _fault(
        "handshake-forgotten",
        "lifecycle.dual-era-selected-by-opening",
        "Older clients are refused right after their handshake.",
        profile="open",
    ),
    _fault(
        "extension-without-prefix",
        "lifecycle.extension-ids-well-formed",
        "Two extensions of the same name cannot be told apart.",
    ),
    _fault(
        "capabilities-remembered",
        "lifecycle.interleaved-conversations-handled lifecycle.no-context-from-earlier-requests",
        "What one client can do is expected of the next on the same connection.",
        profile="modern-stdio",
    ),
    _fault(
        "one-conversation-at-a-time",
        "lifecycle.interleaved-conversations-handled",
        "Agents that share a connection disturb each other.",
    ),
    _fault(
        "cursor-of-this-process",
        "lifecycle.no-connection-affinity",
        "Clients lose their place whenever another instance answers.",
        profile="modern-stdio",
    ),
    _fault(
        "version-unneeded",
        "meta.protocol-version-required",
        "A request means what the server guesses.",
    ),
    _fault(
        "capabilities-unneeded",
        "meta.client-capabilities-required",
        "The server has to guess what its client can do.",
    ),
    _fault(
        "missing-meta-200",
        "meta.malformed-request-http-400",
        "Gateways count a refused request as served.",
    ),
    _fault(
        "client-info-needed",
        "meta.client-info-not-required",
        "Clients that keep their name to themselves are locked out.",
    ),
    _fault(
        "clients-preferred",
        "meta.client-info-does-not-change-behaviour",
        "Some clients see less than others, and nobody knows why.",
    ),
    _fault(
        "results-anonymous",
        "meta.server-info-on-results",
        "Nobody can tell from a log which server answered.",
    ),
    _fault(
        "server-info-without-version",
        "completion.result-matches-schema meta.server-info-matches-schema",
        "Strict clients drop the answer.",
    ),
    _fault(
        "trace-parent-malformed",
        "meta.trace-context-format",
        "Traces end at the server.",
    ),
    _fault(
        "result-type-missing",
        "completion.result-matches-schema jsonrpc.result-has-result-type",
        "Clients cannot tell an answer from a request for input.",
    ),
    _fault(
        "result-type-of-extension",
        "completion.result-matches-schema jsonrpc.result-type-is-known lifecycle.extension-falls-back",
        "Clients do not know what to do with the answer.",
    ),
    _fault(
        "internal-error-old-code",
        "completion.internal-error-code jsonrpc.legacy-error-range-not-used prompts.internal-error-code"
        " resources.internal-error-code",
        "The code means something else in each implementation.",
    ),
    _fault(
        "internal-error-reserved-code",
        "completion.internal-error-code jsonrpc.reserved-error-range-not-extended prompts.internal-error-code"
        " resources.internal-error-code",
        "A later version of the protocol gives the code another meaning.",
    ),
    _fault(
        "internal-error-own-code",
        "completion.internal-error-code jsonrpc.own-error-codes-outside-reserved-range prompts.internal-error-code"
        " resources.internal-error-code",
        "Libraries take the code for one of JSON-RPC.",
    ),
    _fault(
        "internal-error-code-of-another",
        "completion.internal-error-code jsonrpc.defined-codes-keep-their-meaning prompts.internal-error-code"
        " resources.internal-error-code",
        "Clients look for the defect in their header fields.",
    ),
)
