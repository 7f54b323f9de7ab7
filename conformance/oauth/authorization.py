"""One authorization request that nobody is asked to approve, and what its answer amounts to (OAuth 2.1 section 4.1)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import unescape
from typing import Literal
from urllib.parse import parse_qsl, quote

from conformance.oauth.browser import Browser, NoAddress
from conformance.oauth.consent import at_redirect_uri
from conformance.oauth.forms import Form, parse_forms
from conformance.verdict import CouldNotRun
from conformance.wire.http import Reply, join_url, origin_of, split_url

Kind = Literal["code", "error", "consent", "login", "elsewhere", "refused", "crash"]
"""code, error: the browser was sent to the redirect URI with that. consent: a page asks whether to approve.
login: a page asks who the user is, or only scripts know what it asks. elsewhere: the browser was sent to another
origin, such as an identity provider. refused: an error page. crash: a server error.
"""
Changes = Mapping[str, str | Sequence[str] | None]
"""Parameters to set; None leaves one out, a list repeats it."""

_HOPS = 10
_META_REFRESH = re.compile(r"<meta\b[^>]*http-equiv\s*=\s*[\"']?refresh[^>]*>", re.IGNORECASE)
_REFRESH_URL = re.compile(r"url\s*=\s*[\"']?([^\"'>\s]+)", re.IGNORECASE)
_SCRIPTED_REDIRECT = re.compile(r"location(?:\.href|\.replace\(|\.assign\(|\s*=)\s*\(?[=\s]*[\"']([^\"']+)[\"']")


@dataclass(frozen=True)
class AuthorizationAnswer:
    """The answer to one authorization request.

    `replies` are all answers on the way, `location` is where the browser would have been sent in the end when
    it left the pages of the authorization server, `parameters` what went with it, of query and fragment.
    """

    kind: Kind
    replies: tuple[Reply, ...]
    state: str = field(default="", repr=False)
    location: str = field(default="", repr=False)
    parameters: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    @property
    def reply(self) -> Reply:
        """The last answer."""
        return self.replies[-1]

    @property
    def exchange(self) -> str:
        """The recorded exchange of the last answer."""
        return self.reply.exchange

    @property
    def accepted(self) -> bool:
        """Whether the request was found good: a code came, or a page asks for consent."""
        return self.kind in ("code", "consent")

    @property
    def refused(self) -> bool:
        """Whether the request was turned down, by an error response or an error page."""
        return self.kind in ("error", "refused")

    @property
    def undecided(self) -> bool:
        """Whether a login comes first, so that nobody knows yet."""
        return self.kind in ("login", "elsewhere")

    @property
    def redirected(self) -> bool:
        """Whether the browser was sent to the redirect URI of the request, or a registered one."""
        return self.kind in ("code", "error")

    @property
    def error(self) -> str | None:
        """The error code, of the error response or of a JSON error page."""
        value = self.get("error") or self.reply.json_object.get("error")
        return value if isinstance(value, str) else None

    @property
    def page(self) -> str:
        """The last page as text; empty where a redirect ended the request."""
        return "" if self.redirected else self.reply.body.decode("utf-8", "replace")

    def get(self, name: str) -> str | None:
        """The first value of a parameter of the response."""
        return next((value for key, value in self.parameters if key == name), None)

    @property
    def summary(self) -> str:
        """One line without secrets."""
        where = self.location.partition("?")[0].partition("#")[0]
        match self.kind:
            case "code":
                return f"a code was sent to {where}"
            case "error":
                return f"error {self.error} was sent to {where}"
            case "consent":
                return f"a consent page ({self.reply.summary})"
            case "login":
                return f"a login page ({self.reply.summary})"
            case "elsewhere":
                return f"a redirect to {where}"
            case "refused":
                return f"an error page ({self.reply.summary})"
            case "crash":
                return f"a server error ({self.reply.summary})"


def pairs_of(parameters: Changes) -> list[tuple[str, str]]:
    """Parameters in order, repeated ones one by one, without those left out."""
    pairs: list[tuple[str, str]] = []
    for name, value in parameters.items():
        values = [] if value is None else [value] if isinstance(value, str) else list(value)
        pairs += [(name, one) for one in values]
    return pairs


def query_of(parameters: Changes) -> str:
    """The query of an authorization request, everything percent-encoded."""
    return "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in pairs_of(parameters))


def ask(
    browser: Browser, url: str, redirect_uris: Sequence[str], state: str = "", purpose: str = "authorization request"
) -> AuthorizationAnswer:
    """Request an authorization and follow redirects within the authorization server, but press no button.

    `redirect_uris` are those the server could send the browser to: registered ones and that of the request.
    Raises NoAnswer, and CouldNotRun where the server only asks to slow down.
    """
    replies: list[Reply] = []
    for _ in range(_HOPS):
        try:
            replies.append(browser.get(url, purpose))
        except NoAddress as failure:
            raise CouldNotRun(f"the authorization endpoint leads to {failure}") from None
        reply = replies[-1]
        if reply.status == 429:
            raise CouldNotRun(f"the server limits our requests ({reply.summary}); try again later")
        location = _leads_to(reply, redirect_uris)
        if location is None:
            return AuthorizationAnswer(_kind_of_page(reply), tuple(replies), state)
        if any(at_redirect_uri(location, uri) for uri in redirect_uris):
            parameters = _parameters(location)
            kind = "error" if any(name == "error" for name, _ in parameters) else "code"
            return AuthorizationAnswer(kind, tuple(replies), state, location, parameters)
        if origin_of(location) != origin_of(reply.url) or split_url(location).scheme not in ("http", "https"):
            return AuthorizationAnswer("elsewhere", tuple(replies), state, location, _parameters(location))
        url = location
    raise CouldNotRun("the authorization endpoint redirects in a circle")


def _parameters(location: str) -> tuple[tuple[str, str], ...]:
    parts = split_url(location)
    return tuple(parse_qsl(parts.query, keep_blank_values=True) + parse_qsl(parts.fragment, keep_blank_values=True))


def _leads_to(reply: Reply, redirect_uris: Sequence[str]) -> str | None:
    """Where an answer sends the browser by itself; pages count only where they lead to a redirect URI."""
    if reply.redirect is not None:
        return join_url(reply.url, reply.redirect)
    if reply.media_type not in ("text/html", "application/xhtml+xml") or reply.status >= 500:
        return None
    page = reply.body.decode("utf-8", "replace")
    targets = [found[1] for tag in _META_REFRESH.findall(page) if (found := _REFRESH_URL.search(tag))]
    targets += [found[1] for found in _SCRIPTED_REDIRECT.finditer(page)]
    targets += [f"{form.action}?{_query(form)}" for form in parse_forms(page) if not form.buttons]
    for target in targets:
        location = join_url(reply.url, unescape(target))
        if any(at_redirect_uri(location, uri) for uri in redirect_uris):
            return location
    return None


def _query(form: Form) -> str:
    return "&".join(f"{quote(name)}={quote(value)}" for name, value in form.entries(None, {}))


def _kind_of_page(reply: Reply) -> Kind:
    page = reply.body.decode("utf-8", "replace")
    forms = parse_forms(page) if "html" in reply.media_type else []
    if reply.status >= 500:
        return "crash"
    if any(form.asks_for for form in forms):
        return "login"
    if reply.status >= 400:
        return "refused"
    if any(form.refusing_button or any(one.approval for one in form.buttons) for form in forms):
        return "consent"
    return "login" if forms or "<script" in page.lower() else "refused"
