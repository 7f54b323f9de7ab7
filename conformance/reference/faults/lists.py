"""Lists of resources, prompts and tools, and their pages."""

from functools import partial

from conformance.reference.faults.fault import Fault, fault

_fault = partial(fault, profile="open")
_process = partial(fault, revision="2026-07-28", profile="modern-stdio")

FAULTS: tuple[Fault, ...] = (
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
        "completion.resource-reference-accepted resources.uri-template-valid",
    ),
    _fault(
        "prompts-list-invalid",
        "prompts.list-result-matches-schema",
        "Clients refuse the whole list because of one prompt.",
        "completion.prompt-reference-accepted prompts.arguments-validated"
        " prompts.embedded-resource-has-mime-type prompts.embedded-resource-text-or-blob"
        " prompts.embedded-resource-uri-valid prompts.get-result-matches-schema prompts.image-base64"
        " prompts.image-mime-type-valid prompts.missing-argument-code",
    ),
    _fault(
        "resources-list-refused",
        "resources.list-answered",
        "Clients show an error where the server promised resources.",
        "resources.annotations-match-schema resources.binary-base64 resources.last-modified-iso8601"
        " resources.list-result-matches-schema resources.listed-resources-readable"
        " resources.read-result-matches-schema resources.size-matches-content resources.subscribe-answered"
        " resources.text-only-for-textual-content resources.unsubscribe-answered"
        " resources.updated-notification-matches-schema resources.updates-notified"
        " resources.updates-only-when-subscribed resources.updates-stop-after-unsubscribe resources.uri-unique",
    ),
    _fault(
        "prompts-list-refused",
        "prompts.list-answered",
        "Clients show an error where the server promised prompts.",
        "completion.prompt-reference-accepted prompts.arguments-validated"
        " prompts.embedded-resource-has-mime-type prompts.embedded-resource-text-or-blob"
        " prompts.embedded-resource-uri-valid prompts.get-result-matches-schema prompts.image-base64"
        " prompts.image-mime-type-valid prompts.list-result-matches-schema prompts.missing-argument-code"
        " prompts.name-unique",
    ),
    _fault(
        "tools-list-refused",
        "tools.list-answered",
        "Nobody can use a tool, for none can be found.",
        "jsonrpc.server-request-id-is-string-or-integer jsonrpc.server-request-id-not-null"
        " jsonrpc.server-request-id-not-reused meta.key-name-well-formed meta.key-prefix-reverse-dns"
        " meta.key-prefix-well-formed meta.reserved-prefixes-not-used"
        " pagination.cursor-continues-list pagination.cursors-stable pagination.invalid-cursor-code"
        " pagination.next-cursor-when-more pagination.walk-ends-without-repeats prompts.list-changed-notified"
        " resources.list-changed-notified tools.binary-content-base64 tools.call-result-matches-schema"
        " tools.dialect-2020-12-supported tools.embedded-resources-imply-capability"
        " tools.execution-errors-in-result tools.input-schema-is-object-schema"
        " tools.input-validation-error-in-result tools.inputs-validated tools.list-changed-notified"
        " tools.list-result-matches-schema tools.name-allowed-characters tools.name-case-sensitive"
        " tools.name-length tools.name-no-spaces-or-punctuation tools.name-unique"
        " tools.output-schema-root-object tools.schemas-valid-in-their-dialect"
        " tools.structured-content-conforms tools.structured-content-is-object"
        " tools.structured-content-mirrored-as-text tools.structured-content-present",
    ),
    _fault(
        "cursor-repeats-page",
        "pagination.cursor-continues-list pagination.walk-ends-without-repeats",
        "Clients fetch the same page for ever and never see the other tools.",
        "prompts.list-changed-notified resources.list-changed-notified tools.list-changed-notified tools.name-unique",
    ),
    _fault(
        "next-cursor-null",
        "pagination.next-cursor-is-string tools.list-result-matches-schema",
        "Strict clients refuse the last page.",
    ),
    _fault(
        "tools-undeclared",
        "tools.capability-declared lifecycle.implemented-features-advertised",
        "Clients never ask for the tools.",
        "jsonrpc.server-request-id-is-string-or-integer jsonrpc.server-request-id-not-null"
        " jsonrpc.server-request-id-not-reused pagination.cursor-continues-list pagination.cursors-stable"
        " pagination.invalid-cursor-code pagination.next-cursor-when-more pagination.walk-ends-without-repeats"
        " prompts.list-changed-notified resources.list-changed-notified tools.binary-content-base64"
        " tools.call-result-matches-schema tools.dialect-2020-12-supported"
        " tools.embedded-resources-imply-capability tools.execution-errors-in-result"
        " tools.input-schema-is-object-schema tools.input-validation-error-in-result tools.inputs-validated"
        " tools.list-answered tools.list-changed-notified tools.list-result-matches-schema"
        " tools.malformed-call-is-protocol-error tools.name-allowed-characters tools.name-case-sensitive"
        " tools.name-length tools.name-no-spaces-or-punctuation tools.name-unique tools.output-schema-root-object"
        " tools.schemas-valid-in-their-dialect tools.structured-content-conforms"
        " tools.structured-content-is-object tools.structured-content-mirrored-as-text"
        " tools.structured-content-present tools.unknown-tool-code tools.unknown-tool-is-protocol-error",
    ),
    _fault(
        "resources-undeclared",
        "lifecycle.implemented-features-advertised lifecycle.undeclared-server-capabilities-not-used"
        " resources.capability-declared tools.embedded-resources-imply-capability",
        "Clients never ask for the resources.",
        "completion.resource-reference-accepted resources.annotations-match-schema resources.binary-base64"
        " resources.custom-schemes-follow-rfc3986 resources.internal-error-code resources.last-modified-iso8601"
        " resources.list-answered resources.list-changed-notified resources.list-result-matches-schema"
        " resources.listed-resources-readable resources.not-found-code resources.not-found-is-error"
        " resources.read-result-matches-schema resources.size-matches-content resources.subscribe-answered"
        " resources.templates-list-result-matches-schema resources.text-only-for-textual-content"
        " resources.unsubscribe-answered resources.updated-notification-matches-schema resources.updates-notified"
        " resources.updates-only-when-subscribed resources.updates-stop-after-unsubscribe"
        " resources.uri-template-valid resources.uri-unique resources.uri-valid resources.uris-validated",
    ),
    _fault(
        "prompts-undeclared",
        "lifecycle.implemented-features-advertised lifecycle.undeclared-server-capabilities-not-used"
        " prompts.capability-declared",
        "Clients never ask for the prompts.",
        "completion.prompt-reference-accepted prompts.arguments-validated prompts.embedded-resource-has-mime-type"
        " prompts.embedded-resource-text-or-blob prompts.embedded-resource-uri-valid"
        " prompts.get-result-matches-schema prompts.image-base64 prompts.image-mime-type-valid"
        " prompts.internal-error-code prompts.list-answered prompts.list-changed-notified"
        " prompts.list-result-matches-schema prompts.missing-argument-code prompts.name-unique"
        " prompts.unknown-name-code",
    ),
    _fault(
        "cursor-works-once",
        "pagination.cursors-stable",
        "Clients that try again after a lost answer lose the rest of the list.",
    ),
    _fault(
        "long-cursor-breaks-list",
        "pagination.invalid-cursor-graceful",
        "One broken client takes the list from everybody.",
    ),
    _fault(
        "next-cursor-missing",
        "pagination.next-cursor-when-more",
        "Clients never see the other half of the tools.",
        "pagination.cursor-continues-list pagination.cursors-stable pagination.invalid-cursor-code"
        " pagination.walk-ends-without-repeats prompts.list-changed-notified resources.list-changed-notified"
        " tools.binary-content-base64 tools.embedded-resources-imply-capability"
        " tools.execution-errors-in-result tools.list-changed-notified",
    ),
    _fault("change-of-tools-untold", "tools.list-changed-notified", "Clients go on offering tools that are gone."),
    _fault("change-of-resources-untold", "resources.list-changed-notified", "Users never see new resources."),
    _fault("change-of-prompts-untold", "prompts.list-changed-notified", "Users never see new prompts."),
    _process(
        "tools-by-process",
        "tools.list-same-across-connections",
        "Clients cannot call on one connection what another one showed them.",
        "tools.list-unaffected-by-other-requests",
    ),
    _process(
        "resources-by-process",
        "resources.list-same-across-connections resources.listed-resources-readable",
        "Clients cannot read on one connection what another one showed them.",
        "resources.list-unaffected-by-other-requests",
    ),
    _process(
        "prompts-by-process",
        "prompts.list-same-across-connections",
        "Clients cannot get on one connection what another one showed them.",
        "prompts.list-unaffected-by-other-requests",
    ),
    _process(
        "failed-call-shows-tool",
        "tools.list-unaffected-by-other-requests",
        "What a model may use depends on what it did before.",
    ),
    _process(
        "failed-read-shows-resource",
        "resources.list-unaffected-by-other-requests",
        "What users see depends on what they did before.",
    ),
    _process(
        "failed-get-shows-prompt",
        "prompts.list-unaffected-by-other-requests",
        "What users can choose depends on what they did before.",
    ),
    fault(
        "tools-shuffled",
        "tools.list-order-deterministic",
        "Models read the tools anew each time, for nothing in their cache fits.",
        revision="2026-07-28",
        profile="modern",
    ),
)
