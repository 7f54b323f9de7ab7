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
        "completion.at-most-100-values completion.capability-declared completion.context-accepted"
        " completion.has-more-consistent completion.inputs-validated completion.internal-error-code"
        " completion.missing-argument-code completion.prompt-reference-accepted"
        " completion.resource-reference-accepted completion.result-matches-schema"
        " completion.unknown-prompt-code jsonrpc.notifications-have-no-id pagination.cursor-continues-list"
        " pagination.cursors-stable pagination.invalid-cursor-code pagination.invalid-cursor-graceful"
        " pagination.next-cursor-is-string pagination.next-cursor-when-more"
        " pagination.walk-ends-without-repeats prompts.arguments-validated"
        " prompts.embedded-resource-has-mime-type prompts.embedded-resource-text-or-blob"
        " prompts.embedded-resource-uri-valid prompts.get-result-matches-schema prompts.image-base64"
        " prompts.image-mime-type-valid prompts.internal-error-code prompts.list-answered"
        " prompts.list-changed-notified prompts.list-result-matches-schema prompts.missing-argument-code"
        " prompts.name-unique prompts.unknown-name-code resources.annotations-match-schema"
        " resources.binary-base64 resources.custom-schemes-follow-rfc3986 resources.internal-error-code"
        " resources.last-modified-iso8601 resources.list-answered resources.list-changed-notified"
        " resources.list-result-matches-schema resources.listed-resources-readable resources.not-found-code"
        " resources.not-found-is-error resources.read-result-matches-schema resources.size-matches-content"
        " resources.subscribe-answered resources.templates-list-result-matches-schema"
        " resources.text-only-for-textual-content resources.unsubscribe-answered"
        " resources.updated-notification-matches-schema resources.updates-notified"
        " resources.updates-only-when-subscribed resources.updates-stop-after-unsubscribe"
        " resources.uri-template-valid resources.uri-unique resources.uri-valid resources.uris-validated"
        " tools.binary-content-base64 tools.call-result-matches-schema tools.dialect-2020-12-supported"
        " tools.embedded-resources-imply-capability tools.execution-errors-in-result"
        " tools.input-schema-is-object-schema tools.input-validation-error-in-result tools.inputs-validated"
        " tools.list-answered tools.list-changed-notified tools.list-result-matches-schema"
        " tools.malformed-call-is-protocol-error tools.name-allowed-characters tools.name-case-sensitive"
        " tools.name-length tools.name-no-spaces-or-punctuation tools.name-unique"
        " tools.output-schema-root-object tools.schemas-valid-in-their-dialect"
        " tools.structured-content-conforms tools.structured-content-is-object"
        " tools.structured-content-mirrored-as-text tools.structured-content-present tools.unknown-tool-code"
        " tools.unknown-tool-is-protocol-error transport.sse-events-carry-messages",
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
