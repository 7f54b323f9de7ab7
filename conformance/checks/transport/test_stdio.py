"""The process of a server that is started by its client (specification page basic/transports, stdio)."""

import pytest

from conformance import Judge, requirement
from conformance.audit import Audit
from conformance.probe import Probe
from conformance.wire.stdio import Ending, Stdio


@pytest.fixture
def ending(audit: Audit, probe: Probe) -> Ending | None:
    """How a process ended whose input was closed after an ordinary request."""

    def end() -> Ending | None:
        with probe.session() as connection:
            connection.alive()
            connection.close()
            return connection.ending if isinstance(connection, Stdio) else None

    return audit.once("end of a process", end)


@requirement("stdio.exits-on-stdin-close")
def test_the_server_ends_when_its_input_is_closed(ending: Ending | None, judge: Judge) -> None:
    if ending is None or ending.by == "itself":
        judge.could_not_run("the server had ended before its input was closed")
    observed = f"it ended by {ending.by} after {ending.seconds:.1f} s"
    judge.advise(ending.by == "closed input", expected="its end without a signal", observed=observed)
