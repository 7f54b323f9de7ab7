"""The server of our own documents."""

import socket
from collections.abc import Iterator
from threading import Thread

import httpx
import pytest

from conformance.oauth.documents import Document, DocumentServer


@pytest.fixture
def documents() -> Iterator[DocumentServer]:
    server = DocumentServer()
    yield server
    server.close()


def test_a_document_is_served_as_it_was_given(documents: DocumentServer) -> None:
    hosted = documents.host(Document(b"<p>", 203, {"Content-Type": "text/html", "X-One": "1"}))
    answer = httpx.get(hosted.url)
    assert (answer.status_code, answer.content, answer.headers["x-one"]) == (203, b"<p>", "1")
    assert hosted.taken_whole(within=5)


def test_a_value_is_served_as_json_and_may_be_exchanged(documents: DocumentServer) -> None:
    hosted = documents.host(Document.of({"a": 1}, Cache_Control="no-store"))
    answer = httpx.get(hosted.url)
    assert (answer.json(), answer.headers["cache-control"]) == ({"a": 1}, "no-store")
    hosted.document = Document(status=500)
    assert httpx.get(hosted.url).status_code == 500


def test_every_document_has_a_path_of_its_own(documents: DocumentServer) -> None:
    assert documents.host().url != documents.host().url
    assert documents.host(path="/.well-known/x").url == documents.origin + "/.well-known/x"


def test_fetches_are_recorded_as_sent(documents: DocumentServer) -> None:
    hosted = documents.host(Document.of({}), "/a/b.json")
    assert not hosted.fetched()
    with socket.create_connection(("127.0.0.1", documents.port)) as raw:
        raw.sendall(b"GET /x/../a/./b.json?q HTTP/1.1\r\nHost: here\r\nX-Two: 2\r\n\r\n")
        assert hosted.fetched(within=5)
    fetch = hosted.fetches[0]
    assert (fetch.method, fetch.target) == ("GET", "/x/../a/./b.json?q")
    assert ("X-Two", "2") in fetch.headers


def test_waiting_ends_when_the_fetch_comes(documents: DocumentServer) -> None:
    hosted = documents.host(Document.of({}))
    thread = Thread(target=httpx.get, args=(hosted.url,))
    thread.start()
    assert hosted.fetched(within=5)
    assert not hosted.fetched(times=2, within=0.01)
    thread.join()


def test_a_document_that_is_not_read_to_its_end_was_not_taken_whole(documents: DocumentServer) -> None:
    hosted = documents.host(Document(b" " * 10_000_000))
    with httpx.stream("GET", hosted.url) as answer:
        next(answer.iter_raw(1000))
    assert not hosted.taken_whole(within=0.2)


def test_closing_gives_up_delayed_answers() -> None:
    server = DocumentServer()
    hosted = server.host(Document(delay=600))
    failures: list[Exception] = []

    def fetch() -> None:
        try:
            httpx.get(hosted.url)
        except httpx.HTTPError as failure:
            failures.append(failure)

    thread = Thread(target=fetch)
    thread.start()
    assert hosted.fetched(within=5)
    server.close()
    thread.join(5)
    assert failures


def test_unknown_paths_and_other_protocols_are_turned_away(documents: DocumentServer) -> None:
    assert httpx.get(documents.origin + "/nothing").status_code == 404
    with pytest.raises(httpx.ConnectError):
        httpx.get(documents.origin.replace("http:", "https:"))
