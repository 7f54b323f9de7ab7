"""The well-known places of metadata, and what is found there.

Sources: RFC 9728 section 3, RFC 8414 section 3, OpenID Connect Discovery 1.0 section 4.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeGuard
from urllib.parse import urlunsplit

from conformance.oauth.challenge import Challenge
from conformance.wire.http import NoAnswer, Reply, is_loopback, join_url, origin_of, split_url

PROTECTED_RESOURCE = "/.well-known/oauth-protected-resource"
AUTHORIZATION_SERVER = "/.well-known/oauth-authorization-server"
OPENID_CONFIGURATION = "/.well-known/openid-configuration"

Get = Callable[[str, str], Reply]
"""Fetches a URL for a purpose; raises NoAnswer."""


@dataclass(frozen=True)
class Document:
    """One place where metadata was looked for. `found_by` is challenge, path, root or issuer form.

    `reply` is the answer there, or what a redirect on the same origin, kept in `redirect`, led to.
    """

    url: str
    found_by: str
    reply: Reply
    redirect: Reply | None = None

    @property
    def exchange(self) -> str:
        """The recorded exchange."""
        return self.reply.exchange

    @property
    def content(self) -> dict[str, Any]:
        """The document, whatever its media type; empty when there is none."""
        return self.reply.json_object if self.reply.status == 200 else {}


@dataclass(frozen=True)
class AuthorizationServer:
    """An authorization server by its issuer, the identifier from which the URLs of its metadata are built."""

    issuer: str
    documents: tuple[Document, ...] = ()

    @property
    def document(self) -> Document | None:
        """The metadata a client uses: the first document found."""
        return next((one for one in self.documents if one.content), None)


def is_absolute(value: object) -> TypeGuard[str]:
    """Whether a value is an http(s) URL with a host, without which programs disagree on where it leads."""
    return isinstance(value, str) and split_url(value).scheme in ("http", "https") and bool(split_url(value).hostname)


def is_web_url(value: object) -> bool:
    """Whether a value is an absolute https URL without fragment; http is fine on loopback."""
    if not isinstance(value, str) or "#" in value:
        return False
    parts = split_url(value)
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(value)))


def resource_metadata_places(endpoint: str, challenge: Challenge | None) -> list[tuple[str, str]]:
    """Where protected-resource metadata is looked for, as (found_by, url), most specific first."""
    parts = split_url(endpoint)
    origin = f"{parts.scheme}://{parts.netloc}"
    path = "" if parts.path == "/" else parts.path
    query = f"?{parts.query}" if parts.query else ""
    places = [("path", origin + PROTECTED_RESOURCE + path + query)]
    if path or query:
        places.append(("root", origin + PROTECTED_RESOURCE))
    named = challenge.get("resource_metadata") if challenge else None
    if named:
        url = join_url(endpoint, named)
        places = [("challenge", url), *(place for place in places if place[1] != url)]
    return places


def server_metadata_places(issuer: str) -> list[tuple[str, str]]:
    """Where metadata of an issuer is looked for, as (form, url), in the order of revision 2025-11-25."""
    parts = split_url(issuer)
    origin = f"{parts.scheme}://{parts.netloc}"
    path = parts.path.rstrip("/")
    places = [
        ("RFC 8414", origin + AUTHORIZATION_SERVER + path),
        ("OpenID Connect, path inserted" if path else "OpenID Connect", origin + OPENID_CONFIGURATION + path),
    ]
    return [*places, ("OpenID Connect, path appended", origin + path + OPENID_CONFIGURATION)] if path else places


def openid_places(issuer: str) -> list[tuple[str, str]]:
    """Where OpenID configurations of an issuer are looked for, as (form, url)."""
    return server_metadata_places(issuer)[1:]


def identifier_of(well_known_url: str) -> str:
    """The resource identifier from which a protected-resource well-known URL was built (RFC 9728 section 3.3)."""
    parts = split_url(well_known_url)
    return urlunsplit(parts._replace(path=parts.path.replace(PROTECTED_RESOURCE, "", 1)))


def find_resource_metadata(endpoint: str, challenge: Challenge | None, get: Get) -> tuple[Document, ...]:
    """Look at the places in order until a well-known one holds a document; the places passed are kept too."""
    looked: list[Document] = []
    for found_by, url in resource_metadata_places(endpoint, challenge):
        document = look(get, url, found_by, f"protected-resource metadata by {found_by}")
        looked += [document] if document else []
        if document and document.content and PROTECTED_RESOURCE in url:
            break
    return tuple(looked)


def find_server_metadata(issuer: str, get: Get) -> AuthorizationServer:
    """Look at the places of an issuer in order until one holds a document."""
    looked: list[Document] = []
    for form, url in server_metadata_places(issuer):
        document = look(get, url, form, f"authorization server metadata ({form})")
        looked += [document] if document else []
        if document and document.content:
            break
    return AuthorizationServer(issuer, tuple(looked))


def look(get: Get, url: str, found_by: str, purpose: str) -> Document | None:
    """Fetch what is at a place, following one redirect on the same origin; None when nothing answers."""
    try:
        reply = get(url, purpose)
        target = join_url(url, reply.redirect) if reply.redirect else ""
        if target and origin_of(target) == origin_of(url):
            return Document(url, found_by, get(target, f"{purpose}, redirected"), reply)
    except NoAnswer:
        return None
    return Document(url, found_by, reply)
