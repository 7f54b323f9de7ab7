"""Tokens without a user."""

from conformance.reference.faults.fault import Fault, fault

_SERVICE = ("--consent=client-credentials",)
_SECRET = (*_SERVICE, "--client-id=service", "--client-secret={server.client_secret}")
_KEY = (*_SERVICE, "--client-id=service-with-key", "--client-key={server.client_key}")

FAULTS: tuple[Fault, ...] = (
    fault(
        "service-methods-weak",
        "client-credentials.auth-methods-published",
        "Services that follow the extension find no way to authenticate.",
        "server-metadata.auth-signing-algs-present token.malformed-basic-credentials"
        " token.multiple-auth-methods-refused token.wrong-secret-in-header",
        profile="service",
        options=_SECRET,
    ),
    fault(
        "assertion-algorithms-unpublished",
        "client-credentials.auth-methods-published server-metadata.auth-signing-algs-present",
        "Services have to guess how to sign.",
        profile="service",
        options=_SECRET,
    ),
    fault(
        "service-grant-for-public-clients",
        "client-credentials.public-client-refused",
        "Anybody who knows the id of a client gets a token, without any user.",
    ),
    fault(
        "service-grant-for-every-client",
        "client-credentials.unregistered-grant-refused",
        "Anybody who registers a client gets tokens without any user.",
    ),
    fault(
        "service-secret-ignored",
        "client-credentials.wrong-credentials-refused",
        "Anybody who knows the id of a service gets its tokens.",
        profile="service",
        options=_SECRET,
    ),
    fault(
        "service-token-useless",
        "audience.issued-token-restricted bearer.accepts-authorization-header client-credentials.token-works",
        "Services get a token and are turned away with it.",
        "*",
        profile="service",
        options=_SECRET,
    ),
    fault(
        "service-refresh-token",
        "client-credentials.no-refresh-token",
        "A service that lost its credentials goes on with a refresh token.",
        profile="service",
        options=_SECRET,
    ),
    fault(
        "assertion-expiry-ignored",
        "client-credentials.bad-assertion-refused",
        "An assertion found in an old log still authenticates.",
        profile="service",
        options=_KEY,
    ),
    fault(
        "assertion-signature-ignored",
        "client-credentials.bad-assertion-refused",
        "Anybody can authenticate as any service.",
        profile="service",
        options=_KEY,
    ),
    fault(
        "assertion-audience-ignored",
        "client-credentials.bad-assertion-refused",
        "A server that a service authenticates to can authenticate as that service elsewhere.",
        profile="service",
        options=_KEY,
    ),
    fault(
        "assertion-issuer-ignored",
        "client-credentials.bad-assertion-refused",
        "An assertion that somebody else issued passes for one of the service.",
        profile="service",
        options=_KEY,
    ),
    fault(
        "jwt-grant-trusts-anybody",
        "client-credentials.untrusted-jwt-grant-refused",
        "Anybody who signs a token of his own is let in.",
    ),
    fault(
        "jwt-grant-asks-any-issuer",
        "client-credentials.untrusted-jwt-grant-refused",
        "Strangers make the server send requests into its own network.",
    ),
)
