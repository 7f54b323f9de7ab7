"""Who may call the MCP endpoints: no foreign web page, and nobody without a token.

MCP transports (Origin against DNS rebinding), RFC 6750 (bearer tokens), RFC 9728 section 5.1 (the challenge).
"""

import re
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from conformance.reference.access_tokens import AccessTokens, Bearer
from conformance.reference.dpop import ALGORITHMS, InvalidProofError, Proofs
from conformance.reference.jsonrpc import JsonObject, as_array, as_object, read_json
from conformance.reference.pages import USERNAME
from conformance.reference.redirects import LOOPBACK_HOSTS
from conformance.reference.scope_gate import SESSION_HEADER, ScopeGate
from conformance.reference.scopes import BASE, RESOURCE_SCOPES
from conformance.reference.site import MOVED_METADATA_PREFIX, RESOURCE_METADATA_PREFIX, Site

_DPOP = f'DPoP algs="{" ".join(ALGORITHMS)}"'
_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*")


class Protection:
    """Refuses the requests that must not reach an endpoint."""

    def __init__(self, site: Site, access_tokens: AccessTokens) -> None:
        self.site = site
        self.faults = site.faults
        self.access_tokens = access_tokens
        self.gate = ScopeGate(site.faults)
        self.proofs = Proofs(site.faults)
        self.asked = 0

    async def refusal(self, request: Request) -> Response | None:
        """The answer to a request that must not be served; None if it may pass, its user in `request.state.user`."""
        request.state.user = ""
        origins = request.headers.getlist("origin")
        if not all(_is_loopback(origin) for origin in origins) and not self._passed_over(request):
            status = 400 if self.faults.active("foreign-origin-400") else 403
            return Response("Foreign origin", status, media_type="text/plain")
        if not self.site.protected:
            return None
        path = self.site.sse_path if request.url.path == self.site.messages_path else request.url.path
        scheme, credentials = self._credentials(request)
        bearer = None if self.faults.active("access-token-refused") else self.access_tokens.bearer(credentials, path)
        if self.faults.active("stream-without-token") and _wants_new_stream(request):
            return None
        if bearer is None and SESSION_HEADER in request.headers and self.faults.active("session-replaces-token"):
            request.state.user = USERNAME
            return None
        methods = [str(message.get("method", "")) for message in await _messages(request)]
        if credentials == "":
            if request.url.path == self.site.messages_path and self.faults.active("sse-messages-without-token"):
                request.state.user = USERNAME
                return None
            return None if self.site.opens(methods) else await self._ask_for_token(request, path)
        if bearer is None and "tools/call" in methods and self.faults.active("calls-take-any-token"):
            request.state.user = USERNAME
            return None
        if bearer is None:
            return self._refuse_token(path, credentials)
        if scheme == "dpop" or bearer.thumbprint:
            try:
                self._check_key(request, scheme, credentials, bearer)
            except InvalidProofError as error:
                return self._refuse_proof(path, str(error))
        request.state.user = bearer.user
        needed = self.gate.missing(request, await _messages(request), bearer.scopes)
        return self._refuse_scope(path, needed, bearer) if needed else None

    def _passed_over(self, request: Request) -> bool:
        """Whether a fault lets a foreign origin in."""
        legacy = request.url.path in (self.site.sse_path, self.site.messages_path)
        message = request.method == "POST" and SESSION_HEADER in request.headers
        return (
            self.faults.active("foreign-origin-served")
            or (legacy and self.faults.active("foreign-origin-served-over-sse"))
            or (not message and self.faults.active("foreign-origin-served-without-message"))
        )

    def _credentials(self, request: Request) -> tuple[str, str]:
        """`bearer` or `dpop`, and what was sent as a token, well-formed or not; empty where no token was sent."""
        headers = request.headers.getlist("authorization")
        if not headers and self.faults.active("query-token-accepted"):
            return "bearer", request.query_params.get("access_token", "")
        if len(headers) > 1:
            return "bearer", "two headers"
        scheme, _, credentials = (headers[0] if headers else "").partition(" ")
        folded = scheme.lower()
        if folded == "bearer" and scheme != "Bearer" and self.faults.active("bearer-case-sensitive"):
            folded = ""
        return folded, credentials.strip(" ") if folded in ("bearer", "dpop") else ""

    def _check_key(self, request: Request, scheme: str, token: str, bearer: Bearer) -> None:
        """Whether who sends the token holds the key it is bound to (RFC 9449 section 7). Raises InvalidProofError."""
        if scheme == "bearer":
            if self.faults.active("dpop-token-as-bearer-accepted"):
                return
            raise InvalidProofError("the token is bound to a key")
        if not bearer.thumbprint or self.faults.active("dpop-token-refused"):
            raise InvalidProofError("the token is bound to no key")
        fields = request.headers.getlist("dpop")
        if not fields and self.faults.active("dpop-proof-optional"):
            return
        key = self.proofs.key(fields, request.method, self.site.origin + request.url.path, token)
        if key != bearer.thumbprint and not self.faults.active("dpop-other-key-accepted"):
            raise InvalidProofError("the token is bound to another key")

    async def _ask_for_token(self, request: Request, path: str) -> Response:
        if self.faults.active("bare-bearer-challenge"):
            return Response(status_code=401, headers={"WWW-Authenticate": "Bearer"})
        messages = await _messages(request)
        notified = any("method" in message and "id" not in message for message in messages)
        if notified and self.faults.active("notification-without-token"):
            return Response(status_code=202)
        error = "invalid_token" if self.faults.active("missing-token-has-error") else ""
        status = 403 if self.faults.active("missing-token-403") else 401
        self.asked += 1
        few = self.asked % 2 == 0 and self.faults.active("challenge-scope-varies")
        challenge = self._challenge(path, (BASE,) if few else RESOURCE_SCOPES, error)
        return Response(status_code=status, headers={"WWW-Authenticate": challenge})

    def _refuse_token(self, path: str, credentials: str) -> Response:
        if not _TOKEN.fullmatch(credentials) and self.faults.active("malformed-authorization-500"):
            return Response("Internal Server Error", 500, media_type="text/plain")
        foreign = self.access_tokens.find(credentials) is None
        dotted = credentials.count(".") == 2 and _TOKEN.fullmatch(credentials)
        if foreign and dotted and self.faults.active("bad-token-500"):
            return Response("Internal Server Error", 500, media_type="text/plain")
        error = "" if self.faults.active("bad-token-without-error-code") else "invalid_token"
        challenge = self._challenge(path, RESOURCE_SCOPES, error)
        headers = {"WWW-Authenticate": challenge, "Cache-Control": "no-store"}
        if self.faults.active("bad-token-without-challenge"):
            del headers["WWW-Authenticate"]
        document: JsonObject = {"error": "invalid_token", "error_description": "the access token is not valid here"}
        if self.faults.active("refusal-with-result"):
            document = {"jsonrpc": "2.0", "id": 1, "result": {"tools": []}}
        status = 403 if foreign and self.faults.active("bad-token-403") else 401
        return JSONResponse(document, status, headers)

    def _refuse_proof(self, path: str, reason: str) -> Response:
        """The answer to a good token whose sender did not show the key it is bound to (RFC 9449 section 7.1)."""
        challenge = self._challenge(path, RESOURCE_SCOPES, "")
        if not self.faults.active("dpop-challenge-missing"):
            challenge += ', error="invalid_dpop_proof"'
        document = {"error": "invalid_dpop_proof", "error_description": reason}
        return JSONResponse(document, 401, {"WWW-Authenticate": challenge, "Cache-Control": "no-store"})

    def _refuse_scope(self, path: str, needed: tuple[str, ...], bearer: Bearer) -> Response:
        """The answer to a good token that does not allow this (RFC 6750 section 3.1)."""
        if self.faults.active("insufficient-scope-names-held"):
            needed = tuple(sorted(bearer.scopes))
        wrong = self.faults.active("insufficient-scope-wrong-code")
        return self.gate.answer(self._challenge(path, needed, "invalid_scope" if wrong else "insufficient_scope"))

    def _challenge(self, path: str, scopes: tuple[str, ...], error: str) -> str:
        if self.faults.active("atlassian-2025"):
            return 'Bearer realm="OAuth", error="invalid_token"'
        parameters = {"scope": " ".join(scopes)}
        unauthenticated = error in ("", "invalid_token")
        if unauthenticated and self.faults.active("challenge-asks-offline-access"):
            parameters["scope"] += " offline_access"
        scopeless = ("challenge-without-scope", "lists-without-scope-in-challenge")
        if unauthenticated and any(self.faults.active(name) for name in scopeless):
            del parameters["scope"]
        without_address = ["challenge-without-resource-metadata", "resource-metadata-not-found"]
        without_address += ["calls-without-resource-metadata"]
        without_address += ["bad-token-without-resource-metadata"] if error == "invalid_token" else []
        without_address += [] if unauthenticated else ["insufficient-scope-without-resource-metadata"]
        if self.site.has_metadata and not any(self.faults.active(name) for name in without_address):
            parameters["resource_metadata"] = self._resource_metadata(path)
        if error:
            parameters["error"] = error
        repeated = f', scope="{BASE}"' if self.faults.active("challenge-repeats-scope") else ""
        bearer = "Bearer " + ", ".join(f'{name}="{value}"' for name, value in parameters.items()) + repeated
        return bearer if self.faults.active("dpop-challenge-missing") else f"{bearer}, {_DPOP}"

    def _resource_metadata(self, path: str) -> str:
        origin, prefix = self.site.origin, RESOURCE_METADATA_PREFIX
        if self.faults.active("resource-metadata-only-by-challenge"):
            prefix = MOVED_METADATA_PREFIX
        if self.faults.active("resource-metadata-over-http"):
            origin = origin.replace("https:", "http:")
        return origin + prefix + ("-gone" if self.faults.active("resource-metadata-url-dead") else path)


def _wants_new_stream(request: Request) -> bool:
    return request.method == "GET" and not {"authorization", SESSION_HEADER.lower()}.intersection(request.headers)


async def _messages(request: Request) -> list[JsonObject]:
    """The JSON objects in the body: one, those of a batch, or none."""
    try:
        value = read_json(await request.body())
    except ValueError:
        return []
    return [message for each in as_array(value) or [value] if (message := as_object(each)) is not None]


def _is_loopback(origin: str) -> bool:
    try:
        parts = urlsplit(origin)
        return parts.scheme in ("http", "https") and parts.hostname in LOOPBACK_HOSTS and "@" not in parts.netloc
    except ValueError:
        return False
