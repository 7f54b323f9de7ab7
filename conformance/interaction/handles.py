"""Handles: what a tool gave out on one connection, used on another and by another user (specification page basic)."""

from dataclasses import dataclass

from conformance.interaction.rounds import Round, ask
from conformance.offered import Offered
from conformance.probe import Probe
from conformance.shapes import as_object
from conformance.verdict import CouldNotRun
from conformance.wire.connection import Connection

CREATE, USE = "test_create_handle", "test_use_handle"
_MADE = 4
_UNKNOWN = "conformance-handle-that-nobody-made"


@dataclass(frozen=True)
class Handles:
    """The handles that were made, one after the other, and uses of the first.

    `own` is its use on the connection on which it was made, `moved` on another one, `unknown` that of a handle that
    was never made, `stolen` that by another user, None where there is no token of one.
    """

    made: tuple[str, ...]
    own: Round
    moved: Round
    unknown: Round
    stolen: Round | None


def use_handles(probe: Probe, offered: Offered, second_token: str | None) -> Handles:
    """Make handles and use one. Raises NoAnswer, NotApplicable without the tools, CouldNotRun."""
    for tool in (CREATE, USE):
        offered.tool(tool)
    with probe.session() as connection, probe.apart() as apart, apart.session() as other:
        made = tuple(_make(connection) for _ in range(_MADE))
        stolen = None
        if second_token:
            with probe.fresh(second_token) as theirs:
                stolen = _use(theirs, made[0])
        return Handles(made, _use(connection, made[0]), _use(other, made[0]), _use(other, _UNKNOWN), stolen)


def _make(connection: Connection) -> str:
    made = ask(connection, "tools/call", {"name": CREATE, "arguments": {}})
    handle = as_object(made.result.get("structuredContent")).get("handle")
    if not isinstance(handle, str) or not handle:
        raise CouldNotRun(f"{CREATE} gave no structuredContent with a handle ({made.summary})")
    return handle


def _use(connection: Connection, handle: str) -> Round:
    return ask(connection, "tools/call", {"name": USE, "arguments": {"handle": handle}})
