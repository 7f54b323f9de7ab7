"""Which scopes a server makes known, and which few of them to ask for."""

from collections.abc import Collection

from conformance.oauth.discovery import Discovery
from conformance.shapes import as_list

IDENTITY = frozenset("openid profile email address phone offline_access".split())
"""Scopes that say who the user is or how long access lasts, not what may be done (OpenID Connect Core section 5.4)."""
INVENTED = "pytest-mcp-conformance-invented"
"""A scope no server has."""


def of_challenge(discovery: Discovery) -> tuple[str, ...]:
    """The scopes the 401 challenge asks for."""
    asked = discovery.challenge.get("scope") if discovery.challenge else None
    return tuple((asked or "").split())


def of_resource(discovery: Discovery) -> tuple[str, ...]:
    """The scopes of the resource: those of the challenge first, then others its metadata lists."""
    document = discovery.resource_document
    listed = _listed(document.content.get("scopes_supported") if document else None)
    return tuple(one for one in dict.fromkeys((*of_challenge(discovery), *listed)) if one not in IDENTITY)


def of_server(discovery: Discovery) -> tuple[str, ...]:
    """The scopes the authorization server lists."""
    return _listed(discovery.server_metadata.get("scopes_supported"))


def beyond(discovery: Discovery, held: Collection[str]) -> str:
    """A scope for more than is held: one of the resource first, then of the server.

    Empty where none is known, or nobody tells what is held.
    """
    known = (*of_resource(discovery), *of_server(discovery))
    return next((one for one in known if held and one not in held and one not in IDENTITY), "")


def _listed(value: object) -> tuple[str, ...]:
    return tuple(one for one in as_list(value) if isinstance(one, str) and one)
