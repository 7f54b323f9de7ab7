"""One authorization request that nobody is asked to approve, and what its answer amounts to (OAuth 2.1 section 4.1)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import unescape
from typing import Literal
from urllib.parse import parse_qsl, quote

from conformance.oauth.browser import Browser, NoAddress
from conformance.oauth.consent import at_redirect_uri
from conformance.oauth.forms import APPROVES, Form, parse_forms
from conformance.oauth.pkce import Pkce
from conformance.oauth.registration import Client
from conformance.shapes import excerpt
from conformance.verdict import CouldNotRun
from conformance.wire.http import Reply, join_url, origin_of, split_url

Kind = Literal["code", "error", "consent", "login", "elsewhere", "refused", "crash"]
"""code, error: the browser was sent to a redirect URI, with an error or without. consent: a page asks whether to
approve. login: a page asks who the user is, or only scripts know what it asks. elsewhere: the browser was sent to
another origin, such as an identity provider. refused: an error page. crash: a server error.
"""
Changes = Mapping[str, str | Sequence[str] | None]
"""Parameters to set; None leaves one out, a list repeats it."""

RESPONSE_PARAMETERS = frozenset(
    """
    code state iss error error_description error_uri session_state access_token token_type expires_in scope id_token
    """.split()
)
_HOPS = 10
_SOON = 10
_META_REFRESH = re.compile(r"<meta\b[^>]*http-equiv\s*=\s*[\"']?refresh[^>]*>", re.IGNORECASE)
_REFRESH_TO = re.compile(r"(\d+)[.\d]*\s*[;,]\s*(?:url\s*=\s*)?[\"']?([^\"'>\s]+)", re.IGNORECASE)
_SCRIPTED_REDIRECT = re.compile(r"\blocation(?:\.href\s*=|\.replace\(|\.assign\(|\s*=)\s*([\"'`])(.+?)\1")
_ASKS_SOMETHING = re.compile(r"<(?:form|button|input)\b", re.IGNORECASE)
_SUBMITS_ITSELF = re.compile(r"\.submit\(")
_SCRIPT_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))")


@dataclass(frozen=True)
class AuthorizationRequest:
    """Whose request it is, its verifier and challenge, and all its parameters."""

    client: Client
    pkce: Pkce
    parameters: Changes = field(repr=False)

    def text(self, name: str) -> str:
        """A parameter that was sent once; empty for any other."""
        value = self.parameters.get(name)
        return value if isinstance(value, str) else ""


@dataclass(frozen=True)
class AuthorizationAnswer:
    """The answer to one authorization request.

    `replies` are all answers on the way, `state` is what was sent, `location` where the browser would have been
    sent in the end when it left the pages of the authorization server, `parameters` what went with it, of query
    and fragment. `request` is what `OAuthFlow.ask` sent.
    """

    kind: Kind
    replies: tuple[Reply, ...]
    state: str = field(default="", repr=False)
    location: str = field(default="", repr=False)
    parameters: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    request: AuthorizationRequest | None = None

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
    def destination(self) -> str:
        """The redirect URI the browser was sent to."""
        return destination_of(self.location)

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
        where = excerpt(self.location.partition("?")[0].partition("#")[0])
        match self.kind:
            case "code":
                sent = "a code" if self.get("code") else excerpt(f"{sorted({name for name, _ in self.parameters})}")
                return f"{sent} was sent to {where}"
            case "error":
                return f"error {excerpt(self.error or '')} was sent to {where}"
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


def destination_of(location: str) -> str:
    """The redirect URI to which an authorization response was sent: its address without what responses add."""
    base, fragment = location.partition("#")[::2]
    base, query = base.partition("?")[::2]
    for mark, text in (("?", query), ("#", fragment)):
        kept = [one for one in text.split("&") if one and one.partition("=")[0] not in RESPONSE_PARAMETERS]
        base += mark + "&".join(kept) if kept else ""
    return base


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
    browser: Browser,
    url: str,
    redirect_uris: Sequence[str],
    state: str = "",
    purpose: str = "authorization request",
    *,
    anywhere: bool = False,
) -> AuthorizationAnswer:
    """Request an authorization and follow redirects within the authorization server, but press no button.

    `redirect_uris` are those the server could send the browser to: registered ones and that of the request.
    With `anywhere` redirects to other origins are followed too.
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
            return AuthorizationAnswer(kind_of_page(reply), tuple(replies), state)
        if _reaches_client(location, redirect_uris, reply.url):
            parameters = _parameters(location)
            kind = "error" if any(name == "error" for name, _ in parameters) else "code"
            return AuthorizationAnswer(kind, tuple(replies), state, location, parameters)
        stays = anywhere or origin_of(location) == origin_of(reply.url)
        if not stays or split_url(location).scheme not in ("http", "https"):
            return AuthorizationAnswer("elsewhere", tuple(replies), state, location, _parameters(location))
        url = location
    raise CouldNotRun("the authorization endpoint redirects in a circle")


def _reaches_client(location: str, redirect_uris: Sequence[str], server: str) -> bool:
    """Whether an address is a redirect URI, or on an origin only they have: a server may rewrite what is odd."""
    spellings = [spelling for uri in redirect_uris for spelling in (uri, uri.replace("\\", "/"))]
    origins = {origin_of(spelling) for spelling in spellings} - {origin_of(server), origin_of("")}
    return origin_of(location) in origins or any(at_redirect_uri(location, uri) for uri in redirect_uris)


def _parameters(location: str) -> tuple[tuple[str, str], ...]:
    parts = split_url(location)
    return tuple(parse_qsl(parts.query, keep_blank_values=True) + parse_qsl(parts.fragment, keep_blank_values=True))


def _leads_to(reply: Reply, redirect_uris: Sequence[str]) -> str | None:
    """Where an answer sends the browser by itself: by status, meta refresh, script or a form that submits itself.

    What a script or a form does counts only where it leads to a redirect URI and nothing waits for a person.
    """
    if reply.redirect is not None:
        return join_url(reply.url, reply.redirect)
    if not is_page(reply) or reply.status >= 500:
        return None
    page = reply.body.decode("utf-8", "replace")
    for location, leaves in _self_acting(page, reply.url):
        if leaves or _reaches_client(location, redirect_uris, reply.url):
            return location
    return None


def _self_acting(page: str, url: str) -> Iterator[tuple[str, bool]]:
    """Addresses a page may go to by itself, and whether it surely does so soon."""
    for tag in _META_REFRESH.findall(page):
        if found := _REFRESH_TO.search(unescape(tag)):
            yield join_url(url, found[2]), int(found[1]) < _SOON and not _ASKS_SOMETHING.search(page)
    if not _ASKS_SOMETHING.search(page):
        for found in _SCRIPTED_REDIRECT.finditer(page):
            yield join_url(url, unescape(_SCRIPT_ESCAPE.sub(_unescaped, found[2]))), False
    forms = parse_forms(page)
    for form in forms:
        if not form.buttons or (len(forms) == 1 and _SUBMITS_ITSELF.search(page)):
            entries = form.entries(None, {})
            query = "&".join(f"{quote(name)}={quote(value)}" for name, value in entries)
            yield join_url(url, f"{form.action}{'&' if '?' in form.action else '?'}{query}"), False


def _unescaped(found: re.Match[str]) -> str:
    return found[3] or chr(int(found[1] or found[2], 16))


def is_page(reply: Reply) -> bool:
    """Whether an answer is HTML."""
    return reply.media_type in ("text/html", "application/xhtml+xml")


def kind_of_page(reply: Reply) -> Kind:
    """What a page that stays on the screen asks for: consent, login, refused or crash."""
    if reply.status >= 500:
        return "crash"
    page = reply.body.decode("utf-8", "replace")
    forms: Sequence[Form] = parse_forms(page) if is_page(reply) else ()
    if any(one.kind == "password" for form in forms for one in form.fields):
        return "login"
    if reply.status >= 400:
        return "refused"
    if any(form.asks_for for form in forms):
        return "login"
    if any(form.refusing_button or any(one.approval == APPROVES for one in form.buttons) for form in forms):
        return "consent"
    return "login" if forms or (is_page(reply) and "<script" in page.lower()) else "refused"
