"""Sessions of Streamable HTTP."""

from conformance.reference.faults.fault import Fault, fault

FAULTS: tuple[Fault, ...] = (
    fault(
        "session-id-replaced",
        "session.id-on-initialize-response",
        "Clients that take the new id lose their session.",
        profile="open",
    ),
    fault(
        "session-id-with-space",
        "session.id-visible-ascii",
        "Clients and proxies send the id back changed, and the session is lost.",
        profile="open",
    ),
    fault(
        "session-ids-repeated",
        "session.id-unique",
        "Two clients find themselves in one session.",
        profile="open",
    ),
    fault(
        "missing-session-id-404",
        "session.missing-id-400",
        "Clients take their session as ended where they forgot to name it.",
        profile="open",
    ),
    fault(
        "ended-session-400",
        "session.terminated-id-404",
        "Clients never learn that they have to begin a new session.",
        profile="open",
    ),
    fault(
        "session-outlives-delete",
        "session.terminated-id-404 session.delete-may-be-refused",
        "Who finds the id of an ended session can go on with it.",
        "transport.refusal-body-optional",
        profile="open",
    ),
    fault(
        "delete-crash",
        "session.delete-may-be-refused",
        "Sessions pile up on the server.",
        "session.terminated-id-404 transport.refusal-body-optional",
        profile="open",
    ),
)
