"""Revision 2026-07-28, in which each request stands alone and says itself who asks and what the client can do.

https://modelcontextprotocol.io/specification/2026-07-28/basic and /server/discover
"""

from conformance.reference.calls import MISSING_CAPABILITY
from conformance.reference.content import IMPLEMENTATION
from conformance.reference.faults import Faults
from conformance.reference.jsonrpc import (
    INTERNAL_ERROR,
    INVALID_PARAMS,
    METHOD_NOT_FOUND,
    RESOURCE_NOT_FOUND,
    JsonObject,
    Request,
    RpcError,
    as_object,
)
from conformance.reference.revisions import NEWEST, REVISIONS, STATELESS, fitted_implementation
from conformance.reference.sessions import LOG_LEVELS, Session

HEADER_MISMATCH = -32020
UNSUPPORTED_VERSION = -32022
_META = "io.modelcontextprotocol/"
VERSION, CLIENT, CAPABILITIES = _META + "protocolVersion", _META + "clientInfo", _META + "clientCapabilities"
LOG_LEVEL, SERVER = _META + "logLevel", _META + "serverInfo"
_STATUSES = {METHOD_NOT_FOUND: 404, HEADER_MISMATCH: 400, MISSING_CAPABILITY: 400, UNSUPPORTED_VERSION: 400}
_STATUS_FAULTS = {
    METHOD_NOT_FOUND: "unknown-method-200",
    UNSUPPORTED_VERSION: "unknown-version-200",
    MISSING_CAPABILITY: "missing-capability-http-200",
}
_CACHEABLE = frozenset(
    "server/discover tools/list resources/list resources/templates/list resources/read prompts/list".split()
)
_ALIKE = frozenset("server/discover tools/list resources/templates/list prompts/list".split())
"""Methods whose results are the same for all users."""


def meta_of(request: Request) -> JsonObject:
    """The `_meta` of a request, empty where there is none."""
    return as_object(request.params.get("_meta")) or {}


def stands_alone(request: Request) -> bool:
    """Whether a request says itself what a handshake says in the older revisions."""
    return bool({VERSION, CLIENT, CAPABILITIES} & meta_of(request).keys())


def versions(dual: bool) -> list[str]:
    """The revisions that are spoken, newest first; `dual` says that those with a handshake are among them."""
    return [STATELESS, *(reversed(REVISIONS) if dual else ())]


def check_meta(request: Request, dual: bool, faults: Faults, *, able_before: bool) -> None:
    """See whether a request says all that it must; `able_before`: an earlier one said what its client can do.

    Raises RpcError: -32602, -32022.
    """
    meta = meta_of(request)
    wanted = meta.get(VERSION)
    if VERSION not in meta and faults.active("version-unneeded"):
        wanted = STATELESS
    if not isinstance(wanted, str):
        raise RpcError(INVALID_PARAMS, f"Invalid params: _meta must name {VERSION}", {"missing": VERSION})
    if wanted != STATELESS:
        raise unsupported(wanted, dual, faults)
    if meta.get(LOG_LEVEL, "info") not in LOG_LEVELS:
        raise RpcError(INVALID_PARAMS, "Invalid params: the log level must be one of " + ", ".join(LOG_LEVELS))
    remembered = able_before and faults.active("capabilities-remembered")
    if as_object(meta.get(CAPABILITIES)) is None and not (remembered or faults.active("capabilities-unneeded")):
        raise RpcError(INVALID_PARAMS, f"Invalid params: _meta must hold {CAPABILITIES}", {"missing": CAPABILITIES})
    if CLIENT not in meta and faults.active("client-info-needed"):
        raise RpcError(INVALID_PARAMS, f"Invalid params: _meta must name {CLIENT}", {"missing": CLIENT})


def unsupported(wanted: object, dual: bool, faults: Faults) -> RpcError:
    """The refusal of a revision that is not spoken in this way."""
    if faults.active("unknown-version-wrong-code"):
        return RpcError(INVALID_PARAMS, "Invalid params: unknown version", {"missing": VERSION})
    known = versions(dual)
    if faults.active("unusable-version-listed"):
        known.append(NEWEST)
    data: JsonObject = {"supported": known, "requested": wanted}
    if faults.active("unknown-version-without-list"):
        del data["supported"]
    return RpcError(UNSUPPORTED_VERSION, "Unsupported protocol version; supported: " + ", ".join(known), data)


def status_of(answer: JsonObject, faults: Faults) -> int:
    """The HTTP status of an answer that is sent as a whole."""
    error = as_object(answer.get("error")) or {}
    code = error.get("code", 0)
    if code in _STATUS_FAULTS and faults.active(_STATUS_FAULTS[code]):
        return 200
    if code == INVALID_PARAMS and "missing" in (as_object(error.get("data")) or {}):
        return 200 if faults.active("missing-meta-200") else 400
    return _STATUSES.get(code, 200)


def introduce(session: Session, request: Request) -> None:
    """Let a session that lasts for one request know what the request says of its client."""
    meta = meta_of(request)
    level = meta.get(LOG_LEVEL)
    session.revision, session.initialized = STATELESS, True
    session.client = as_object(meta.get(CAPABILITIES)) or {}
    session.log_level = level if level in LOG_LEVELS else ""


def completed(method: str, result: JsonObject, faults: Faults) -> JsonObject:
    """A result as this revision has it."""
    about: JsonObject = {SERVER: fitted_implementation(IMPLEMENTATION, STATELESS)}
    if faults.active("discover-anonymous" if method == "server/discover" else "results-anonymous"):
        del about[SERVER]
    if method == "completion/complete" and faults.active("server-info-without-version"):
        del about[SERVER]["version"]
    if method == "server/discover" and faults.active("trace-parent-malformed"):
        about["traceparent"] = "0af7651916cd43dd8448eb211c80319c"
    result = {"resultType": "complete", **result, "_meta": {**(as_object(result.get("_meta")) or {}), **about}}
    if method in _CACHEABLE and result["resultType"] == "complete":
        result = {"ttlMs": 1000, "cacheScope": "public" if method in _ALIKE else "private", **result}
    if method == "completion/complete" and faults.active("result-type-missing"):
        del result["resultType"]
    if method == "completion/complete" and faults.active("result-type-of-extension"):
        result["resultType"] = "com.example.reference/later"
    return result


def refused(error: RpcError, faults: Faults) -> RpcError:
    """An error as this revision has it."""
    if error.code == MISSING_CAPABILITY and faults.active("missing-capability-other-code"):
        error.code = INTERNAL_ERROR
    if error.code == MISSING_CAPABILITY and faults.active("missing-capability-as-list"):
        error.data = {"requiredCapabilities": list((as_object(error.data) or {})["requiredCapabilities"])}
    if error.code == RESOURCE_NOT_FOUND:
        error.code = INVALID_PARAMS
    return error
