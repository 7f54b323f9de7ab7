"""Subscriptions to changes, and lists that change, in the revision without sessions."""

from functools import partial

from conformance.reference.faults.fault import Fault, fault

_fault = partial(fault, revision="2026-07-28", profile="modern")
_impatient = partial(fault, revision="2026-07-28", profile="impatient")
_stdio = partial(fault, revision="2026-07-28", profile="modern-stdio")

FAULTS: tuple[Fault, ...] = (
    _fault(
        "listen-unknown",
        "subscriptions.listen-implemented",
        "Clients can hear of no change at all.",
        "*",
    ),
    _fault(
        "listen-answered-as-text",
        "subscriptions.http-answer-is-sse subscriptions.listen-implemented transport.request-answered-json-or-sse",
        "Clients do not find the events in the answer.",
        "*",
    ),
    _fault(
        "change-before-acknowledgment",
        "subscriptions.acknowledged-first subscriptions.nothing-before-acknowledgment",
        "Clients drop what they hear of a subscription that has not begun.",
    ),
    _fault(
        "acknowledgment-without-filter",
        "subscriptions.acknowledgment-matches-schema",
        "Clients do not learn what they will hear of.",
    ),
    _fault(
        "acknowledgment-adds-types",
        "subscriptions.acknowledgment-is-subset",
        "Clients wait for what they did not ask for.",
    ),
    _fault(
        "unsupported-change-acknowledged",
        "subscriptions.acknowledgment-omits-unsupported",
        "Clients rely on notifications that never come.",
        "prompts.capability-negotiation-respected prompts.list-changed-notified",
    ),
    _fault(
        "unrequested-change-told",
        "subscriptions.only-requested-types",
        "Clients are woken for what they do not care about.",
    ),
    _fault(
        "change-told-to-caller",
        "subscriptions.changes-only-via-listen transport.post-stream-messages-related",
        "Clients that did not listen are told of changes in the answers to other requests.",
    ),
    _fault(
        "update-for-other-uri",
        "subscriptions.updates-only-for-requested-uris",
        "Clients read resources again that have not changed.",
    ),
    _fault(
        "change-without-subscription-id",
        "subscriptions.messages-tagged",
        "Clients with several subscriptions on one channel cannot tell whose change it is.",
    ),
    _fault(
        "subscription-id-as-text",
        "subscriptions.id-equals-request-id",
        "Clients do not find the subscription to which a message belongs.",
    ),
    _fault(
        "one-subscription-only",
        "subscriptions.several-at-once",
        "The second part of a client hears of nothing.",
        "subscriptions.updates-only-for-requested-uris",
    ),
    _impatient(
        "listen-stream-dropped",
        "subscriptions.stream-stays-open",
        "Clients reconnect all the time, and miss what changes meanwhile.",
    ),
    _fault(
        "progress-on-listen-stream",
        "subscriptions.no-request-scoped-notifications",
        "What concerns one request of one client is told to others.",
    ),
    _stdio(
        "cancelled-subscription-goes-on",
        "subscriptions.ends-on-cancel",
        "Clients are told of changes for ever, whatever they cancel.",
    ),
    _stdio(
        "subscription-ends-silently",
        "subscriptions.graceful-end-response cancellation.server-cancels-listen-on-teardown",
        "Clients cannot tell a server that stops from one that broke.",
        "subscriptions.result-matches-schema",
    ),
    _stdio(
        "listen-result-without-id",
        "subscriptions.result-matches-schema",
        "Clients cannot tell which subscription has ended.",
    ),
    _fault(
        "subscriptions-kept",
        "subscriptions.changes-only-via-listen subscriptions.ends-on-cancel"
        " subscriptions.not-kept-across-reconnects transport.post-stream-messages-related",
        "Clients are told of subscriptions that they have forgotten.",
    ),
)
