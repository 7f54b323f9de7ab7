"""One registration managed by its client and by strangers, and its end (RFC 7592)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from conformance.oauth.authorization import AuthorizationAnswer
from conformance.oauth.configuration import Managed, manage
from conformance.oauth.flow import OAuthFlow
from conformance.oauth.registration import client_of
from conformance.verdict import CouldNotRun, NotApplicable
from conformance.wire.http import Reply

WITHOUT, WRONG, FOREIGN = "without a token", "with a wrong token", "with the token of another client"
_METHODS = ("GET", "PUT", "DELETE")
_NOT_OFFERED = (404, 405, 501)


@dataclass(frozen=True)
class Managing:
    """What became of one registration.

    `registered` is the answer that made the client, `read` what its owner got. `attempts` holds the answers to
    strangers by method and token, the tokens of other clients as far as these could be had; `after` is what the owner
    got then. `deleted` is the answer to the owner's DELETE,
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
    def perform(cls, oauth: OAuthFlow, registered: Reply, strangers: Sequence[Reply]) -> "Managing":
        """Manage the client of `registered`, which ends it.

        `strangers` are the registrations of three other clients that nobody needs: some servers end a token that is
        used at another client, so each is used once.

        Raises:
            NotApplicable: the server offers no management.
            CouldNotRun: there is no client, no other one, or its address is on another origin.
        """
        managed, others = Managed.of(registered), [other for one in strangers if (other := Managed.of(one))]
        client = client_of(registered, oauth.redirect_uri)
        if not client:
            raise CouldNotRun(f"no client could be registered to be managed ({registered.summary})")
        if not managed:
            raise NotApplicable("the server offers no management of registrations (RFC 7592)")
        if not others:
            raise CouldNotRun("no other client that can be managed could be registered")
        if not managed.belongs_to(oauth.endpoint("registration_endpoint")):
            raise CouldNotRun("registration_client_uri is on another origin, where no token of ours is sent")
        tokens: dict[tuple[str, str], str | None] = {(method, WITHOUT): None for method in _METHODS}
        tokens |= {("GET", WRONG): "a-wrong-token"}
        tokens |= {(method, FOREIGN): other.token for method, other in zip(_METHODS, others, strict=False)}
        body = _metadata(registered.json_object) | {"client_id": client.id, "client_name": "changed by a stranger"}

        def send(method: str, place: Managed, token: str | None, purpose: str) -> Reply:
            return manage(oauth.http, method, place, token, purpose, body if method == "PUT" else None)

        read = send("GET", managed, managed.token, "read of a registration")
        managed = Managed.of(read) or managed
        attempts = {
            (method, who): send(method, managed, token, f"{method} {who}") for (method, who), token in tokens.items()
        }
        after = send("GET", managed, managed.token, "read of a registration after strangers")
        managed = Managed.of(after) or managed
        if read.ok and not after.ok:
            return cls(registered, read, attempts, after)
        deleted = send("DELETE", managed, managed.token, "deletion of a registration")
        if deleted.status in _NOT_OFFERED:
            return cls(registered, read, attempts, after, deleted)
        if deleted.ok and oauth.registrar:
            oauth.registrar.removed(client.id)
        gone = send("GET", managed, managed.token, "read of a deleted registration")
        asked = oauth.ask(client, purpose="authorization request of a deleted client")
        return cls(registered, read, attempts, after, deleted, gone, asked)


def _metadata(information: Mapping[str, Any]) -> dict[str, Any]:
    """What is known of a client, without what only the server may set (RFC 7592 section 2.2)."""
    assigned = ("registration_", "client_secret", "client_id")
    return {name: value for name, value in information.items() if not name.startswith(assigned)}
