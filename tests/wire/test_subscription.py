"""Subscriptions over both transports, against the reference server and against servers that do it wrong."""

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from conformance.reference import ReferenceServer
from conformance.wire.http import HttpClient
from conformance.wire.jsonrpc import Id
from conformance.wire.stateless import Stateless, StatelessHttp, StatelessStdio
from conformance.wire.subscription import EVERY_LIST, HttpSubscription, listen, tag_of
from tests.auditing import Handler, website

CHANGED = "notifications/tools/list_changed"


def started(http: HttpClient, server: ReferenceServer) -> StatelessStdio:
    return StatelessStdio(http, server.command, os.environ)


@contextmanager
def client_of(http: HttpClient, transport: str) -> Iterator[Stateless]:
    with ReferenceServer(profile="modern" if transport == "http" else "modern-stdio") as server:
        made = StatelessHttp(http, server.url) if transport == "http" else started(http, server)
        try:
            yield made
        finally:
            made.close()


@pytest.mark.parametrize("transport", ["http", "stdio"])
@pytest.mark.parametrize("id", [None, "by-text"])
def test_a_change_is_heard_until_the_subscription_is_closed(http: HttpClient, transport: str, id: Id | None) -> None:
    call = {"name": "test_trigger_tool_change", "arguments": {}}
    with client_of(http, transport) as client:
        subscription = listen(client, EVERY_LIST, id)
        begun = subscription.begin(5)
        client.request("tools/call", call)
        told = subscription.notified(CHANGED, 5)
        subscription.close()
        client.request("tools/call", call)
        count = len(subscription.messages)

    assert begun
    assert subscription.granted == EVERY_LIST
    assert told
    assert tag_of(told.value) == subscription.id
    assert count == 2
    assert subscription.refusal is None


@pytest.mark.parametrize("transport", ["http", "stdio"])
def test_what_is_no_filter_is_refused(http: HttpClient, transport: str) -> None:
    with client_of(http, transport) as client:
        client.request("server/discover")
        answer = client.request("subscriptions/listen", {"notifications": 5})

    assert answer.error_code == -32602


def test_a_process_that_ends_answers_what_is_open(http: HttpClient) -> None:
    with client_of(http, "stdio") as client:
        subscription = listen(client, EVERY_LIST)
        assert subscription.begin(5)

    assert subscription.response
    assert tag_of(subscription.response.value) == subscription.id
    assert subscription.over


def test_a_server_that_stops_answers_what_is_open(http: HttpClient) -> None:
    with ReferenceServer(profile="modern") as server:
        subscription = listen(StatelessHttp(http, server.url), EVERY_LIST)
        assert subscription.begin(5)
    subscription.until(lambda: bool(subscription.heard.over), 5)

    assert subscription.response
    assert subscription.response.value["result"]["resultType"] == "complete"


def test_an_error_is_a_refusal(http: HttpClient) -> None:
    def answer(request: Handler) -> None:
        error = {"jsonrpc": "2.0", "id": json.loads(request.body)["id"], "error": {"code": -32601, "message": "no"}}
        request.send(404, json.dumps(error))

    with website(answer) as origin:
        client = StatelessHttp(http, origin)
        subscription = listen(client, EVERY_LIST)
        begun = subscription.begin(5)
        subscription.close()
        with client.listening() as refusal:
            pass

    assert not begun
    assert subscription.refusal
    assert subscription.refusal.status == 404
    assert refusal
    assert refusal.status == 404


def test_a_server_that_says_nothing_is_not_waited_for_long(http: HttpClient) -> None:
    def answer(request: Handler) -> None:
        time.sleep(1)
        request.send(200, "", "text/event-stream")

    with website(answer) as origin:
        subscription = listen(StatelessHttp(http, origin), EVERY_LIST)
        started = time.monotonic()
        begun = subscription.begin(0.1)
        waited = time.monotonic() - started
        subscription.close()

    assert not begun
    assert waited < 0.9
    assert isinstance(subscription, HttpSubscription)
    assert subscription.media_type in ("", "text/event-stream")


def test_a_call_is_cancelled_by_closing_its_stream(http: HttpClient) -> None:
    arguments = {"seconds": 2, "steps": 20}
    params = {"name": "test_wait", "arguments": arguments, "_meta": {"progressToken": "closing"}}
    with client_of(http, "http") as client:
        pending = client.start("tools/call", params)
        begun = pending.heard(lambda one: "progressToken" in str(one), 5)
        cancelled = pending.cancel("enough")
        steps = [client.request("resources/read", {"uri": "test://steps-of-work"}) for _ in range(2)]
        answer = pending.answer(5)

    assert begun
    assert cancelled.http.cut
    assert answer
    assert answer.response is None
    counts = [json.loads((one.result or {})["contents"][0]["text"])["closing"] for one in steps]
    assert counts[0] == counts[1]
    assert counts[0] < 20
