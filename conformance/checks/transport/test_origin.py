"""The Origin header, which keeps foreign web pages out (specification page basic/transports, security warning)."""

import pytest

from conformance import Judge, requirement
from conformance.audit import Audit
from conformance.ceremony.foreign_origin import OPENING, ForeignOrigin
from conformance.ceremony.sessions import served
from conformance.probe import Probe
from conformance.wire.http import Reply


@pytest.fixture
def foreign(audit: Audit, probe: Probe) -> ForeignOrigin:
    """Requests with a foreign Origin, sent once in a run."""
    return audit.once("foreign origin", lambda: ForeignOrigin.perform(probe))


def undecided(reply: Reply) -> bool:
    """Whether a request was neither let through nor turned down."""
    return not reply.ok and not 400 <= reply.status < 500


@requirement("transport.origin-validated")
def test_a_message_from_a_foreign_origin_is_refused(foreign: ForeignOrigin, judge: Judge) -> None:
    for origin, reply in foreign.messages.items():
        judge.never(served(reply), f"a message from {origin} is served", evidence=reply)
    if any(served(reply) for reply in foreign.messages.values()):
        judge.note("A server that is configured to let every origin in looks the same.")
    if any(undecided(reply) for reply in foreign.messages.values()):
        judge.could_not_run("a message from a foreign origin is neither served nor refused")


@requirement("transport.origin-validated-on-every-connection")
def test_no_connection_from_a_foreign_origin_is_served(foreign: ForeignOrigin, judge: Judge) -> None:
    for what, reply in foreign.connections.items():
        let_in = served(reply) if what == OPENING else reply.ok
        judge.never(let_in, f"{what} is served to a foreign origin", evidence=reply)
    if any(undecided(reply) for reply in foreign.connections.values()):
        judge.could_not_run("a connection from a foreign origin is neither served nor refused")


@requirement("transport.invalid-origin-403")
def test_a_foreign_origin_is_answered_with_403(foreign: ForeignOrigin, judge: Judge) -> None:
    for origin, reply in foreign.messages.items():
        judge.that(
            reply.status == 403, expected=f"HTTP 403 to a message from {origin}", observed=reply.summary, evidence=reply
        )
