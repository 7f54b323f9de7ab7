"""Clients known by the URL of their metadata document (draft-ietf-oauth-client-id-metadata-document)."""

import asyncio
import http.client
import ipaddress
import re
import socket
import ssl
import time
from typing import NoReturn
from urllib.parse import SplitResult, urlsplit

from conformance.reference.faults import Faults
from conformance.reference.jsonrpc import JsonObject, as_array, as_object, read_json
from conformance.reference.redirects import LOOPBACK_HOSTS, redirect_uri_defect
from conformance.reference.store import Client

LARGEST_DOCUMENT = 5_000
LONGEST_FETCH = 5.0
LONGEST_LOCAL_FETCH = 0.5
LONGEST_KEPT = 24 * 3600

_OUTSIDE_URL = re.compile(r"[^\x21-\x7e]|[\\\"<>^`{|}]")
_DOT_SEGMENT = re.compile(r"/(?:\.|%2e){1,2}(?=/|$)", re.IGNORECASE)
_MAX_AGE = re.compile(r"max-age=\"?(\d{1,9})")
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
        defect = _url_defect(url, self.faults)
        if defect:
            _refuse(f"The client's URL {defect}.")
        try:
            async with asyncio.timeout(2 * LONGEST_FETCH):
                status, headers, body = await asyncio.to_thread(_fetch, url, self.faults)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise DocumentError(f"The client's document could not be fetched: {type(error).__name__}.") from None
        if status != 200 and not self.faults.active("client-document-status-ignored"):
            _refuse(f"The client's document was answered with status {status}.")
        if len(body) > LARGEST_DOCUMENT and not self.faults.active("client-document-of-any-size"):
            _refuse(f"The client's document holds more than {LARGEST_DOCUMENT} bytes.")
        lifetime = _lifetime(headers.get("Cache-Control", ""))
        if self.faults.active("client-document-kept-too-long"):
            lifetime = LONGEST_KEPT
        return self._checked(url, body), lifetime

    def _checked(self, url: str, body: bytes) -> Client:
        try:
            document = as_object(read_json(body))
        except ValueError:
            document = None
        if document is None:
            _refuse("The client's document is not a JSON object.")
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
        if method == "private_key_jwt" and ("jwks" in document) == ("jwks_uri" in document):
            _refuse("The client's document must have either jwks or jwks_uri.")
        return Client(
            id=url,
            name=name,
            redirect_uris=self._redirect_uris(document),
            grant_types=_strings(document, "grant_types") or ("authorization_code",),
            authentication_method="none" if self.faults.active("client-document-key-unchecked") else method,
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


def _url_defect(url: str, faults: Faults) -> str | None:
    """Why `url` cannot be a client_id, None if it can (section 3); http is for loopback hosts only."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "cannot be parsed"
    if not host or _OUTSIDE_URL.search(url):
        return "cannot be parsed"
    if parts.scheme != "https" and host not in LOOPBACK_HOSTS and not faults.active("client-document-over-http"):
        return "does not use https"
    if parts.path in ("", "/"):
        return "has no path"
    if faults.active("client-document-irregular-url"):
        return None
    if _DOT_SEGMENT.search(parts.path):
        return "has dot segments"
    if "#" in url or "@" in parts.netloc:
        return "has a fragment or a user name"
    return None


def _fetch(url: str, faults: Faults) -> tuple[int, http.client.HTTPMessage, bytes]:
    """Status, headers and at most one byte too many of the body. Raises OSError, HTTPException, ValueError."""
    parts = urlsplit(url)
    patience = LONGEST_LOCAL_FETCH if parts.hostname in LOOPBACK_HOSTS else LONGEST_FETCH
    deadline = time.monotonic() + patience
    connection = _connection(parts, patience, faults)
    try:
        target = (parts.path or "/") + ("?" + parts.query if parts.query else "")
        host = parts.netloc.rpartition("@")[2]
        connection.request("GET", target, headers={"Host": host, "Accept": "application/json"})
        answer = connection.getresponse()
        place = answer.headers.get("Location", "")
        if answer.status in (301, 302, 303, 307, 308) and faults.active("client-document-redirect-followed"):
            return _fetch(place, faults)
        body = b""
        while chunk := answer.read1(65_536):
            body += chunk
            if time.monotonic() > deadline:
                raise TimeoutError
            if len(body) > LARGEST_DOCUMENT and not faults.active("client-document-of-any-size"):
                break
        return answer.status, answer.headers, body
    finally:
        connection.close()


def _connection(parts: SplitResult, patience: float, faults: Faults) -> http.client.HTTPConnection:
    """A connection to the address that was looked up and found public, so that no later answer replaces it."""
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][4]
    exempt = host in LOOPBACK_HOSTS or faults.active("client-document-over-http")
    if not exempt and not ipaddress.ip_address(str(address[0]).partition("%")[0]).is_global:
        raise OSError("not a public address")
    connection = http.client.HTTPConnection(host, port)
    connection.sock = socket.create_connection((str(address[0]), port), patience)
    if parts.scheme == "https":
        connection.sock = ssl.create_default_context().wrap_socket(connection.sock, server_hostname=host)
    return connection


def _lifetime(cache_control: str) -> float:
    """Seconds a document may be kept: nothing unless max-age says so."""
    directives = cache_control.lower()
    if "no-store" in directives or "no-cache" in directives:
        return 0.0
    found = _MAX_AGE.search(directives)
    return float(min(int(found[1]), LONGEST_KEPT)) if found else 0.0
