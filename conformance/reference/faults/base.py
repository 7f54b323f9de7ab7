"""`_meta`, icons, and who is served."""

from conformance.reference.faults.fault import Fault, fault

FAULTS: tuple[Fault, ...] = (
    fault(
        "unknown-meta-refused",
        "meta.extra-request-keys-accepted",
        "Clients that trace their requests are refused.",
        "jsonrpc.one-response-per-request",
        profile="open",
    ),
    fault(
        "meta-prefix-malformed",
        "meta.key-prefix-well-formed",
        "Clients cannot tell whose key it is, or refuse the message.",
        profile="open",
    ),
    fault(
        "meta-name-malformed",
        "meta.key-name-well-formed",
        "Clients that check keys refuse the message.",
        profile="open",
    ),
    fault(
        "meta-prefix-not-reversed",
        "meta.key-prefix-reverse-dns",
        "The key can collide with that of somebody who owns the domain it reads as.",
        profile="open",
    ),
    fault(
        "meta-prefix-reserved",
        "meta.reserved-prefixes-not-used",
        "A later revision can give the key another meaning.",
        profile="open",
    ),
    fault(
        "icon-without-src",
        "meta.icons-match-schema lifecycle.initialize-result-matches-schema",
        "Strict clients refuse to connect because of a picture.",
        profile="open",
    ),
    fault(
        "icon-in-file",
        "meta.icon-src-http-or-data",
        "Clients that load the icon read a file on the machine of the user.",
        profile="open",
    ),
    fault(
        "icon-size-in-words",
        "meta.icon-sizes-format",
        "Clients cannot choose the icon that fits.",
        profile="open",
    ),
    fault(
        "stream-without-token",
        "security.http-connections-authenticated",
        "Strangers read what the server sends to its users.",
    ),
    fault(
        "token-not-needed",
        "security.local-access-restricted",
        "Every program on the machine can use the server as its user.",
        "*",
    ),
)
