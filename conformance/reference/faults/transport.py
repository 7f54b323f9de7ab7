"""Streamable HTTP."""

from conformance.reference.faults.fault import Fault, fault

FAULTS: tuple[Fault, ...] = (
    fault(
        "notification-204",
        "transport.notification-accepted-202",
        "Strict clients take the notification as lost.",
        "transport.notification-202-has-no-body",
    ),
    fault(
        "notification-202-with-body",
        "transport.notification-202-has-no-body",
        "Clients try to read a message that is none.",
    ),
    fault(
        "answer-as-text",
        "transport.request-answered-json-or-sse",
        "Clients refuse the tool list because of its media type.",
    ),
    fault(
        "json-two-messages",
        "transport.json-answer-is-one-message",
        "Clients cannot parse the answer.",
    ),
    fault(
        "sse-not-json",
        "transport.sse-events-carry-messages",
        "Clients fail on an event that is no message.",
    ),
    fault(
        "get-404",
        "transport.get-opens-stream-or-405",
        "Clients take the session as ended and begin again for ever.",
        "transport.get-stream-unrelated-messages transport.message-on-one-stream-only"
        " transport.no-response-on-get-stream",
        profile="open",
    ),
    fault(
        "responses-redirected",
        "transport.single-mcp-endpoint transport.response-accepted-202",
        "Clients that follow no redirects cannot answer the questions of a tool.",
        profile="open",
    ),
    fault(
        "foreign-origin-served",
        "transport.origin-validated transport.origin-validated-on-every-connection transport.invalid-origin-403",
        "A web page that the user visits can call the tools of a local server.",
        profile="open",
    ),
    fault(
        "foreign-origin-served-without-message",
        "transport.origin-validated-on-every-connection",
        "A web page that the user visits can open sessions, listen to the server and end sessions.",
        profile="open",
    ),
    fault(
        "foreign-origin-400",
        "transport.invalid-origin-403",
        "Users look for a malformed request where their browser was turned away.",
        profile="open",
    ),
    fault(
        "bound-to-every-interface",
        "transport.binds-localhost-when-local",
        "Everybody in the same network can use the tools of the user.",
        profile="open",
    ),
    fault(
        "response-answered",
        "transport.response-accepted-202",
        "Clients take the answer to their answer for a message.",
        profile="open",
    ),
    fault(
        "notification-refused-with-200",
        "transport.refused-message-http-error",
        "Clients believe that their notification was taken.",
        "transport.refusal-body-optional",
        profile="open",
    ),
    fault(
        "notification-refused-with-id",
        "transport.refusal-body-optional",
        "Clients take the refusal as the answer to a request of theirs.",
        profile="open",
    ),
    fault(
        "version-header-ignored",
        "transport.unsupported-version-header-400",
        "Clients are answered in a revision they do not speak.",
        profile="open",
    ),
    fault(
        "version-header-required",
        "transport.missing-version-header-assumed",
        "Clients of 2025-03-26 cannot use the server.",
        profile="open",
    ),
    fault(
        "stream-left-open",
        "transport.sse-closes-after-response",
        "Connections pile up until clients or server run out of them.",
        profile="open",
    ),
    fault(
        "stream-ends-without-response",
        "transport.sse-delivers-response transport.sse-early-disconnect-after-event-id transport.sse-priming-event",
        "Users never see the result of a tool.",
        "tools.call-result-matches-schema tools.structured-content-is-object"
        " tools.structured-content-mirrored-as-text transport.sse-closes-after-response",
        profile="open",
    ),
    fault(
        "stream-closed-early",
        "transport.sse-not-closed-before-response",
        "Clients that do not resume streams lose the result.",
        profile="open",
        revision="2025-06-18",
    ),
    fault(
        "stream-without-priming",
        "transport.sse-priming-event",
        "Clients that lose the connection at once cannot resume.",
        profile="open",
    ),
    fault(
        "stream-without-retry",
        "transport.sse-retry-before-disconnect",
        "Clients come back at once, again and again, for a result that takes its time.",
        profile="open",
    ),
    fault(
        "list-changed-on-post-stream",
        "transport.post-stream-messages-related",
        "Clients miss a change that was told on the stream of another request.",
        profile="open",
    ),
    fault(
        "response-sent-again",
        "jsonrpc.one-response-per-request transport.interleaved-messages-legal transport.replay-stays-within-stream",
        "Clients match a response to the wrong request.",
        profile="open",
    ),
    fault(
        "event-ids-repeat",
        "transport.event-ids-unique",
        "Clients resume the wrong stream, or miss messages as known.",
        profile="open",
    ),
    fault(
        "progress-on-get-stream",
        "transport.get-stream-unrelated-messages",
        "Clients that do not listen never see how far a tool is.",
        profile="open",
    ),
    fault(
        "response-on-get-stream",
        "jsonrpc.one-response-per-request transport.no-response-on-get-stream",
        "Clients see a response they did not wait for there.",
        profile="open",
    ),
    fault(
        "message-on-every-stream",
        "transport.message-on-one-stream-only",
        "Clients act on the same notification several times.",
        profile="open",
    ),
    fault(
        "resumption-crash",
        "transport.resume-replays-missed-messages transport.sse-delivers-response",
        "Users lose the result of a tool when the connection breaks.",
        "transport.event-ids-identify-stream transport.replay-stays-within-stream",
        profile="open",
    ),
    fault(
        "resumption-of-the-newest",
        "transport.event-ids-identify-stream",
        "Clients with two streams can take up one of them only.",
        profile="open",
    ),
    fault(
        "replay-of-all-streams",
        "transport.replay-stays-within-stream",
        "Clients see results and progress of other requests again.",
        profile="open",
    ),
    fault(
        "stream-buffered-by-proxies",
        "transport.sse-disables-proxy-buffering",
        "Users behind a proxy see no progress until the end.",
        revision="2026-07-28",
        profile="modern",
    ),
)
