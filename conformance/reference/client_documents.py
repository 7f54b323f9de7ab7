"""Clients known by the URL of their metadata document (draft-ietf-oauth-client-id-metadata-document)."""

import time
from http.client import HTTPException, HTTPMessage
from typing import NoReturn

from conformance.reference.document_fetches import LARGEST_DOCUMENT, LONGEST_KEPT, fetch, lifetime_of, url_defect
from conformance.reference.faults import Faults
from conformance.reference.jsonrpc import JsonObject, as_array, as_object, read_json
from conformance.reference.redirects import redirect_uri_defect
from conformance.reference.store import Client

_SECRETS = ("client_secret", "client_secret_expires_at")
METHODS = ("none", "private_key_jwt")


class DocumentError(Exception):
    """The URL names no client that this server would serve; the message is shown to the user."""


class ClientDocuments:
    """Fetches documents, checks them, and keeps the good ones as long as they allow, at most a day."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults
        self._kept: dict[str, tuple[float, Client | DocumentError]] = {}

    async def client(self, url: str) -> Client:
        """The client whose document is at `url`. Raises DocumentError."""
        until, kept = self._kept.get(url, (0.0, None))
        if kept and time.monotonic() < until:
            if isinstance(kept, DocumentError):
                raise kept
            return kept
        try:
            client, lifetime = await self._fetched(url)
        except DocumentError as error:
            if self.faults.active("client-document-errors-kept"):
                self._kept[url] = (time.monotonic() + 60, error)
            raise
        self._kept[url] = (time.monotonic() + lifetime, client)
        return client

    async def _fetched(self, url: str) -> tuple[Client, float]:
        """The client and for how many seconds its document may be kept."""
        document, headers = await self._document(url)
        lifetime = lifetime_of(headers.get("Cache-Control", ""))
        if self.faults.active("client-document-kept-too-long"):
            lifetime = LONGEST_KEPT
        self._check(url, document)
        return self._client(url, document, await self._keys(document)), lifetime

    async def _document(self, url: str) -> tuple[JsonObject, HTTPMessage]:
        """The JSON object at `url` and the headers it came with. Raises DocumentError."""
        defect = url_defect(url, self.faults)
        if defect:
            _refuse(f"The client's URL {defect}.")
        try:
            status, headers, body = await fetch(url, self.faults)
        except (OSError, HTTPException, ValueError) as error:
            raise DocumentError(f"The client's document could not be fetched: {type(error).__name__}.") from None
        if status != 200 and not self.faults.active("client-document-status-ignored"):
            _refuse(f"The client's document was answered with status {status}.")
        if len(body) > LARGEST_DOCUMENT and not self.faults.active("client-document-of-any-size"):
            _refuse(f"The client's document holds more than {LARGEST_DOCUMENT} bytes.")
        try:
            document = as_object(read_json(body))
        except ValueError:
            document = None
        if document is None:
            _refuse("The client's document is not a JSON object.")
        return document, headers

    async def _keys(self, document: JsonObject) -> tuple[JsonObject, ...]:
        """The keys with which a client signs its assertions; none where it has no use for them."""
        if document.get("token_endpoint_auth_method") != "private_key_jwt":
            return ()
        if ("jwks" in document) == ("jwks_uri" in document):
            _refuse("The client's document must have either jwks or jwks_uri.")
        published = as_object(document.get("jwks"))
        if "jwks_uri" in document:
            published, _ = await self._document(str(document["jwks_uri"]))
        keys = as_array((published or {}).get("keys")) or []
        return tuple(key for key in map(as_object, keys) if key)

    def _check(self, url: str, document: JsonObject) -> None:
        """Refuse a document that is not in order. Raises DocumentError."""
        if self.faults.active("client-document-refused"):
            _refuse("The client is not welcome here.")
        named = document.get("client_id", url if self.faults.active("client-document-id-optional") else None)
        unchecked = isinstance(named, str) and self.faults.active("client-document-id-unchecked")
        if named != url and not unchecked:
            _refuse("The client_id in the client's document is not its URL.")
        name = document.get("client_name")
        if not isinstance(name, str) or not name.strip():
            _refuse("The client's document has no client_name.")
        if any(member in document for member in _SECRETS) and not self.faults.active("client-document-with-secret"):
            _refuse("The client's document holds a secret, which everybody can read.")
        method = document.get("token_endpoint_auth_method", "none")
        if method not in METHODS and not self.faults.active("client-document-with-secret"):
            _refuse("The client's document wants a way to authenticate that is not offered.")

    def _client(self, url: str, document: JsonObject, keys: tuple[JsonObject, ...]) -> Client:
        method = document.get("token_endpoint_auth_method", "none")
        return Client(
            id=url,
            name=document["client_name"],
            redirect_uris=self._redirect_uris(document),
            grant_types=_strings(document, "grant_types") or ("authorization_code",),
            authentication_method="none" if self.faults.active("client-document-key-unchecked") else method,
            keys=keys,
        )

    def _redirect_uris(self, document: JsonObject) -> tuple[str, ...]:
        uris = _strings(document, "redirect_uris")
        if not uris:
            _refuse("The client's document has no redirect_uris.")
        if any(redirect_uri_defect(uri, self.faults) for uri in uris):
            _refuse("The client's document has a redirect URI that is not allowed.")
        return uris


def is_document_url(client_id: str) -> bool:
    """Whether a client_id is meant as the URL of a document; no registered client's looks like that."""
    return client_id.lower().startswith(("https://", "http://"))


def _refuse(sentence: str) -> NoReturn:
    raise DocumentError(sentence)


def _strings(document: JsonObject, name: str) -> tuple[str, ...]:
    values = as_array(document.get(name, []))
    if values is None or not all(isinstance(value, str) for value in values):
        _refuse(f"{name} in the client's document must be an array of strings.")
    return tuple(values)
