"""Credentials stay where they belong, whatever metadata, redirects and registration answers say."""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qsl, unquote_plus, urlsplit

import httpx
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from conformance.audit import Audit, make_audit
from conformance.evidence import Recorder, Redactor
from conformance.settings import Settings
from conformance.survey import Surveyor
from conformance.verdict import CouldNotRun
from conformance.wire.http import NoAnswer

MCP = "https://mcp.example"
ENDPOINT = f"{MCP}/mcp"
SERVER = "https://login.example"
EVIL = "https://evil.example"
HOSTS = (MCP, SERVER, EVIL, "https://victim.example")
DISGUISED = (
    "https://mcp.example@evil.example",
    "https://mcp.example:443@evil.example",
    "https://mcp.example.evil.example",
    "https://evil.example:8443",
    "https://mcp.example:8443",
    "https://MCP.example:443",
    "http://mcp.example",
    "//evil.example",
    "https:evil.example",
    "https:\\\\evil.example",
    "https://mcp.example\\@evil.example",
    "https://mcp.example%40evil.example",
    "https://evil.example#@mcp.example",
    "https://evil.example?@mcp.example",
    "",
)
ORIGINS = st.sampled_from(HOSTS) | st.sampled_from(DISGUISED)
ROLES = ("resource", "server", "authorize", "token", "register", "revoke", "manage", "mcp")
ENDPOINTS = {
    "authorization_endpoint": "/authorize",
    "token_endpoint": "/token",
    "registration_endpoint": "/register",
    "revocation_endpoint": "/revoke",
}


@dataclass(frozen=True)
class World:
    """What a hostile network says: origins of addresses, and redirects by the role of the page that answers so."""

    resource_metadata: str | None = MCP
    resource: str | None = MCP
    issuers: tuple[str, ...] = (SERVER,)
    endpoints: tuple[str, ...] = (SERVER,) * 4
    management: str = SERVER
    redirects: tuple[tuple[str, str], ...] = ()
    only_by_challenge: bool = False


WORLDS = st.builds(
    World,
    resource_metadata=ORIGINS | st.none(),
    resource=ORIGINS | st.none(),
    issuers=st.lists(ORIGINS, max_size=3).map(tuple),
    endpoints=st.tuples(ORIGINS, ORIGINS, ORIGINS, ORIGINS) | st.just((SERVER,) * 4),
    management=ORIGINS,
    redirects=st.lists(st.tuples(st.sampled_from(ROLES), ORIGINS), max_size=2).map(tuple),
    only_by_challenge=st.booleans(),
)


@dataclass(frozen=True)
class Secret:
    """Something that was handed out: what it is, and by which origin."""

    kind: str
    origin: str


def origin_of(url: httpx.URL) -> str:
    port = f":{url.port}" if url.port else ""
    return f"{url.scheme}://{url.host}{port}"


@dataclass
class Network(httpx.BaseTransport):
    """Every host there is; remembers what was sent where, the secrets it handed out, and who served documents."""

    world: World
    secrets: dict[str, Secret] = field(default_factory=dict[str, Secret])
    requests: list[tuple[str, str, httpx.Request]] = field(default_factory=list[tuple[str, str, httpx.Request]])
    documents: set[str] = field(default_factory=set[str])
    numbers: Iterator[int] = field(default_factory=count)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        origin, role = origin_of(request.url), _role(request)
        self.requests.append((origin, role, request))
        target = dict(self.world.redirects).get(role)
        if target is not None:
            headers = {"Location": f"{target}/moved/{role}"}
            return httpx.Response(307, headers=headers, stream=httpx.ByteStream(b""))
        answer = getattr(self, f"_{role}", None)
        response: httpx.Response = answer(request, origin) if answer else httpx.Response(404)
        response.headers["Set-Cookie"] = f"session={self._new('cookie', origin)}; Path=/"
        return httpx.Response(response.status_code, headers=response.headers, stream=httpx.ByteStream(response.content))

    def _new(self, kind: str, origin: str) -> str:
        value = f"{kind}-{next(self.numbers)}-0123456789abcdef0123456789abcdef"
        self.secrets[value] = Secret(kind, origin)
        return value

    def _resource(self, request: httpx.Request, origin: str) -> httpx.Response:
        if self.world.only_by_challenge and "well-known" in request.url.path:
            return httpx.Response(404)
        self.documents.add(origin)
        document: dict[str, Any] = {"authorization_servers": list(self.world.issuers)}
        if self.world.resource is not None:
            document["resource"] = f"{self.world.resource}/mcp"
        return httpx.Response(200, json=document)

    def _server(self, request: httpx.Request, origin: str) -> httpx.Response:
        named = zip(ENDPOINTS.items(), self.world.endpoints, strict=True)
        document = {name: base + path for (name, path), base in named}
        return httpx.Response(200, json=document | {"issuer": origin, "code_challenge_methods_supported": ["S256"]})

    def _authorize(self, request: httpx.Request, origin: str) -> httpx.Response:
        asked = dict(parse_qsl(request.url.query.decode()))
        answer = f"code={self._new('code', origin)}&state={asked.get('state', '')}"
        return httpx.Response(302, headers={"Location": f"{asked.get('redirect_uri', '')}?{answer}"})

    def _token(self, request: httpx.Request, origin: str) -> httpx.Response:
        tokens = {name: self._new(name, origin) for name in ("access_token", "refresh_token")}
        return httpx.Response(200, json=tokens | {"token_type": "Bearer"})

    def _register(self, request: httpx.Request, origin: str) -> httpx.Response:
        document = json.loads(request.content) | {
            "client_id": f"client-{next(self.numbers)}",
            "client_secret": self._new("client_secret", origin),
            "token_endpoint_auth_method": "client_secret_post",
            "registration_client_uri": f"{self.world.management}/manage",
            "registration_access_token": self._new("registration_access_token", origin),
        }
        return httpx.Response(201, json=document)

    def _revoke(self, request: httpx.Request, origin: str) -> httpx.Response:
        return httpx.Response(200)

    def _manage(self, request: httpx.Request, origin: str) -> httpx.Response:
        return httpx.Response(204)

    def _mcp(self, request: httpx.Request, origin: str) -> httpx.Response:
        if "authorization" not in request.headers:
            named = self.world.resource_metadata
            where = "" if named is None else f' resource_metadata="{named}/document"'
            return httpx.Response(401, headers={"WWW-Authenticate": f"Bearer{where}"})
        message = json.loads(request.content or b"{}")
        if "id" not in message:
            return httpx.Response(202)
        result: dict[str, Any] = {"protocolVersion": "2025-11-25", "capabilities": {}, "serverInfo": {}}
        return httpx.Response(200, json={"jsonrpc": "2.0", "id": message["id"], "result": result})


def _role(request: httpx.Request) -> str:
    path, body = request.url.path, request.content
    if path.endswith("/document") or "oauth-protected-resource" in path:
        return "resource"
    if "/.well-known/" in path:
        return "server"
    if "response_type=" in str(request.url):
        return "authorize"
    if b"grant_type=" in body:
        return "token"
    if b"redirect_uris" in body:
        return "register"
    if b"token=" in body:
        return "revoke"
    return "mcp" if path == "/mcp" else "manage"


def audit(world: World) -> Network:
    """Survey, log in, refresh, revoke and clean up in a hostile world."""
    recorder = Recorder(Redactor())
    network = Network(world)
    with patch("httpx.HTTPTransport", lambda **_: network):
        audited = make_audit(Settings(target_url=ENDPOINT), recorder)
    audited.survey = Surveyor(audited.settings, audited.http, lambda _: None, lambda _: None).run()
    with suppress(CouldNotRun, NoAnswer):
        _use(audited)
    audited.remove_clients()
    return network


def _use(audited: Audit) -> None:
    login, flow = audited.need_survey().login, audited.flow()
    if login and login.tokens and login.tokens.access_token:
        with suppress(CouldNotRun, NoAnswer):
            flow.refresh(login.tokens.refresh_token or "", login.client)
        with suppress(CouldNotRun, NoAnswer):
            flow.revoke(login.tokens.access_token, login.client)
        audited.mcp().request("ping")


def sent(request: httpx.Request) -> str:
    """Everything in a request, as it is and decoded."""
    headers = "\n".join(f"{name}: {value}" for name, value in request.headers.items())
    text = f"{request.url}\n{headers}\n{request.content.decode('utf-8', 'replace')}"
    return text + unquote_plus(text)


def servers_of(world: World) -> set[str]:
    """The origins of an authorization server: of its issuer, and of the endpoints its metadata names."""
    return {origin_of(httpx.URL(one)) for one in (*world.issuers, *world.endpoints, MCP) if _is_url(one)}


def _is_url(text: str) -> bool:
    try:
        return bool(httpx.URL(text).host) and httpx.URL(text).scheme in ("http", "https")
    except httpx.InvalidURL:
        return False


def _is_own(named: str | None) -> bool:
    """Whether an address of the protected-resource metadata is on the origin of the MCP endpoint, or names no host."""
    return (
        named is None
        or not urlsplit(named).netloc
        or urlsplit(named).netloc.lower() in ("mcp.example", "mcp.example:443")
    )


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(WORLDS)
@example(World())
@example(World(management=EVIL))
@example(World(resource="https://victim.example"))
@example(World(resource_metadata=EVIL, only_by_challenge=True))
@example(World(redirects=(("token", EVIL), ("mcp", EVIL))))
@example(World(redirects=(("resource", EVIL),)))
@example(World(redirects=(("register", EVIL), ("revoke", EVIL))))
def test_credentials_are_sent_to_their_own_origin_alone(world: World) -> None:
    network = audit(world)

    allowed = {
        "access_token": {MCP, *servers_of(world)},
        "refresh_token": servers_of(world),
        "client_secret": servers_of(world),
        "code": servers_of(world),
    }
    for origin, role, request in network.requests:
        text = sent(request)
        for value in (one for one in network.secrets if one in text):
            secret = network.secrets[value]
            assert origin in allowed.get(secret.kind, {secret.origin}), (secret, origin, role)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(WORLDS)
def test_metadata_about_or_on_another_origin_earns_no_token(world: World) -> None:
    network = audit(world)

    foreign = not _is_own(world.resource) or MCP not in network.documents
    if network.documents and foreign and any(_is_url(one) for one in world.issuers):
        assert not [role for _, role, _ in network.requests if role in ("register", "authorize", "token")]


def test_a_good_world_is_logged_in_to() -> None:
    network = audit(World())

    assert {role for _, role, _ in network.requests} == set(ROLES)
    assert {origin for origin, role, _ in network.requests if role == "manage"} == {SERVER}


@pytest.mark.parametrize("role", ["token", "register", "mcp", "manage", "revoke"])
def test_no_request_with_credentials_follows_a_redirect(role: str) -> None:
    network = audit(World(redirects=((role, EVIL),)))

    assert not [request.url for origin, _, request in network.requests if origin == EVIL]
