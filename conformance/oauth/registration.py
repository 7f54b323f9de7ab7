"""Dynamic client registration (RFC 7591)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.oauth.configuration import registered
from conformance.shapes import as_list
from conformance.wire.http import VERSION, HttpClient, Reply

CLIENT_NAME = "pytest-mcp-conformance audit"


@dataclass(frozen=True)
class Client:
    """A client the audit may use. `redirect_uri` is the one it uses, `redirect_uris` all that are registered.

    `secret` and `key`, a private key in PEM, are what it authenticates with, one of them at most.
    """

    id: str
    redirect_uri: str
    secret: str | None = field(default=None, repr=False)
    auth_method: str = "none"
    redirect_uris: tuple[str, ...] = ()
    key: str | None = field(default=None, repr=False)

    @property
    def public(self) -> bool:
        """Whether it has neither a secret nor a key, or was told not to authenticate with what it got."""
        return self.auth_method == "none" or (self.secret is None and self.key is None)


def registration_request(redirect_uri: str, **changes: Any) -> dict[str, Any]:  # noqa: ANN401
    """A registration that every server must understand: a public native client with a loopback redirect."""
    request: dict[str, Any] = {
        "redirect_uris": [redirect_uri],
        "client_name": CLIENT_NAME,
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "token_endpoint_auth_method": "none",
        "application_type": "native",
        "software_id": "pytest-mcp-conformance",
        "software_version": VERSION,
    }
    request |= changes
    return {name: value for name, value in request.items() if value is not ...}


class Registrar:
    """Registers clients at one endpoint; they are noted for removal in the transcript's registry."""

    def __init__(self, http: HttpClient, endpoint: str) -> None:
        self._http = http
        self.endpoint = endpoint

    def register(self, request: Mapping[str, Any], purpose: str = "registration") -> Reply:
        """POST a registration. Raises NoAnswer."""
        return self.post(json.dumps(request).encode(), "application/json", purpose)

    def post(self, body: bytes, media_type: str, purpose: str) -> Reply:
        """POST any body, and note the client it made, if any. Raises NoAnswer."""
        headers = {"Content-Type": media_type, "Accept": "application/json"}
        reply = self._http.send("POST", self.endpoint, channel="oauth", purpose=purpose, headers=headers, body=body)
        client = registered(reply)
        if client:
            self._http.recorder.registry.add(client)
        return reply

    def removed(self, client_id: str) -> None:
        """Note that a client was deleted before the end of the run."""
        self._http.recorder.registry.removed(client_id)


def client_of(reply: Reply, redirect_uri: str) -> Client | None:
    """The client a registration answer describes, None when it holds no client id."""
    content = reply.json_object
    name, secret = content.get("client_id"), content.get("client_secret")
    if not reply.ok or not isinstance(name, str) or not name:
        return None
    method = content.get("token_endpoint_auth_method")
    secret = secret if isinstance(secret, str) and secret else None
    default = "client_secret_basic" if secret else "none"
    uris = tuple(one for one in as_list(content.get("redirect_uris")) if isinstance(one, str))
    return Client(name, redirect_uri, secret, method if isinstance(method, str) and method else default, uris)
