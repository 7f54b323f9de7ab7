"""Documents that only checks look at."""

from conformance.evidence import Recorder, Redactor
from conformance.oauth.discovery import Discovery
from conformance.oauth.library import Library
from conformance.oauth.metadata import AuthorizationServer, Document
from conformance.once import Once
from conformance.wire.http import HttpClient, Reply
from tests.auditing import Handler, website

KNOWN = "http://127.0.0.1:9/.well-known/oauth-authorization-server"


def test_nothing_is_fetched_twice() -> None:
    asked: list[str] = []

    def answer(request: Handler) -> None:
        asked.append(f"{request.path} {request.headers.get('MCP-Protocol-Version')}")
        request.send(200, '{"issuer": "x"}')

    document = Document(KNOWN, "RFC 8414", Reply(200, (), b'{"issuer": "y"}', "#1", KNOWN))
    discovery = Discovery("2025-11-25", servers=(AuthorizationServer("http://127.0.0.1:9", (document,)),))
    redactor = Redactor()
    library = Library(discovery, HttpClient(Recorder(redactor)), Once(redactor))
    with website(answer) as origin:
        first, again = library.look(f"{origin}/one"), library.look(f"{origin}/one")
        plain = library.get(f"{origin}/one", "without version", None)

    assert first
    assert again
    assert first.reply is again.reply
    assert plain.json_object == {"issuer": "x"}
    assert library.look(KNOWN) is document
    assert asked == ["/one 2025-11-25", "/one None"]
    library.http.close()


def test_a_place_that_does_not_answer_holds_nothing() -> None:
    redactor = Redactor()
    library = Library(Discovery("2025-11-25"), HttpClient(Recorder(redactor)), Once(redactor))

    assert library.look(KNOWN) is None
    assert library.all([("RFC 8414", KNOWN)]) == []
    library.http.close()
