"""How documents of clients are fetched: only from good addresses, within limits of size and time."""

import asyncio
import http.client
import ipaddress
import re
import socket
import ssl
import time
from http.client import HTTPMessage
from urllib.parse import SplitResult, urlsplit

from conformance.reference.faults import Faults
from conformance.reference.redirects import LOOPBACK_HOSTS

LARGEST_DOCUMENT = 5_000
LONGEST_FETCH = 5.0
LONGEST_LOCAL_FETCH = 1.0
LONGEST_KEPT = 24 * 3600

_OUTSIDE_URL = re.compile(r"[^\x21-\x7e]|[\\\"<>^`{|}]")
_DOT_SEGMENT = re.compile(r"/(?:\.|%2e){1,2}(?=/|$)", re.IGNORECASE)
_MAX_AGE = re.compile(r"max-age=\"?(\d{1,9})")


def url_defect(url: str, faults: Faults) -> str | None:
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


async def fetch(url: str, faults: Faults) -> tuple[int, HTTPMessage, bytes]:
    """Status, headers and at most one byte too many of the body. Raises OSError, HTTPException, ValueError."""
    async with asyncio.timeout(2 * LONGEST_FETCH):
        return await asyncio.to_thread(_fetch, url, faults)


def _fetch(url: str, faults: Faults) -> tuple[int, HTTPMessage, bytes]:
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
        if faults.active("client-document-of-any-size"):
            return answer.status, answer.headers, answer.read()
        body = b""
        while (chunk := answer.read1(65_536)) and len(body) <= LARGEST_DOCUMENT:
            body += chunk
            if time.monotonic() > deadline:
                raise TimeoutError
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


def lifetime_of(cache_control: str) -> float:
    """Seconds a document may be kept: nothing unless max-age says so."""
    directives = cache_control.lower()
    if "no-store" in directives or "no-cache" in directives:
        return 0.0
    found = _MAX_AGE.search(directives)
    return float(min(int(found[1]), LONGEST_KEPT)) if found else 0.0
