"""What shows only where the client keeps silent for a while (specification pages basic/lifecycle and ping)."""

from collections.abc import Mapping
from typing import Any

import pytest

from conformance import Judge, requirement, waits
from conformance.audit import Audit
from conformance.idling import Idling
from conformance.offered import Offered
from conformance.probe import Probe
from conformance.shapes import as_object
from conformance.verdict import Narrowed
from conformance.wire.connection import Silence

MOST_PINGS = 1.5
"""Pings a second that are not yet excessive."""


@pytest.fixture(scope="session")
def idling(audit: Audit) -> Idling:
    """An idle connection."""
    probe = Probe(audit.need_survey(), audit.http)
    return audit.once("idling", lambda: Idling.perform(probe, waits.IDLE))


def pinged(idling: Idling, judge: Judge) -> Idling:
    """The record; not applicable where the server sent no ping."""
    judge.see(idling.after)
    if not idling.pings:
        judge.not_applicable(f"the server sent no ping in {idling.seconds:.0f} s")
    return idling


@requirement("ping.not-excessive")
def test_the_server_does_not_ping_all_the_time(idling: Idling, judge: Judge) -> None:
    rate = pinged(idling, judge).pings / max(idling.seconds, 1.0)
    observed = f"{idling.pings} in {idling.seconds:.1f} s"
    judge.that(rate <= MOST_PINGS, expected="about one ping a second at most", observed=observed)


@requirement("ping.timeout-is-connection-failure")
def test_a_ping_without_answer_ends_the_connection(idling: Idling, judge: Judge) -> None:
    if pinged(idling, judge).pings < 2:
        raise Narrowed(f"only one ping came in {idling.seconds:.0f} s, too late to see what follows")
    served = idling.after is not None and idling.after.result is not None
    observed = f"{idling.pings} pings without answer, and the session is {'still served' if served else 'over'}"
    judge.that(not served, expected="the end of the session, or of the connection", observed=observed)


@requirement("lifecycle.server-cancels-timed-out-request")
def test_a_request_that_timed_out_is_cancelled(probe: Probe, offered: Offered, audit: Audit, judge: Judge) -> None:
    tool, patience = offered.tool("test_sampling"), audit.settings.patience
    asked: list[Any] = []

    def leave_unanswered(params: dict[str, Any]) -> Mapping[str, Any]:
        asked.append(params)
        raise Silence

    with probe.session({"sampling": {}}, {"sampling/createMessage": leave_unanswered}) as connection:
        call = connection.start("tools/call", {"name": tool, "arguments": {"prompt": "conformance audit"}})
        answer = call.answer(patience)
        heard = [as_object(one.value) for one in connection.heard.since()]
    if not asked:
        judge.could_not_run(f"{tool} asked for no sample ({answer.summary if answer else 'no answer'})")
    if answer is None:
        raise Narrowed(f"the server still waited for its client after {patience:g} s; --patience gives it longer")
    requests = [one.get("id") for one in heard if one.get("method") == "sampling/createMessage"]
    cancelled = [as_object(one.get("params")).get("requestId") for one in heard if _cancels(one)]
    good = bool(requests) and requests[-1] in cancelled
    observed = f"cancelled: {cancelled}, asked: {requests}"
    judge.that(good, expected="notifications/cancelled for the request", observed=observed, evidence=answer)


def _cancels(message: dict[str, Any]) -> bool:
    return message.get("method") == "notifications/cancelled"
