"""Streamable HTTP."""

from conformance.reference.faults.fault import Fault, fault

FAULTS: tuple[Fault, ...] = (
    fault(
        "notification-204",
        "transport.notification-accepted-202",
        "Strict clients take the notification as lost.",
        "transport.notification-202-has-no-body",
    ),
    fault(
        "notification-202-with-body",
        "transport.notification-202-has-no-body",
        "Clients try to read a message that is none.",
    ),
    fault(
        "answer-as-text",
        "transport.request-answered-json-or-sse",
        "Clients refuse the tool list because of its media type.",
    ),
    fault(
        "json-two-messages",
        "transport.json-answer-is-one-message",
        "Clients cannot parse the answer.",
    ),
    fault(
        "sse-not-json",
        "transport.sse-events-carry-messages",
        "Clients fail on an event that is no message.",
    ),
)
