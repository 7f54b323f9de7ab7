"""The transport HTTP+SSE (specification page basic/transports of 2024-11-05)."""

import pytest

from conformance import Judge, requirement
from conformance.audit import Audit
from conformance.ceremony.sse_opening import SseOpening
from conformance.probe import Probe
from conformance.survey import Survey
from conformance.verdict import CouldNotRun
from conformance.wire import jsonrpc
from conformance.wire.http import SENDER_REFUSED


@pytest.fixture
def opening(audit: Audit, probe: Probe) -> SseOpening:
    """A stream and messages to its endpoint, once in a run. Raises CouldNotRun where we are given no stream."""
    opening = audit.once("opening of http+sse", lambda: SseOpening.perform(probe))
    if opening.status in SENDER_REFUSED:
        raise CouldNotRun(f"the stream is refused to this client (HTTP {opening.status})")
    return opening


def usable(opening: SseOpening, judge: Judge) -> SseOpening:
    """The record, its endpoint known."""
    if not opening.endpoint:
        judge.could_not_run("the stream names no endpoint to post to")
    return opening


@requirement("legacy-sse.stream-content-type")
def test_the_stream_has_the_media_type_of_event_streams(opening: SseOpening, judge: Judge) -> None:
    observed = f"HTTP {opening.status}, {opening.media_type or 'no media type'}"
    judge.that(opening.media_type == "text/event-stream", expected="text/event-stream", observed=observed)


@requirement("legacy-sse.endpoint-event-sent")
def test_an_endpoint_event_names_where_to_post(opening: SseOpening, judge: Judge) -> None:
    named = [event for event in opening.events if event.event == "endpoint" and event.data]
    observed = f"{len(named)} of {len(opening.events)} events name an endpoint"
    judge.that(bool(named), expected="an endpoint event with a URI", observed=observed)


@requirement("legacy-sse.endpoint-event-first")
def test_the_endpoint_event_comes_first(opening: SseOpening, judge: Judge) -> None:
    kinds = [event.event for event in opening.events if event.data is not None]
    if "endpoint" not in kinds:
        judge.could_not_run("there is no endpoint event")
    judge.that(kinds[0] == "endpoint", expected="the endpoint event first", observed=f"{kinds[0]!r} first")


@requirement("legacy-sse.two-endpoints")
def test_a_client_connects_by_get_and_posts_where_told(opening: SseOpening, judge: Judge) -> None:
    judge.that(opening.status == 200, expected="HTTP 200 to the GET", observed=f"HTTP {opening.status}")
    reply = usable(opening, judge).posted["initialize"]
    judge.that(reply.ok, expected="HTTP 2xx to initialize", observed=reply.summary, evidence=reply)


@requirement("legacy-sse.posts-accepted-at-announced-uri")
def test_messages_at_the_named_endpoint_are_acted_on(opening: SseOpening, judge: Judge) -> None:
    for method, reply in usable(opening, judge).posted.items():
        judge.that(reply.ok, expected=f"HTTP 2xx to {method}", observed=reply.summary, evidence=reply)


@requirement("legacy-sse.server-messages-as-message-events")
def test_responses_come_as_message_events(opening: SseOpening, judge: Judge) -> None:
    speaking = [event for event in opening.events if any(map(is_message, jsonrpc.decode(event.data or "")))]
    odd = sorted({event.event for event in speaking} - {"message"})
    judge.that(not odd, expected="message events", observed=f"events named {', '.join(odd) or 'message'}")
    for method, answered in usable(opening, judge).answered.items():
        reply = opening.posted[method]
        observed = "a response on the stream" if answered else f"none, but {reply.summary} to the POST"
        judge.that(answered, expected=f"the response to {method} on the stream", observed=observed, evidence=reply)


def is_message(value: object) -> bool:
    """Whether a value is a JSON-RPC message."""
    return jsonrpc.kind_of(value) != "unknown"


@requirement("legacy-sse.origin-validated")
def test_a_foreign_origin_is_refused(opening: SseOpening, judge: Judge) -> None:
    for what, reply in usable(opening, judge).foreign.items():
        judge.never(reply.ok, f"{what} is served to a foreign origin", evidence=reply)
    if not all(reply.ok or 400 <= reply.status < 500 for reply in opening.foreign.values()):
        judge.could_not_run("a foreign origin is neither served nor refused")


@requirement("legacy-sse.connections-authenticated")
def test_nobody_connects_without_credentials(survey: Survey, opening: SseOpening, judge: Judge) -> None:
    if not survey.protected:
        judge.note("The server is open to everybody who reaches it, as a server for local use may be.")
        judge.not_applicable("the server answers without authorization")
    if survey.closed:
        judge.not_applicable(f"the server means to be open up to {survey.closed.name}")
    reply = usable(opening, judge).anonymous
    if reply is None:
        judge.could_not_run("there is no token to do without")
    judge.never(reply.ok, "a message without token is taken", evidence=reply)
