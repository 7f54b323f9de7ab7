"""TLS."""

from conformance.reference.faults.fault import Fault, fault

FAULTS: tuple[Fault, ...] = (
    fault(
        "plain-http-served",
        "transport-security.plain-http-not-served",
        "Whoever listens on the way reads the tokens of clients that were given an http address.",
        profile="tls",
    ),
    fault(
        "old-tls-accepted",
        "transport-security.old-tls-refused",
        "An attacker on the way can force a version of TLS whose encryption is broken.",
        profile="tls",
    ),
    fault(
        "resource-metadata-over-http",
        "transport-security.mcp-endpoint-https challenge.resource-metadata-url-usable",
        "Whoever is on the way can send users to a login page of their own.",
        "resource-metadata.resource-matches-endpoint",
        profile="tls",
    ),
    fault(
        "certificate-for-other-host",
        "transport-security.authorization-server-https server-metadata.jwks-usable",
        "Clients refuse the connection, or cannot tell the server from an attacker.",
        "challenge.hmac-key-confusion-rejected",
        profile="tls",
    ),
    fault(
        "endpoints-over-http",
        "transport-security.authorization-server-https transport-security.plain-http-not-served"
        " server-metadata.endpoints-https",
        "Codes, secrets and tokens travel where everybody on the way reads them.",
        profile="tls",
    ),
)
