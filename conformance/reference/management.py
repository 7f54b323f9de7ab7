"""The client configuration endpoint: a client reads, replaces and deletes its registration (RFC 7592)."""

import hmac
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from conformance.reference.client_metadata import METHOD, metadata_of, read_document, refuse
from conformance.reference.forms import NO_STORE, OAuthError
from conformance.reference.jsonrpc import JsonObject
from conformance.reference.registration import client_of, information
from conformance.reference.site import Site
from conformance.reference.store import Client, Store, random_value

_ASSIGNED = (
    "registration_access_token",
    "registration_client_uri",
    "client_secret_expires_at",
    "client_id_issued_at",
)


class Management:
    """Answers the holder of a registration access token about its own client, and nobody else."""

    def __init__(self, site: Site, store: Store) -> None:
        self.site = site
        self.store = store
        self.faults = site.faults

    async def manage(self, request: Request) -> Response:
        """Answer GET and PUT with the registration, DELETE with 204; 401 without the token of the client."""
        client = self._client(request)
        if client is None:
            return Response(status_code=401, headers={"WWW-Authenticate": 'Bearer realm="registration"'} | NO_STORE)
        if request.method == "DELETE":
            return self._delete(client)
        if request.method == "PUT":
            try:
                client = self._replace(client, await read_document(request))
            except OAuthError as error:
                return error.response()
        answer = information(client, self.site)
        if self.faults.active("registration-management-read-empty"):
            answer = {"client_id": client.id}
        return JSONResponse(answer, headers=NO_STORE)

    def _client(self, request: Request) -> Client | None:
        """The client of the address, if the request bears its token. Clients that nobody registered have none."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        client = self.store.clients.get(request.path_params["client_id"])
        if client is None or not client.registration_token or scheme.lower() != "bearer":
            return None
        owner = next((one for one in self.store.clients.values() if token and one.registration_token == token), None)
        if owner and owner != client and self.site.strict:
            self.store.clients[owner.id] = replace(owner, registration_token="")
        if owner and request.method == "DELETE" and self.faults.active("registration-deleted-by-any-client"):
            return client
        if request.method == "GET" and self.faults.active("registration-management-any-token"):
            return client
        return client if hmac.compare_digest(token.encode(), client.registration_token.encode()) else None

    def _replace(self, client: Client, wanted: JsonObject) -> Client:
        """The client with all its metadata replaced (RFC 7592 section 2.2). Raises OAuthError."""
        if wanted.get("client_id") != client.id or wanted.get("client_secret", client.secret) != client.secret:
            refuse("client_id and client_secret must be those of the client")
        if any(name in wanted for name in _ASSIGNED):
            refuse("there is a member that only the server may set")
        metadata = metadata_of(wanted, self.faults)
        secret = "" if metadata[METHOD] == "none" else client.secret or random_value()
        changed = replace(client_of(client.id, metadata, secret), issued_at=client.issued_at)
        self.store.clients[client.id] = changed
        return changed

    def _delete(self, client: Client) -> Response:
        """End the client and all it was granted; it is then as unknown as if it had never been."""
        if self.faults.active("registration-delete-keeps-client"):
            self.store.clients[client.id] = replace(client, registration_token="")
        else:
            self.store.forget(client)
        return Response(status_code=204, headers=NO_STORE)
