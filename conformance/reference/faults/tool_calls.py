"""Names of tools, and calls of tools."""

from functools import partial

from conformance.reference.faults.fault import Fault, fault

_fault = partial(fault, profile="open")

FAULTS: tuple[Fault, ...] = (
    _fault("tool-name-too-long", "tools.name-length", "Model providers that limit names refuse the tool."),
    _fault(
        "tool-name-not-ascii",
        "tools.name-allowed-characters",
        "Model providers that allow plain names only refuse the tool.",
    ),
    _fault(
        "tool-name-with-space",
        "tools.name-allowed-characters tools.name-no-spaces-or-punctuation",
        "Clients that separate names by spaces call another tool.",
    ),
    _fault(
        "tool-names-any-case",
        "tools.name-case-sensitive",
        "Users who forbid a tool find it called under another spelling.",
    ),
    _fault(
        "tool-arguments-unchecked",
        "tools.dialect-2020-12-supported tools.inputs-validated",
        "A tool works with arguments it was never written for.",
        "tools.input-validation-error-in-result",
    ),
    _fault(
        "schema-references-ignored",
        "tools.dialect-2020-12-supported",
        "Arguments that the schema forbids reach the tool.",
    ),
    _fault(
        "schema-keywords-lost",
        "tools.dialect-2020-12-supported",
        "Models and clients never learn what the tool demands of its arguments.",
    ),
    _fault(
        "malformed-call-is-result",
        "tools.malformed-call-is-protocol-error",
        "Clients show a defect of their own as an answer of the tool.",
    ),
    _fault(
        "argument-error-is-protocol-error",
        "tools.input-validation-error-in-result",
        "Models never learn what was wrong with their arguments.",
    ),
    _fault(
        "tool-error-is-protocol-error",
        "tools.execution-errors-in-result",
        "Models never learn why the tool failed.",
    ),
    _fault(
        "tool-image-not-base64",
        "tools.binary-content-base64 tools.call-result-matches-schema",
        "Clients cannot show the picture.",
    ),
    _fault(
        "structured-content-not-in-text",
        "tools.structured-content-mirrored-as-text",
        "Models behind older clients never see the data.",
    ),
    fault(
        "deep-arguments-crash",
        "stdio.may-shut-down tools.schema-validation-bounded",
        "One call with odd arguments takes the server from everybody.",
        revision="2026-07-28",
        profile="modern-stdio",
        options=("--stress",),
    ),
)
