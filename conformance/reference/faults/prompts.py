"""Prompts, and completion of their arguments."""

from functools import partial

from conformance.reference.faults.fault import Fault, fault

_fault = partial(fault, profile="open")

FAULTS: tuple[Fault, ...] = (
    _fault(
        "prompt-content-array",
        "prompts.get-result-matches-schema",
        "Clients refuse the prompt.",
        "prompts.embedded-resource-has-mime-type prompts.embedded-resource-text-or-blob"
        " prompts.embedded-resource-uri-valid prompts.image-base64 prompts.image-mime-type-valid",
    ),
    _fault(
        "prompt-image-not-base64",
        "prompts.get-result-matches-schema prompts.image-base64",
        "Clients cannot show the picture.",
    ),
    _fault("prompt-image-type-wrong", "prompts.image-mime-type-valid", "Model providers refuse the picture."),
    _fault(
        "prompt-audio-not-base64",
        "prompts.audio-base64 prompts.get-result-matches-schema",
        "Clients cannot play the sound.",
        "prompts.audio-mime-type-valid",
    ),
    _fault(
        "prompt-audio-type-wrong",
        "prompts.audio-mime-type-valid",
        "Model providers refuse the sound.",
        "prompts.audio-base64",
    ),
    _fault(
        "prompt-resource-uri-relative",
        "prompts.embedded-resource-uri-valid prompts.get-result-matches-schema resources.uri-valid",
        "Clients cannot tell where the text is from.",
    ),
    _fault(
        "prompt-resource-without-type",
        "prompts.embedded-resource-has-mime-type",
        "Clients guess how to show the resource.",
    ),
    _fault(
        "prompt-resource-blob-not-base64",
        "prompts.embedded-resource-text-or-blob prompts.get-result-matches-schema",
        "Clients cannot decode the resource.",
    ),
    _fault("unknown-prompt-is-result", "prompts.unknown-name-code", "Models get an empty prompt in place of an error."),
    _fault(
        "prompt-argument-missing-accepted",
        "prompts.missing-argument-code",
        "Users get a prompt with holes instead of being asked.",
    ),
    _fault(
        "prompt-arguments-unchecked",
        "prompts.arguments-validated",
        "What is no text ends up in the prompt.",
    ),
    _fault(
        "prompt-changes-undeclared",
        "prompts.capability-negotiation-respected lifecycle.undeclared-server-capabilities-not-used",
        "Clients are told what they did not agree to hear.",
        "prompts.list-changed-notified",
    ),
    _fault(
        "internal-error-wrong-code",
        "completion.internal-error-code prompts.internal-error-code resources.internal-error-code",
        "Clients blame the user for a failure of the server.",
    ),
    _fault(
        "completions-undeclared",
        "completion.capability-declared completion.unsupported-code",
        "Clients never ask for completion.",
        "completion.at-most-100-values completion.context-accepted completion.has-more-consistent"
        " completion.inputs-validated completion.internal-error-code completion.missing-argument-code"
        " completion.prompt-reference-accepted completion.resource-reference-accepted"
        " completion.result-matches-schema completion.unknown-prompt-code",
    ),
    _fault(
        "completion-values-numbers",
        "completion.result-matches-schema",
        "Clients refuse the suggestions.",
        "completion.has-more-consistent",
    ),
    _fault("completion-values-too-many", "completion.at-most-100-values", "Clients refuse the suggestions."),
    _fault(
        "completion-total-too-small",
        "completion.has-more-consistent",
        "Users believe they have seen every suggestion.",
    ),
    _fault(
        "completion-for-prompts-refused",
        "completion.prompt-reference-accepted",
        "Users get no suggestions for prompts.",
        "completion.internal-error-code",
    ),
    _fault(
        "completion-for-templates-refused",
        "completion.resource-reference-accepted",
        "Users get no suggestions for resources.",
    ),
    _fault(
        "completion-context-refused",
        "completion.context-accepted",
        "Clients that tell what they know get no suggestions.",
    ),
    _fault(
        "completion-unknown-prompt-empty",
        "completion.unknown-prompt-code",
        "Clients cannot tell a wrong name from a prompt without suggestions.",
    ),
    _fault(
        "completion-parts-optional",
        "completion.missing-argument-code",
        "Mistakes in clients stay unnoticed.",
    ),
    _fault(
        "completion-nonsense-completed",
        "completion.inputs-validated completion.unknown-prompt-code",
        "Users get suggestions that do not fit.",
    ),
)
