"""HTTP+SSE, the transport of 2024-11-05."""

from conformance.reference.faults.fault import Fault, fault

FAULTS: tuple[Fault, ...] = (
    fault(
        "sse-as-text",
        "legacy-sse.stream-content-type",
        "Clients do not read the stream.",
        "*",
        profile="sse",
        revision="2024-11-05",
    ),
    fault(
        "sse-endpoint-unnamed",
        "legacy-sse.endpoint-event-sent",
        "Clients never learn where to send their messages.",
        "*",
        options=("--request-timeout=1",),
        profile="sse",
        revision="2024-11-05",
    ),
    fault(
        "sse-endpoint-gone",
        "legacy-sse.two-endpoints legacy-sse.posts-accepted-at-announced-uri",
        "Clients connect and can say nothing.",
        "*",
        profile="sse",
        revision="2024-11-05",
    ),
    fault(
        "sse-event-before-endpoint",
        "legacy-sse.endpoint-event-first",
        "Clients do not recognize the transport.",
        profile="sse",
        revision="2024-11-05",
    ),
    fault(
        "sse-ping-refused",
        "legacy-sse.posts-accepted-at-announced-uri",
        "Messages of clients are lost.",
        profile="sse",
        revision="2024-11-05",
    ),
    fault(
        "sse-answer-in-body",
        "legacy-sse.server-messages-as-message-events",
        "Clients wait on the stream for an answer that came elsewhere.",
        options=("--request-timeout=0.5",),
        profile="sse",
        revision="2024-11-05",
    ),
    fault(
        "sse-answers-named-response",
        "legacy-sse.server-messages-as-message-events",
        "Clients that listen for message events hear no answer.",
        profile="sse",
        revision="2024-11-05",
    ),
    fault(
        "foreign-origin-served-over-sse",
        "legacy-sse.origin-validated",
        "A web page that the user visits can call the tools of a local server.",
        profile="sse",
        revision="2024-11-05",
    ),
    fault(
        "sse-bound-to-every-interface",
        "legacy-sse.binds-localhost-when-local",
        "Everybody in the same network can use the tools of the user.",
        profile="sse",
        revision="2024-11-05",
    ),
    fault(
        "sse-messages-without-token",
        "legacy-sse.connections-authenticated",
        "Who knows the address of a session can call tools in the name of its user.",
        revision="2024-11-05",
        options=("--transport=http+sse", "--target-url={server.sse_url}"),
    ),
)
