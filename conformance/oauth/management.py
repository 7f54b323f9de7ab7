"""The client configuration endpoint (RFC 7592): one registration managed by its client and by strangers."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.oauth.authorization import AuthorizationAnswer
from conformance.oauth.flow import OAuthFlow
from conformance.oauth.registration import client_of
from conformance.verdict import CouldNotRun, NotApplicable
from conformance.wire.http import HttpClient, Reply

WITHOUT, WRONG, FOREIGN = "without a token", "with a wrong token", "with the token of another client"
_ATTEMPTS = (
    *(("GET", who) for who in (WITHOUT, WRONG, FOREIGN)),
    *((method, who) for method in ("PUT", "DELETE") for who in (WITHOUT, FOREIGN)),
)
_NOT_OFFERED = (404, 405, 501)
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


@dataclass(frozen=True)
class Managing:
    """What became of one registration.

    `registered` is the answer that made the client, `read` what its owner got. `attempts` holds the answers to
    strangers by method and token, `after` what the owner got then. `deleted` is the answer to the owner's DELETE,
    `gone` to a GET afterwards, `asked` to an authorization request: None where a stranger had ended the client,
    the last two also where registrations cannot be deleted.
    """

    registered: Reply
    read: Reply
    attempts: Mapping[tuple[str, str], Reply]
    after: Reply
    deleted: Reply | None = None
    gone: Reply | None = None
    asked: AuthorizationAnswer | None = None

    @property
    def changed(self) -> bool:
        """Whether its owner read other metadata after the strangers than before."""
        return _metadata(self.after.json_object) != _metadata(self.read.json_object)

    @classmethod
    def perform(cls, oauth: OAuthFlow, registered: Reply, foreign: Reply) -> "Managing":
        """Manage the client of `registered`, which ends it; `foreign` is the registration of another one.

        Raises:
            NotApplicable: the server offers no management.
            CouldNotRun: there is no client, or its address is on another origin.
        """
        managed, other = Managed.of(registered), Managed.of(foreign)
        client = client_of(registered, oauth.redirect_uri)
        if not client:
            raise CouldNotRun(f"no client could be registered to be managed ({registered.summary})")
        if not managed or not other:
            raise NotApplicable("the server offers no management of registrations (RFC 7592)")
        if not managed.belongs_to(oauth.endpoint("registration_endpoint")):
            raise CouldNotRun("registration_client_uri is on another origin, where no token of ours is sent")
        tokens = {WITHOUT: None, WRONG: "a-wrong-token", FOREIGN: other.token}

        body = _metadata(registered.json_object) | {"client_id": client.id, "client_name": "changed by a stranger"}

        def send(method: str, place: Managed, token: str | None, purpose: str) -> Reply:
            return manage(oauth.http, method, place, token, purpose, body if method == "PUT" else None)

        read = send("GET", managed, managed.token, "read of a registration")
        managed = Managed.of(read) or managed
        attempts = {(method, who): send(method, managed, tokens[who], f"{method} {who}") for method, who in _ATTEMPTS}
        after = send("GET", managed, managed.token, "read of a registration after strangers")
        managed = Managed.of(after) or managed
        if read.ok and not after.ok:
            return cls(registered, read, attempts, after)
        deleted = send("DELETE", managed, managed.token, "deletion of a registration")
        if deleted.status in _NOT_OFFERED:
            return cls(registered, read, attempts, after, deleted)
        gone = send("GET", managed, managed.token, "read of a deleted registration")
        asked = oauth.ask(client, purpose="authorization request of a deleted client")
        return cls(registered, read, attempts, after, deleted, gone, asked)


def _metadata(information: Mapping[str, Any]) -> dict[str, Any]:
    """What is known of a client, without what only the server may set (RFC 7592 section 2.2)."""
    assigned = ("registration_", "client_secret", "client_id")
    return {name: value for name, value in information.items() if not name.startswith(assigned)}
