"""What was registered is removed again, and a token that manages a client goes nowhere else."""

import json
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.evidence import Recorder
from conformance.oauth.configuration import ELSEWHERE, NO_WAY, Managed, remove_all
from conformance.oauth.registration import Registrar
from conformance.redaction import Redactor
from conformance.registry import REMOVED, UNTRIED, Registered, Registry
from conformance.wire.http import HttpClient
from tests.auditing import Handler, website

ENDPOINT = "https://as.example/register"
PIECES = [
    "https://", "http://", "HTTPS://", "//", "as.example", "AS.example", "evil.example", "as.example.evil.example",
    ":443", ":8443", ":80", ":", "@", "\\", "/", "?", "#", "%2f", "%40", " ", "\t", "\n", "\x00", "[::1]", "user:pw@",
    "register", "..", "а", ";", "／", "。", "⁄",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=7).map("".join))
def test_no_spelling_of_another_place_passes_as_ours(place: str) -> None:
    if not Managed(place, "secret").belongs_to(ENDPOINT):
        return
    url = httpx.URL(place)

    assert (url.scheme, url.host, url.port or 443, url.userinfo) == ("https", "as.example", 443, b"")


@pytest.mark.parametrize("place", [ENDPOINT, "https://as.example:443/x?client=1", "https://AS.example/r/c-1~%2F!"])
def test_ordinary_places_are_ours(place: str) -> None:
    assert Managed(place, "secret").belongs_to(ENDPOINT)


class Site:
    """An authorization server with RFC 7592 that remembers what was sent to it."""

    def __init__(self, status: int = 204, place: str = "") -> None:
        self.status = status
        self.place = place
        self.deleted: list[tuple[str, str | None]] = []
        self.made = 0

    def answer(self, handler: Handler) -> None:
        if handler.command == "DELETE":
            self.deleted.append((handler.path, handler.headers["Authorization"]))
            handler.send(self.status, Retry_After="3600")
            return
        self.made += 1
        origin = f"http://{handler.headers['Host']}"
        content = {"client_id": f"c{self.made}", "registration_access_token": f"token-{self.made}"}
        content["registration_client_uri"] = self.place or f"{origin}/clients/{self.made}"
        handler.send(201, json.dumps(content))


def registered(site: Site, number: int, folder: Path | None = None) -> Registry:
    """Register clients and have them removed."""
    with website(site.answer) as origin:
        recorder = Recorder(Redactor(), folder)
        http = HttpClient(recorder)
        registrar = Registrar(http, f"{origin}/register")
        for _ in range(number):
            registrar.register({"redirect_uris": []})
        remove_all(http, recorder.registry, registrar.endpoint)
        http.close()
    return recorder.registry


def left(registry: Registry) -> dict[str, str]:
    return {client.id: client.left for client in registry.clients.values()}


def test_every_client_is_removed_with_its_own_token() -> None:
    site = Site()

    assert left(registered(site, 2)) == {"c1": REMOVED, "c2": REMOVED}
    assert site.deleted == [("/clients/1", "Bearer token-1"), ("/clients/2", "Bearer token-2")]


def test_a_refused_removal_is_reported() -> None:
    assert left(registered(Site(status=403), 1)) == {
        "c1": "their removal is answered with HTTP 403, application/json, 0 bytes"
    }


def test_a_server_that_limits_removals_is_left_alone() -> None:
    site = Site(status=429)
    registry = registered(site, 3)

    assert len(site.deleted) == 1
    assert set(left(registry).values()) == {"their removal is answered with HTTP 429, application/json, 0 bytes"}


@pytest.mark.parametrize("place", ["http://127.0.0.1:1/clients/1", "https://evil.example/", "nonsense", "file:///x"])
def test_no_token_goes_to_another_origin(place: str) -> None:
    site = Site(place=place)

    assert left(registered(site, 1)) == {"c1": ELSEWHERE}
    assert site.deleted == []


def test_processes_tell_each_other_what_they_registered(tmp_path: Path) -> None:
    worker, main = Registry(tmp_path), Registry()
    main.add(Registered("from-main"))
    main.share(tmp_path)
    worker.add(Registered("from-worker", "https://as.example/c", "secret"))
    main.removed("from-worker")
    worker.add(Registered("from-worker", "https://as.example/c", "secret"))

    assert left(main) == left(worker) == {"from-main": UNTRIED, "from-worker": REMOVED}
    assert "secret" not in repr(main.clients)


def test_a_client_that_nobody_can_manage_is_reported() -> None:
    registry = Registry()
    registry.add(Registered("c1"))
    remove_all(HttpClient(Recorder(Redactor())), registry, ENDPOINT)

    assert left(registry) == {"c1": NO_WAY}
