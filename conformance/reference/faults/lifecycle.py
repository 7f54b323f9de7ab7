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
        "completion.unsupported-code lifecycle.initialize-result-matches-schema prompts.capability-declared"
        " resources.capability-declared tools.capability-declared",
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
