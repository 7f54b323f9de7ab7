"""Log messages."""

from functools import partial

from conformance.reference.faults.fault import Fault, fault

_fault = partial(fault, profile="open")

FAULTS: tuple[Fault, ...] = (
    fault(
        "log-level-unknown",
        "logging.message-matches-schema",
        "Strict clients refuse the message, and others lose what it warned of.",
    ),
    _fault(
        "logging-undeclared",
        "lifecycle.undeclared-server-capabilities-not-used logging.capability-declared",
        "Clients that show no log drop the connection at a message they do not expect.",
        "*",
    ),
    _fault("log-level-refused", "logging.set-level-answered", "Users cannot have the log they want."),
    _fault(
        "unknown-log-level-accepted",
        "logging.invalid-level-code",
        "Users who misspell a level believe that they will hear of errors.",
    ),
    _fault("log-level-ignored", "logging.minimum-level-respected", "Errors are lost among chatter."),
    _fault(
        "log-level-exact",
        "logging.all-messages-from-level-up-sent",
        "Users who want to see everything miss the errors.",
    ),
    _fault("password-logged", "logging.no-credentials", "Passwords end in log files that many can read."),
    fault("token-logged", "logging.no-credentials", "Whoever reads the log of a client uses its access token."),
    _fault("personal-data-logged", "logging.no-personal-data", "Whoever reads the log knows who was there."),
    _fault(
        "log-unlimited",
        "logging.messages-rate-limited",
        "A chatty tool keeps the client busy with its log.",
        options=("--stress",),
    ),
)
