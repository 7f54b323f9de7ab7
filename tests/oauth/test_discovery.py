"""Where metadata is looked for, and what is done with what is found."""

import json
from collections.abc import Callable

import pytest

from conformance.oauth.challenge import Challenge
from conformance.oauth.discovery import Discovery, discover
from conformance.oauth.metadata import identifier_of, resource_metadata_places, server_metadata_places
from conformance.wire.http import NoAnswer, Reply

H = "https://host.example"
RESOURCE = f"{H}/.well-known/oauth-protected-resource"
SERVER = f"{H}/.well-known/oauth-authorization-server"
OPENID = f"{H}/.well-known/openid-configuration"

RESOURCE_PLACES = {
    f"{H}": [RESOURCE],
    f"{H}/": [RESOURCE],
    f"{H}/mcp": [f"{RESOURCE}/mcp", RESOURCE],
    f"{H}/mcp/": [f"{RESOURCE}/mcp/", RESOURCE],
    f"{H}/a/b/mcp": [f"{RESOURCE}/a/b/mcp", RESOURCE],
    f"{H}/mcp?tenant=a": [f"{RESOURCE}/mcp?tenant=a", RESOURCE],
    f"{H}/?tenant=a": [f"{RESOURCE}?tenant=a", RESOURCE],
    f"{H}?tenant=a": [f"{RESOURCE}?tenant=a", RESOURCE],
    f"{H}:8443/mcp": [
        f"{H}:8443/.well-known/oauth-protected-resource/mcp",
        f"{H}:8443/.well-known/oauth-protected-resource",
    ],
    f"{H}/mcp#top": [f"{RESOURCE}/mcp", RESOURCE],
}


@pytest.mark.parametrize("endpoint", RESOURCE_PLACES)
def test_places_of_protected_resource_metadata(endpoint: str) -> None:
    assert [url for _, url in resource_metadata_places(endpoint, None)] == RESOURCE_PLACES[endpoint]


def named(url: str) -> Challenge:
    return Challenge("Bearer", (("resource_metadata", url),))


def test_the_challenge_comes_first_and_is_not_asked_twice() -> None:
    elsewhere = resource_metadata_places(f"{H}/mcp", named("https://other.example/meta"))
    same = resource_metadata_places(f"{H}/mcp", named(f"{RESOURCE}/mcp"))
    relative = resource_metadata_places(f"{H}/mcp", named("/meta"))

    assert elsewhere[0] == ("challenge", "https://other.example/meta")
    assert [url for _, url in elsewhere[1:]] == [f"{RESOURCE}/mcp", RESOURCE]
    assert same == [("challenge", f"{RESOURCE}/mcp"), ("root", RESOURCE)]
    assert relative[0] == ("challenge", f"{H}/meta")


SERVER_PLACES = {
    H: [SERVER, OPENID],
    f"{H}/": [SERVER, OPENID],
    f"{H}/tenant": [f"{SERVER}/tenant", f"{OPENID}/tenant", f"{H}/tenant/.well-known/openid-configuration"],
    f"{H}/tenant/": [f"{SERVER}/tenant", f"{OPENID}/tenant", f"{H}/tenant/.well-known/openid-configuration"],
    f"{H}/a/b": [f"{SERVER}/a/b", f"{OPENID}/a/b", f"{H}/a/b/.well-known/openid-configuration"],
}


@pytest.mark.parametrize("issuer", SERVER_PLACES)
def test_places_of_authorization_server_metadata(issuer: str) -> None:
    assert [url for _, url in server_metadata_places(issuer)] == SERVER_PLACES[issuer]


@pytest.mark.parametrize(
    ("url", "identifier"),
    [
        (RESOURCE, H),
        (f"{RESOURCE}/mcp", f"{H}/mcp"),
        (f"{RESOURCE}/mcp?a=b", f"{H}/mcp?a=b"),
        (f"{H}/meta", f"{H}/meta"),
    ],
)
def test_the_identifier_a_well_known_url_was_built_from(url: str, identifier: str) -> None:
    assert identifier_of(url) == identifier


Pages = dict[str, object]


class Redirect(str):
    """A page that is a redirect to this address."""


def web(pages: Pages) -> tuple[Callable[[str, str], Reply], list[str]]:
    """A fake network: JSON documents by URL, redirects, 404 elsewhere, no answer where a page is None."""
    asked: list[str] = []

    def get(url: str, purpose: str) -> Reply:
        asked.append(url)
        assert purpose
        if url in pages and pages[url] is None:
            raise NoAnswer("cannot connect")
        body = pages.get(url)
        if isinstance(body, Redirect):
            return Reply(302, (("Location", body),), b"", f"#{len(asked)}", url)
        text = body if isinstance(body, str) else json.dumps(body)
        return Reply(200 if url in pages else 404, (), text.encode(), f"#{len(asked)}", url)

    return get, asked


def found(pages: Pages, challenge: str = "", revision: str = "2025-11-25") -> tuple[Discovery, list[str]]:
    get, asked = web(pages)
    headers = (("WWW-Authenticate", challenge),) if challenge else ()
    return discover(f"{H}/mcp", Reply(401, headers, b"", "#0"), get, revision), asked


DOCUMENT = {"resource": f"{H}/mcp", "authorization_servers": ["https://as.example/t"]}
METADATA = {"issuer": "https://as.example/t", "token_endpoint": "https://as.example/token", "jwks_uri": "/keys"}
AS_PLACE = "https://as.example/.well-known/oauth-authorization-server/t"


def test_the_whole_way() -> None:
    discovery, asked = found(
        {f"{RESOURCE}/mcp": DOCUMENT, AS_PLACE: METADATA}, f'Bearer resource_metadata="{RESOURCE}/mcp"'
    )

    assert asked == [f"{RESOURCE}/mcp", AS_PLACE]
    assert discovery.issuer == "https://as.example/t"
    assert not discovery.fallback
    assert discovery.endpoint("token_endpoint") == "https://as.example/token"
    assert discovery.endpoint("jwks_uri") is None
    assert discovery.endpoint("registration_endpoint") is None


def test_a_document_elsewhere_is_used_and_the_well_known_place_looked_at_too() -> None:
    discovery, asked = found({f"{H}/meta": DOCUMENT, AS_PLACE: METADATA}, 'Bearer resource_metadata="/meta"')

    assert asked == [f"{H}/meta", f"{RESOURCE}/mcp", RESOURCE, AS_PLACE]
    assert discovery.resource_document
    assert discovery.resource_document.url == f"{H}/meta"


def test_without_metadata_the_origin_is_the_authorization_server() -> None:
    discovery, asked = found({})

    assert asked == [f"{RESOURCE}/mcp", RESOURCE, SERVER, OPENID]
    assert discovery.fallback
    assert discovery.issuer == H
    assert discovery.endpoint("registration_endpoint") == f"{H}/register"


def test_the_last_form_of_openid_discovery_is_reached() -> None:
    place = "https://as.example/t/.well-known/openid-configuration"
    discovery, _ = found({f"{RESOURCE}/mcp": DOCUMENT, place: METADATA})

    assert discovery.server_document
    assert discovery.server_document.url == place
    assert [one.reply.status for one in discovery.server.documents] == [404, 404, 200]


def test_a_place_that_does_not_answer_is_passed_over() -> None:
    discovery, _ = found({f"{RESOURCE}/mcp": None, RESOURCE: DOCUMENT, AS_PLACE: METADATA})

    assert discovery.server_metadata == METADATA


def test_other_authorization_servers_are_looked_at_but_not_all() -> None:
    servers = [f"https://as{number}.example" for number in range(10)]
    discovery, asked = found({f"{RESOURCE}/mcp": DOCUMENT | {"authorization_servers": servers}})

    assert discovery.issuer == servers[0]
    assert [one.issuer for one in discovery.servers] == servers[:5]
    assert not any("as9" in url for url in asked)


def test_the_first_server_with_metadata_is_audited() -> None:
    servers = ["https://gone.example", "https://as.example/t", "https://gone.example"]
    discovery, asked = found({f"{RESOURCE}/mcp": DOCUMENT | {"authorization_servers": servers}, AS_PLACE: METADATA})

    assert discovery.issuer == "https://as.example/t"
    assert [bool(one.document) for one in discovery.servers] == [False, True]
    assert len(asked) == len(set(asked))


HOSTILE_URLS = [
    "http://[",
    "http://[::1",
    "https://h:port/",
    "//",
    "",
    "javascript:alert(1)",
    "http://",
    "\0",
    "http://h\n/",
]


@pytest.mark.parametrize("url", HOSTILE_URLS)
def test_urls_that_are_none_do_not_crash(url: str) -> None:
    document = {"resource": url, "authorization_servers": [url, 5, None, {}]}
    metadata = {"issuer": url, "token_endpoint": url, "authorization_endpoint": url}
    pages: Pages = {f"{RESOURCE}/mcp": document, SERVER: metadata, AS_PLACE: metadata}

    discovery, _ = found(pages, f'Bearer resource_metadata="{url}"')
    other, _ = found(pages | {f"{RESOURCE}/mcp": DOCUMENT})

    assert discovery.fallback or url.startswith("http")
    assert other.endpoint("token_endpoint") in (None, url)


@pytest.mark.parametrize("body", ["<h1>hi</h1>", "[]", "null", "5", "", "[" * 10_000, '{"authorization_servers": 5}'])
def test_documents_that_are_none_do_not_crash(body: str) -> None:
    discovery, _ = found({f"{RESOURCE}/mcp": body, SERVER: body})

    assert discovery.fallback
    assert discovery.issuer == H


CHALLENGE = f'Bearer resource_metadata="{RESOURCE}/mcp"'


def test_clients_of_the_first_revision_look_at_the_origin_alone() -> None:
    pages: Pages = {SERVER: METADATA | {"issuer": H}, f"{RESOURCE}/mcp": DOCUMENT, AS_PLACE: METADATA}
    discovery, asked = found(pages, CHALLENGE, "2025-03-26")

    assert asked == [SERVER]
    assert discovery.issuer == H
    assert discovery.remark == ""


def test_clients_of_the_first_revision_go_on_with_default_endpoints() -> None:
    discovery, asked = found({}, "", "2025-03-26")

    assert asked == [SERVER, OPENID, f"{RESOURCE}/mcp", RESOURCE]
    assert discovery.endpoint("token_endpoint") == f"{H}/token"
    assert "default endpoints" in discovery.remark


@pytest.mark.parametrize("pages", [{f"{RESOURCE}/mcp": DOCUMENT, AS_PLACE: METADATA}, {OPENID: METADATA}])
def test_newer_metadata_helps_out_under_the_first_revision_and_is_mentioned(pages: Pages) -> None:
    discovery, _ = found(pages, CHALLENGE, "2025-03-26")

    assert discovery.endpoint("token_endpoint") == METADATA["token_endpoint"]
    assert "newer rules" in discovery.remark


@pytest.mark.parametrize("revision", ["2025-06-18", "2025-11-25", "2026-07-28"])
def test_newer_revisions_go_by_the_challenge(revision: str) -> None:
    pages: Pages = {SERVER: METADATA | {"issuer": H}, f"{RESOURCE}/mcp": DOCUMENT, AS_PLACE: METADATA}
    discovery, asked = found(pages, CHALLENGE, revision)

    assert asked == [f"{RESOURCE}/mcp", AS_PLACE]
    assert discovery.revision == revision


def test_one_redirect_on_the_same_origin_is_followed_and_kept() -> None:
    moved = f"{RESOURCE}/mcp"
    discovery, asked = found({moved: Redirect("/meta"), f"{H}/meta": DOCUMENT, AS_PLACE: METADATA})

    assert discovery.issuer == "https://as.example/t"
    assert discovery.resource_document
    assert discovery.resource_document.redirect
    assert discovery.resource_document.url == moved

    _, asked = found({moved: Redirect("/meta"), f"{H}/meta": Redirect("/meta2"), f"{H}/meta2": DOCUMENT})
    assert f"{H}/meta2" not in asked


def test_a_redirect_to_another_origin_is_not_followed() -> None:
    elsewhere = "https://evil.example/meta"
    discovery, asked = found({f"{RESOURCE}/mcp": Redirect(elsewhere), elsewhere: DOCUMENT})

    assert elsewhere not in asked
    assert discovery.resource_document is None


FOREIGN = {"resource": "https://victim.example/mcp", "authorization_servers": ["https://as.example/t"]}


def test_a_document_about_another_origin_is_not_trusted() -> None:
    discovery, _ = found({f"{RESOURCE}/mcp": FOREIGN, AS_PLACE: METADATA}, CHALLENGE)

    assert "https://victim.example" in discovery.distrust
    assert discovery.server_document


def test_a_document_on_another_origin_is_not_trusted() -> None:
    place = "https://evil.example/meta"
    discovery, _ = found({place: DOCUMENT, AS_PLACE: METADATA}, f'Bearer resource_metadata="{place}"')

    assert "https://evil.example" in discovery.distrust


def test_the_endpoints_own_document_is_preferred_to_a_foreign_one() -> None:
    place = "https://evil.example/meta"
    pages: Pages = {place: FOREIGN | {"authorization_servers": ["https://evil.example"]}, f"{RESOURCE}/mcp": DOCUMENT}
    discovery, _ = found(pages, f'Bearer resource_metadata="{place}"')

    assert discovery.distrust == ""
    assert [one.issuer for one in discovery.servers] == ["https://as.example/t"]
