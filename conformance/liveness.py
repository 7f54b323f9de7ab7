"""Whether the target still serves anybody, looked at where a check met an error of the server."""

from collections.abc import Sequence

from conformance.evidence import Exchange
from conformance.probe import Probe
from conformance.verdict import CouldNotRun
from conformance.wire.http import NoAnswer


class Liveness:
    """Notices that a server is broken for good, so that nobody takes that for the answer to a request of a check."""

    def __init__(self) -> None:
        self._broken = ""

    def look(self, probe: Probe, exchanges: Sequence[Exchange], mark: int) -> None:
        """Where the MCP endpoint failed after a mark, or when last asked, begin afresh and see whether that fails, too.

        Raises CouldNotRun where it does.
        """
        if probe.survey.transport != "streamable-http":
            return
        newest = next((one for one in reversed(exchanges) if one.channel == "mcp"), None)
        asked = [one for one in exchanges[mark:] if one.channel == "mcp"] or ([newest] if newest else [])
        failed = next((one for one in asked if one.status >= 500 or (one.error and not one.status)), None)
        if not failed:
            return
        self.need()
        token, since = probe.survey.token, failed.purpose or failed.method
        try:
            reply = probe.knock(f"Bearer {token}" if token else None, "initialize after an error of the server")
        except NoAnswer as silence:
            raise CouldNotRun(f"the server does not answer any more since {since}: {silence}") from None
        if reply.status >= 500:
            self._broken = (
                f"the server answers HTTP {reply.status} even to a client that begins afresh, since {since}; restart it"
                " and audit again"
            )
            self.need()

    def need(self) -> None:
        """Raise CouldNotRun where the server is broken."""
        if self._broken:
            raise CouldNotRun(self._broken)
