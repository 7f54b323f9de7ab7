"""What connections hear beside the answers to their own requests."""

import threading
import time

from conformance.reference import ReferenceServer
from conformance.wire.heard import Heard
from conformance.wire.http import HttpClient
from conformance.wire.legacy_sse import LegacySse
from conformance.wire.streamable_http import StreamableHttp


def test_a_thread_waits_for_the_message_it_wants() -> None:
    heard = Heard()
    threading.Thread(target=lambda: [heard.add(one, "", "answer") for one in (1, 2, 3)]).start()
    found = heard.until(lambda value: value == 2, 5)

    assert found
    assert found.value == 2
    assert heard.until(lambda value: value == 1, 0, heard.mark) is None


def test_nobody_waits_for_what_can_no_longer_come() -> None:
    heard = Heard()
    heard.end("the stream ended")
    started = time.monotonic()

    assert heard.until(lambda _: True, 60) is None
    assert time.monotonic() - started < 5
    assert heard.over == "the stream ended"


def test_a_stream_is_held_while_requests_are_made(http: HttpClient) -> None:
    with ReferenceServer(protected=False) as server:
        client = StreamableHttp(http, server.url)
        client.open("2025-11-25")
        with client.listening() as refusal:
            answer = client.request("ping")
        client.close()

    assert refusal is None
    assert answer.result == {}
    stream = next(one for one in http.recorder.exchanges if one.method == "GET")
    assert (stream.status, stream.error) == (200, "")


def test_a_refused_stream_is_told_with_its_reply(http: HttpClient) -> None:
    with ReferenceServer(protected=False) as server:
        client = StreamableHttp(http, server.url)
        with client.listening() as refusal:
            pass

    assert refusal
    assert refusal.status == 400


def test_requests_over_http_sse_wait_at_the_same_time(http: HttpClient) -> None:
    with ReferenceServer(protected=False) as server:
        client = LegacySse(http, server.sse_url)
        client.open("2025-06-18")
        pending = [client.start(method) for method in ("tools/list", "prompts/list")]
        answers = [one.answer(5) for one in pending]
        client.close()

    assert [sorted(one.result or {})[-1] if one else None for one in answers] == ["tools", "prompts"]
