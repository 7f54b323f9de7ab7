"""Sampling."""

from functools import partial

from conformance.reference.faults.fault import Fault, fault

_fault = partial(fault, profile="open")

FAULTS: tuple[Fault, ...] = (
    _fault(
        "sampling-asked-undeclared",
        "lifecycle.undeclared-client-capabilities-not-used sampling.only-if-declared",
        "Clients without a model get requests they cannot answer.",
    ),
    _fault(
        "tools-for-any-model",
        "sampling.tools-only-if-declared",
        "Models are told of tools by clients that do not know how to pass them on, and answer nonsense.",
    ),
    _fault(
        "sample-unchecked",
        "sampling.response-content-validated",
        "A broken answer of the model goes on as if it were a text.",
    ),
    _fault(
        "tool-loop-endless",
        "sampling.tool-loop-bounded",
        "A model that never has enough runs up a bill without end.",
        options=("--stress",),
    ),
    _fault(
        "sampling-without-limit",
        "sampling.request-matches-schema",
        "Strict clients refuse the request, and others pay for an answer of any length.",
    ),
    _fault(
        "sampling-takes-in-context",
        "sampling.context-only-if-declared sampling.context-values-avoided",
        "What one server was told gets to another.",
    ),
    _fault(
        "tool-results-mixed",
        "sampling.tool-results-not-mixed",
        "Providers of models refuse the conversation.",
    ),
    _fault(
        "tool-results-late",
        "sampling.tool-uses-balanced",
        "Providers of models refuse the conversation.",
    ),
    _fault(
        "tool-result-of-nothing",
        "sampling.tool-result-ids-match",
        "The model takes a result for that of another tool.",
    ),
)
