"""What every part of the reference server needs to know about the place it is served at."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from conformance.reference.faults import Faults, Profile

Consent = Literal["auto", "form"]

RESOURCE_METADATA_PREFIX = "/.well-known/oauth-protected-resource"
MOVED_METADATA_PREFIX = "/resource-metadata"
SERVER_METADATA_PATH = "/.well-known/oauth-authorization-server"
OPENID_PATH = "/.well-known/openid-configuration"
SERVER_PATH = "/tenant"
JWKS_PATH = "/jwks"
ACCOUNT_PATH = "/connect"
_HANDSHAKE = {"initialize", "notifications/initialized", "server/discover"}


@dataclass(frozen=True, slots=True)
class Site:
    """Where the server is deployed, and how it behaves there.

    `origin` (`http://127.0.0.1:PORT`) is that of the MCP server. `server` is what the URLs of the authorization
    server begin with: the same origin, or another one and a path; never with a slash at its end. `third_party` is the
    origin of the server to which logins are delegated; empty where users sign in here. `mcp_path` is that of the
    Streamable HTTP endpoint.
    """

    origin: str
    server: str
    faults: Faults
    consent: Consent = "auto"
    protected: bool = True
    profile: Profile = "combined"
    third_party: str = ""
    mcp_path: str = ""

    @property
    def resource_paths(self) -> tuple[str, ...]:
        """The paths of the endpoints that tokens are for."""
        return self.mcp_path, self.sse_path

    @property
    def sse_path(self) -> str:
        """The path of the stream of HTTP+SSE, beside the Streamable HTTP endpoint."""
        return self.mcp_path.rpartition("/")[0] + "/sse"

    @property
    def messages_path(self) -> str:
        """The path to which clients of HTTP+SSE post."""
        return self.mcp_path.rpartition("/")[0] + "/messages"

    @property
    def server_origin(self) -> str:
        """The origin of the authorization server."""
        return self.server.removesuffix(self.server_path)

    @property
    def server_path(self) -> str:
        """The path that all endpoints of the authorization server begin with; empty at the root."""
        return urlsplit(self.server).path

    @property
    def has_metadata(self) -> bool:
        """Whether clients can look up where things are; servers of revision 2025-03-26 need not let them."""
        return self.profile != "plain"

    @property
    def strict(self) -> bool:
        """Whether codes, grants and tokens end earlier than they must, as those of some servers do."""
        return self.profile == "strict"

    @property
    def detached(self) -> bool:
        """Whether the MCP server reads access tokens without asking, so that nobody can end or look up one of them."""
        return self.profile == "separate"

    def opens(self, methods: Sequence[str]) -> bool:
        """Whether messages with these methods need no token; a request without a message has none."""
        if self.profile == "lazy":
            return "tools/call" not in methods
        return self.profile == "lists" and bool(methods) and set(methods) <= _HANDSHAKE

    @property
    def has_resource_metadata(self) -> bool:
        """Whether the MCP server says which authorization server it trusts."""
        return self.has_metadata and not self.faults.active("atlassian-2025")

    @property
    def has_services(self) -> bool:
        """Whether clients may act for themselves, without a user."""
        return self.profile == "service"

    @property
    def issuer(self) -> str:
        """The issuer identifier of the authorization server, unless a fault says otherwise."""
        if self.faults.active("issuer-with-query"):
            return self.server + "?tenant=1"
        if self.faults.active("issuer-trailing-slash"):
            return self.server + "/"
        if self.faults.active("atlassian-2025"):
            return "https://cf.login.example.com"
        if self.faults.active("issuer-other-host"):
            return "https://login.example.com"
        return self.server

    @property
    def client_documents(self) -> bool:
        """Whether clients may be known by the URL of their metadata document."""
        off = ("client-documents-not-offered", "url-client-id-crash", "atlassian-2025")
        return self.has_metadata and not any(self.faults.active(name) for name in off)

    def resource(self, path: str) -> str:
        """The resource identifier published for the endpoint at `path` (RFC 9728 section 1.2)."""
        if self.faults.active("resource-with-fragment"):
            return f"{self.origin}{path}#x"
        if self.faults.active("resource-of-other-host"):
            return f"https://other.example.com{path}"
        if self.faults.active("resource-with-trailing-slash"):
            return f"{self.origin}{path}/"
        return self.origin + path

    def resource_path(self, identifier: str) -> str | None:
        """The endpoint a `resource` parameter names, None if it is not one of this server's.

        Scheme and host are compared without regard to case (RFC 3986 section 6.2.2.1).
        """
        start = identifier.find("/", identifier.find("//") + 2)
        folding = start > 0 and not self.faults.active("resource-case-sensitive")
        normalized = identifier[:start].lower() + identifier[start:] if folding else identifier
        for path in self.resource_paths:
            if normalized in (self.origin + path, self.resource(path)):
                return path
        return None
