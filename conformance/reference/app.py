"""The routes of the reference server, tied together."""

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from conformance.reference.access_tokens import AccessTokens
from conformance.reference.authorization import Authorization
from conformance.reference.cors import CrossOrigin
from conformance.reference.introspection import Introspection
from conformance.reference.legacy_sse import LegacySse
from conformance.reference.management import Management
from conformance.reference.mcp import Dispatcher
from conformance.reference.metadata import Metadata
from conformance.reference.pages import account_page, with_frame_faults
from conformance.reference.protection import Protection
from conformance.reference.registration import Registration
from conformance.reference.site import ACCOUNT_PATH, JWKS_PATH, Site
from conformance.reference.store import Store
from conformance.reference.streamable_http import StreamableHttp
from conformance.reference.streams import OpenStreams
from conformance.reference.third_party import CALLBACK_PATH
from conformance.reference.tokens import Tokens

Endpoint = Callable[[Request], Awaitable[Response]]


def build_app(
    site: Site, store: Store, access_tokens: AccessTokens, dispatcher: Dispatcher, streams: OpenStreams
) -> ASGIApp:
    """The application serving `site` at one port or two; without protection there is no authorization server."""
    protection = Protection(site, access_tokens)
    legacy = LegacySse(site.messages_path, dispatcher, streams)

    def route(
        path: str, endpoint: Endpoint, *methods: str, cors: list[Middleware] | None = None, guarded: bool = False
    ) -> Route:
        async def serve(request: Request) -> Response:
            if request.method not in methods:
                return Response(status_code=405, headers={"Allow": ", ".join(methods)})
            refusal = await protection.refusal(request) if guarded else None
            return with_frame_faults(refusal or await endpoint(request), site.faults)

        allowed = {*methods, *(["HEAD"] if "GET" in methods else []), *(["OPTIONS"] if cors else [])}
        return Route(path, serve, methods=allowed, middleware=cors)

    allow = CrossOrigin(site.faults)
    mcp = StreamableHttp(dispatcher, streams)

    def posting(fault: str) -> tuple[str, ...]:
        return ("GET", "POST") if site.faults.active(fault) else ("POST",)

    routes = [
        route(site.mcp_path, mcp.handle, "GET", "POST", "DELETE", cors=allow.mcp(), guarded=True),
        route(site.sse_path, legacy.open_stream, "GET", cors=allow.mcp(), guarded=True),
        route(site.messages_path, legacy.receive, "POST", cors=allow.mcp(), guarded=True),
    ]

    async def connect(_: Request) -> Response:
        return account_page(site.faults, str(dispatcher.notebook.filled.get("username")))

    routes.append(route(ACCOUNT_PATH, connect, "GET"))
    if not site.protected:
        return _application(routes)
    base, metadata = site.server_path, Metadata(site, access_tokens.key)
    authorization, tokens = Authorization(site, store), Tokens(site, store, access_tokens)
    server_routes = [
        route(base + "/register", Registration(site, store).register, "POST", cors=allow.client()),
        route(base + "/register/{client_id}", Management(site, store).manage, "GET", "PUT", "DELETE"),
        route(base + "/authorize", authorization.authorize, "GET", cors=allow.pages()),
        route(base + "/login", authorization.login, "POST"),
        route(base + "/consent", authorization.consent, "POST"),
        route(base + "/token", tokens.token, *posting("token-by-get"), cors=allow.client()),
        route(base + "/revoke", tokens.revocation.revoke, *posting("revocation-by-get"), cors=allow.client()),
        route(base + "/introspect", Introspection(site, store, access_tokens).introspect, "POST"),
        route(base + JWKS_PATH, access_tokens.jwks, "GET", cors=allow.metadata()),
    ]
    for prefix, document in metadata.of_resource().items():
        routes.append(route(prefix + "/{path:path}", document, "GET", cors=allow.metadata()))
    for path, document in metadata.of_server().items():
        server_routes.append(route(path, document, "GET", cors=allow.metadata()))
    if third_party := authorization.third_party:
        server_routes.append(route(base + CALLBACK_PATH, authorization.callback, "GET"))
        theirs = [route("/authorize", third_party.authorize, "GET"), route("/login", third_party.login, "POST")]
        apps = {site.origin: _application(routes + server_routes), third_party.origin: _application(theirs)}
        return _by_port(apps)
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
