"""Standard input and output."""

from conformance.reference.faults.fault import Fault, fault

FAULTS: tuple[Fault, ...] = (
    fault(
        "stdio-banner",
        "stdio.stdout-only-messages",
        "Clients stop at a line that is no message.",
        profile="stdio",
    ),
    fault(
        "stdio-pretty-printed",
        "stdio.no-embedded-newlines",
        "Clients read the pieces of a message as broken messages.",
        profile="stdio",
    ),
    fault(
        "stdio-two-on-a-line",
        "stdio.newline-framing",
        "Clients read the first message of a line at best.",
        "jsonrpc.result-is-object meta.key-prefix-reverse-dns meta.key-prefix-well-formed"
        " meta.reserved-prefixes-not-used",
        profile="stdio",
    ),
    fault(
        "stdio-exit-in-request",
        "stdio.may-shut-down",
        "Users lose the server in the middle of what they do.",
        "*",
        profile="stdio",
    ),
    fault(
        "stdin-close-ignored",
        "stdio.exits-on-stdin-close",
        "Servers of clients that are gone fill the memory of the machine.",
        revision="2026-07-28",
        profile="modern-stdio",
    ),
)
