"""Which endpoints web pages of other origins may use (the CORS protocol of the Fetch standard)."""

from typing import Any

from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware

from conformance.reference.faults import Faults

_METADATA = ("MCP-Protocol-Version",)
_CLIENT = ("Authorization", "Content-Type", "DPoP")
_MCP = (*_CLIENT, "Accept", "Last-Event-ID", "Mcp-Session-Id", "MCP-Protocol-Version", "Mcp-Method", "Mcp-Name")
_SEEN = ("WWW-Authenticate", "Mcp-Session-Id")
_LOOPBACK = r"https?://(localhost|127\.0\.0\.1|\[::1\])(:[0-9]+)?"
_ANY = {"allow_origins": ["*"]}


class CrossOrigin:
    """Middleware for the kinds of endpoints; the authorization endpoint and its pages have none."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults

    def metadata(self) -> list[Middleware]:
        """Documents are for everybody."""
        return [] if self.faults.active("metadata-without-cors") else _allow("GET", _METADATA, **_ANY)

    def client(self) -> list[Middleware]:
        """Endpoints that a client calls itself authenticate it by what it sends, never by cookies."""
        if self.faults.active("token-without-cors"):
            return []
        credentials = self.faults.active("cors-with-credentials")
        policy: dict[str, Any] = {"allow_origin_regex": ".*", "allow_credentials": True} if credentials else _ANY
        return _allow("POST", _CLIENT, **policy)

    def mcp(self) -> list[Middleware]:
        """The server runs on the user's machine, so only pages from there may call it."""
        if self.faults.active("mcp-without-cors"):
            return []
        return _allow("GET, POST, DELETE", _MCP, allow_origin_regex=_LOOPBACK, expose_headers=_SEEN)

    def pages(self) -> list[Middleware]:
        """What browsers visit is nothing for scripts of other origins."""
        return _allow("GET", (), **_ANY) if self.faults.active("authorize-with-cors") else []


def _allow(methods: str, headers: tuple[str, ...], **policy: Any) -> list[Middleware]:  # noqa: ANN401
    return [Middleware(CORSMiddleware, allow_methods=methods.split(", "), allow_headers=headers, **policy)]
