"""What a request asks to be allowed: scopes (RFC 6749 section 3.3) and resources (RFC 8707 section 2)."""

from conformance.reference.forms import CrashError, OAuthError, Parameters
from conformance.reference.scopes import REPORTS, granted
from conformance.reference.site import Site


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
