"""Tools."""

from conformance.reference.faults.fault import Fault, fault

FAULTS: tuple[Fault, ...] = (
    fault(
        "tool-without-input-schema",
        "tools.input-schema-is-object-schema tools.list-result-matches-schema",
        "Clients refuse the whole tool list because of one tool.",
        "tools.call-result-matches-schema tools.structured-content-is-object",
    ),
    fault(
        "tool-schema-not-object",
        "tools.input-schema-is-object-schema tools.list-result-matches-schema",
        "Models cannot build arguments, and clients refuse the tool list.",
        "tools.call-result-matches-schema tools.structured-content-is-object",
    ),
    fault(
        "output-schema-not-object",
        "tools.list-result-matches-schema tools.output-schema-root-object tools.structured-content-conforms",
        "Clients refuse the whole tool list because of one tool.",
    ),
    fault(
        "tool-description-number",
        "tools.list-result-matches-schema",
        "Clients refuse the whole tool list because of one tool.",
    ),
    fault(
        "tool-name-duplicate",
        "tools.name-unique",
        "Users approve one tool and call another.",
    ),
    fault(
        "tool-schema-invalid",
        "tools.schemas-valid-in-their-dialect",
        "Model providers refuse the tool, and clients cannot check arguments.",
        "tools.call-result-matches-schema tools.structured-content-is-object",
    ),
    fault(
        "call-result-without-content",
        "tools.call-result-matches-schema",
        "Clients that show the content crash.",
    ),
    fault(
        "structured-content-missing",
        "tools.structured-content-present",
        "Programs that rely on the promised data get none.",
        "tools.structured-content-conforms tools.structured-content-is-object",
    ),
    fault(
        "structured-content-mismatch",
        "tools.structured-content-conforms",
        "Programs that rely on the promised shape crash.",
    ),
    fault(
        "structured-content-array",
        "tools.structured-content-conforms tools.structured-content-is-object",
        "Strict clients refuse the result.",
    ),
    fault(
        "unknown-tool-is-result",
        "tools.unknown-tool-is-protocol-error",
        "Models take a missing tool as one that failed, and try again.",
        "tools.unknown-tool-code",
    ),
    fault(
        "unknown-tool-wrong-code",
        "tools.unknown-tool-code",
        "Clients take one missing tool as missing support for tools.",
    ),
)
