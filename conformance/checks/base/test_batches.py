"""JSON-RPC batches, which only revision 2025-03-26 has (specification page basic/index)."""

from dataclasses import dataclass
from typing import Any

import pytest

from conformance import Judge, requirement
from conformance.audit import Audit
from conformance.probe import Probe
from conformance.shapes import as_object, is_array
from conformance.wire import jsonrpc
from conformance.wire.connection import Answer, Connection

LINGER = 0.2
"""Seconds to wait for what is still missing, or too much, after the last response."""
IDS = ("batched-1", "batched-2")


@dataclass(frozen=True)
class Batched:
    """What came for a batch of two requests and a notification; `responses` are all messages without a method."""

    answer: Answer
    responses: tuple[dict[str, Any], ...]

    @property
    def exchange(self) -> str:
        """The recorded exchange."""
        return self.answer.exchange

    def answered(self, id: str) -> int:
        """How many results came for a request."""
        return sum(one.get("id") == id and "result" in one for one in self.responses)


def send_batch(connection: Connection) -> Batched:
    """Send the batch and collect what comes for it. Raises NoAnswer."""
    notification = jsonrpc.notification("notifications/cancelled", {"requestId": 999_996, "reason": "audit"})
    batch = [jsonrpc.request("ping", None, IDS[0]), notification, jsonrpc.request("ping", None, IDS[1])]
    mark, connection.linger = connection.heard.mark, LINGER
    answer = connection.post(jsonrpc.encode(batch), purpose="batch of ping, notification, ping", id=IDS[1])
    connection.linger = 0.0
    connection.heard.until(lambda one: as_object(one).get("id") == IDS[0], LINGER, mark)
    heard = [as_object(one.value) for one in connection.heard.since(mark)]
    return Batched(answer, tuple(one for one in heard if "method" not in one))


@pytest.fixture(scope="session")
def batched(audit: Audit) -> Batched:
    """What came for one batch."""
    return audit.once("batch", lambda: send_batch(audit.mcp()))


@requirement("jsonrpc.batches-accepted")
def test_a_batch_is_answered(batched: Batched, judge: Judge) -> None:
    for id in IDS:
        observed = f"{batched.answered(id)} results for it ({batched.answer.summary})"
        judge.that(batched.answered(id) > 0, expected=f"a result for {id}", observed=observed, evidence=batched)


@requirement("jsonrpc.batch-answers-every-request")
def test_each_request_of_a_batch_is_answered_and_nothing_else(batched: Batched, judge: Judge) -> None:
    if not any(map(batched.answered, IDS)):
        judge.could_not_run(f"no request of the batch was answered ({batched.answer.summary})")
    ids = [one.get("id") for one in batched.responses]
    good = sorted(map(str, ids)) == sorted(IDS)
    judge.that(good, expected=f"responses to {' and '.join(IDS)}", observed=f"responses to {ids}", evidence=batched)


@requirement("jsonrpc.batch-without-requests-202")
def test_a_batch_of_notifications_is_accepted_with_202(batched: Batched, mcp: Connection, judge: Judge) -> None:
    judge.see(batched)
    told = [jsonrpc.notification("notifications/cancelled", {"requestId": number}) for number in (999_994, 999_995)]
    answer = mcp.post(jsonrpc.encode(told), purpose="batch of two notifications")
    status, size = answer.http.status, len(answer.http.body)
    good = answer.refused or (status == 202 and not size)
    judge.that(good, expected="HTTP 202 without body, or an error", observed=answer.http.summary, evidence=answer)


@requirement("jsonrpc.batches-not-sent")
def test_a_batch_is_not_answered_with_a_batch(probe: Probe, judge: Judge) -> None:
    with probe.spare_session() as connection:
        params = connection.introduced({})
        batch = [jsonrpc.request(connection.quick, params, id) for id in IDS]
        answer = connection.post(jsonrpc.encode(batch), purpose=f"batch of two {connection.quick}")
    sent = any(map(is_array, answer.messages))
    judge.advise(not sent, expected="single messages, or a refusal", observed=answer.summary, evidence=answer)
