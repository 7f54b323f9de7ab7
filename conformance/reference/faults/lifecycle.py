"""Handshake and ping."""

from conformance.reference.faults.fault import Fault, fault

FAULTS: tuple[Fault, ...] = (
    fault(
        "initialize-without-server-info",
        "lifecycle.initialize-result-matches-schema lifecycle.initialize-answered",
        "Strict clients refuse to connect.",
    ),
    fault(
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
    fault(
        "version-always-newest",
        "lifecycle.same-version-when-supported",
        "Clients of the older revision disconnect although they could be served.",
    ),
    fault(
        "version-echoed",
        "lifecycle.unsupported-version-counter-offer",
        "Clients rely on a revision the server has never heard of.",
    ),
    fault(
        "later-notification-sent",
        "lifecycle.negotiated-version-respected",
        "Strict clients of the older revision end the connection at a message they do not know.",
        revision="2025-06-18",
    ),
    fault(
        "ping-not-empty",
        "ping.result-empty",
        "Strict clients take the connection as broken.",
    ),
    fault(
        "ping-refused",
        "ping.answered-promptly",
        "Clients take the connection as dead and drop it.",
        "ping.result-empty",
    ),
)
