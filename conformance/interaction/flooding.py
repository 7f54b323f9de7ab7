"""A call that makes the server tell as much as it can, for audits under stress."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.exercise import admitted
from conformance.probe import Probe
from conformance.verdict import CouldNotRun
from conformance.wire.connection import Answer
from conformance.wire.meta import LOG_LEVEL_KEY

TOKEN = "conformance-flood"  # noqa: S105 - not a secret
MOST_PER_SECOND = 300
_TOGETHER = 0.2


@dataclass(frozen=True)
class Flood:
    """How many notifications of one kind a call brought in how many seconds, no less than one."""

    answer: Answer
    arrived: int
    seconds: float

    @property
    def exchange(self) -> str:
        """The exchange of the call."""
        return self.answer.exchange

    @property
    def rate(self) -> float:
        """Notifications a second."""
        return self.arrived / self.seconds


def flood(
    probe: Probe, tool: str, arguments: Mapping[str, Any], counts: Callable[[Any], bool], *, level: str = ""
) -> Flood:
    """Call a tool that tells much, at a log level if one is named, and count messages. Raises NoAnswer, CouldNotRun."""
    with probe.session() as connection, connection.listening():
        meta: dict[str, Any] = {"progressToken": TOKEN}
        if level and probe.survey.stateless:
            meta[LOG_LEVEL_KEY] = level
        elif level:
            admitted(connection.request("logging/setLevel", {"level": level}))
        started, mark = time.monotonic(), connection.heard.mark
        params = {"name": tool, "arguments": dict(arguments), "_meta": meta}
        answer = admitted(connection.request("tools/call", params))
        connection.heard.until(lambda _: False, _TOGETHER, mark)
        arrived = [one.at for one in connection.heard.since(mark) if counts(one.value)]
    if answer.result is None or answer.result.get("isError"):
        raise CouldNotRun(f"{tool} did not work ({answer.summary})")
    return Flood(answer, len(arrived), max(1.0, max(arrived, default=started) - started))
