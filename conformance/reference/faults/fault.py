"""What a fault is."""

from dataclasses import dataclass
from typing import Literal

Profile = Literal[
    "combined",
    "strict",
    "separate",
    "plain",
    "proxy",
    "tls",
    "service",
    "brief",
    "lazy",
    "lists",
    "open",
    "sse",
    "stdio",
    "impatient",
    "modern",
    "modern-stdio",
]
"""How the reference server is deployed.

combined: MCP server and authorization server on one origin, every feature on. strict: the same, but what is in doubt
ends: a code at its first failed redemption, the older grants of a user and client at the next approval, access tokens
when they are refreshed, a grant when one of its tokens is revoked, and a token that manages one client when it is
used at another. separate: the authorization server on a port of its own, its issuer with a path; it neither revokes
nor introspects access tokens, and says so. plain: no metadata at all, endpoints where revision 2025-03-26 expects
them. proxy: logins are delegated to a third party under one client id. tls: https. service: tokens for clients that
act without a user. brief: codes that end after two seconds, for audits that do not wait minutes. lazy: only calls of
tools need a token. lists: everything but the handshake needs one. open: no login, no authorization server. sse: the
same, audited over HTTP+SSE. stdio: the same, audited over stdio as a process of its own. impatient: like open, but
clients have half a second to answer what the server asks, for audits under stress. modern: like open, but only the
revision without sessions is spoken. modern-stdio: the same over stdio.
"""

MODERN: tuple[Profile, ...] = ("modern", "modern-stdio")


@dataclass(frozen=True, slots=True)
class Fault:
    """One way of misbehaving.

    `trips`: ids of the requirements an audit must find broken.
    `silences`: ids of those it can no longer judge; just `*` where a login or handshake fails with it, or
    whole features are gone.
    `harm`: one line on what the fault does to users.
    `revision`, `profile`, `options`: the revision to audit, the deployment, and further options of the audit that
    shows the fault, with attributes of the server in braces such as {server.client_secret}.
    """

    name: str
    trips: frozenset[str]
    silences: frozenset[str]
    harm: str
    revision: str = "2025-11-25"
    profile: Profile = "combined"
    options: tuple[str, ...] = ()


def fault(
    name: str,
    trips: str,
    harm: str,
    silences: str = "",
    *,
    revision: str = "2025-11-25",
    profile: Profile = "combined",
    options: tuple[str, ...] = (),
) -> Fault:
    """A fault; ids in `trips` and `silences` are separated by spaces."""
    return Fault(name, frozenset(trips.split()), frozenset(silences.split()), harm, revision, profile, options)
