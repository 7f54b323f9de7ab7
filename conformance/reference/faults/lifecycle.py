"""Handshake and ping."""

from conformance.reference.faults.fault import Fault, fault

FAULTS: tuple[Fault, ...] = (
    fault(
        "initialize-without-server-info",
        "lifecycle.initialize-result-matches-schema lifecycle.initialize-answered",
        "Strict clients refuse to connect.",
    ),
    fault(
        "initialize-without-version",
        "lifecycle.initialize-result-matches-schema lifecycle.initialize-answered",
        "Clients do not know which rules hold, and disconnect.",
        "*",
        profile="open",
    ),
    fault(
        "initialized-refused",
        "transport.notification-accepted-202",
        "Clients never get beyond the handshake.",
        "*",
        profile="open",
    ),
    fault(
        "capabilities-null",
        "completion.unsupported-code jsonrpc.unadvertised-feature-method-not-found"
        " lifecycle.implemented-features-advertised lifecycle.initialize-result-matches-schema"
        " prompts.capability-declared resources.capability-declared tools.capability-declared",
        "Clients see a server without any feature, or refuse to connect.",
        "*",
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
        "lifecycle.counter-offer-is-latest",
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
        "ping.answered-before-initialized ping.answered-promptly",
        "Clients take the connection as dead and drop it.",
        "ping.result-empty",
    ),
    fault(
        "initialize-needs-roots",
        "lifecycle.base-protocol-supported lifecycle.initialize-answered",
        "Clients without optional features cannot connect.",
        "*",
        profile="open",
    ),
    fault(
        "counter-offer-oldest",
        "lifecycle.counter-offer-is-latest",
        "Clients that are newer than the server fall back to the oldest revision.",
        profile="open",
    ),
    fault(
        "initialize-crashes-at-unknown-version",
        "lifecycle.negotiation-failures-handled lifecycle.unsupported-version-counter-offer",
        "Clients of a later revision see an outage instead of an offer.",
        "lifecycle.counter-offer-is-latest",
        profile="open",
    ),
    fault(
        "speaks-before-initialize",
        "lifecycle.first-interaction-is-initialization",
        "Clients that expect the answer to initialize first fail to connect.",
        profile="sse",
    ),
    fault(
        "asks-before-initialized",
        "lifecycle.no-requests-before-initialized",
        "Clients that are not ready yet refuse the request, or fail.",
        profile="open",
    ),
    fault(
        "roots-asked-undeclared",
        "lifecycle.undeclared-client-capabilities-not-used roots.capability-checked roots.only-if-declared",
        "Clients without roots get requests they cannot answer.",
        profile="open",
    ),
    fault(
        "ping-refused-during-handshake",
        "ping.answered-before-initialized",
        "Clients that probe the connection while it opens take it as dead.",
        profile="open",
    ),
    fault(
        "timed-out-request-not-cancelled",
        "lifecycle.server-cancels-timed-out-request",
        "Clients go on asking their user for an answer that nobody waits for.",
        profile="impatient",
    ),
    fault(
        "pings-constantly",
        "ping.not-excessive ping.timeout-is-connection-failure",
        "Mobile clients never rest, and logs fill up.",
        profile="impatient",
    ),
    fault(
        "pings-in-vain",
        "ping.timeout-is-connection-failure",
        "Sessions of clients that are long gone stay open until the server runs out of memory.",
        "ping.not-excessive",
        profile="impatient",
    ),
)
