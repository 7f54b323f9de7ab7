"""Lists of resources, prompts and tools, and their pages."""

from conformance.reference.faults.fault import Fault, fault

FAULTS: tuple[Fault, ...] = (
    fault(
        "resource-uri-duplicate",
        "resources.uri-unique",
        "Clients show a resource twice and cannot tell the two apart.",
    ),
    fault(
        "prompt-name-duplicate",
        "prompts.name-unique",
        "Clients cannot tell the two prompts apart.",
    ),
    fault(
        "cursor-ignored",
        "pagination.invalid-cursor-code",
        "A client with an outdated cursor starts over without knowing.",
    ),
    fault(
        "resources-list-invalid",
        "resources.list-result-matches-schema",
        "Clients refuse the whole list because of one resource.",
    ),
    fault(
        "templates-list-invalid",
        "resources.templates-list-result-matches-schema",
        "Clients refuse the whole list because of one template.",
    ),
    fault(
        "prompts-list-invalid",
        "prompts.list-result-matches-schema",
        "Clients refuse the whole list because of one prompt.",
    ),
    fault(
        "resources-list-refused",
        "resources.list-answered",
        "Clients show an error where the server promised resources.",
        "resources.list-result-matches-schema resources.uri-unique",
    ),
    fault(
        "prompts-list-refused",
        "prompts.list-answered",
        "Clients show an error where the server promised prompts.",
        "prompts.list-result-matches-schema prompts.name-unique",
    ),
    fault(
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
    fault(
        "cursor-repeats-page",
        "pagination.cursor-continues-list pagination.walk-ends-without-repeats",
        "Clients fetch the same page for ever and never see the other tools.",
        "tools.name-unique",
    ),
    fault(
        "next-cursor-null",
        "pagination.next-cursor-is-string tools.list-result-matches-schema",
        "Strict clients refuse the last page.",
    ),
    fault(
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
    fault(
        "resources-undeclared",
        "resources.capability-declared",
        "Clients never ask for the resources.",
        "resources.list-answered resources.list-result-matches-schema"
        " resources.templates-list-result-matches-schema resources.uri-unique",
    ),
    fault(
        "prompts-undeclared",
        "prompts.capability-declared",
        "Clients never ask for the prompts.",
        "prompts.list-answered prompts.list-result-matches-schema prompts.name-unique",
    ),
)
