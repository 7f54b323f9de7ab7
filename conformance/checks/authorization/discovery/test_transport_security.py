"""TLS on the way to the MCP server and the authorization server."""

import pytest

from conformance import Judge, requirement
from conformance.audit import Audit
from conformance.oauth.discovery import Discovery
from conformance.oauth.plain_http import PlainAnswer, ask_without_tls
from conformance.survey import Survey
from conformance.wire.http import NoAnswer, is_loopback, split_url
from conformance.wire.tls import TLS_1_0, TLS_1_1, negotiates

ENDPOINTS = ("authorization_endpoint", "token_endpoint", "registration_endpoint", "revocation_endpoint",
             "introspection_endpoint", "jwks_uri")  # fmt: skip


@pytest.fixture
def encrypted(survey: Survey, judge: Judge) -> str:
    """The MCP endpoint, where it is more than a test deployment."""
    if split_url(survey.endpoint).scheme == "http" and is_loopback(survey.endpoint):
        judge.not_applicable("the target is a test deployment on this machine")
    return survey.endpoint


@requirement("transport-security.mcp-endpoint-https")
def test_the_mcp_endpoint_and_its_metadata_are_reached_over_https(
    encrypted: str, discovery: Discovery, judge: Judge
) -> None:
    named = discovery.challenge.get("resource_metadata") if discovery.challenge else None
    addresses = [encrypted, *([named] if named else []), *(one.url for one in discovery.resource_documents)]
    for url in dict.fromkeys(addresses):
        scheme = split_url(url).scheme
        judge.that(scheme in ("https", ""), expected="https with a certificate that holds", observed=url)


@requirement("transport-security.authorization-server-https")
def test_the_authorization_server_is_reached_over_https(
    encrypted: str, audit: Audit, discovery: Discovery, judge: Judge
) -> None:
    addresses = [discovery.issuer, *(url for name in ENDPOINTS if (url := discovery.endpoint(name)))]
    hosts: set[str] = set()
    for url in addresses:
        parts = split_url(url)
        judge.that(parts.scheme == "https", expected="https with a certificate that holds", observed=url)
        if parts.scheme == "https" and parts.netloc not in hosts:
            hosts.add(parts.netloc)
            reached, observed = _reaches(audit, url)
            judge.that(reached, expected=f"a certificate that holds for {parts.hostname}", observed=observed)


def _reaches(audit: Audit, url: str) -> tuple[bool, str]:
    try:
        reply = audit.once(f"TLS {url}", lambda: audit.http.get(url, channel="metadata", purpose="TLS of the server"))
    except NoAnswer as failure:
        return False, str(failure)
    return True, reply.summary


@pytest.fixture
def without_tls(encrypted: str, audit: Audit, discovery: Discovery) -> list[PlainAnswer]:
    """What the endpoints say on plain http."""
    return audit.once("requests without TLS", lambda: ask_without_tls(audit.http, encrypted, discovery))


@requirement("transport-security.plain-http-not-served")
def test_nothing_is_done_without_encryption(without_tls: list[PlainAnswer], judge: Judge) -> None:
    for answer in without_tls:
        judge.never(answer.worked, f"{answer.url} was served: {answer.summary}", evidence=answer)


@requirement("transport-security.old-tls-refused")
def test_old_versions_of_tls_are_refused(encrypted: str, audit: Audit, discovery: Discovery, judge: Judge) -> None:
    hosts = {
        parts.netloc: parts for url in (encrypted, discovery.issuer) if (parts := split_url(url)).scheme == "https"
    }
    if not hosts:
        judge.not_applicable("nothing is reached over TLS")
    for parts in hosts.values():
        for name, version in (("TLS 1.0", TLS_1_0), ("TLS 1.1", TLS_1_1)):
            try:
                old = negotiates(parts.hostname or "", parts.port or 443, version, audit.http.timeout)
            except OSError as failure:
                judge.could_not_run(f"{parts.netloc} did not answer a {name} handshake: {failure}")
            judge.never(old, f"{parts.netloc} negotiates {name}")
