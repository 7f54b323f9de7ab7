"""The routes of the reference server, tied together."""

from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from conformance.reference.authorization import Authorization
from conformance.reference.legacy_sse import LegacySse
from conformance.reference.mcp import Dispatcher
from conformance.reference.metadata import Metadata
from conformance.reference.protection import Protection
from conformance.reference.registration import Registration
from conformance.reference.site import (
    MCP_PATH,
    MESSAGES_PATH,
    RESOURCE_METADATA_PREFIX,
    SERVER_METADATA_PATH,
    SSE_PATH,
    Site,
)
from conformance.reference.store import Store
from conformance.reference.streamable_http import StreamableHttp
from conformance.reference.streams import HeldStreams
from conformance.reference.tokens import Tokens

Endpoint = Callable[[Request], Awaitable[Response]]


def build_app(site: Site, dispatcher: Dispatcher, streams: HeldStreams) -> Starlette:
    """The application serving `site`; without protection there is no authorization server either."""
    store = Store()
    protection = Protection(site, store)
    legacy = LegacySse(dispatcher, streams)

    def route(path: str, endpoint: Endpoint, *methods: str, guarded: bool = False) -> Route:
        async def serve(request: Request) -> Response:
            if request.method not in methods:
                return Response(status_code=405, headers={"Allow": ", ".join(methods)})
            refusal = protection.refusal(request) if guarded else None
            return refusal or await endpoint(request)

        return Route(path, serve, methods=[*methods, "HEAD"] if "GET" in methods else list(methods))

    routes = [
        route(MCP_PATH, StreamableHttp(dispatcher, streams).handle, "GET", "POST", "DELETE", guarded=True),
        route(SSE_PATH, legacy.open_stream, "GET", guarded=True),
        route(MESSAGES_PATH, legacy.receive, "POST", guarded=True),
    ]
    if site.protected:
        authorization, tokens, metadata = Authorization(site, store), Tokens(site, store), Metadata(site)
        routes += [
            *(route(RESOURCE_METADATA_PREFIX + path, metadata.resource, "GET") for path in (MCP_PATH, SSE_PATH)),
            route(SERVER_METADATA_PATH, metadata.server, "GET"),
            route("/register", Registration(store, site.faults).handle, "POST"),
            route("/authorize", authorization.authorize, "GET"),
            route("/login", authorization.login, "POST"),
            route("/consent", authorization.consent, "POST"),
            route("/token", tokens.token, "POST"),
            route("/revoke", tokens.revoke, "POST"),
        ]
    app = Starlette(routes=routes)
    app.router.redirect_slashes = False
    return app
