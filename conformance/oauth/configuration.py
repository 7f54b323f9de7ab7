"""The client configuration endpoint, and the removal of what a run registered (RFC 7592)."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from conformance.registry import REMOVED, Registered, Registry
from conformance.wire.http import HttpClient, NoAnswer, Reply

NO_WAY = "the server offers no way to remove them"
_NO_ANSWER = "the server does not answer any more"
_REFUSED = "their removal is answered with "
_LIMITED = f"{_REFUSED}HTTP 429"
ELSEWHERE = "registration_client_uri is on another origin, where no token is sent"
_PLAIN_URL = re.compile(r"(https?)://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::([0-9]{1,5}))?(?:[/?][!#-\[\]-~]*)?")


@dataclass(frozen=True)
class Managed:
    """Where a client can be managed, and the token for it."""

    place: str
    token: str = field(repr=False)

    @classmethod
    def of(cls, reply: Reply) -> "Managed | None":
        """What a registration answer says about it, None where it says nothing."""
        place = reply.json_object.get("registration_client_uri")
        token = reply.json_object.get("registration_access_token")
        usable = isinstance(token, str) and token.isascii() and token.isprintable() and token != ""
        return cls(place, token) if isinstance(place, str) and isinstance(token, str) and usable else None

    def belongs_to(self, endpoint: str) -> bool:
        """Whether it is on the origin of the registration endpoint, beyond any doubt of how the URL is read."""
        return _origin(self.place) is not None and _origin(self.place) == _origin(endpoint)


def _origin(url: str) -> tuple[str, str, int] | None:
    """Scheme, host and port of a URL without anything that programs read in different ways."""
    match = _PLAIN_URL.fullmatch(url)
    if not match:
        return None
    scheme, host, port = match.groups()
    return scheme, host.lower(), int(port or (443 if scheme == "https" else 80))


def manage(
    http: HttpClient,
    method: str,
    managed: Managed,
    token: str | None,
    purpose: str,
    body: Mapping[str, Any] | None = None,
) -> Reply:
    """One request to the client configuration endpoint. Raises NoAnswer."""
    headers = {"Accept": "application/json"}
    headers |= {"Authorization": f"Bearer {token}"} if token else {}
    headers |= {"Content-Type": "application/json"} if body is not None else {}
    content = json.dumps(body).encode() if body is not None else b""
    return http.send(method, managed.place, channel="oauth", purpose=purpose, headers=headers, body=content)


def registered(reply: Reply) -> Registered | None:
    """The client a registration answer describes, None where it made none."""
    name = reply.json_object.get("client_id")
    if not reply.ok or not isinstance(name, str) or not name:
        return None
    managed = Managed.of(reply)
    return Registered(name, managed.place, managed.token) if managed else Registered(name)


def remove_all(http: HttpClient, registry: Registry, endpoint: str) -> None:
    """Delete the clients registered at `endpoint` that can be (section 2.3), and note why others are left.

    Stops asking once no answer comes, or the server limits requests.
    """
    stopped = ""
    for client in registry.clients.values():
        if client.left == REMOVED:
            continue
        managed = Managed(client.place, client.token)
        if not client.place:
            registry.add(replace(client, left=NO_WAY))
        elif not managed.belongs_to(endpoint):
            registry.add(replace(client, left=ELSEWHERE))
        elif stopped:
            registry.add(replace(client, left=stopped))
        else:
            answer = _removal(http, managed)
            stopped = answer if answer == _NO_ANSWER or answer.startswith(_LIMITED) else ""
            registry.add(replace(client, left=answer))


def _removal(http: HttpClient, managed: Managed) -> str:
    try:
        reply = manage(http, "DELETE", managed, managed.token, "removal of a client")
    except NoAnswer:
        return _NO_ANSWER
    return REMOVED if reply.ok else f"{_REFUSED}{reply.summary}"
