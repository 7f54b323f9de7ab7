"""What a request asks to be allowed: scopes (RFC 6749 section 3.3) and resources (RFC 8707 section 2)."""

import re

from conformance.reference.forms import CrashError, OAuthError, Parameters
from conformance.reference.scopes import REPORTS, RESOURCE_SCOPES, SCOPES
from conformance.reference.site import Site

_SCOPE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*")


def requested_scope(site: Site, asked: str | None) -> str:
    """The scope that a grant may have. Raises OAuthError(invalid_scope)."""
    if asked is None and site.faults.active("omitted-scope-crash"):
        raise CrashError
    if asked is not None and REPORTS in asked.split(" ") and site.faults.active("challenged-scope-refused"):
        raise OAuthError("invalid_scope", "the scope is not available")
    try:
        return granted(asked)
    except OAuthError:
        if site.faults.active("malformed-scope-crash"):
            raise CrashError from None
        raise


def requested_resources(site: Site, parameters: Parameters) -> frozenset[str]:
    """The resources that a grant is for: those named, all where none is. Raises OAuthError(invalid_target)."""
    named = parameters.all("resource")
    if not named and site.faults.active("resource-required"):
        raise OAuthError("invalid_target", "resource is missing")
    if named and site.faults.active("resource-refused-at-authorize"):
        raise OAuthError("invalid_target", "resource is not supported")
    return resource_paths(site, parameters) or frozenset(site.resource_paths)


def resource_paths(site: Site, parameters: Parameters) -> frozenset[str]:
    """The endpoints that the `resource` parameters name. Raises OAuthError(invalid_target) for others."""
    named = parameters.all("resource")
    if site.faults.active("malformed-resource-ignored"):
        named = [one for one in named if "://" in one and "#" not in one]
    known = {one: site.resource_path(one) for one in named}
    if site.faults.active("unknown-resource-granted"):
        known = {one: path or (one if one.startswith("https://") else None) for one, path in known.items()}
    if None in known.values():
        raise OAuthError("invalid_target", "the resource is not one of this server")
    return frozenset(path for path in known.values() if path is not None)


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
