"""Progress of requests."""

from functools import partial

from conformance.reference.faults.fault import Fault, fault

_fault = partial(fault, profile="open")

FAULTS: tuple[Fault, ...] = (
    _fault("progress-as-text", "progress.notification-matches-schema", "Clients refuse the notification."),
    _fault(
        "progress-token-as-text",
        "progress.only-active-tokens transport.post-stream-messages-related",
        "Clients do not recognise the progress of their request.",
    ),
    _fault(
        "progress-without-token",
        "progress.only-active-tokens transport.post-stream-messages-related",
        "Clients that want no progress do not know what to do with it.",
    ),
    _fault("progress-repeated", "progress.increases", "Users see no progress and give up."),
    _fault(
        "progress-after-response",
        "progress.stops-after-completion",
        "Clients that have forgotten the request fail at its progress.",
    ),
    _fault(
        "progress-unlimited",
        "progress.rate-limited",
        "The client is busy with drawing bars.",
        options=("--stress",),
    ),
    _fault(
        "own-progress-token-object",
        "elicitation.request-matches-schema progress.own-token-type roots.request-matches-schema"
        " sampling.request-matches-schema",
        "Clients refuse what the server asks.",
    ),
    _fault(
        "own-progress-tokens-alike",
        "progress.own-token-unique",
        "The progress of one request is taken for that of another.",
    ),
)
