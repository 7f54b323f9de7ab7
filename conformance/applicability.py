"""Which conditions of the catalogue hold for the surveyed target."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import parse_qsl

from conformance.confidential_clients import offers_secrets
from conformance.oauth import jwt, scopes
from conformance.oauth.consent import NO_USER
from conformance.oauth.discovery import Discovery
from conformance.oauth.document_clients import ADVERTISED as CIMD
from conformance.oauth.dpop import challenges
from conformance.shapes import as_list
from conformance.survey import Survey
from conformance.tasking.durable import EXTENSION, declared
from conformance.wire.http import is_loopback, join_url, origin_of, split_url
from conformance.wire.mirrored import annotations

DPOP_ALGORITHMS = "dpop_signing_alg_values_supported"
State = Literal["present", "absent", "narrowed", "missing", "unknown"]


@dataclass(frozen=True)
class Condition:
    """What is known of a condition.

    present: holds. absent: the server does not offer it. narrowed: the user chose an audit without it. missing: we
    could not get it. unknown: not looked at.
    """

    state: State
    reason: str = ""


PRESENT = Condition("present")
UNKNOWN = Condition("unknown")


def condition(name: str, survey: Survey) -> Condition:
    """The state of one condition named in `applies_when` of the catalogue."""
    if not survey.reached:
        return Condition("missing", survey.failure.sentence if survey.failure else "the target was not reached")
    if name in _TRANSPORTS:
        return _offered(survey.transport == _TRANSPORTS[name], f"the target is audited over {survey.transport}")
    if name in _AUTHORIZATION:
        return _authorization(name, survey)
    if name in _SERVER:
        return _feature(name, survey)
    return UNKNOWN


def of_all(names: tuple[str, ...], survey: Survey) -> Condition:
    """The state of several conditions that must all hold: the first of absent, narrowed, missing, unknown counts."""
    states = [condition(name, survey) for name in names]
    for state in ("absent", "narrowed", "missing", "unknown"):
        for one in states:
            if one.state == state:
                return one
    return PRESENT


def _offered(present: object, reason: str) -> Condition:
    return PRESENT if present else Condition("absent", reason)


def _authorization(name: str, survey: Survey) -> Condition:
    if survey.protected is False:
        return Condition("absent", "the server answers without authorization")
    if name == "protected":
        return PRESENT
    if survey.discovery is None:
        return Condition("missing", _failure(survey))
    if name in _NEED_USER and survey.service:
        return Condition("narrowed", NO_USER)
    if name in _SERVICE:
        return _SERVICE[name](survey, survey.discovery)
    if name in _NEED_LOGIN and not _NEED_LOGIN[name](survey):
        if survey.login is None or survey.login.tokens is None or not survey.login.tokens.access_token:
            return Condition("missing", _failure(survey))
        return Condition("absent", _ABSENT.get(name, f"no {name.replace('_', ' ')} here"))
    if name.endswith("_endpoint") and _only_guessed(survey):
        return Condition("missing", f"no metadata names the {name}, and nobody could log in at the default one")
    if name in _DISCOVERED:
        return _offered(_DISCOVERED[name](survey), _ABSENT.get(name, f"the metadata names no {name}"))
    return PRESENT


def _only_guessed(survey: Survey) -> bool:
    """Whether endpoints are no more than the default ones of 2025-03-26, at which nothing has worked yet."""
    found = survey.discovery and survey.discovery.server_document
    return not found and (survey.login is None or survey.login.response is None)


def _failure(survey: Survey) -> str:
    if survey.failure:
        return survey.failure.sentence
    return "a token was given instead of a login" if survey.token else "nobody logged in"


def _feature(name: str, survey: Survey) -> Condition:
    if survey.opening is None or survey.opening.result is None:
        return Condition("missing", _failure(survey) if survey.failure else "the handshake did not succeed")
    return _offered(_SERVER[name](survey), _ABSENT.get(name, f"the server does not declare {name}"))


def _declares(*path: str) -> Callable[[Survey], object]:
    def look(survey: Survey) -> object:
        value: object = survey.capabilities
        for member in path:
            if not isinstance(value, dict) or member not in value:
                return False
            value = value[member]  # type: ignore[reportUnknownVariableType]
        return value is not None and value is not False

    return look


def _tokens(survey: Survey, name: str) -> object:
    tokens = survey.login.tokens if survey.login else None
    return tokens.reply.json_object.get(name) if tokens else None


def _dpop_resource(survey: Survey) -> object:
    document = survey.discovery.resource_document if survey.discovery else None
    offered = document and document.content.get(DPOP_ALGORITHMS)
    return offered or (survey.refusal and challenges(survey.refusal))


def _offered_grants(discovery: Discovery) -> list[Any]:
    return as_list(discovery.server_metadata.get("grant_types_supported"))


def _service_client(survey: Survey, discovery: Discovery) -> Condition:
    if survey.service:
        return PRESENT if survey.login else Condition("missing", _failure(survey))
    if "client_credentials" in _offered_grants(discovery):
        return Condition("narrowed", f"the server offers the grant client_credentials, {_NO_CLIENT}")
    return Condition("absent", _ABSENT["client_credentials_grant"])


def _key_client(survey: Survey, discovery: Discovery) -> Condition:
    if survey.login and survey.login.client.key:
        return PRESENT
    if "private_key_jwt" in as_list(discovery.server_metadata.get("token_endpoint_auth_methods_supported")):
        return Condition("narrowed", f"the server offers private_key_jwt, {_NO_CLIENT} --client-key")
    return Condition("absent", "the server metadata does not offer private_key_jwt")


_NO_CLIENT = "and no client for it was given: --consent client-credentials"
_SERVICE: dict[str, Callable[[Survey, Discovery], Condition]] = {
    "client_credentials_client": _service_client,
    "private_key_jwt_client": _key_client,
}
_NEED_USER = frozenset(("client", "public_client", "refresh_token", "id_token"))

_TRANSPORTS = {"streamable-http": "streamable-http", "legacy-http-sse": "http+sse", "stdio": "stdio"}

_NEED_LOGIN: dict[str, Callable[[Survey], object]] = {
    "client": lambda s: s.login,
    "public_client": lambda s: s.login and s.login.client.public,
    "access_token": lambda s: s.token,
    "refresh_token": lambda s: _tokens(s, "refresh_token"),
    "id_token": lambda s: _tokens(s, "id_token") or (s.discovery and "openid" in scopes.of_server(s.discovery)),
    "jwt_access_token": lambda s: (
        (s.token and jwt.read(s.token)) or (s.discovery and s.discovery.endpoint("introspection_endpoint"))
    ),
    "expires_in": lambda s: _tokens(s, "expires_in"),
    "proxy_as": lambda s: _delegated(s),
}


def _delegated(survey: Survey) -> bool:
    """Whether the login was sent to the authorization endpoint of a third party, under a client id not ours."""
    login, discovery = survey.login, survey.discovery
    endpoint = discovery and discovery.endpoint("authorization_endpoint")
    if not login or not login.response or not endpoint:
        return False
    for reply in login.response.trail:
        location = join_url(reply.url, reply.redirect or "")
        query = dict(parse_qsl(split_url(location).query))
        back = origin_of(query.get("redirect_uri", "")) == origin_of(endpoint) != origin_of(location)
        if back and query.get("client_id", login.client.id) != login.client.id:
            return True
    return False


_DISCOVERED: dict[str, Callable[[Survey], object]] = {
    "resource_metadata_parameter": lambda s: (
        s.discovery and s.discovery.challenge and s.discovery.challenge.get("resource_metadata")
    ),
    "prm": lambda s: s.discovery and s.discovery.resource_document,
    "as_metadata": lambda s: s.discovery and s.discovery.server_document,
    "no_metadata": lambda s: s.discovery and not s.discovery.server_document,
    "jwks_uri": lambda s: s.discovery and s.discovery.endpoint("jwks_uri"),
    "dpop": lambda s: s.discovery and s.discovery.server_metadata.get(DPOP_ALGORITHMS),
    "dpop_resource": _dpop_resource,
    "client_credentials_grant": lambda s: s.discovery and "client_credentials" in _offered_grants(s.discovery),
    "cimd": lambda s: s.discovery and s.discovery.server_metadata.get(CIMD),
    "no_cimd": lambda s: s.discovery and not s.discovery.server_metadata.get(CIMD),
    "scopes": lambda s: s.discovery and (scopes.of_resource(s.discovery) or scopes.of_server(s.discovery)),
    "narrow_token": lambda s: s.discovery and len(scopes.of_resource(s.discovery)) > 1,
    "path_issuer": lambda s: s.discovery and split_url(s.discovery.issuer).path.strip("/"),
    "oidc": lambda s: s.discovery and s.discovery.offers_openid,
    "iss_supported": lambda s: (
        s.discovery and s.discovery.server_metadata.get("authorization_response_iss_parameter_supported") is True
    ),
    "confidential_client": lambda s: (
        s.discovery and ((s.login and not s.login.client.public) or offers_secrets(s.discovery))
    ),
    "loopback_redirect": lambda s: is_loopback(s.redirect_uri),
    **{
        name: (lambda s, name=name: s.discovery and s.discovery.endpoint(name))  # type: ignore[misc]
        for name in (
            "authorization_endpoint",
            "token_endpoint",
            "registration_endpoint",
            "revocation_endpoint",
            "introspection_endpoint",
        )
    },
}

_AUTHORIZATION = frozenset(
    """
    authorization protected second_client registration_management cimd_host resource_indicators
    second_user second_resource upstream_token introspection_credentials enterprise_managed challenge_optional
    """.split()
).union(_NEED_LOGIN, _DISCOVERED, _SERVICE)

_COMPLETIONS_DECLARED = "2025-03-26"
"""The first revision in which a server says whether it completes; before, only trying tells."""
_CHANGING = ("tools.listChanged", "prompts.listChanged", "resources.listChanged", "resources.subscribe")
_SERVER: dict[str, Callable[[Survey], object]] = {
    **{name: _declares(name) for name in ("tools", "resources", "prompts", "logging", "tasks")},
    "completions": lambda s: s.revision < _COMPLETIONS_DECLARED or _declares("completions")(s),
    **{
        path: _declares(*path.split("."))
        for path in (
            "tools.listChanged",
            "resources.listChanged",
            "resources.subscribe",
            "prompts.listChanged",
            "tasks.list",
            "tasks.cancel",
            "tasks.requests.tools.call",
        )
    },
    "extensions": _declares("extensions"),
    "tasks-extension": declared,
    "subscriptions": lambda s: any(_declares(*path.split("."))(s) for path in _CHANGING),
    "modern-only": lambda s: not s.dual_era,
    "dual-era": lambda s: s.dual_era,
    "x-mcp-header": lambda s: any(map(annotations, s.tools)),
    "output-schema": lambda s: any("outputSchema" in tool for tool in s.tools),
    "paginated": lambda s: any(len(listing.pages) > 1 for listing in s.listings.values()),
    "session": lambda s: s.opening and s.opening.http.header("mcp-session-id"),
    "sessions": lambda s: s.opening and s.opening.http.header("mcp-session-id"),
}

_ABSENT = {
    "proxy_as": "the login was not delegated to a third party under a client id of the server's own",
    "dpop": "the server metadata offers no proof of possession (DPoP)",
    "dpop_resource": "the MCP server asks for no proof of possession (DPoP), nor does its metadata offer it",
    "client_credentials_grant": "the server metadata does not offer the grant client_credentials",
    "cimd": f"the server metadata does not offer {CIMD}",
    "no_cimd": f"the server metadata offers {CIMD}",
    "scopes": "neither the challenge nor any metadata names a scope",
    "narrow_token": "fewer than two scopes of the resource are known",
    "id_token": "no id_token is issued, and openid is no scope of the authorization server",
    "jwt_access_token": "access tokens are opaque here, and there is no introspection",
    "confidential_client": "the metadata offers no authentication with a secret",
    "loopback_redirect": "the redirect URI is not on this machine",
    "public_client": "the registered client has a secret",
    "refresh_token": "the token endpoint issues no refresh token",
    "resource_metadata_parameter": "the challenge names no resource_metadata",
    "prm": "there is no protected-resource metadata",
    "as_metadata": "there is no authorization server metadata",
    "no_metadata": "there is authorization server metadata",
    "path_issuer": "the issuer has no path",
    "oidc": "the server does not offer OpenID Connect",
    "iss_supported": "the metadata does not promise iss in authorization responses",
    "extensions": "the server declares no extension",
    "tasks-extension": f"the server does not declare the extension {EXTENSION}",
    "subscriptions": "the server declares no notification of changes",
    "modern-only": "the server grants revisions with sessions, too",
    "dual-era": "the server grants no revision with sessions",
    "x-mcp-header": "no listed tool repeats an argument in a header field",
    "output-schema": "no listed tool has an outputSchema",
    "paginated": "every list fits on one page",
    "session": "the server uses no session id",
    "sessions": "the server uses no session id",
}
