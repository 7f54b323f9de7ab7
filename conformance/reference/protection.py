"""Who may call the MCP endpoints: no foreign web page, and nobody without a token.

MCP transports (Origin against DNS rebinding), RFC 6750 (bearer tokens), RFC 9728 section 5.1 (the challenge).
"""

import re
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from conformance.reference.redirects import LOOPBACK_HOSTS
from conformance.reference.site import MESSAGES_PATH, RESOURCE_METADATA_PREFIX, SCOPE, SSE_PATH, Site
from conformance.reference.store import Store

_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*")


class Protection:
    """Refuses the requests that must not reach an endpoint."""

    def __init__(self, site: Site, store: Store) -> None:
        self.site = site
        self.faults = site.faults
        self.store = store

    def refusal(self, request: Request) -> Response | None:
        """The answer to a request that must not be served, None if it may pass."""
        origins = request.headers.getlist("origin")
        if not all(_is_loopback(origin) for origin in origins):
            return Response("Foreign origin", 403, media_type="text/plain")
        if not self.site.protected:
            return None
        path = SSE_PATH if request.url.path == MESSAGES_PATH else request.url.path
        credentials = self._credentials(request)
        if credentials == "":
            return self._ask_for_token(path)
        token = self.store.access_tokens.get(credentials)
        if self.faults.active("access-token-refused"):
            token = None
        if token is not None and token.good_for(path):
            return None
        refusal = self._refuse_token(path, credentials)
        if token is None and self.faults.active("bad-token-403"):
            refusal.status_code = 403
        return refusal

    def _credentials(self, request: Request) -> str:
        """What was sent as a bearer token, well-formed or not; empty where no token was sent."""
        headers = request.headers.getlist("authorization")
        if not headers and self.faults.active("query-token-accepted"):
            return request.query_params.get("access_token", "")
        if len(headers) > 1:
            return "two headers"
        scheme, _, credentials = (headers[0] if headers else "").partition(" ")
        folded = scheme if self.faults.active("bearer-case-sensitive") else scheme.capitalize()
        return credentials.strip(" ") if folded == "Bearer" else ""

    def _ask_for_token(self, path: str) -> Response:
        if self.faults.active("bare-bearer-challenge"):
            return Response(status_code=401, headers={"WWW-Authenticate": "Bearer"})
        error = "invalid_token" if self.faults.active("missing-token-has-error") else ""
        status = 403 if self.faults.active("missing-token-403") else 401
        return Response(status_code=status, headers={"WWW-Authenticate": self._challenge(path, error)})

    def _refuse_token(self, path: str, credentials: str) -> Response:
        dotted = credentials.count(".") == 2 and _TOKEN.fullmatch(credentials)
        if dotted and self.faults.active("bad-token-500"):
            return Response("Internal Server Error", 500, media_type="text/plain")
        error = "" if self.faults.active("bad-token-without-error-code") else "invalid_token"
        headers = {"WWW-Authenticate": self._challenge(path, error), "Cache-Control": "no-store"}
        if self.faults.active("bad-token-without-challenge"):
            del headers["WWW-Authenticate"]
        document = {"error": "invalid_token", "error_description": "the access token is not valid here"}
        return JSONResponse(document, 401, headers)

    def _challenge(self, path: str, error: str) -> str:
        parameters = {"scope": SCOPE}
        without_address = ("challenge-without-resource-metadata", "resource-metadata-not-found")
        if self.site.has_metadata and not any(self.faults.active(name) for name in without_address):
            prefix = self.site.origin + RESOURCE_METADATA_PREFIX
            dead = self.faults.active("resource-metadata-url-dead")
            parameters["resource_metadata"] = prefix + ("-gone" if dead else path)
        if error:
            parameters["error"] = error
        return "Bearer " + ", ".join(f'{name}="{value}"' for name, value in parameters.items())


def _is_loopback(origin: str) -> bool:
    try:
        parts = urlsplit(origin)
        return parts.scheme in ("http", "https") and parts.hostname in LOOPBACK_HOSTS and "@" not in parts.netloc
    except ValueError:
        return False
