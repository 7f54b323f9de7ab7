"""Which redirect URIs an authorization request may name (OAuth 2.1 sections 2.3 and 4.1.1, RFC 9700 section 4.1)."""

from collections.abc import Iterable
from functools import partial
from urllib.parse import urlsplit

from conformance import Judge, requirement
from conformance.authorizations import OTHER_URI, Authorizations
from conformance.checks.authorization.authorization_endpoint.answers import granted, refused
from conformance.oauth.authorization import AuthorizationAnswer
from conformance.oauth.registration import Client
from conformance.wire.http import is_loopback

PORT = 51004


def must_not_be_used(judge: Judge, authorizations: Authorizations, client: Client, uris: Iterable[str]) -> None:
    """Judge that the browser is not sent to redirect URIs that look like a registered one."""
    requests = {uri: {"redirect_uri": uri} for uri in uris}
    good = authorizations.good(client)
    refused(judge, good, authorizations.ask_each(requests, client), client.redirect_uris)


def start_and_path(client: Client) -> tuple[str, str]:
    """Scheme and host of the client's first redirect URI, and its path."""
    parts = urlsplit(client.redirect_uri)
    return f"{parts.scheme}://{parts.netloc}", parts.path


@requirement("authorization-endpoint.unregistered-redirect-refused")
def test_an_unregistered_redirect_uri_is_refused(authorizations: Authorizations, judge: Judge) -> None:
    must_not_be_used(judge, authorizations, authorizations.web, [OTHER_URI])


@requirement("authorization-endpoint.redirect-path-exact")
def test_a_similar_path_is_refused(authorizations: Authorizations, judge: Judge) -> None:
    start, path = start_and_path(authorizations.web)
    paths = (f"{path}/evil", f"{path}x", path.upper(), f"{path}/", "/")
    must_not_be_used(judge, authorizations, authorizations.web, [start + one for one in paths])


@requirement("authorization-endpoint.redirect-path-traversal-refused")
def test_a_path_with_dot_segments_or_escapes_is_refused(authorizations: Authorizations, judge: Judge) -> None:
    start, path = start_and_path(authorizations.web)
    escaped = f"/%{ord(path[1]):02x}{path[2:]}"
    paths = (f"{path}/../evil", f"/x/..{path}", f"{path}/%2e%2e/evil", escaped, f"{path}%2Fevil")
    must_not_be_used(judge, authorizations, authorizations.web, [start + one for one in paths])


@requirement("authorization-endpoint.redirect-query-and-fragment-exact")
def test_another_query_or_a_fragment_is_refused(authorizations: Authorizations, judge: Judge) -> None:
    client = authorizations.web
    uris = [f"{client.redirect_uri}?x=1", f"{client.redirect_uri}#x"]
    for uri in client.redirect_uris:
        if "?" in uri:
            uris += [uri.partition("?")[0], f"{uri}&b=2"]
    must_not_be_used(judge, authorizations, client, uris)


@requirement("authorization-endpoint.redirect-authority-exact")
def test_another_scheme_host_or_port_is_refused(authorizations: Authorizations, judge: Judge) -> None:
    client = authorizations.web
    start, path = start_and_path(client)
    if not start.startswith("https://") or is_loopback(start):
        judge.could_not_run("no client with an https redirect URI could be registered")
    host = urlsplit(start).netloc
    authorities = (f"{host}:8443", f"{host}.evil.example", f"evil.{host}", f"{host}@evil.example")
    uris = [f"http://{host}{path}", *(f"https://{one}{path}" for one in authorities)]
    must_not_be_used(judge, authorizations, client, [*uris, f"https://evil.example\\@{host}{path}"])
    answer = authorizations.ask("the default port", {"redirect_uri": f"{start}:443{path}"})
    if answer.accepted:
        judge.note(f"{start}:443{path} is taken for {client.redirect_uri}, although it is another string")


@requirement("authorization-endpoint.redirect-of-other-client-refused")
def test_the_redirect_uri_of_another_client_is_refused(authorizations: Authorizations, judge: Judge) -> None:
    client, other = authorizations.web, authorizations.native
    if client.id == other.id:
        judge.could_not_run("a second client is needed and none could be registered")
    answer = authorizations.good(other)
    if answer.refused:
        judge.could_not_run(f"the other client cannot use its redirect URI either ({answer.summary})")
    must_not_be_used(judge, authorizations, client, [other.redirect_uri])


def with_port(uri: str) -> str:
    """A loopback URI at a port that was not registered."""
    parts = urlsplit(uri)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return parts._replace(netloc=f"{host}:{PORT}").geturl()


def any_port(judge: Judge, authorizations: Authorizations, client: Client, uris: Iterable[str]) -> None:
    """Judge that loopback redirect URIs are accepted at a port that was not registered."""
    foil = authorizations.ask(OTHER_URI, {"redirect_uri": OTHER_URI})
    for uri in uris:
        answer = authorizations.ask(with_port(uri), {"redirect_uri": with_port(uri)}, client)
        granted(judge, partial(as_registered, authorizations, client, uri), with_port(uri), answer, foil)


def as_registered(authorizations: Authorizations, client: Client, uri: str) -> AuthorizationAnswer:
    """The answer to a good request with this redirect URI."""
    if uri == client.redirect_uri:
        return authorizations.good(client)
    return authorizations.ask(uri, {"redirect_uri": uri}, client)


@requirement("authorization-endpoint.loopback-ip-port-free")
def test_a_loopback_address_may_have_any_port(authorizations: Authorizations, judge: Judge) -> None:
    client = authorizations.native
    addresses = [uri for uri in client.redirect_uris if urlsplit(uri).hostname in ("127.0.0.1", "::1")]
    if not addresses:
        judge.not_applicable("the server registers no loopback address")
    any_port(judge, authorizations, client, addresses)
    if len(addresses) == 1:
        judge.note(f"only {addresses[0]} could be registered")


@requirement("authorization-endpoint.loopback-localhost-port-free")
def test_localhost_may_have_any_port(authorizations: Authorizations, judge: Judge) -> None:
    client = authorizations.hostile
    if urlsplit(client.redirect_uri).hostname != "localhost":
        judge.not_applicable("the server registers no redirect URI on localhost")
    any_port(judge, authorizations, client, [client.redirect_uri])


@requirement("authorization-endpoint.loopback-path-exact")
def test_only_the_port_of_a_loopback_address_is_free(authorizations: Authorizations, judge: Judge) -> None:
    client = authorizations.native
    uri = with_port(client.redirect_uri)
    if not is_loopback(uri):
        judge.not_applicable("the server registers no loopback address")
    others = [with_port(urlsplit(uri)._replace(path="/other").geturl()), uri.replace("http:", "https:", 1)]
    must_not_be_used(judge, authorizations, client, others)
    name = f"http://localhost:{PORT}{urlsplit(uri).path}"
    answer = authorizations.ask(name, {"redirect_uri": name}, client)
    judge.advise(not answer.accepted, expected=f"{name}: refused", observed=answer.summary, evidence=answer)


@requirement("authorization-endpoint.single-redirect-may-be-omitted")
def test_a_single_redirect_uri_may_be_left_out(authorizations: Authorizations, judge: Judge) -> None:
    client, changes = authorizations.hostile, {"redirect_uri": None}
    if len(client.redirect_uris) > 1:
        judge.could_not_run("the client has several redirect URIs")
    answer, foil = authorizations.ask("no redirect_uri", changes, client), authorizations.bogus
    granted(judge, partial(authorizations.good, client), "no redirect_uri", answer, foil, severity="advice")


@requirement("authorization-endpoint.several-redirects-need-choice")
def test_one_of_several_redirect_uris_must_be_named(authorizations: Authorizations, judge: Judge) -> None:
    client = authorizations.web
    if len(client.redirect_uris) < 2:
        judge.could_not_run("the client has one redirect URI only")
    refused(judge, authorizations.good(), authorizations.ask_each({"no redirect_uri": {"redirect_uri": None}}))
