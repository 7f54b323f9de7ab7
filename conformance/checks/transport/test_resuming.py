"""Resumption of streams (specification page basic/transports, resumability and redelivery)."""

from conformance import Judge, requirement
from conformance.ceremony.resuming import Resuming
from conformance.offered import Offered
from conformance.wire.connection import Connection
from conformance.wire.sse import scan


def offered_in(resuming: Resuming, judge: Judge) -> Resuming:
    """The record, something replayed in it."""
    for call in resuming.calls:
        judge.see(call.reply)
    if not any(call.replayed for call in resuming.calls):
        judge.not_applicable(f"streams cannot be resumed here ({resuming.calls[0].reply.summary})")
    return resuming


@requirement("transport.resume-replays-missed-messages")
def test_a_stream_is_resumed_or_that_is_refused(resuming: Resuming, judge: Judge) -> None:
    for call in resuming.calls:
        stream = call.reply.ok and call.reply.media_type == "text/event-stream"
        judge.that(
            stream or 400 <= call.reply.status < 500,
            expected="the rest of the stream, or a refusal",
            observed=call.reply.summary,
            evidence=call.reply,
        )


@requirement("transport.event-ids-identify-stream")
def test_an_event_id_leads_back_to_its_stream(resuming: Resuming, judge: Judge) -> None:
    for call in offered_in(resuming, judge).calls:
        observed = "the response to its call" if call.continued else "no response to its call"
        judge.that(call.continued, expected="the rest of its own stream", observed=observed, evidence=call.reply)


@requirement("transport.replay-stays-within-stream")
def test_a_resumed_stream_carries_nothing_of_another(resuming: Resuming, judge: Judge) -> None:
    for call in offered_in(resuming, judge).calls:
        foreign = len(call.strangers())
        observed = f"{foreign} of {len(call.replayed)} messages belong to another call"
        judge.that(not foreign, expected="messages of its own call", observed=observed, evidence=call.reply)


@requirement("transport.sse-retry-before-disconnect")
def test_a_retry_time_is_sent_before_a_stream_breaks_off(mcp: Connection, offered: Offered, judge: Judge) -> None:
    answer = mcp.request("tools/call", {"name": offered.tool("test_reconnection"), "arguments": {}})
    events = scan(answer.http.body) if answer.http.media_type == "text/event-stream" else []
    if not events or (answer.response and answer.exchange == answer.http.exchange):
        judge.not_applicable("the server does not break the stream off")
    told = any(event.retry is not None for event in events)
    judge.that(told, expected="an event with a retry field", observed=f"none in {len(events)} events", evidence=answer)
