"""Finding the authorization server of an MCP server, as clients of each revision do it.

Sources: RFC 9728 sections 3 and 5, RFC 8414 section 3, OpenID Connect Discovery 1.0 section 4, and the
page basic/authorization of each MCP revision.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlunsplit

from conformance.oauth.challenge import Challenge, bearer
from conformance.wire.http import NoAnswer, Reply, join_url, origin_of, split_url

PROTECTED_RESOURCE = "/.well-known/oauth-protected-resource"
AUTHORIZATION_SERVER = "/.well-known/oauth-authorization-server"
OPENID_CONFIGURATION = "/.well-known/openid-configuration"

Get = Callable[[str, str], Reply]
"""Fetches a URL for a purpose; raises NoAnswer."""


@dataclass(frozen=True)
class Document:
    """One place where metadata was looked for. `found_by` is challenge, path, root or issuer form."""

    url: str
    found_by: str
    reply: Reply

    @property
    def exchange(self) -> str:
        """The recorded exchange."""
        return self.reply.exchange

    @property
    def content(self) -> dict[str, Any]:
        """The document, whatever its media type; empty when there is none."""
        return self.reply.json_object if self.reply.status == 200 else {}


@dataclass(frozen=True)
class Discovery:
    """What discovery found, with every place looked at in order.

    `issuer` is the identifier from which the URL of the server metadata was built; `fallback` says that
    no protected-resource metadata named one and the origin of the MCP server was taken instead.
    """

    challenge: Challenge | None = None
    resource_documents: tuple[Document, ...] = ()
    issuer: str = ""
    fallback: bool = False
    server_documents: tuple[Document, ...] = ()
    other_issuers: tuple[tuple[str, bool], ...] = ()

    @property
    def resource_document(self) -> Document | None:
        """The protected-resource metadata a client uses: the first document found."""
        return next((one for one in self.resource_documents if one.content), None)

    @property
    def server_document(self) -> Document | None:
        """The authorization server metadata a client uses: the first document found."""
        return next((one for one in self.server_documents if one.content), None)

    @property
    def server_metadata(self) -> dict[str, Any]:
        """Content of `server_document`, or the default endpoints of 2025-03-26 when there is none."""
        if self.server_document:
            return self.server_document.content
        names = {
            "authorization_endpoint": "/authorize",
            "token_endpoint": "/token",
            "registration_endpoint": "/register",
        }
        return {name: self.issuer + path for name, path in names.items()} if self.fallback else {}

    def endpoint(self, name: str) -> str | None:
        """An absolute endpoint URL of the server metadata, None when absent."""
        value = self.server_metadata.get(name)
        return value if isinstance(value, str) and split_url(value).scheme in ("http", "https") else None


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


def identifier_of(well_known_url: str) -> str:
    """The resource identifier from which a protected-resource well-known URL was built (RFC 9728 section 3.3)."""
    parts = split_url(well_known_url)
    return urlunsplit(parts._replace(path=parts.path.replace(PROTECTED_RESOURCE, "", 1)))


def find_resource_metadata(endpoint: str, challenge: Challenge | None, get: Get) -> tuple[Document, ...]:
    """Look at the places in order until a well-known one holds a document; the places passed are kept too."""
    looked: list[Document] = []
    for found_by, url in resource_metadata_places(endpoint, challenge):
        try:
            looked.append(Document(url, found_by, get(url, f"protected-resource metadata by {found_by}")))
        except NoAnswer:
            continue
        if looked[-1].content and PROTECTED_RESOURCE in url:
            break
    return tuple(looked)


def find_server_metadata(issuer: str, get: Get) -> tuple[Document, ...]:
    """Look at the places of an issuer in order until one holds a document."""
    looked: list[Document] = []
    for form, url in server_metadata_places(issuer):
        try:
            looked.append(Document(url, form, get(url, f"authorization server metadata ({form})")))
        except NoAnswer:
            continue
        if looked[-1].content:
            break
    return tuple(looked)


def discover(endpoint: str, refusal: Reply, get: Get) -> Discovery:
    """The whole tree: challenge, protected-resource metadata, issuer, its metadata, 2025-03-26 fallback."""
    challenge = bearer(refusal.header_all("www-authenticate"))
    documents = find_resource_metadata(endpoint, challenge, get)
    chosen = next((one for one in documents if one.content), None)
    issuers = _issuers(chosen.content if chosen else {})
    fallback = not issuers
    issuer = issuers[0] if issuers else origin_of(endpoint)
    servers = find_server_metadata(issuer, get)
    others = tuple((one, any(d.content for d in find_server_metadata(one, get))) for one in issuers[1:4])
    return Discovery(challenge, documents, issuer, fallback, servers, others)


def _issuers(metadata: Mapping[str, Any]) -> list[str]:
    listed = metadata.get("authorization_servers")
    if not isinstance(listed, list):
        return []
    return [one for one in listed if isinstance(one, str) and split_url(one).scheme in ("http", "https")]  # type: ignore[reportUnknownVariableType]
