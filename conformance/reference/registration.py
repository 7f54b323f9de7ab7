"""Dynamic client registration (RFC 7591)."""

import time
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from conformance.reference.client_metadata import METHOD, metadata_of, read_document
from conformance.reference.forms import NO_STORE, OAuthError
from conformance.reference.jsonrpc import JsonObject
from conformance.reference.site import Site
from conformance.reference.store import SECRET_LIFETIME, Client, Store, random_value


class Registration:
    """The registration endpoint: open to everybody, keeps only what it understands, reports all it keeps."""

    def __init__(self, site: Site, store: Store) -> None:
        self.site = site
        self.store = store
        self.faults = site.faults

    async def register(self, request: Request) -> Response:
        """Answer a registration request with 201, or 400 and the reason."""
        if self.faults.active("registration-closed"):
            return Response(status_code=401, headers={"WWW-Authenticate": 'Bearer realm="registration"'})
        if self.faults.active("registration-closed-without-challenge"):
            return Response("Registration is not for you.", 403, media_type="text/plain")
        try:
            wanted = await read_document(request)
        except OAuthError as error:
            crashes = self.faults.active("registration-malformed-crash")
            return Response("Internal Server Error", 500) if crashes else error.response()
        try:
            metadata = metadata_of(wanted, self.faults)
        except OAuthError as error:
            html = self.faults.active("registration-error-as-html")
            return HTMLResponse("<h1>Bad request</h1>", 400) if html else error.response()
        return self._created(self._told(self._admit(wanted, metadata), wanted))

    def _admit(self, wanted: JsonObject, metadata: JsonObject) -> Client:
        """Make the client and remember it."""
        id = random_value()
        if self.faults.active("registration-takes-client-id"):
            id = str(wanted.get("client_id", id))
        first = next(iter(self.store.registered()), None)
        others: tuple[str, ...] = ()
        if first and "https" in str(metadata["redirect_uris"]) and self.faults.active("registration-shared-client"):
            id, others = first.id, first.redirect_uris
        client = client_of(id, metadata, self._secret_for(metadata))
        client = replace(client, redirect_uris=client.redirect_uris + others)
        self.store.clients[id] = client
        return client

    def _secret_for(self, metadata: JsonObject) -> str:
        method = metadata[METHOD]
        if method == "none":
            return ""
        if method == "client_secret_basic" and self.faults.active("registration-basic-without-secret"):
            return ""
        return random_value()[: 8 if self.faults.active("registration-short-secrets") else None]

    def _told(self, client: Client, wanted: JsonObject) -> JsonObject:
        """What the client learns of its registration."""
        answer = information(client, self.site)
        if self.faults.active("registration-echo-missing"):
            del answer["redirect_uris"]
        if self.faults.active("registration-defaults-unreported"):
            answer = {name: answer[name] for name in answer if name in wanted or name not in client.metadata}
        if self.faults.active("registration-null-member"):
            answer |= {"logo_uri": None, "client_uri": ""}
        if self.faults.active("registration-secret-for-public") and not client.secret:
            answer |= {"client_secret": random_value(), "client_secret_expires_at": 0}
        if self.faults.active("registration-expiry-in-milliseconds") and client.secret:
            answer["client_secret_expires_at"] *= 1000
        if self.faults.active("registration-management-token-missing"):
            del answer["registration_access_token"]
        return answer

    def _created(self, answer: JsonObject) -> Response:
        headers = {} if self.faults.active("registration-cacheable") else NO_STORE
        response = JSONResponse(answer, 200 if self.faults.active("registration-200") else 201, headers)
        if self.faults.active("registration-as-text"):
            response.headers["Content-Type"] = "text/plain; charset=utf-8"
        return response


def client_of(id: str, metadata: JsonObject, secret: str) -> Client:
    """A client with a new registration access token."""
    now = int(time.time())
    return Client(
        id=id,
        name=metadata.get("client_name", ""),
        redirect_uris=tuple(metadata["redirect_uris"]),
        grant_types=tuple(metadata["grant_types"]),
        authentication_method=metadata[METHOD],
        secret=secret,
        secret_expires_at=now + SECRET_LIFETIME if secret else 0,
        issued_at=now,
        metadata=metadata,
        registration_token=random_value(),
    )


def information(client: Client, site: Site) -> JsonObject:
    """All that is known of a client, for itself (RFC 7591 section 3.2.1 and RFC 7592 section 3)."""
    answer: JsonObject = client.metadata | {
        "client_id": client.id,
        "client_id_issued_at": client.issued_at,
        "registration_client_uri": f"{site.server}/register/{client.id}",
        "registration_access_token": client.registration_token,
    }
    if client.secret:
        answer |= {"client_secret": client.secret, "client_secret_expires_at": client.secret_expires_at}
    return answer
