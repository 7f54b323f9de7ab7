"""The routes of the reference server, tied together."""

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from conformance.reference.access_tokens import AccessTokens
from conformance.reference.authorization import Authorization
from conformance.reference.legacy_sse import LegacySse
from conformance.reference.management import Management
from conformance.reference.mcp import Dispatcher
from conformance.reference.metadata import Metadata
from conformance.reference.protection import Protection
from conformance.reference.registration import Registration
from conformance.reference.site import (
    JWKS_PATH,
    MCP_PATH,
    MESSAGES_PATH,
    RESOURCE_METADATA_PREFIX,
    RESOURCE_PATHS,
    SERVER_METADATA_PATH,
    SSE_PATH,
    Site,
)
from conformance.reference.store import Store
from conformance.reference.streamable_http import StreamableHttp
from conformance.reference.streams import HeldStreams
from conformance.reference.tokens import Tokens

Endpoint = Callable[[Request], Awaitable[Response]]


def build_app(
    site: Site, store: Store, access_tokens: AccessTokens, dispatcher: Dispatcher, streams: HeldStreams
) -> ASGIApp:
    """The application serving `site` at one port or two; without protection there is no authorization server."""
    protection = Protection(site, access_tokens)
    legacy = LegacySse(dispatcher, streams)

    def route(path: str, endpoint: Endpoint, *methods: str, guarded: bool = False) -> Route:
        async def serve(request: Request) -> Response:
            if request.method not in methods:
                return Response(status_code=405, headers={"Allow": ", ".join(methods)})
            refusal = await protection.refusal(request) if guarded else None
            return refusal or await endpoint(request)

        return Route(path, serve, methods=[*methods, "HEAD"] if "GET" in methods else list(methods))

    routes = [
        route(MCP_PATH, StreamableHttp(dispatcher, streams).handle, "GET", "POST", "DELETE", guarded=True),
        route(SSE_PATH, legacy.open_stream, "GET", guarded=True),
        route(MESSAGES_PATH, legacy.receive, "POST", guarded=True),
    ]
    if not site.protected:
        return _application(routes)
    base, metadata = site.server_path, Metadata(site)
    authorization, tokens = Authorization(site, store), Tokens(site, store, access_tokens)
    server_routes = [
        route(base + "/register", Registration(site, store).register, "POST"),
        route(base + "/register/{client_id}", Management(site, store).manage, "GET", "PUT", "DELETE"),
        route(base + "/authorize", authorization.authorize, "GET"),
        route(base + "/login", authorization.login, "POST"),
        route(base + "/consent", authorization.consent, "POST"),
        route(base + "/token", tokens.token, "POST"),
        route(base + "/revoke", tokens.revoke, "POST"),
        route(base + JWKS_PATH, access_tokens.jwks, "GET"),
    ]
    if site.has_metadata:
        routes += [route(RESOURCE_METADATA_PREFIX + path, metadata.resource, "GET") for path in RESOURCE_PATHS]
        server_routes.append(route(SERVER_METADATA_PATH + base, metadata.server, "GET"))
    if site.server_origin == site.origin:
        return _application(routes + server_routes)
    return _by_port({site.origin: _application(routes), site.server_origin: _application(server_routes)})


def _application(routes: list[Route]) -> Starlette:
    app = Starlette(routes=routes)
    app.router.redirect_slashes = False
    return app


def _by_port(apps: dict[str, Starlette]) -> ASGIApp:
    ports = {urlsplit(origin).port: app for origin, app in apps.items()}

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        await ports[scope["server"][1]](scope, receive, send)

    return serve
