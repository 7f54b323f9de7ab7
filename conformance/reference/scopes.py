"""The scopes of the reference server (RFC 6749 section 3.3, OpenID Connect Core section 3.1.2.1)."""

import re

from conformance.reference.forms import OAuthError

BASE, REPORTS, OPENID = "mcp", "mcp:reports", "openid"
RESOURCE_SCOPES = (BASE, REPORTS)
SCOPES = (*RESOURCE_SCOPES, OPENID)

_SCOPE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*")


def granted(asked: str | None) -> str:
    """What a request for a scope is granted: all of the resource where it was left out, else what is known of it.

    Raises OAuthError(invalid_scope) where the scope is malformed, or names nothing of the resource.
    """
    if asked is None:
        return " ".join(RESOURCE_SCOPES)
    if not _SCOPE.fullmatch(asked):
        raise OAuthError("invalid_scope", "the scope is malformed")
    words = asked.split(" ")
    if not set(words) & set(RESOURCE_SCOPES):
        raise OAuthError("invalid_scope", "the scope must hold one of " + ", ".join(RESOURCE_SCOPES))
    return " ".join(scope for scope in SCOPES if scope in words)
