"""Results that ask for input (revision 2026-07-28), and the states that come back."""

from functools import partial

from conformance.reference.faults.fault import Fault, fault

_fault = partial(fault, revision="2026-07-28", profile="modern")

FAULTS: tuple[Fault, ...] = (
    _fault(
        "input-asked-for-completion",
        "mrtr.only-for-supported-requests",
        "Clients that complete what the user types do not know what to do with a question.",
    ),
    _fault(
        "interim-result-without-anything",
        "mrtr.requests-or-state-present",
        "Clients do not know what is wanted of them.",
    ),
    _fault(
        "input-requests-with-envelope",
        "mrtr.result-matches-schema",
        "Strict clients refuse what is wanted.",
    ),
    _fault(
        "ping-among-input-requests",
        "mrtr.request-kinds-limited mrtr.result-matches-schema",
        "Clients cannot answer, and the request never ends.",
    ),
    _fault("input-key-repeated", "mrtr.request-keys-unique", "Clients see one of two questions."),
    _fault(
        "input-asked-undeclared",
        "elicitation.only-declared-modes elicitation.only-if-declared meta.capabilities-read-per-request"
        " meta.undeclared-capabilities-not-relied-on"
        " mrtr.only-declared-capabilities roots.capability-checked roots.only-if-declared sampling.only-if-declared",
        "Clients get questions that they cannot answer.",
    ),
    _fault(
        "client-asked-by-request",
        "jsonrpc.server-sends-no-requests mrtr.client-requests-only-this-way transport.no-requests-on-response-stream",
        "Clients drop the request, and the server waits.",
        "sampling.tool-result-ids-match sampling.tool-results-not-mixed sampling.tool-uses-balanced",
    ),
    _fault(
        "stdio-client-asked-by-request",
        "jsonrpc.server-sends-no-requests mrtr.client-requests-only-this-way stdio.no-requests-on-stdout",
        "Clients drop the request, and the server waits.",
        "sampling.tool-result-ids-match sampling.tool-results-not-mixed sampling.tool-uses-balanced",
        profile="modern-stdio",
    ),
    _fault("made-up-state-accepted", "mrtr.state-not-trusted", "Whoever makes up a state skips what came before."),
    _fault(
        "state-signature-unchecked",
        "mrtr.state-integrity-protected mrtr.tampered-state-rejected",
        "Whoever changes the state has given every consent.",
    ),
    _fault(
        "state-of-any-user",
        "elicitation.bound-to-client-and-user mrtr.state-bound-to-principal",
        "Whoever finds a state goes on with what another user began.",
        profile="combined",
    ),
    _fault("state-of-any-request", "mrtr.state-bound-to-request", "A consent to one thing is used for another."),
    _fault(
        "state-of-one-connection",
        "mrtr.retry-self-contained",
        "Users whose network changes begin anew.",
    ),
    _fault(
        "open-questions-exhaust-server",
        "elicitation.success-not-assumed mrtr.retry-not-assumed",
        "Users who close windows lock the others out.",
    ),
    _fault("input-responses-unchecked", "mrtr.input-responses-validated", "Anything is taken for a consent."),
    _fault(
        "array-of-responses-passed-over",
        "mrtr.malformed-responses-error",
        "Users are asked the same again and again.",
    ),
    _fault(
        "unexpected-responses-refused",
        "mrtr.unexpected-responses-ignored",
        "Clients with an answer too many lose the request.",
    ),
    _fault(
        "missing-responses-refused",
        "mrtr.missing-responses-asked-again",
        "Users fill in everything once more.",
    ),
    _fault(
        "missing-responses-hang",
        "elicitation.client-failure-handled mrtr.missing-responses-asked-again",
        "Users whose client failed once wait for ever.",
    ),
    _fault(
        "capabilities-remembered-by-tool",
        "meta.capabilities-read-per-request meta.undeclared-capabilities-not-relied-on mrtr.only-declared-capabilities"
        " roots.capability-checked roots.only-if-declared",
        "A client is asked what another one can answer.",
    ),
    _fault(
        "missing-capability-other-code",
        "meta.missing-client-capability-error",
        "Clients cannot tell their users what is missing.",
        "meta.missing-client-capability-data meta.missing-client-capability-http-400",
    ),
    _fault(
        "missing-capability-as-list",
        "meta.missing-client-capability-data",
        "Clients cannot read what is missing.",
    ),
    _fault(
        "missing-capability-http-200",
        "meta.missing-client-capability-http-400",
        "Proxies take the refusal for a success.",
    ),
    _fault(
        "retired-code-used",
        "jsonrpc.retired-code-32042-not-used",
        "No client opens the page.",
    ),
    _fault(
        "completion-still-told",
        "elicitation.complete-not-sent",
        "Clients end the stream at a message that they do not know.",
    ),
    _fault(
        "sampling-message-without-role",
        "mrtr.result-matches-schema sampling.message-has-role-and-content sampling.request-matches-schema",
        "Models do not know who speaks.",
    ),
    _fault(
        "hints-on-interim-result",
        "caching.no-hints-on-interim-results",
        "Clients show a question for as long as a ttl says.",
    ),
    _fault(
        "log-without-level",
        "logging.only-on-request meta.missing-client-capability-http-400",
        "Clients that want no log are told everything.",
    ),
    _fault("log-after-response", "logging.before-final-response", "The last message is lost."),
    _fault(
        "log-on-every-stream",
        "logging.only-on-own-response-stream logging.only-on-request subscriptions.messages-tagged"
        " subscriptions.no-request-scoped-notifications"
        " transport.post-stream-messages-related",
        "The log of one user shows up at another.",
    ),
    _fault(
        "handles-of-one-connection",
        "lifecycle.cross-request-state-has-explicit-handle mrtr.retry-self-contained",
        "Users whose network changes lose what they began.",
    ),
    _fault("handles-counted", "security.handles-unguessable", "Whoever counts finds what others are doing."),
    _fault(
        "handles-of-any-user",
        "security.handles-bound-to-user security.handles-not-authentication",
        "Whoever finds a handle acts in the name of its user.",
        profile="combined",
    ),
)
