"""Waiting for an access token to end at the MCP server."""

import time
from dataclasses import dataclass

from conformance.probe import Probe
from conformance.wire.http import Reply

_POLL_SECONDS = 2.0


@dataclass(frozen=True)
class Ending:
    """What the MCP server said of an access token at the last try.

    `refused` says whether it turned the token down, `seconds` how long the token went on working before.
    """

    after: Reply
    refused: bool
    seconds: float

    @property
    def exchange(self) -> str:
        """The recorded exchange of the last try."""
        return self.after.exchange

    @property
    def summary(self) -> str:
        """One line about the last try."""
        return f"{self.after.summary} after {self.seconds:.0f} s"


def until_refused(probe: Probe, token: str, what: str, patience: float) -> Ending:
    """Knock until the token is not admitted any more, for at most `patience` seconds; `what` names the occasion."""
    started = time.monotonic()
    while True:
        after = probe.knock(f"Bearer {token}", f"initialize after {what}")
        elapsed = time.monotonic() - started
        if not probe.admits(after) or elapsed + _POLL_SECONDS > patience:
            return Ending(after, probe.refuses(after), elapsed)
        time.sleep(_POLL_SECONDS)
