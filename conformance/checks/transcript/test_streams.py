"""Every event stream of the run, judged at no extra request (specification page basic/transports)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pytest

from conformance import Judge, requirement
from conformance.arrived import events, is_stream, requests_in
from conformance.audit import Audit
from conformance.evidence import Exchange
from conformance.shapes import as_list, as_object, parsed
from conformance.tasking.client import related_id
from conformance.wire import jsonrpc
from conformance.wire.sse import SseEvent
from conformance.wire.subscription import LISTEN

_SHOWN = 5
_OUT_OF_PLACE = (
    "notifications/tools/list_changed",
    "notifications/prompts/list_changed",
    "notifications/resources/list_changed",
    "notifications/resources/updated",
)


@dataclass(frozen=True)
class PostStream:
    """The stream with which requests were answered, its events, and the streams on which it was resumed."""

    source: Exchange
    events: list[SseEvent]
    resumed: list[Exchange]

    @property
    def exchange(self) -> str:
        """The recorded exchange."""
        return self.source.id

    @property
    def purpose(self) -> str:
        """What was asked."""
        return self.source.purpose

    @property
    def revision_told(self) -> bool:
        """Whether the request named the revision in use; without, a server may take it for one of an older client."""
        return ("mcp-protocol-version", self.source.revision) in [
            (name.lower(), value) for name, value in self.source.request.headers
        ]

    @property
    def has_ids(self) -> bool:
        """Whether an event has an id."""
        return any(event.id for event in self.events)

    @cached_property
    def requests(self) -> list[dict[str, Any]]:
        """The requests that are answered on it."""
        return requests_in(self.source)

    @cached_property
    def messages(self) -> list[dict[str, Any]]:
        """The messages on it."""
        return list(_messages(self.events))

    @property
    def missing(self) -> list[jsonrpc.Id]:
        """Ids of the requests without response on this very stream, none of a stream that was left early."""
        answer = self.source.response
        left = self.source.error or answer is None or answer.cut
        return [] if left else _unanswered(self.requests, self.messages)

    @property
    def lost(self) -> list[jsonrpc.Id]:
        """Ids of the requests that got no response although the stream is over and cannot be resumed any more."""
        later = [message for one in self.resumed for message in _messages(events(one))]
        over = not self.resumed or not is_stream(self.resumed[-1])
        return _unanswered(self.requests, self.messages + later) if self.missing and over else []


def _messages(found: Sequence[SseEvent]) -> Iterator[dict[str, Any]]:
    for event in found:
        value = parsed(event.data or "")
        yield from (as_object(one) for one in (as_list(value) or [value]))


def _is_response(message: dict[str, Any]) -> bool:
    return "method" not in message and bool(message.keys() & {"id", "result", "error"})


def _unanswered(requests: Sequence[dict[str, Any]], messages: Sequence[dict[str, Any]]) -> list[jsonrpc.Id]:
    """Ids of the requests without response; a response with a wrong id counts, which other rules judge."""
    responses = [one for one in messages if _is_response(one)]
    if len(responses) >= len(requests):
        return []
    return [one["id"] for one in requests if not any(jsonrpc.same_id(one["id"], other["id"]) for other in responses)]


@pytest.fixture(scope="session")
def streams(transcript: Sequence[Exchange], audit: Audit) -> list[PostStream]:
    """Event streams that answered requests of the audited revision, but for those of requests that were cancelled and
    of subscriptions, which last.
    """
    sent = [(one.conversation, as_object(one.sent)) for one in transcript]
    cancelled = [
        (conversation, as_object(message.get("params")).get("requestId"))
        for conversation, message in sent
        if message.get("method") == "notifications/cancelled"
    ]
    found: list[PostStream] = []
    for place, one in enumerate(transcript):
        if one.method != "POST" or one.status != 200 or not is_stream(one) or one.revision != audit.revision:
            continue
        asked = requests_in(one)
        if any(request["method"] == LISTEN for request in asked):
            continue
        if asked and not any((one.conversation, request["id"]) in cancelled for request in asked):
            found.append(PostStream(one, events(one), _resumptions(one, transcript[place:])))
    return found


def _resumptions(stream: Exchange, later: Sequence[Exchange]) -> list[Exchange]:
    """The GET requests with which the client went on with a stream, in order."""
    found: list[Exchange] = []
    known = {event.id for event in events(stream) if event.id}
    for one in later:
        if one.method == "GET" and one.conversation == stream.conversation and resumed_after(one) in known:
            found.append(one)
            known |= {event.id for event in events(one) if event.id}
    return found


def resumed_after(exchange: Exchange) -> str:
    """The event after which a GET wants to go on; empty where it names none."""
    return next((value for name, value in exchange.request.headers if name.lower() == "last-event-id"), "")


def session_of(exchange: Exchange) -> str:
    """The session, which the answer to `initialize` begins; empty where there are no ids."""
    lines = [*exchange.request.headers, *(exchange.response.headers if exchange.response else ())]
    return next((value for name, value in lines if name.lower() == "mcp-session-id"), "")


def some(streams: list[PostStream], judge: Judge, reason: str) -> list[PostStream]:
    """The streams, where there are any."""
    if not streams:
        judge.not_applicable(reason)
    return streams


NO_STREAM = "no request was answered with an event stream"


@requirement("transport.sse-delivers-response")
def test_every_stream_delivers_the_response(streams: list[PostStream], judge: Judge) -> None:
    for one in some(streams, judge, NO_STREAM):
        if one.lost:
            observed = f"none to {one.purpose}, and the stream is over"
            judge.that(False, expected="the response on the stream", observed=observed, evidence=one)
    judge.that(True, expected="the response on each stream", observed=f"{len(streams)} streams read")


@requirement("transport.sse-not-closed-before-response")
def test_no_stream_ends_before_the_response(streams: list[PostStream], judge: Judge) -> None:
    for one in some(streams, judge, NO_STREAM):
        if one.missing:
            observed = f"the end before the response to {one.purpose}"
            judge.that(False, expected="the response before the end", observed=observed, evidence=one)
    judge.that(True, expected="the response before the end", observed=f"{len(streams)} streams read")


@requirement("transport.sse-early-disconnect-after-event-id")
def test_a_stream_that_breaks_off_has_given_an_event_id(streams: list[PostStream], judge: Judge) -> None:
    early = [one for one in streams if one.missing]
    for one in some(early, judge, "no stream ended before the response"):
        observed = f"{'an' if one.has_ids else 'no'} event id before the end of the stream of {one.purpose}"
        judge.that(one.has_ids, expected="an event id to resume with", observed=observed, evidence=one)


@requirement("transport.sse-priming-event")
def test_every_stream_begins_with_an_id_and_no_data(streams: list[PostStream], judge: Judge) -> None:
    if streams and not any(one.has_ids for one in streams):
        judge.note("The server sends no event ids, so there is nothing to resume with.")
        judge.not_applicable("no event has an id")
    told = [one for one in streams if one.revision_told]
    for one in some(told, judge, NO_STREAM):
        first = next((event for event in one.events if event.data is not None or event.id is not None), None)
        if first is None or not first.id or first.data:
            observed = f"{first.data[:40]!r}" if first and first.data else "no id"
            observed = f"first of all {observed} in answer to {one.purpose}"
            judge.that(False, expected="an event with an id and empty data first", observed=observed, evidence=one)
    judge.that(True, expected="an event with an id and empty data first", observed=f"{len(told)} streams read")


@requirement("transport.post-stream-messages-related")
def test_a_stream_carries_what_concerns_its_request(streams: list[PostStream], judge: Judge) -> None:
    for one in some(streams, judge, NO_STREAM):
        tokens = [
            as_object(as_object(as_object(asked.get("params")).get("_meta"))).get("progressToken")
            for asked in one.requests
        ]
        tasks = [as_object(asked.get("params")).get("taskId") for asked in one.requests]
        for message in one.messages:
            params = as_object(message.get("params"))
            concerns = params.get("progressToken") in tokens or related_id(params) in [each for each in tasks if each]
            strange = message.get("method") == "notifications/progress" and not concerns
            if strange or message.get("method") in _OUT_OF_PLACE:
                observed = f"{message['method']} on the stream of {one.purpose}"
                judge.advise(False, expected="messages about the request", observed=observed, evidence=one)
    judge.that(True, expected="messages about the request", observed=f"{len(streams)} streams read")


@requirement("transport.interleaved-messages-legal")
def test_only_requests_and_notifications_come_before_the_response(streams: list[PostStream], judge: Judge) -> None:
    busy = [one for one in streams if len(one.messages) > len(one.requests)]
    for one in some(busy, judge, "nothing came on a stream but the response"):
        responses = sum(_is_response(message) for message in one.messages)
        observed = f"{responses} responses to {len(one.requests)} requests, {len(one.messages)} messages in all"
        judge.that(
            responses <= len(one.requests),
            expected="requests and notifications beside the response",
            observed=observed,
            evidence=one,
        )


@requirement("transport.sse-disables-proxy-buffering")
def test_every_stream_asks_proxies_not_to_wait(transcript: Sequence[Exchange], judge: Judge) -> None:
    found = [one for one in transcript if is_stream(one) and one.status == 200]
    waiting = [one for one in found if _buffering(one) != "no"]
    for one in waiting[:_SHOWN]:
        observed = f"{_buffering(one) or 'no such field'} in answer to {one.purpose}"
        judge.advise(False, expected="X-Accel-Buffering: no", observed=observed, evidence=_Seen(one.id))
    if not found:
        judge.not_applicable(NO_STREAM)
    judge.advise(not waiting, expected="X-Accel-Buffering: no", observed=f"{len(found)} streams read")


def _buffering(exchange: Exchange) -> str:
    lines = exchange.response.headers if exchange.response else ()
    return next((value.strip().lower() for name, value in lines if name.lower() == "x-accel-buffering"), "")


@requirement("transport.event-ids-unique")
def test_event_ids_are_unique_in_a_session(transcript: Sequence[Exchange], judge: Judge) -> None:
    seen: dict[tuple[str, ...], SseEvent] = {}
    for one in transcript:
        for event in events(one) if is_stream(one) and one.conversation else ():
            if not event.id:
                continue
            earlier = seen.setdefault((one.conversation, session_of(one), event.id), event)
            redelivered = bool(resumed_after(one)) and earlier.data == event.data
            if earlier is not event and not redelivered:
                observed = f"{event.id!r} again in answer to {one.purpose}"
                judge.that(False, expected="one id for one event", observed=observed, evidence=_Seen(one.id))
    if not seen:
        judge.not_applicable("no event has an id")
    judge.that(True, expected="one id for one event", observed=f"{len(seen)} ids read")


@dataclass(frozen=True)
class _Seen:
    exchange: str
