"""Whether the endpoints of an encrypted target also work without TLS. Nothing sent here is secret."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlunsplit

from conformance.oauth.challenge import bearer
from conformance.oauth.discovery import Discovery
from conformance.wire import jsonrpc
from conformance.wire.http import HttpClient, NoAnswer, Reply, join_url, origin_of, split_url


@dataclass(frozen=True)
class PlainAnswer:
    """What a URL said on plain http; `worked` where it did what it does over https."""

    url: str
    worked: bool
    summary: str
    exchange: str


def ask_without_tls(http: HttpClient, endpoint: str, discovery: Discovery) -> list[PlainAnswer]:
    """Send a request that must be refused to the MCP, token and authorization endpoints, at their http URLs."""
    garbage = {"grant_type": "authorization_code", "code": "no-such-code", "client_id": "no-such-client"}
    body = jsonrpc.encode(jsonrpc.request("ping", None, 1))
    json_type = {"Content-Type": "application/json"}
    asked: list[tuple[str | None, Callable[[str], Reply], Callable[[Reply], bool]]] = [
        (
            endpoint,
            lambda url: http.send(
                "POST", url, channel="metadata", purpose="MCP without TLS", headers=json_type, body=body
            ),
            _asks_for_token,
        ),
        (
            discovery.endpoint("token_endpoint"),
            lambda url: http.post_form(url, garbage, channel="oauth", purpose="token request without TLS"),
            lambda reply: isinstance(reply.json_object.get("error"), str),
        ),
        (
            discovery.endpoint("authorization_endpoint"),
            lambda url: http.get(url, channel="oauth", purpose="authorization without TLS"),
            lambda reply: reply.ok or reply.redirect is not None,
        ),
    ]
    silent: dict[str, PlainAnswer] = {}
    return [_answer(_plain(url), send, works, silent) for url, send, works in asked if url]


def _answer(
    url: str, send: Callable[[str], Reply], works: Callable[[Reply], bool], silent: dict[str, PlainAnswer]
) -> PlainAnswer:
    """What a URL says; an origin that did not answer once is not asked again."""
    if origin_of(url) in silent:
        return silent[origin_of(url)]
    try:
        reply = send(url)
    except NoAnswer as failure:
        return silent.setdefault(origin_of(url), PlainAnswer(url, False, str(failure), failure.exchange))
    upgraded = reply.redirect is not None and split_url(join_url(url, reply.redirect)).scheme == "https"
    return PlainAnswer(url, works(reply) and not upgraded, reply.summary, reply.exchange)


def _asks_for_token(reply: Reply) -> bool:
    challenged = reply.status == 401 and bearer(reply.header_all("www-authenticate")) is not None
    return challenged or jsonrpc.kind_of(reply.json) in ("result", "error")


def _plain(url: str) -> str:
    """The same place without TLS: port 80 instead of 443, any other port as it is."""
    parts = split_url(url)
    host = parts.netloc.rpartition("@")[2].removesuffix(":443")
    return urlunsplit(parts._replace(scheme="http", netloc=host))
