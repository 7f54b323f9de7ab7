"""Which scopes a request needs, and what is answered where the token has too few (RFC 6750 section 3.1)."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from conformance.reference.faults import Faults
from conformance.reference.jsonrpc import JsonObject, as_object
from conformance.reference.scopes import BASE
from conformance.reference.tools import TOOL_SCOPES

SESSION_HEADER = "Mcp-Session-Id"


class ScopeGate:
    """Compares the scopes of a good token with those of the operation."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults
        self._refused: set[str] = set()

    def missing(self, request: Request, messages: Sequence[JsonObject], held: frozenset[str]) -> tuple[str, ...]:
        """All scopes the messages need, if one of them is missing; empty where the request may pass."""
        further = next((scope for message in messages if (scope := _scope_of(message))), None)
        needed = (BASE, further) if further else (BASE,)
        if further in held and self.faults.active("step-up-in-pieces"):
            needed = (*needed, f"{further}:all")
        if held.issuperset(needed):
            return ()
        session = request.headers.get(SESSION_HEADER, "")
        if session in self._refused and self.faults.active("scope-checked-once"):
            return ()
        self._refused.add(session)
        return needed

    def answer(self, challenge: str) -> Response:
        """The refusal; `challenge` names the scopes that are needed."""
        document = {"error": "insufficient_scope", "error_description": "the token lacks a scope"}
        headers = {"WWW-Authenticate": challenge, "Cache-Control": "no-store"}
        if self.faults.active("insufficient-scope-without-challenge"):
            del headers["WWW-Authenticate"]
        return JSONResponse(document, 401 if self.faults.active("insufficient-scope-401") else 403, headers)


def _scope_of(message: JsonObject) -> str:
    """The scope that a message needs beside the base scope; empty where it needs none."""
    if message.get("method") != "tools/call":
        return ""
    return TOOL_SCOPES.get(str((as_object(message.get("params")) or {}).get("name")), "")
