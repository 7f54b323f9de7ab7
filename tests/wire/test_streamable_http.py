"""The Streamable HTTP client against servers that use everything the transport allows."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from conformance.evidence import Recorder
from conformance.redaction import Redactor
from conformance.wire.connection import HANDSHAKE_REVISIONS
from conformance.wire.http import HttpClient, NoAnswer
from conformance.wire.streamable_http import StreamableHttp
from tests.auditing import JSON, Handler, website

SSE = "text/event-stream"
Received = list[tuple[str, dict[str, str], Any]]


@contextmanager
def server(*answers: Any) -> Iterator[tuple[str, Received]]:
    """Gives its answers one after the other; remembers method, headers (lower case) and JSON of each request."""
    received: Received = []
    waiting = list(answers)

    def answer(request: Handler) -> None:
        headers = {name.lower(): value for name, value in request.headers.items()}
        received.append((request.command, headers, json.loads(request.body) if request.body else None))
        (waiting.pop(0) if waiting else accepted)(request)

    with website(answer) as origin:
        yield f"{origin}/mcp", received


def accepted(request: Handler) -> None:
    request.send(202, "")


def with_json(message: Any, status: int = 200, **headers: str) -> Any:
    return lambda request: request.send(status, json.dumps(message), JSON, **headers)


def stream(*events: str) -> Any:
    return lambda request: request.send(200, "".join(events), SSE)


def event(message: Any, id: str = "") -> str:
    return (f"id: {id}\n" if id else "") + f"data: {json.dumps(message)}\n\n"


def result(id: Any, **members: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": id, "result": members}


def test_a_json_answer(http: HttpClient) -> None:
    with server(with_json(result(1, a=1))) as (url, received):
        answer = StreamableHttp(http, url, "the-token").request("ping", {"x": 1})

    assert answer.result == {"a": 1}
    assert answer.http.status == 200
    method, headers, message = received[0]
    assert method == "POST"
    assert message == {"jsonrpc": "2.0", "id": 1, "method": "ping", "params": {"x": 1}}
    assert headers["authorization"] == "Bearer the-token"
    assert headers["accept"] == "application/json, text/event-stream"
    assert headers["content-type"] == "application/json"
    assert "mcp-session-id" not in headers
    assert "mcp-protocol-version" not in headers


def test_the_handshake_keeps_session_and_revision(http: HttpClient) -> None:
    revision = HANDSHAKE_REVISIONS[-1]
    opening = with_json(result(1, protocolVersion=revision), Mcp_Session_Id="session-1")
    with server(opening, accepted, with_json(result(2)), accepted) as (url, received):
        connection = StreamableHttp(http, url)
        connection.open(revision)
        connection.request("ping")
        connection.close()
        connection.close()

    assert [one[0] for one in received] == ["POST", "POST", "POST", "DELETE"]
    assert received[1][2] == {"jsonrpc": "2.0", "method": "notifications/initialized"}
    for _, headers, _ in received[1:]:
        assert headers["mcp-session-id"] == "session-1"
        assert headers["mcp-protocol-version"] == revision


def test_an_ended_session_is_renewed_once(http: HttpClient) -> None:
    revision = HANDSHAKE_REVISIONS[-1]
    opening = with_json(result(1, protocolVersion=revision), Mcp_Session_Id="session-1")
    again = with_json(result(3, protocolVersion=revision), Mcp_Session_Id="session-2")
    gone = with_json({}, 404)
    with server(opening, accepted, gone, again, accepted, with_json(result(2, a=1))) as (url, received):
        connection = StreamableHttp(http, url)
        connection.open(revision)
        answer = connection.request("ping")

    assert answer.result == {"a": 1}
    assert received[-1][1]["mcp-session-id"] == "session-2"
    assert len(received) == 6


def test_an_unknown_method_with_status_404_ends_no_session(http: HttpClient) -> None:
    revision = HANDSHAKE_REVISIONS[-1]
    opening = with_json(result(1, protocolVersion=revision), Mcp_Session_Id="session-1")
    error = {"jsonrpc": "2.0", "id": 2, "error": {"code": -32601, "message": "Method not found"}}
    with server(opening, accepted, with_json(error, 404)) as (url, received):
        connection = StreamableHttp(http, url)
        connection.open(revision)
        answer = connection.request("no/such")

    assert (answer.error_code, len(received)) == (-32601, 3)


def test_a_session_id_comes_back_byte_by_byte(http: HttpClient) -> None:
    revision = HANDSHAKE_REVISIONS[-1]
    opening = with_json(result(1, protocolVersion=revision), Mcp_Session_Id="s\u00e9ance ~ 1")
    with server(opening) as (url, received):
        StreamableHttp(http, url).open(revision)

    assert received[1][1]["mcp-session-id"] == "s\u00e9ance ~ 1"


def test_a_message_is_sent_again_when_the_server_wants_to_wait(http: HttpClient) -> None:
    with server(with_json({}, 429, Retry_After="0"), with_json(result(1, a=1))) as (url, received):
        answer = StreamableHttp(http, url).request("ping")

    assert answer.result == {"a": 1}
    assert [one[2] for one in received] == [received[0][2]] * 2


def test_a_stream_ends_with_the_answer(http: HttpClient) -> None:
    def held(request: Handler) -> None:
        request.send_response(200)
        request.send_header("Content-Type", f"{SSE}; charset=utf-8")
        request.end_headers()
        request.wfile.write((": hello\n\n" + event({"jsonrpc": "2.0", "method": "x"}) + event(result(1))).encode())
        time.sleep(5)

    started = time.monotonic()
    with server(held) as (url, _):
        answer = StreamableHttp(http, url).request("ping")

    assert answer.result == {}
    assert len(answer.messages) == 2
    assert time.monotonic() - started < 2


def test_requests_of_the_server_are_answered_on_the_way(http: HttpClient) -> None:
    ping = {"jsonrpc": "2.0", "id": "p1", "method": "ping"}
    sampling = {"jsonrpc": "2.0", "id": 1, "method": "sampling/createMessage", "params": {}}
    note = {"jsonrpc": "2.0", "method": "notifications/message", "params": {}}
    with server(stream(event(ping), event(note), event(sampling), event(result(1, done=True)))) as (url, received):
        answer = StreamableHttp(http, url).request("tools/call")

    assert answer.result == {"done": True}
    assert received[1][2] == {"jsonrpc": "2.0", "id": "p1", "result": {}}
    assert received[2][2]["id"] == 1
    assert received[2][2]["error"]["code"] == -32601


def test_a_broken_stream_is_resumed(http: HttpClient) -> None:
    first = stream("retry: 10\n\n", event({"jsonrpc": "2.0", "method": "x"}, "e-1"))
    with server(first, stream(event(result(1, a=1), "e-2"))) as (url, received):
        answer = StreamableHttp(http, url).request("ping")

    assert answer.result == {"a": 1}
    assert [one[0] for one in received] == ["POST", "GET"]
    assert received[1][1]["last-event-id"] == "e-1"
    assert received[1][1]["accept"] == SSE
    assert answer.exchange != answer.http.exchange


def test_resuming_goes_on_from_the_newest_event(http: HttpClient) -> None:
    parts = [stream(event({"jsonrpc": "2.0", "method": "x"}, f"e-{number}")) for number in range(3)]
    with server(*parts, stream(event(result(1)))) as (url, received):
        answer = StreamableHttp(http, url).request("ping")

    assert answer.result == {}
    assert [one[1].get("last-event-id") for one in received] == [None, "e-0", "e-1", "e-2"]


@pytest.mark.parametrize("retry", ["", "retry: 999999999999\n\n"])
def test_resuming_is_given_up(http: HttpClient, monkeypatch: pytest.MonkeyPatch, retry: str) -> None:
    slept: list[float] = []
    monkeypatch.setattr("conformance.wire.streamable_http.time.sleep", slept.append)
    endless = [stream(retry, event({"jsonrpc": "2.0", "method": "x"}, "e")) for _ in range(20)]
    with server(*endless) as (url, received):
        answer = StreamableHttp(http, url).request("ping")

    assert answer.response is None
    assert len(received) <= 6
    assert sum(slept) <= 30


def test_the_stream_of_a_cancelled_request_is_not_resumed(http: HttpClient) -> None:
    cancelled = threading.Event()

    def held(request: Handler) -> None:
        request.send_response(200)
        request.send_header("Content-Type", SSE)
        request.end_headers()
        request.wfile.write(event({"jsonrpc": "2.0", "method": "x"}, "e-1").encode())
        cancelled.wait(5)

    def take(request: Handler) -> None:
        request.send(202, "")
        cancelled.set()

    with server(held, take) as (url, received):
        pending = StreamableHttp(http, url).start("tools/call")
        pending.heard(lambda _: True, 2)
        pending.cancel("it takes too long")
        answer = pending.answer(2)

    assert answer
    assert answer.response is None
    assert [one[0] for one in received] == ["POST", "POST"]
    assert received[1][2]["params"] == {"requestId": pending.id, "reason": "it takes too long"}


def test_a_stream_without_ids_is_not_resumed(http: HttpClient) -> None:
    with server(stream(event({"jsonrpc": "2.0", "method": "x"}))) as (url, received):
        answer = StreamableHttp(http, url).request("ping")

    assert answer.response is None
    assert "no JSON-RPC response" in answer.summary
    assert len(received) == 1


def test_an_emptied_event_id_is_not_resumed(http: HttpClient) -> None:
    with server(stream(event({"jsonrpc": "2.0", "method": "x"}, "e"), "id\ndata: {}\n\n")) as (url, received):
        StreamableHttp(http, url).request("ping")

    assert len(received) == 1


def test_a_refused_resumption_is_no_answer(http: HttpClient) -> None:
    first = stream(event({"jsonrpc": "2.0", "method": "x"}, "e"))
    with server(first, lambda request: request.send(405)) as (url, received):
        answer = StreamableHttp(http, url).request("ping")

    assert answer.response is None
    assert len(received) == 2


def test_a_stream_cut_in_the_middle_of_an_event_is_resumed(http: HttpClient) -> None:
    def cut(request: Handler) -> None:
        text = event({"jsonrpc": "2.0", "method": "x"}, "e") + 'id: e2\ndata: {"jsonrpc": "2.0", "id"'
        request.send_response(200)
        request.send_header("Content-Type", SSE)
        request.send_header("Content-Length", "100000")
        request.end_headers()
        request.wfile.write(text.encode())

    with server(cut, stream(event(result(1)))) as (url, received):
        answer = StreamableHttp(http, url).request("ping")

    assert answer.result == {}
    assert received[1][1]["last-event-id"] == "e"


def test_an_event_that_comes_again_counts_once(http: HttpClient) -> None:
    note = event({"jsonrpc": "2.0", "method": "x"}, "e")
    with server(stream(note), stream(note, event(result(1, a=1), "f"))) as (url, _):
        connection = StreamableHttp(http, url)
        answer = connection.request("ping")

    assert answer.result == {"a": 1}
    assert [one.value.get("method") for one in connection.heard.since()] == ["x", None]


def broken_off(text: str) -> Any:
    def send(request: Handler) -> None:
        request.send_response(200)
        request.send_header("Content-Type", "Text/Event-Stream; charset=UTF-8")
        request.send_header("Content-Length", "100000")
        request.end_headers()
        request.wfile.write(text.encode())

    return send


def test_a_resumed_stream_may_break_off_again(http: HttpClient) -> None:
    parts = [broken_off(event({"jsonrpc": "2.0", "method": "x"}, f"e-{number}")) for number in range(3)]
    with server(*parts, stream(event(result(1)))) as (url, received):
        answer = StreamableHttp(http, url).request("ping")

    assert answer.result == {}
    assert [one[1].get("last-event-id") for one in received] == [None, "e-0", "e-1", "e-2"]


def test_a_get_stream_that_the_server_ends_is_opened_again_where_it_was_left(http: HttpClient) -> None:
    first = broken_off("retry: 10\n" + event({"jsonrpc": "2.0", "method": "x"}, "e-1"))
    with server(first, stream(event({"jsonrpc": "2.0", "method": "y"}, "e-2"))) as (url, received):
        connection = StreamableHttp(http, url)
        with connection.listening() as refusal:
            assert refusal is None
            assert connection.heard.until(lambda message: message["method"] == "y", 5)

    assert [one[1].get("last-event-id") for one in received[:2]] == [None, "e-1"]
    assert len(received) <= 4


def test_the_only_stream_of_a_server_is_opened_once_it_is_free(http: HttpClient) -> None:
    taken = with_json({}, 409)
    with server(taken, broken_off(": open\n\n")) as (url, received), StreamableHttp(http, url).listening() as refusal:
        assert refusal is None

    assert len(received) >= 2


WRONG_IDS: list[Any] = ["1", 1.5, None, 99, True, {}, "absent"]


@pytest.mark.parametrize("id", WRONG_IDS, ids=repr)
def test_a_response_with_a_wrong_id_is_still_shown(http: HttpClient, id: Any) -> None:
    message = result(id) if id != "absent" else {"jsonrpc": "2.0", "result": {}}
    with server(with_json(message)) as (url, _):
        answer = StreamableHttp(http, url).request("ping")

    assert answer.response == message


def test_a_late_response_is_not_taken_for_ours(http: HttpClient) -> None:
    late = stream(event(result(1, late=True)), event(result(2, ours=True)))
    with server(accepted, late) as (url, _):
        connection = StreamableHttp(http, url)
        connection.request("slow")
        answer = connection.request("fast")

    assert answer.result == {"ours": True}


def test_a_batch_is_looked_into(http: HttpClient) -> None:
    with server(with_json([{"jsonrpc": "2.0", "method": "x"}, result(1, a=1)])) as (url, _):
        answer = StreamableHttp(http, url).request("ping")

    assert answer.result == {"a": 1}
    assert len(answer.messages) == 1


@pytest.mark.parametrize(
    "body",
    ["", "null", "5", '"x"', "[]", "[[]]", "{}", '{"result": 5}', "<html>", "[" * 50_000, '{"id": [], "error": 7}'],
)
def test_odd_bodies_do_not_crash(http: HttpClient, body: str) -> None:
    with server(lambda request: request.send(200, body), stream(f"data: {body}\n\n")) as (url, _):
        connection = StreamableHttp(http, url)
        for _ in range(2):
            answer = connection.request("ping")
            assert answer.result is None
            assert answer.error_code is None
            assert answer.summary


ODD_REQUESTS: list[Any] = [
    {"jsonrpc": "2.0", "id": {"a": []}, "method": "ping"},
    {"jsonrpc": "2.0", "id": None, "method": {"a": 1}},
    {"jsonrpc": "2.0", "id": 1, "method": None, "params": 5},
]


@pytest.mark.parametrize("request_of_the_server", ODD_REQUESTS, ids=str)
def test_odd_requests_of_the_server_do_not_crash(http: HttpClient, request_of_the_server: Any) -> None:
    with server(stream(event(request_of_the_server), event(result(1)))) as (url, _):
        assert StreamableHttp(http, url).request("ping").result == {}


def test_a_server_that_keeps_asking_is_left_in_time(http: HttpClient) -> None:
    ping = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
    asking = [stream(*[event(ping)] * 3, event(result(1))) for _ in range(50)]
    started = time.monotonic()
    with server(*asking) as (url, received):
        StreamableHttp(http, url).request("ping")

    assert len(received) < 10
    assert time.monotonic() - started < 10


def test_a_deflated_answer_bomb_is_cut(http: HttpClient) -> None:
    import zlib

    bomb = zlib.compress(b" " * 50_000_000, 9)
    with server(lambda request: request.send(200, bomb, JSON, Content_Encoding="deflate")) as (url, _):
        answer = StreamableHttp(http, url).request("ping")

    assert len(answer.http.body) <= 4_000_000
    assert answer.http.cut


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "nonsense"])
def test_a_wrong_content_encoding_does_not_crash(http: HttpClient, encoding: str) -> None:
    with server(lambda request: request.send(200, "{}", JSON, Content_Encoding=encoding)) as (url, _):
        assert StreamableHttp(http, url).request("ping").response is None


def test_a_dead_server_is_no_answer(http: HttpClient) -> None:
    connection = StreamableHttp(http, "http://127.0.0.1:9/mcp")
    connection.session_id = "s"

    with pytest.raises(NoAnswer, match="cannot connect"):
        connection.request("ping")
    connection.close()


def test_a_silent_server_is_no_answer() -> None:
    client = HttpClient(Recorder(Redactor()), timeout=0.3)
    started = time.monotonic()
    with server(lambda request: time.sleep(2)) as (url, _), pytest.raises(NoAnswer, match="--request-timeout"):
        StreamableHttp(client, url).request("ping")
    client.close()

    assert time.monotonic() - started < 2.5


def test_a_server_that_asks_to_wait_is_waited_for(http: HttpClient) -> None:
    with server(lambda request: request.send(429, "", Retry_After="0"), lambda request: request.send(200, "{}")) as (
        url,
        received,
    ):
        reply = http.get(url, channel="metadata", purpose="test")

    assert reply.status == 200
    assert len(received) == 2


def test_every_exchange_is_recorded_without_the_token(http: HttpClient) -> None:
    with server(with_json(result(1))) as (url, _):
        StreamableHttp(http, url, "the-secret-token").request("ping")

    (exchange,) = http.recorder.exchanges
    assert exchange.channel == "mcp"
    assert exchange.purpose == "ping"
    assert exchange.status == 200
    assert "the-secret-token" not in exchange.as_line()
    assert "user-agent" in {name.lower() for name, _ in exchange.request.headers}


def half_a_stream(*events: str, held: threading.Event | None = None) -> Any:
    """A stream that announces more than comes: broken off after the events, or held open."""

    def answer(request: Handler) -> None:
        request.send_response(200)
        request.send_header("Content-Type", SSE)
        request.send_header("Content-Length", "10000")
        request.end_headers()
        request.wfile.write("".join(events).encode())
        request.wfile.flush()
        if held:
            held.wait(10)
        request.close_connection = True

    return answer


def test_a_stream_that_breaks_off_after_the_response_has_answered(http: HttpClient) -> None:
    with server(half_a_stream(event(result(1))), half_a_stream(": nothing\n\n")) as (url, _):
        connection = StreamableHttp(http, url)

        assert connection.request("ping").result == {}
        with pytest.raises(NoAnswer):
            connection.request("ping")


def test_a_stream_left_open_is_left_and_the_next_not_waited_for(http: HttpClient) -> None:
    held = threading.Event()
    with server(half_a_stream(event(result(1)), held=held)) as (url, _):
        answer = StreamableHttp(http, url).request("ping")
        held.set()

    assert answer.result == {}
    assert not answer.http.cut
    assert not http.endings.awaited
