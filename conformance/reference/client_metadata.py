"""Client metadata: what a registration may ask for, and what becomes of it (RFC 7591 section 2)."""

import base64
import json
from typing import NoReturn
from urllib.parse import urlsplit

from starlette.requests import Request

from conformance.reference.faults import Faults
from conformance.reference.forms import OAuthError
from conformance.reference.jsonrpc import JsonObject, as_array, as_object, read_json
from conformance.reference.redirects import redirect_uri_defect
from conformance.reference.scopes import SCOPES

AUTHENTICATION_METHODS = ("none", "client_secret_post", "client_secret_basic")
GRANT_TYPES = ("authorization_code", "refresh_token")
METHOD = "token_endpoint_auth_method"
STATEMENT = "software_statement"

_DEFAULTS = ("grant_types", "response_types", METHOD)
_TEXT_MEMBERS = ("client_name", "software_id", "software_version")
_URL_MEMBERS = ("client_uri", "logo_uri", "tos_uri", "policy_uri")
_OTHER_MEMBERS = ("redirect_uris", "scope", "contacts", "application_type", "client_id", "client_secret", STATEMENT)
_BOUND = "dpop_bound_access_tokens"
_KNOWN_MEMBERS = {*_DEFAULTS, *_TEXT_MEMBERS, *_URL_MEMBERS, *_OTHER_MEMBERS, _BOUND}


async def read_document(request: Request) -> JsonObject:
    """The client metadata in the body; members that are null count as left out. Raises OAuthError."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        refuse("send application/json")
    try:
        document = as_object(read_json(await request.body()))
    except ValueError:
        refuse("the body is not JSON")
    if document is None:
        refuse("the body is not a JSON object")
    return {name: value for name, value in document.items() if value is not None}


def metadata_of(wanted: JsonObject, faults: Faults) -> JsonObject:
    """The metadata to register: checked, with defaults, without what is not understood. Raises OAuthError."""
    if faults.active("registration-refuses-unknown-members") and not wanted.keys() <= _KNOWN_MEMBERS:
        refuse("there is a member that is not known")
    metadata = _flow_metadata(wanted, faults) | _application_type(wanted, faults) | _display_metadata(wanted, faults)
    if _BOUND in wanted:
        if not isinstance(wanted[_BOUND], bool):
            refuse(f"{_BOUND} must be true or false")
        metadata[_BOUND] = wanted[_BOUND]
    if STATEMENT not in wanted:
        return metadata
    if faults.active("registration-trusts-any-statement"):
        return metadata | _claims(wanted[STATEMENT])
    raise OAuthError("unapproved_software_statement", "no issuer of software statements is trusted here")


def _flow_metadata(wanted: JsonObject, faults: Faults) -> JsonObject:
    metadata: JsonObject = {
        "redirect_uris": _redirect_uris(wanted, faults),
        "grant_types": _strings(wanted, "grant_types", ["authorization_code"]),
        "response_types": _strings(wanted, "response_types", ["code"]),
        METHOD: wanted.get(METHOD, "client_secret_basic"),
        "scope": " ".join(SCOPES),
    }
    grant_types = metadata["grant_types"]
    if not faults.active("registration-keeps-unsupported"):
        if metadata[METHOD] not in AUTHENTICATION_METHODS:
            refuse(f"{METHOD} must be one of " + ", ".join(AUTHENTICATION_METHODS))
        if not {*grant_types} <= {*GRANT_TYPES, "implicit"}:
            refuse("there is a grant type that is not supported")
    if not faults.active("registration-keeps-contradictions"):
        if "authorization_code" not in grant_types or "implicit" in grant_types:
            refuse("grant_types must hold authorization_code, and may hold refresh_token")
        if metadata["response_types"] != ["code"]:
            refuse("response_types must be code alone")
    return metadata


def _redirect_uris(wanted: JsonObject, faults: Faults) -> list[str]:
    try:
        uris = _strings(wanted, "redirect_uris", [])
    except OAuthError as error:
        raise OAuthError("invalid_redirect_uri", error.description) from None
    if not uris and not faults.active("registration-accepts-no-redirect"):
        raise OAuthError("invalid_redirect_uri", "redirect_uris must hold at least one URI")
    for uri in uris:
        defect = redirect_uri_defect(uri, faults)
        if defect is not None:
            raise OAuthError("invalid_redirect_uri", f"a redirect URI {defect}")
    if faults.active("registration-normalizes-uris"):
        return [uri if urlsplit(uri).path else f"{uri}/" for uri in uris]
    return uris


def _application_type(wanted: JsonObject, faults: Faults) -> JsonObject:
    if "application_type" not in wanted:
        return {}
    if wanted["application_type"] not in ("native", "web"):
        refuse("application_type must be native or web")
    if faults.active("registration-refuses-application-type"):
        refuse("application_type is not known")
    return {"application_type": wanted["application_type"]}


def _display_metadata(wanted: JsonObject, faults: Faults) -> JsonObject:
    metadata: JsonObject = {}
    for name in (*_TEXT_MEMBERS, *_URL_MEMBERS):
        value = wanted.get(name)
        if value is None or value == "":
            continue
        if not isinstance(value, str) and faults.active("registration-accepts-wrong-types"):
            continue
        if not isinstance(value, str) or len(value) > 2000 or not value.isprintable():
            refuse(f"{name} must be a string of printable characters")
        if name in _URL_MEMBERS and not _is_web_page(value) and not faults.active("registration-accepts-script-pages"):
            refuse(f"{name} must be an http or https URL")
        metadata[name] = value
    contacts = _strings(wanted, "contacts", [])
    return metadata | {"contacts": contacts} if contacts else metadata


def _is_web_page(value: str) -> bool:
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)


def _claims(statement: object) -> JsonObject:
    """The redirect URIs that a software statement names, whoever signed it."""
    try:
        payload = str(statement).split(".")[1]
        claims = as_object(json.loads(base64.urlsafe_b64decode(payload + "==")))
    except (IndexError, ValueError):
        return {}
    return {name: value for name, value in (claims or {}).items() if name == "redirect_uris"}


def _strings(wanted: JsonObject, name: str, default: list[str]) -> list[str]:
    values = as_array(wanted.get(name, default))
    if values is None or not all(isinstance(value, str) for value in values):
        refuse(f"{name} must be an array of strings")
    return values


def refuse(description: str) -> NoReturn:
    """Raise OAuthError(invalid_client_metadata)."""
    raise OAuthError("invalid_client_metadata", description)
