"""Tools."""

from functools import partial

from conformance.reference.faults.fault import Fault, fault

_fault = partial(fault, profile="open")

FAULTS: tuple[Fault, ...] = (
    _fault(
        "tool-without-input-schema",
        "tools.input-schema-is-object-schema tools.list-result-matches-schema",
        "Clients refuse the whole tool list because of one tool.",
        "tools.call-result-matches-schema tools.input-validation-error-in-result tools.inputs-validated"
        " tools.structured-content-is-object tools.structured-content-mirrored-as-text",
    ),
    _fault(
        "tool-schema-not-object",
        "tools.input-schema-is-object-schema tools.list-result-matches-schema",
        "Models cannot build arguments, and clients refuse the tool list.",
        "tools.call-result-matches-schema tools.input-validation-error-in-result tools.inputs-validated"
        " tools.structured-content-is-object tools.structured-content-mirrored-as-text",
    ),
    _fault(
        "output-schema-not-object",
        "tools.list-result-matches-schema tools.output-schema-root-object tools.structured-content-conforms",
        "Clients refuse the whole tool list because of one tool.",
    ),
    _fault(
        "tool-description-number",
        "tools.list-result-matches-schema",
        "Clients refuse the whole tool list because of one tool.",
    ),
    _fault(
        "tool-name-duplicate",
        "tools.name-unique",
        "Users approve one tool and call another.",
    ),
    _fault(
        "tool-schema-invalid",
        "tools.schemas-valid-in-their-dialect",
        "Model providers refuse the tool, and clients cannot check arguments.",
        "tools.call-result-matches-schema tools.input-validation-error-in-result tools.inputs-validated"
        " tools.structured-content-is-object tools.structured-content-mirrored-as-text",
    ),
    _fault(
        "call-result-without-content",
        "tools.call-result-matches-schema tools.structured-content-mirrored-as-text",
        "Clients that show the content crash.",
        "tools.binary-content-base64 tools.embedded-resources-imply-capability",
    ),
    _fault(
        "structured-content-missing",
        "tools.structured-content-present",
        "Programs that rely on the promised data get none.",
        "tools.structured-content-conforms tools.structured-content-is-object"
        " tools.structured-content-mirrored-as-text",
    ),
    _fault(
        "structured-content-mismatch",
        "tools.structured-content-conforms tools.structured-content-mirrored-as-text",
        "Programs that rely on the promised shape crash.",
    ),
    _fault(
        "structured-content-array",
        "tools.structured-content-conforms tools.structured-content-is-object"
        " tools.structured-content-mirrored-as-text",
        "Strict clients refuse the result.",
    ),
    _fault(
        "unknown-tool-is-result",
        "tools.unknown-tool-is-protocol-error",
        "Models take a missing tool as one that failed, and try again.",
        "tools.unknown-tool-code",
    ),
    _fault(
        "unknown-tool-wrong-code",
        "tools.unknown-tool-code",
        "Clients take one missing tool as missing support for tools.",
    ),
    fault(
        "network-ref-listed",
        "tools.no-network-ref-dereferencing",
        "Whoever reads the list may be made to fetch from inside of a network.",
        "tools.call-result-matches-schema tools.input-validation-error-in-result tools.inputs-validated"
        " tools.schemas-valid-in-their-dialect tools.structured-content-mirrored-as-text"
        " tools.unresolved-external-ref-rejected",
        revision="2026-07-28",
        profile="modern",
    ),
    fault(
        "external-ref-accepted",
        "tools.no-network-ref-dereferencing tools.unresolved-external-ref-rejected",
        "A tool runs with arguments that nobody could check.",
        "tools.call-result-matches-schema tools.input-validation-error-in-result tools.inputs-validated"
        " tools.schemas-valid-in-their-dialect tools.structured-content-mirrored-as-text",
        revision="2026-07-28",
        profile="modern",
    ),
)
