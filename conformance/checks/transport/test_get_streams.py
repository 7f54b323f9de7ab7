"""Streams opened with GET (specification page basic/transports, listening for messages from the server)."""

import pytest

from conformance import Judge, requirement
from conformance.audit import Audit
from conformance.ceremony.listening import Listening, is_about_progress
from conformance.probe import Probe
from conformance.shapes import as_object
from conformance.wire import jsonrpc


@pytest.fixture
def listening(audit: Audit, probe: Probe) -> Listening:
    """Two GET streams while requests were made, once in a run."""
    return audit.once("listening", lambda: Listening.perform(probe))


def opened(listening: Listening, judge: Judge) -> Listening:
    """The record, its stream open."""
    if listening.refusal:
        judge.not_applicable(f"the server opens no stream for GET ({listening.refusal.summary})")
    return listening


@requirement("transport.get-opens-stream-or-405")
def test_a_get_opens_a_stream_or_is_refused_with_405(listening: Listening, judge: Judge) -> None:
    reply = listening.refusal
    if reply is None:
        judge.that(True, expected="an event stream, or HTTP 405", observed="an event stream")
        return
    judge.see(reply)
    if reply.status in (400, 404) and not listening.alive:
        judge.could_not_run(f"the session ended meanwhile ({reply.summary})")
    if reply.status in (401, 403):
        judge.could_not_run(f"the token does not allow it ({reply.summary})")
    judge.that(reply.status == 405, expected="an event stream, or HTTP 405", observed=reply.summary, evidence=reply)


@requirement("transport.no-response-on-get-stream")
def test_no_response_comes_on_a_get_stream(listening: Listening, judge: Judge) -> None:
    messages = [one for stream in opened(listening, judge).messages() for one in stream]
    responses = [one for one in messages if jsonrpc.kind_of(one) in ("result", "error")]
    observed = f"{len(responses)} responses among {len(messages)} messages while {len(listening.asked)} were awaited"
    judge.that(not responses, expected="no response", observed=observed)


@requirement("transport.get-stream-unrelated-messages")
def test_a_get_stream_carries_nothing_about_a_request_in_progress(listening: Listening, judge: Judge) -> None:
    worked = opened(listening, judge).worked
    on_streams = [one for stream in listening.messages() for one in stream if is_about_progress(one)]
    with_answer = [one for one in worked.messages if is_about_progress(one)] if worked else []
    if not on_streams and not with_answer:
        judge.not_applicable("no request made the server tell about its progress")
    judge.that(
        not on_streams,
        expected="the progress of a request on its own stream",
        observed=f"{len(on_streams)} notifications of progress on a GET stream",
        evidence=worked,
    )


@requirement("transport.message-on-one-stream-only")
def test_a_message_goes_to_one_stream_only(listening: Listening, judge: Judge) -> None:
    changed = opened(listening, judge).changed
    if listening.second_refusal:
        judge.not_applicable(f"the server opens one stream only ({listening.second_refusal.summary})")
    if changed is None:
        judge.not_applicable("the server offers no tool that changes a list")
    told = "notifications/tools/list_changed"
    streams = [*listening.messages(), list(changed.messages)]
    carrying = sum(any(as_object(one).get("method") == told for one in stream) for stream in streams)
    if not carrying:
        judge.not_applicable("the server told of no change")
    judge.that(
        carrying == 1, expected="the notification on one stream", observed=f"it is on {carrying}", evidence=changed
    )
