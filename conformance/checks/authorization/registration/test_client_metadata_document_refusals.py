"""Client metadata documents that must be refused, and how documents are fetched and kept."""

import json
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from conformance import Judge, requirement
from conformance.oauth.document_clients import Asked, DocumentClients
from conformance.oauth.documents import Document, Hosted
from conformance.oauth.registration import Client
from conformance.wire.http import NoAnswer, origin_of

A_MOMENT = 0.2
LONG_WAIT = 30.0
OVERSIZE = 10_000_000
Attempt = tuple[Hosted, Asked]
"""A document and the request that made the server fetch it."""


@pytest.fixture(scope="session")
def clients(document_clients: DocumentClients) -> DocumentClients:
    """Clients whose documents we host, at a server that accepted one in order."""
    document_clients.need_own()
    return document_clients


@pytest.fixture(scope="session")
def failing(clients: DocumentClients) -> Attempt:
    """A document in order that comes with status 500."""
    hosted = clients.host(lambda good: replace(Document.of(good), status=500))
    return hosted, clients.ask(hosted)


@pytest.fixture(scope="session")
def truncated(clients: DocumentClients) -> Attempt:
    """A document that breaks off."""
    hosted = clients.host(lambda good: Document(json.dumps(good).encode()[:-2]))
    return hosted, clients.ask(hosted)


def must_refuse(judge: Judge, name: str, asked: Asked) -> None:
    """Judge that a client is refused; best with an error page, since its redirect URI cannot be trusted."""
    if asked.undecided:
        judge.could_not_run(f"{name}: a login comes before the server looks at the document ({asked.summary})")
    judge.that(not asked.accepted, expected=f"{name}: refused", observed=asked.summary, evidence=asked)
    if not asked.accepted:
        plain = asked.answer.kind == "refused"
        judge.advise(plain, expected=f"{name}: an error page", observed=asked.summary, evidence=asked)


def must_not_crash(judge: Judge, name: str, asked: Asked) -> None:
    """Judge that a refusal is no server error; status 503 with a time to come back is one that explains itself."""
    explained = asked.answer.reply.status == 503 and asked.answer.reply.header("retry-after")
    crashed = asked.answer.kind == "crash" and not explained
    judge.that(not crashed, expected=f"{name}: no server error", observed=asked.summary, evidence=asked)


OTHER_NAMES: dict[str, Callable[[str], str]] = {
    "another path": lambda url: url + "x",
    "another host": lambda url: "https://client.example" + urlsplit(url).path,
    "a slash at the end": lambda url: url + "/",
    "an origin in capitals": lambda url: origin_of(url).upper() + urlsplit(url).path,
}


@requirement("client-metadata-document.client-id-mismatch-refused")
def test_a_document_that_names_another_client_is_refused(clients: DocumentClients, judge: Judge) -> None:
    for name, other in OTHER_NAMES.items():
        hosted = clients.host()
        hosted.document = Document.of(clients.members(other(hosted.url)))
        must_refuse(judge, name, clients.ask(hosted))


@requirement("client-metadata-document.invalid-document-refused")
def test_a_document_that_is_invalid_is_refused(clients: DocumentClients, truncated: Attempt, judge: Judge) -> None:
    hosted = {
        "HTML": clients.host(lambda _: Document(b"<title>a client</title>", headers={"Content-Type": "text/html"})),
        "an array": clients.host(lambda good: Document.of([good])),
        "no client_id": clients.host(client_id=...),
        "no redirect_uris": clients.host(redirect_uris=...),
    }
    invalid = {name: clients.ask(one) for name, one in hosted.items()} | {"truncated JSON": truncated[1]}
    for name, asked in invalid.items():
        must_refuse(judge, name, asked)
        must_not_crash(judge, name, asked)
    nameless = clients.ask(clients.host(client_name=...))
    judge.advise(not nameless.accepted, expected="no client_name: refused", observed=nameless.summary)


def over_http(url: str) -> str:
    """The same place over http, its host no loopback name; 0.0.0.0 leads to this machine all the same."""
    return url.replace("https:", "http:", 1).replace("127.0.0.1", "0.0.0.0")  # noqa: S104 - nothing listens there


@requirement("client-metadata-document.non-https-client-id-refused")
def test_a_client_id_needs_https_and_a_path(document_clients: DocumentClients, judge: Judge) -> None:
    client = document_clients.need_accepted().client
    if document_clients.given:
        for url in (client.id.replace("https", "http", 1), origin_of(client.id)):
            must_refuse(judge, url, document_clients.ask_as(replace(client, id=url)))
        return
    plain = document_clients.ask_under(over_http)
    must_refuse(judge, "http on a host that is not loopback by name", plain)
    judge.advise(not plain.fetched, expected="no fetch over http", observed=plain.summary, evidence=plain)
    must_refuse(judge, "no path", document_clients.ask_under(origin_of, "/"))


@requirement("client-metadata-document.irregular-client-id-refused")
def test_a_client_id_with_irregular_parts_is_refused(clients: DocumentClients, judge: Judge) -> None:
    origin = clients.documents.origin
    irregular: dict[str, Callable[[str], str]] = {
        "two dots": lambda url: url.replace(origin, f"{origin}/x/.."),
        "a dot": lambda url: url.replace(origin, f"{origin}/."),
        "a fragment": lambda url: f"{url}#client",
        "a user name and password": lambda url: url.replace("//", "//user:password@"),
    }
    for name, spoilt in irregular.items():
        must_refuse(judge, name, clients.ask_under(spoilt))


@requirement("client-metadata-document.shared-secret-refused")
def test_a_document_with_a_shared_secret_is_refused(clients: DocumentClients, judge: Judge) -> None:
    announced = clients.host(token_endpoint_auth_method="client_secret_basic")  # noqa: S106 - a name
    must_refuse(judge, "client_secret_basic", clients.ask(announced))
    told = clients.host(client_secret="known to everybody")  # noqa: S106 - nobody's
    must_refuse(judge, "client_secret", clients.ask(told))


@requirement("client-metadata-document.unfetchable-aborts")
def test_a_document_that_cannot_be_fetched_ends_the_request(
    clients: DocumentClients, failing: Attempt, judge: Judge
) -> None:
    missing = clients.host(lambda good: replace(Document.of(good), status=404))
    for status, asked in ((404, clients.ask(missing)), (500, failing[1])):
        must_refuse(judge, f"status {status}", asked)
        must_not_crash(judge, f"status {status}", asked)
    if clients.documents.local:
        silent = clients.documents.origin.replace("http", "https", 1) + "/client.json"
        asked = clients.ask_as(Client(silent, clients.oauth.redirect_uri))
        must_refuse(judge, "no TLS", asked)
        must_not_crash(judge, "no TLS", asked)
    endless = clients.host(lambda good: replace(Document.of(good), delay=10 * LONG_WAIT))
    try:
        must_refuse(judge, "no answer", clients.ask(endless))
    except NoAnswer as failure:
        waited = clients.oauth.http.timeout
        if waited >= LONG_WAIT:
            judge.that(False, expected="a document that never comes: an error", observed=failure, evidence=failure)
        judge.note(f"a document that never comes: nothing for {waited:g} s; --request-timeout 30 decides this")


@requirement("client-metadata-document.errors-not-cached")
def test_a_document_is_fetched_again_after_an_error(
    clients: DocumentClients, failing: Attempt, truncated: Attempt, judge: Judge
) -> None:
    for name, (hosted, first) in {"status 500": failing, "an invalid document": truncated}.items():
        if first.accepted or not first.fetched:
            judge.could_not_run(f"{name} is not refused after a fetch ({first.summary})")
        hosted.document, before = Document.of(clients.members(hosted.url)), len(hosted.fetches)
        second = clients.ask(hosted)
        again = len(hosted.fetches) - before
        judge.that(again > 0, expected=f"{name}: another fetch", observed=f"{again} fetches", evidence=second)
        judge.that(second.accepted, expected=f"{name}: accepted now", observed=second.summary, evidence=second)
        judge.see(first)


@requirement("client-metadata-document.cache-headers-respected")
def test_a_document_is_kept_as_its_headers_say(clients: DocumentClients, judge: Judge) -> None:
    hosted, first = clients.unkept, clients.own
    if not first.fetched:
        judge.could_not_run(f"the document is not fetched ({first.summary})")
    before = len(hosted.fetches)
    judge.see(clients.ask(hosted))
    again = len(hosted.fetches) > before
    seen = "another fetch" if again else "the document of the first request was used"
    judge.advise(again, expected="no-store: another fetch for the next request", observed=seen)


@requirement("client-metadata-document.size-limited")
def test_the_size_of_a_document_is_limited(clients: DocumentClients, judge: Judge) -> None:
    hosted = clients.host(x_padding="x" * OVERSIZE)
    asked = clients.ask(hosted)
    if asked.undecided:
        judge.could_not_run(f"a login comes before the server looks at the document ({asked.summary})")
    whole = "all of it was read" if hosted.taken_whole() else "it was not read to its end"
    judge.that(not asked.accepted, expected="10 MB: refused", observed=f"{asked.summary}; {whole}", evidence=asked)


@requirement("client-metadata-document.no-private-address-fetch")
def test_a_redirect_to_an_internal_address_is_not_followed(clients: DocumentClients, judge: Judge) -> None:
    hosted = clients.documents.host()
    inside = clients.host(client_id=hosted.url)
    hosted.document = Document(status=302, headers={"Location": inside.url})
    asked = clients.ask(hosted)
    if not asked.fetched:
        judge.could_not_run(f"the document is not fetched ({asked.summary})")
    followed = inside.fetched(within=0.0 if asked.answer.refused else A_MOMENT)
    judge.never(followed, f"a redirect of a document to {clients.documents.origin} was followed", evidence=asked)
