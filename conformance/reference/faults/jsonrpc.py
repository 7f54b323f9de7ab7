"""The message format."""

from conformance.reference.faults.fault import Fault, fault

FAULTS: tuple[Fault, ...] = (
    fault(
        "answer-in-batch",
        "jsonrpc.batches-not-sent",
        "Clients of revisions without batches cannot read the answer.",
    ),
    fault(
        "notification-with-id",
        "jsonrpc.notifications-have-no-id",
        "Clients take the notification for a request and answer it.",
    ),
    fault(
        "jsonrpc-1",
        "jsonrpc.messages-well-formed",
        "Strict clients drop the message and wait for ever.",
    ),
    fault(
        "invalid-utf8",
        "jsonrpc.messages-are-utf8",
        "Clients cannot decode the message and drop the connection.",
    ),
    fault(
        "id-as-string",
        "jsonrpc.response-echoes-request-id",
        "Clients cannot match the answer to their request and wait for ever.",
    ),
    fault(
        "error-id-null",
        "jsonrpc.error-response-echoes-id",
        "Clients never learn that their request failed.",
    ),
    fault(
        "error-without-message",
        "jsonrpc.error-has-code-and-message",
        "Users see an empty error.",
    ),
    fault(
        "error-code-string",
        "jsonrpc.error-code-is-integer tools.unknown-tool-code",
        "Strict clients drop the error and wait for ever.",
    ),
    fault(
        "result-and-error",
        "jsonrpc.response-not-both-result-and-error jsonrpc.messages-well-formed",
        "Some clients see success where others see failure.",
    ),
    fault(
        "empty-response",
        "jsonrpc.messages-well-formed jsonrpc.response-has-result-or-error ping.answered-before-initialized"
        " ping.answered-promptly ping.result-empty",
        "Clients cannot tell success from failure.",
    ),
    fault(
        "result-null",
        "jsonrpc.result-is-object ping.answered-before-initialized ping.result-empty",
        "Clients that look into the result crash.",
    ),
    fault(
        "unknown-method-wrong-code",
        "jsonrpc.unknown-method-not-found",
        "Clients take a missing feature as an outage.",
    ),
    fault(
        "unknown-method-result",
        "jsonrpc.unknown-method-not-found",
        "Clients believe in features that do not exist.",
        "jsonrpc.error-response-echoes-id",
    ),
    fault(
        "malformed-json-wrong-code",
        "jsonrpc.malformed-json-code",
        "Client authors look for their mistake in the server.",
    ),
    fault(
        "invalid-request-wrong-code",
        "jsonrpc.invalid-request-code",
        "Client authors look for their mistake in the server.",
    ),
    fault(
        "notification-answered",
        "jsonrpc.no-reply-to-notifications jsonrpc.one-response-per-request transport.notification-accepted-202",
        "Clients receive an answer to nothing they asked.",
        "transport.notification-202-has-no-body",
    ),
    fault(
        "unreadable-id-invented",
        "jsonrpc.unreadable-id-not-invented",
        "A request that went well is shown to have failed, because the error bears its id.",
        profile="open",
    ),
    fault(
        "error-message-with-stack-trace",
        "jsonrpc.error-message-is-concise",
        "Users are shown a page of source code instead of what went wrong.",
        profile="open",
    ),
    fault(
        "charset-latin-1",
        "jsonrpc.messages-are-utf8",
        "Clients that believe the header garble every letter beyond ASCII.",
        profile="open",
    ),
    fault(
        "answered-twice",
        "jsonrpc.one-response-per-request transport.interleaved-messages-legal",
        "Clients take the second answer for that of another request, or drop the connection.",
        profile="open",
    ),
    fault(
        "undeclared-completions-wrong-code",
        "jsonrpc.unadvertised-feature-method-not-found",
        "Clients take a feature that is not there for one that is broken, and try again.",
        "*",
        profile="open",
    ),
    fault(
        "malformed-params-wrong-code",
        "jsonrpc.malformed-params-code",
        "Client authors look for their mistake in the server.",
        profile="open",
    ),
    fault(
        "server-request-id-fraction",
        "jsonrpc.server-request-id-is-string-or-integer",
        "Clients that read ids as integers cannot answer.",
        profile="open",
    ),
    fault(
        "server-request-id-null",
        "jsonrpc.server-request-id-not-null",
        "Clients take the request for a broken answer, so that it is never answered.",
        profile="open",
    ),
    fault(
        "server-request-id-reused",
        "jsonrpc.server-request-id-not-reused",
        "The answer to one request is taken for the answer to another.",
        profile="open",
    ),
    fault(
        "batch-of-any-revision",
        "jsonrpc.batches-not-sent",
        "Clients of revisions without batches rely on what other servers do not have.",
        profile="open",
    ),
    fault(
        "batch-refused",
        "jsonrpc.batches-accepted",
        "Clients of 2025-03-26 that bundle their messages cannot use the server.",
        "jsonrpc.batch-answers-every-request",
        revision="2025-03-26",
        profile="open",
    ),
    fault(
        "batch-answered-in-part",
        "jsonrpc.batches-accepted jsonrpc.batch-answers-every-request",
        "Clients wait for ever for the answers that are missing.",
        revision="2025-03-26",
        profile="open",
    ),
    fault(
        "batch-answers-notification",
        "jsonrpc.batch-answers-every-request",
        "Clients cannot match one of the answers with anything they asked.",
        revision="2025-03-26",
        profile="open",
    ),
    fault(
        "batch-of-notifications-answered",
        "jsonrpc.batch-without-requests-202 jsonrpc.messages-well-formed",
        "Clients try to read messages where there are none.",
        revision="2025-03-26",
        profile="open",
    ),
)
