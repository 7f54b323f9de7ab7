"""Dynamic client registration (RFC 7591)."""

import time
from typing import NoReturn
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from conformance.reference.faults import Faults
from conformance.reference.forms import NO_STORE, OAuthError
from conformance.reference.jsonrpc import JsonObject, as_array, as_object, read_json
from conformance.reference.redirects import redirect_uri_defect
from conformance.reference.scopes import SCOPES
from conformance.reference.store import SECRET_LIFETIME, Client, Store, random_value

AUTHENTICATION_METHODS = ("none", "client_secret_post", "client_secret_basic")
GRANT_TYPES = ("authorization_code", "refresh_token")

METHOD = "token_endpoint_auth_method"
_TEXT_MEMBERS = ("client_name", "software_id", "software_version")
_URL_MEMBERS = ("client_uri", "logo_uri", "tos_uri", "policy_uri")


class Registration:
    """The registration endpoint: open to everybody, keeps only what it understands, reports all it keeps."""

    def __init__(self, store: Store, faults: Faults) -> None:
        self.store = store
        self.faults = faults

    async def handle(self, request: Request) -> Response:
        """Answer a registration request with 201, or 400 and the reason."""
        if self.faults.active("registration-closed"):
            return Response(status_code=401, headers={"WWW-Authenticate": 'Bearer realm="registration"'})
        try:
            metadata = self._metadata(await _read_document(request))
        except OAuthError as error:
            if self.faults.active("registration-error-as-html"):
                return HTMLResponse("<h1>Bad request</h1>", 400)
            return error.response()
        answer = metadata | self._admit(metadata)
        if self.faults.active("registration-echo-missing"):
            del answer["redirect_uris"], answer["grant_types"]
        response = JSONResponse(answer, 200 if self.faults.active("registration-200") else 201, NO_STORE)
        if self.faults.active("registration-as-text"):
            response.headers["Content-Type"] = "text/plain; charset=utf-8"
        return response

    def _metadata(self, wanted: JsonObject) -> JsonObject:
        """The metadata to register: checked, with defaults, without what is not understood."""
        grant_types = _strings(wanted, "grant_types", ["authorization_code"])
        if "authorization_code" not in grant_types or not set(grant_types) <= set(GRANT_TYPES):
            _refuse("grant_types must hold authorization_code, and may hold refresh_token")
        if _strings(wanted, "response_types", ["code"]) != ["code"]:
            _refuse("response_types must be code alone")
        method = wanted.get(METHOD, "client_secret_basic")
        if method not in AUTHENTICATION_METHODS:
            _refuse(f"{METHOD} must be one of " + ", ".join(AUTHENTICATION_METHODS))
        metadata: JsonObject = {
            "redirect_uris": self._redirect_uris(wanted),
            "grant_types": grant_types,
            "response_types": ["code"],
            METHOD: method,
            "scope": " ".join(SCOPES),
        }
        if "application_type" in wanted:
            if wanted["application_type"] not in ("native", "web"):
                _refuse("application_type must be native or web")
            metadata["application_type"] = wanted["application_type"]
        return metadata | _display_metadata(wanted)

    def _redirect_uris(self, wanted: JsonObject) -> list[str]:
        try:
            uris = _strings(wanted, "redirect_uris", [])
        except OAuthError as error:
            raise OAuthError("invalid_redirect_uri", error.description) from None
        if not uris and not self.faults.active("registration-accepts-no-redirect"):
            raise OAuthError("invalid_redirect_uri", "redirect_uris must hold at least one URI")
        for uri in uris:
            defect = redirect_uri_defect(uri, self.faults)
            if defect is not None:
                raise OAuthError("invalid_redirect_uri", f"a redirect URI {defect}")
        return uris

    def _admit(self, metadata: JsonObject) -> JsonObject:
        now = int(time.time())
        public = metadata[METHOD] == "none"
        client = Client(
            id=random_value(),
            name=metadata.get("client_name", ""),
            redirect_uris=tuple(metadata["redirect_uris"]),
            grant_types=tuple(metadata["grant_types"]),
            authentication_method=metadata[METHOD],
            secret="" if public else random_value(),
            secret_expires_at=0 if public else now + SECRET_LIFETIME,
        )
        self.store.clients[client.id] = client
        answer: JsonObject = {"client_id": client.id, "client_id_issued_at": now}
        if not public:
            answer |= {"client_secret": client.secret, "client_secret_expires_at": client.secret_expires_at}
        return answer


async def _read_document(request: Request) -> JsonObject:
    """The client metadata in the body; members that are null count as left out (RFC 7591 section 2)."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        _refuse("send application/json")
    try:
        document = as_object(read_json(await request.body()))
    except ValueError:
        _refuse("the body is not JSON")
    if document is None:
        _refuse("the body is not a JSON object")
    return {name: value for name, value in document.items() if value is not None}


def _display_metadata(wanted: JsonObject) -> JsonObject:
    metadata: JsonObject = {}
    for name in (*_TEXT_MEMBERS, *_URL_MEMBERS):
        value = wanted.get(name)
        if value is None or value == "":
            continue
        if not isinstance(value, str) or len(value) > 2000 or not value.isprintable():
            _refuse(f"{name} must be a string of printable characters")
        if name in _URL_MEMBERS and not _is_web_page(value):
            _refuse(f"{name} must be an http or https URL")
        metadata[name] = value
    contacts = _strings(wanted, "contacts", [])
    return metadata | {"contacts": contacts} if contacts else metadata


def _is_web_page(value: str) -> bool:
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)


def _strings(wanted: JsonObject, name: str, default: list[str]) -> list[str]:
    values = as_array(wanted.get(name, default))
    if values is None or not all(isinstance(value, str) for value in values):
        _refuse(f"{name} must be an array of strings")
    return values


def _refuse(description: str) -> NoReturn:
    raise OAuthError("invalid_client_metadata", description)
