"""What a browser without scripts does: keeps cookies, requests pages, submits forms."""

from collections.abc import Iterable, Sequence
from http.cookiejar import Cookie, CookieJar, DefaultCookiePolicy
from urllib.request import Request

from conformance.wire.http import HttpClient, Reply, is_loopback


class _TrustsLoopback(DefaultCookiePolicy):
    """Sends Secure cookies to this machine over plain http too, as browsers do."""

    def return_ok_secure(self, cookie: Cookie, request: Request) -> bool:
        return is_loopback(request.full_url) or not cookie.secure or request.type == "https"


class NoAddress(Exception):
    """Something that is no web address was to be visited."""


class Browser:
    """One browser; every request is recorded, redirects are not followed.

    `shown` is the newest answer, None before the first.

    Args:
        http: sends the requests.
        cookies: those of an earlier browser of the same run, to stay signed in.
    """

    def __init__(self, http: HttpClient, cookies: Iterable[Cookie] = ()) -> None:
        self._http = http
        self._jar = CookieJar(_TrustsLoopback())
        self.shown: Reply | None = None
        for cookie in cookies:
            self._jar.set_cookie(cookie)

    @property
    def cookies(self) -> tuple[Cookie, ...]:
        """Every cookie kept so far."""
        return tuple(self._jar)

    def another(self) -> "Browser":
        """A browser without cookies."""
        return Browser(self._http)

    def get(self, url: str, purpose: str = "consent page") -> Reply:
        """Request a page. Raises NoAnswer, NoAddress."""
        request, headers = self._prepared(url)
        return self._kept(request, self._http.get(url, channel="consent", purpose=purpose, headers=headers))

    def post(self, url: str, entries: Sequence[tuple[str, str]], purpose: str = "consent form") -> Reply:
        """Submit a form. Raises NoAnswer, NoAddress."""
        request, headers = self._prepared(url)
        reply = self._http.post_form(url, entries, channel="consent", purpose=purpose, headers=headers)
        return self._kept(request, reply)

    def _prepared(self, url: str) -> tuple[Request, dict[str, str]]:
        try:
            request = Request(url)  # noqa: S310 - only carries the URL for the cookie jar
        except ValueError:
            raise NoAddress(f"{url!r} is no web address") from None
        self._jar.add_cookie_header(request)
        headers = {"Accept": "text/html,application/xhtml+xml"}
        cookie = request.get_header("Cookie")
        return request, headers | ({"Cookie": cookie} if cookie else {})

    def _kept(self, request: Request, reply: Reply) -> Reply:
        self._jar.extract_cookies(_CookieSource(reply), request)  # type: ignore[reportArgumentType]
        self.shown = reply
        return reply


class _CookieSource:
    """The part of a urllib response that a cookie jar reads."""

    def __init__(self, reply: Reply) -> None:
        self._reply = reply

    def info(self) -> "_CookieSource":
        return self

    def get_all(self, name: str, default: list[str]) -> list[str]:
        return self._reply.header_all(name) or default
