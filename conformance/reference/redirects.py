"""Which redirect URIs may be registered, and which of them an authorization request may name."""

import re
from collections.abc import Callable
from posixpath import normpath
from urllib.parse import unquote, urlsplit

from conformance.reference.faults import Faults

LOOPBACK_HOSTS = frozenset({"127.0.0.1", "::1", "localhost"})

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_OUTSIDE_URI = re.compile(r"[^\x21-\x7e]|[\\\"<>^`{|}]")
_SCRIPT_SCHEMES = frozenset({"javascript", "data", "vbscript", "blob", "file"})


def redirect_uri_defect(uri: str, faults: Faults) -> str | None:
    """Why `uri` must not be registered, None if it may.

    Allowed are https anywhere, http on loopback hosts (RFC 8252 section 7.3) and private schemes with a
    period (section 7.1); never fragments, user names or characters no URI has.
    """
    if faults.active("registration-accepts-script") and _is_script(uri):
        return None
    if _OUTSIDE_URI.search(uri):
        return "has characters that no URI has"
    if "*" in uri and not faults.active("registration-expands-wildcards"):
        return "has a wildcard"
    if "#" in uri and not faults.active("registration-accepts-fragment"):
        return "has a fragment"
    scheme = _SCHEME.match(uri)
    if scheme is None:
        return None if faults.active("registration-accepts-relative") else "is not absolute"
    return _scheme_defect(scheme[1].lower(), uri, faults)


def _scheme_defect(scheme: str, uri: str, faults: Faults) -> str | None:
    if scheme not in ("http", "https"):
        private = scheme not in _SCRIPT_SCHEMES and faults.active("registration-accepts-short-scheme")
        allowed = "." in scheme or private
        return None if allowed else "has a scheme that is not allowed"
    try:
        parts = urlsplit(uri)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "cannot be parsed"
    if not host:
        return "has no host"
    if scheme == "http" and faults.active("registration-accepts-http"):
        return None
    if host == "::1" and faults.active("registration-refuses-ipv6-loopback"):
        return "has a host that is not known"
    if "@" in parts.netloc:
        return "has a user name"
    return "uses http on a host that is not loopback" if scheme == "http" and host not in LOOPBACK_HOSTS else None


def _is_script(uri: str) -> bool:
    scheme, colon, _ = "".join(char for char in uri if char > " " and char != "\x7f").partition(":")
    return colon == ":" and scheme.lower() in _SCRIPT_SCHEMES


def redirect_uri_allowed(wanted: str, registered: tuple[str, ...], faults: Faults) -> bool:
    """Whether `wanted` equals a registered URI, character by character, but for the port of a loopback host.

    RFC 8252 section 7.3; OAuth 2.1 section 4.1.3 extends it to localhost.
    """
    if wanted in registered:
        return True
    portless = _without_loopback_port(wanted, faults)
    if portless is not None and portless in {_without_loopback_port(uri, faults) for uri in registered}:
        return True
    return any(faults.active(name) and equal(wanted, uri) for name, equal in _LAX.items() for uri in registered)


def _matches(wanted: str, pattern: str) -> bool:
    return "*" in pattern and re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), wanted) is not None


_LOOPBACK_URI = re.compile(r"(http://(?:127\.0\.0\.1|\[::1\]|localhost))(?::[0-9]{1,5})?(?=[/?]|$)(.*)")


def _without_loopback_port(uri: str, faults: Faults) -> str | None:
    match = _LOOPBACK_URI.fullmatch(uri)
    if match is None:
        return None
    exact = "localhost-port-exact" if match[1].endswith("localhost") else "loopback-port-exact"
    if faults.active(exact):
        return None
    return match[1] if faults.active("loopback-path-free") else match[1] + match[2]


def _same(wanted: str, uri: str, *ignored: str) -> bool:
    """Whether two URIs agree in all parts but the ignored ones."""
    try:
        pairs = [_parts(wanted), _parts(uri)]
    except ValueError:
        return False
    return all(pairs[0][part] == pairs[1][part] for part in pairs[0] if part not in ignored)


def _parts(uri: str) -> dict[str, str]:
    parts = urlsplit(uri)
    user = parts.netloc.rpartition("@")[0]
    place = {"scheme": parts.scheme, "user": user, "host": parts.hostname or "", "port": str(parts.port or "")}
    return place | {"path": parts.path, "query": parts.query, "fragment": parts.fragment}


def _normalized(uri: str) -> str:
    """The URI with its dot segments and escapes resolved, as careless comparisons do."""
    scheme, mark, rest = unquote(uri).partition("://")
    return scheme + mark + normpath(rest) + ("/" if rest.endswith("/") else "")


_LAX: dict[str, Callable[[str, str], bool]] = {
    "registration-expands-wildcards": _matches,
    "redirect-host-ignored": lambda wanted, uri: _same(wanted, uri, "host"),
    "redirect-port-ignored": lambda wanted, uri: _same(wanted, uri, "port"),
    "redirect-path-case-ignored": lambda wanted, uri: wanted.lower() == uri.lower(),
    "redirect-path-normalized": lambda wanted, uri: _normalized(wanted) == uri,
    "redirect-query-ignored": lambda wanted, uri: _same(wanted, uri, "query"),
}
