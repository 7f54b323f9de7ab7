"""Which redirect URIs may be registered (RFC 7591 section 5, OAuth 2.1 section 2.3)."""

from collections.abc import Iterable
from typing import Any

from conformance import Judge, requirement
from conformance.oauth.flow import OAuthFlow
from conformance.oauth.registration import client_of
from conformance.registrations import REMOTE_URI, Registrations
from conformance.shapes import as_list
from conformance.wire.http import Reply

SCRIPT_SCHEMES = (
    "javascript:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    "blob:https://client.example/x",
    "file:///cb",
)
WILDCARDS = {
    "https://*.client.example/cb": "https://a.client.example/cb",
    "https://client.example/*": "https://client.example/elsewhere",
    "https://client.example/cb*": "https://client.example/cbx",
}
UNRELATED = "https://unrelated.example/cb"
DISGUISED = ("JavaScript:alert(1)", " javascript:alert(1)", "java\tscript:alert(1)", "\x01javascript:alert(1)")


def must_be_refused(judge: Judge, replies: Iterable[tuple[str, Reply]]) -> None:
    """Judge that registrations were refused; one that broke the server down was not."""
    broken_down = ""
    for name, reply in replies:
        if reply.status >= 500:
            broken_down = f"the server breaks down at {name} ({reply.summary})"
            continue
        refused = 400 <= reply.status < 500 and "client_id" not in reply.json_object
        judge.that(refused, expected=f"{name}: refused with 400", observed=reply.summary, evidence=reply)
    if broken_down:
        judge.could_not_run(broken_down)


def with_uris(registrations: Registrations, *uris: str) -> Iterable[tuple[str, Reply]]:
    """One registration for each redirect URI."""
    for uri in uris:
        name = f"the redirect URI {uri!r}"
        yield name, registrations.send(name, redirect_uris=[uri])


@requirement("registration.redirect-uris-required")
def test_a_client_without_redirect_uri_is_refused(registrations: Registrations, judge: Judge) -> None:
    none: dict[str, Any] = {"no redirect_uris": ..., "redirect_uris []": [], "redirect_uris null": None}
    for name, uris in none.items():
        must_be_refused(judge, [(name, registrations.send(name, redirect_uris=uris))])


@requirement("registration.rejects-redirect-with-fragment")
def test_a_redirect_uri_with_fragment_is_refused(registrations: Registrations, judge: Judge) -> None:
    must_be_refused(judge, with_uris(registrations, f"{registrations.redirect_uri}#", "https://client.example/cb#x"))


@requirement("registration.rejects-script-redirect")
def test_a_script_redirect_uri_is_refused(registrations: Registrations, judge: Judge) -> None:
    must_be_refused(judge, with_uris(registrations, *SCRIPT_SCHEMES, *DISGUISED))


@requirement("registration.rejects-relative-redirect")
def test_a_relative_redirect_uri_is_refused(registrations: Registrations, judge: Judge) -> None:
    must_be_refused(judge, with_uris(registrations, "/cb", "//client.example/cb", "client.example/cb", ""))


@requirement("registration.rejects-http-non-loopback")
def test_a_plain_http_redirect_uri_elsewhere_is_refused(registrations: Registrations, judge: Judge) -> None:
    lookalikes = ("localhost.client.example", "127.0.0.1.client.example", "localhost@client.example")
    uris = [f"http://{host}/cb" for host in ("client.example", *lookalikes)]
    must_be_refused(judge, with_uris(registrations, *uris))
    for name, kind in (("a web application", "web"), ("an application of no type", ...)):
        name = f"{name} on plain http"
        reply = registrations.send(name, redirect_uris=uris[:1], application_type=kind)
        must_be_refused(judge, [(name, reply)])


@requirement("registration.keeps-redirect-uris-verbatim")
def test_redirect_uris_are_kept_character_by_character(registrations: Registrations, judge: Judge) -> None:
    kept = [(registrations.loopbacks(), registrations.loopback_uris), (registrations.elsewhere(), [REMOTE_URI])]
    kept = [(reply, sent) for reply, sent in kept if reply.ok and as_list(reply.json_object.get("redirect_uris"))]
    if not kept:
        judge.could_not_run("the server accepts, or returns, none of the redirect URIs that are easily changed")
    for reply, sent in kept:
        for uri in as_list(reply.json_object.get("redirect_uris")):
            judge.that(uri in sent, expected=f"one of {', '.join(sent)}", observed=uri, evidence=reply)


@requirement("registration.wildcard-not-expanded")
def test_a_wildcard_is_refused_or_taken_literally(registrations: Registrations, oauth: OAuthFlow, judge: Judge) -> None:
    for pattern, matching in WILDCARDS.items():
        [(name, reply)] = with_uris(registrations, pattern)
        client = client_of(reply, pattern)
        if not client:
            must_be_refused(judge, [(name, reply)])
            continue
        answer = oauth.ask(client, {"redirect_uri": matching})
        if answer.undecided and oauth.ask(client, {"redirect_uri": UNRELATED}).undecided:
            judge.could_not_run(f"{name} is registered, and {answer.summary} hides whether it is a pattern")
        expanded = answer.accepted or answer.redirected
        judge.never(expanded, f"{matching} is accepted for {pattern}: {answer.summary}", evidence=answer)


@requirement("registration.accepts-loopback-redirect")
def test_native_clients_may_use_loopback_redirect_uris(registrations: Registrations, judge: Judge) -> None:
    together = registrations.loopbacks()
    uris = [] if together.ok else [f"http://{host}:49152/cb" for host in ("127.0.0.1", "[::1]", "localhost")]
    for name, reply in with_uris(registrations, *uris):
        if "localhost" in name and not reply.ok:
            judge.note(f"localhost is refused ({reply.summary}), which some command line clients use")
        else:
            judge.that(reply.ok, expected=f"{name}: accepted", observed=reply.summary, evidence=reply)
    if together.ok:
        judge.that(True, expected="http on every loopback host", observed=together.summary, evidence=together)


@requirement("registration.private-scheme-needs-period")
def test_a_private_scheme_without_a_period_is_refused(registrations: Registrations, judge: Judge) -> None:
    must_be_refused(judge, with_uris(registrations, "myapp:/cb"))
