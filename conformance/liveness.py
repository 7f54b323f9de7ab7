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

    def look(self, probe: Probe, exchanges: Sequence[Exchange]) -> None:
        """Where the MCP endpoint failed in these exchanges, begin afresh and see whether that fails as well.

        Raises CouldNotRun where it does.
        """
        failed = [one for one in exchanges if one.channel == "mcp" and one.status >= 500]
        if not failed or probe.survey.transport != "streamable-http":
            return
        self.need()
        try:
            token = probe.survey.token
            reply = probe.knock(f"Bearer {token}" if token else None, "initialize after an error of the server")
        except NoAnswer:
            return
        if reply.status >= 500:
            since = failed[0].purpose or failed[0].method
            self._broken = (
                f"the server answers HTTP {reply.status} even to a client that begins afresh, since {since}; restart it"
                " and audit again"
            )
            self.need()

    def need(self) -> None:
        """Raise CouldNotRun where the server is broken."""
        if self._broken:
            raise CouldNotRun(self._broken)
