"""`server/discover`, and what becomes of it where it was not answered at first.

https://modelcontextprotocol.io/specification/2026-07-28/server/discover
"""

from dataclasses import dataclass, replace

from conformance.probe import Probe
from conformance.survey import closing, connect
from conformance.wire.connection import STATELESS_REVISION, Answer


@dataclass(frozen=True)
class Discovering:
    """The answer to the first request of the survey, and to those after it where that was refused.

    `other` is the answer to a list, `again` that to `server/discover` after it.
    """

    first: Answer
    other: Answer | None = None
    again: Answer | None = None

    @property
    def spoken(self) -> bool:
        """Whether the server speaks the revision, whatever it makes of `server/discover`."""
        answers = [one for one in (self.first, self.other) if one is not None]
        return any("resultType" in (one.result or {}) for one in answers) or self.first.result is not None

    @classmethod
    def perform(cls, probe: Probe, first: Answer) -> "Discovering":
        """Ask for a list and again for `server/discover` where its first answer is no result. Raises NoAnswer."""
        if first.result is not None:
            return cls(first)
        survey = replace(probe.survey, revision=STATELESS_REVISION, opening=None)
        with closing(connect(survey, probe.http)) as connection:
            return cls(first, connection.request("tools/list"), connection.request("server/discover"))
