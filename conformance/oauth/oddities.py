"""What is unusual about an authorization server and breaks no requirement, so that nobody takes it for a finding."""

from collections.abc import Iterator

from conformance.oauth.discovery import Discovery
from conformance.wire.http import Reply, split_url

_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "registration_endpoint", "revocation_endpoint")


def oddities(discovery: Discovery, tokens: Reply | None) -> Iterator[str]:
    """One sentence for each; `tokens` is the answer of the token endpoint to the login."""
    token_endpoint, revocation = (discovery.endpoint(f"{name}_endpoint") for name in ("token", "revocation"))
    if revocation and revocation == token_endpoint:
        yield "The revocation endpoint is the token endpoint: legal, as long as it tells the requests apart."
    home = split_url(discovery.issuer).hostname
    hosts = {name: split_url(url).hostname for name in _ENDPOINTS if (url := discovery.endpoint(name))}
    away = [name for name, host in hosts.items() if host != home]
    if away:
        yield f"{', '.join(away)}: on another host than the issuer {discovery.issuer}, which is legal."
    answer = tokens.json_object if tokens else {}
    if answer.get("scope") == "":
        yield "scope is an empty string in the token response, where others leave it out or fill it."
    kind = answer.get("token_type")
    if isinstance(kind, str) and kind != "Bearer" and kind.lower() == "bearer":
        yield f"token_type is written {kind}: legal, since letter case does not matter there (RFC 6749 section 5.1)."
