"""Streamable HTTP of revision 2026-07-28: each request stands alone (page basic/transports/streamable-http)."""

from collections.abc import Mapping, Sequence
from typing import Any

from conformance.wire import jsonrpc
from conformance.wire.connection import STATELESS_REVISION, Answer
from conformance.wire.http import HttpClient
from conformance.wire.streamable_http import StreamableHttp, stateless_meta


class Stateless(StreamableHttp):
    """One client without session: every request says which revision it speaks and who sends it."""

    def __init__(self, http: HttpClient, url: str, token: str | None = None) -> None:
        super().__init__(http, url, token)
        self.revision = STATELESS_REVISION
        self._described: dict[str, str] = {}

    def headers(self) -> dict[str, str | Sequence[str]]:
        """Header fields of a conforming client, with what they repeat of the body."""
        return super().headers() | self._described

    def open(self, revision: str, capabilities: Mapping[str, Any] | None = None) -> Answer:
        """Ask what the server offers, which takes the place of a handshake. Raises NoAnswer."""
        self.opening = self.request("server/discover")
        return self.opening

    def request(
        self,
        method: str,
        params: Mapping[str, Any] | None = None,
        *,
        id: jsonrpc.Id | None = None,
        purpose: str = "",
    ) -> Answer:
        """Send a request and wait for its response. Raises NoAnswer."""
        self._described = {"Mcp-Method": method}
        if method == "tools/call":
            self._described["Mcp-Name"] = str((params or {}).get("name"))
        return super().request(
            method, {**(params or {}), "_meta": stateless_meta(STATELESS_REVISION)}, id=id, purpose=purpose
        )
