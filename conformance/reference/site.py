"""What every part of the reference server needs to know about the place it is served at."""

from dataclasses import dataclass
from typing import Literal

from conformance.reference.faults import Faults

Consent = Literal["auto", "form"]

MCP_PATH = "/mcp"
SSE_PATH = "/sse"
MESSAGES_PATH = "/messages"
RESOURCE_METADATA_PREFIX = "/.well-known/oauth-protected-resource"
SERVER_METADATA_PATH = "/.well-known/oauth-authorization-server"
SCOPE = "mcp"


@dataclass(frozen=True, slots=True)
class Site:
    """The origin (`http://127.0.0.1:PORT`) and how the server behaves there."""

    origin: str
    faults: Faults
    consent: Consent = "auto"
    protected: bool = True

    @property
    def issuer(self) -> str:
        """The issuer identifier of the authorization server: the origin, unless a fault says otherwise."""
        if self.faults.active("issuer-with-query"):
            return self.origin + "?tenant=1"
        if self.faults.active("issuer-trailing-slash"):
            return self.origin + "/"
        if self.faults.active("issuer-other-host"):
            return "https://login.example.com"
        return self.origin

    def resource(self, path: str) -> str:
        """The resource identifier published for the endpoint at `path` (RFC 9728 section 1.2)."""
        if self.faults.active("resource-with-fragment"):
            return f"{self.origin}{path}#x"
        if self.faults.active("resource-of-other-host"):
            return f"https://other.example.com{path}"
        return self.origin + path

    def resource_path(self, identifier: str) -> str | None:
        """The endpoint a `resource` parameter names, None if it is not one of this server's.

        Scheme and host are compared without regard to case (RFC 3986 section 6.2.2.1).
        """
        start = identifier.find("/", identifier.find("//") + 2)
        normalized = identifier[:start].lower() + identifier[start:] if start > 0 else identifier
        for path in (MCP_PATH, SSE_PATH):
            if normalized in (self.origin + path, self.resource(path)):
                return path
        return None
