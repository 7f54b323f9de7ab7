"""Requests that are cancelled, by either side."""

from functools import partial

from conformance.reference.faults.fault import Fault, fault

_fault = partial(fault, profile="open")

FAULTS: tuple[Fault, ...] = (
    _fault(
        "cancelled-call-works-on",
        "cancellation.processing-stops",
        "What the user stopped goes on.",
    ),
    _fault(
        "cancelled-call-answered",
        "cancellation.no-response-after-cancel",
        "Clients that have forgotten the request fail at its response.",
    ),
    _fault(
        "unknown-cancellation-answered",
        "cancellation.unknown-id-ignored",
        "Clients receive an answer to nothing they asked.",
    ),
    _fault(
        "late-cancellation-answered",
        "cancellation.completed-id-ignored",
        "Clients that gave up a moment too late receive an answer to nothing they asked.",
    ),
    _fault(
        "malformed-cancellation-answered",
        "cancellation.malformed-ignored",
        "Clients receive an answer to nothing they asked.",
    ),
    _fault(
        "malformed-cancellation-ends-session",
        "cancellation.malformed-ignored",
        "A mistake of the client costs it its whole session.",
    ),
    _fault(
        "cancellations-exhaust-session",
        "cancellation.races-handled",
        "Clients whose users change their minds are not served any more.",
        options=("--stress",),
    ),
    _fault(
        "disconnect-cancels",
        "cancellation.disconnect-is-not-cancel transport.event-ids-identify-stream",
        "Calls of users with a bad connection never end well.",
    ),
    _fault(
        "cancellation-echoed",
        "cancellation.server-cancels-only-own-requests",
        "Clients look for a request of the server that never was.",
    ),
    _fault(
        "late-response-misdelivered",
        "cancellation.server-ignores-late-response",
        "The answer to what the server gave up is taken for the answer to something else.",
    ),
    fault(
        "closed-stream-not-noticed",
        "cancellation.stream-close-is-cancel cancellation.processing-stops cancellation.work-stops-promptly",
        "What the user stopped goes on, and nobody is left who could stop it.",
        revision="2026-07-28",
        profile="modern",
    ),
    fault(
        "cancelled-call-still-told",
        "cancellation.no-messages-after-cancel cancellation.processing-stops cancellation.work-stops-promptly",
        "Clients are told of a request that they have forgotten.",
        revision="2026-07-28",
        profile="modern-stdio",
    ),
    fault(
        "call-cancelled-by-server",
        "cancellation.server-cancel-only-for-listen",
        "Clients look for a subscription that never was.",
        revision="2026-07-28",
        profile="modern-stdio",
    ),
)
