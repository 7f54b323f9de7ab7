"""Log messages."""

from conformance.reference.faults.fault import Fault, fault

FAULTS: tuple[Fault, ...] = (
    fault(
        "log-level-unknown",
        "logging.message-matches-schema",
        "Strict clients refuse the message, and others lose what it warned of.",
    ),
)
