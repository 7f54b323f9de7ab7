"""Finding the authorization server of an MCP server, as clients of each revision do it.

Sources: RFC 9728 sections 3 and 5, RFC 8414 section 3, and the page basic/authorization of each MCP revision.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.oauth.challenge import Challenge, bearer
from conformance.oauth.metadata import (
    AuthorizationServer,
    Document,
    Get,
    find_resource_metadata,
    find_server_metadata,
    is_absolute,
)
from conformance.shapes import as_list
from conformance.wire.http import Reply, origin_of, split_url

_MOST_SERVERS = 5
"""Authorization servers that are looked up, however many are listed."""


@dataclass(frozen=True)
class Discovery:
    """What discovery by the rules of `revision` found, with every place looked at in order.

    `resource_document` is the protected-resource metadata that is used, the first one that speaks for the endpoint.
    `fallback` says that no protected-resource metadata named a server and the origin of the MCP server was
    taken as issuer. `distrust` says why tokens of `server` must not reach the MCP server, empty where they may.
    """

    revision: str = ""
    challenge: Challenge | None = None
    resource_documents: tuple[Document, ...] = ()
    resource_document: Document | None = None
    servers: tuple[AuthorizationServer, ...] = (AuthorizationServer(""),)
    fallback: bool = False
    distrust: str = ""

    @property
    def server(self) -> AuthorizationServer:
        """The server that is audited: the first one with metadata."""
        return next((one for one in self.servers if one.document), self.servers[0])

    @property
    def issuer(self) -> str:
        """The identifier of `server`."""
        return self.server.issuer

    @property
    def server_document(self) -> Document | None:
        """The metadata of `server`."""
        return self.server.document

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

    @property
    def remark(self) -> str:
        """What a reader should know about the way that was taken; empty where the revision's own way was enough."""
        document = self.server_document
        if self.revision == "2025-03-26":
            if not document:
                return "There is no metadata; the default endpoints of revision 2025-03-26 were used."
            if self.fallback and document.found_by == "RFC 8414":
                return ""
            return f"Clients of revision 2025-03-26 do not find the metadata at {document.url}; newer rules were used."
        if not self.fallback:
            return ""
        return (
            "No protected-resource metadata names an authorization server; the origin of the MCP server was taken as"
            " issuer, as clients of revision 2025-03-26 do."
        )

    @property
    def offers_openid(self) -> bool:
        """Whether the server is an OpenID provider: its scopes hold openid, or only that kind of metadata is there."""
        scopes = as_list(self.server_metadata.get("scopes_supported"))
        return "openid" in scopes or bool(self.server_document and self.server_document.found_by != "RFC 8414")

    def endpoint(self, name: str) -> str | None:
        """An absolute endpoint URL of the server metadata, None when absent."""
        value = self.server_metadata.get(name)
        return value if is_absolute(value) else None


def discover(endpoint: str, refusal: Reply, get: Get, revision: str) -> Discovery:
    """The whole tree of a revision: challenge, protected-resource metadata, issuers, their metadata, fallback.

    Under 2025-03-26 the metadata at the origin comes first and the newer rules only when there is none.
    """
    challenge = bearer(refusal.header_all("www-authenticate"))
    base = origin_of(endpoint)
    at_origin = find_server_metadata(base, get) if revision == "2025-03-26" else None
    if at_origin and at_origin.document:
        return Discovery(revision, challenge, servers=(at_origin,), fallback=True)
    documents = find_resource_metadata(endpoint, challenge, get)
    chosen, distrust = _choose(endpoint, documents)
    issuers = _issuers(chosen.content if chosen else {})
    if not issuers:
        server = at_origin or find_server_metadata(base, get)
        return Discovery(revision, challenge, documents, chosen, (server,), fallback=True)
    servers = tuple(find_server_metadata(issuer, get) for issuer in issuers[:_MOST_SERVERS])
    return Discovery(revision, challenge, documents, chosen, servers, distrust=distrust)


def _choose(endpoint: str, documents: Iterable[Document]) -> tuple[Document | None, str]:
    """The document that names the servers, the endpoint's own before foreign ones, and why it is not trusted."""
    found = [(one, _foreign(endpoint, one)) for one in documents if one.content]
    return next((pair for pair in found if not pair[1]), found[0] if found else (None, ""))


def _foreign(endpoint: str, document: Document) -> str:
    """Why a document does not speak for the endpoint (RFC 9728 sections 3.3 and 7.3); empty when it does."""
    if origin_of(document.url) != origin_of(endpoint):
        return f"the challenge names metadata on another origin, {origin_of(document.url)}"
    resource = document.content.get("resource")
    if isinstance(resource, str) and split_url(resource).netloc and origin_of(resource) != origin_of(endpoint):
        return f"the metadata is about a resource on another origin, {origin_of(resource)}"
    return ""


def _issuers(metadata: Mapping[str, Any]) -> list[str]:
    listed = as_list(metadata.get("authorization_servers"))
    return list(dict.fromkeys(one for one in listed if is_absolute(one)))
