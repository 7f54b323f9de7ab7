"""The table of faults: ways in which the reference server can be told to misbehave, one module an area.

Each fault changes a single behaviour; only those that silence `*` keep a client from logging in.
"""

from collections.abc import Mapping
from difflib import get_close_matches
from types import MappingProxyType

from conformance.reference.faults import (
    audience,
    authorization_endpoint,
    base,
    bearer,
    caching,
    cancellation,
    challenge,
    client_credentials,
    client_metadata_document,
    cors,
    dpop,
    elicitation,
    eras,
    introspection,
    issuer,
    jsonrpc,
    lazy,
    legacy_sse,
    lifecycle,
    lists,
    logging,
    mirrored,
    mrtr,
    pkce,
    progress,
    prompts,
    refresh,
    registration,
    resource_metadata,
    resources,
    revocation,
    roots,
    sampling,
    scope,
    server_metadata,
    session,
    stdio,
    subscriptions,
    tasks,
    tasks_extension,
    token,
    tool_calls,
    tools,
    transport,
    transport_security,
)
from conformance.reference.faults.fault import MODERN, Fault, Profile

__all__ = ["FAULTS", "MODERN", "Fault", "Faults", "Profile", "UnknownFaultError"]

_AREAS = (
    challenge,
    lazy,
    resource_metadata,
    server_metadata,
    registration,
    client_metadata_document,
    authorization_endpoint,
    pkce,
    token,
    refresh,
    revocation,
    introspection,
    bearer,
    audience,
    scope,
    issuer,
    dpop,
    client_credentials,
    transport_security,
    cors,
    jsonrpc,
    transport,
    session,
    legacy_sse,
    stdio,
    subscriptions,
    caching,
    lifecycle,
    base,
    tools,
    tool_calls,
    lists,
    resources,
    prompts,
    logging,
    mirrored,
    progress,
    cancellation,
    tasks,
    tasks_extension,
    sampling,
    elicitation,
    eras,
    roots,
    mrtr,
)

FAULTS: Mapping[str, Fault] = MappingProxyType({fault.name: fault for area in _AREAS for fault in area.FAULTS})
assert len(FAULTS) == sum(len(area.FAULTS) for area in _AREAS), "two faults have one name"  # noqa: S101 - our own table


class UnknownFaultError(ValueError):
    """There is no fault of that name; the message proposes close ones."""


class Faults:
    """The fault a server was started with, asked at the places where behaviour can differ."""

    def __init__(self, name: str | None = None) -> None:
        if name is not None and name not in FAULTS:
            close = get_close_matches(name, FAULTS)
            hint = f"; did you mean {' or '.join(close)}?" if close else ""
            raise UnknownFaultError(f"there is no fault called {name!r}{hint}")
        self._name = name

    def active(self, name: str) -> bool:
        """Whether the server was started with the fault `name`. Raises KeyError for one that is unknown."""
        return FAULTS[name].name == self._name
