"""Getting a user's approval for an authorization request: the consent drivers."""

import time
import webbrowser
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Protocol
from urllib.parse import parse_qsl, urlencode, urlsplit

from conformance.oauth.browser import Browser, NoAddress
from conformance.oauth.forms import APPROVES, Button, Form, parse_forms
from conformance.verdict import Narrowed
from conformance.wire.http import NoAnswer, Reply, join_url, origin_of, split_url

NO_USER = (
    "the audit acts as a service, without a user (--consent client-credentials); --consent auto or person judges this"
)
_HOPS = 25
_PERSON_SECONDS = 300.0


class ConsentFailed(Exception):
    """No approval came. The message says what was met and what to try; `exchange` shows the last page."""

    def __init__(self, sentence: str, exchange: str = "") -> None:
        super().__init__(sentence)
        self.exchange = exchange


@dataclass(frozen=True)
class AuthorizationResponse:
    """What the authorization server sent to the redirect URI, parameters in order (RFC 6749 section 4.1.2).

    `location` is the whole address it sent the browser to, `trail` every answer on the way there, in order; both
    are empty where a person's own browser was sent.
    """

    parameters: tuple[tuple[str, str], ...] = field(repr=False)
    status: int = 302
    exchange: str = ""
    location: str = field(default="", repr=False)
    trail: tuple[Reply, ...] = ()

    def get(self, name: str) -> str | None:
        """The first value of a parameter."""
        return next((value for key, value in self.parameters if key == name), None)


class NothingDenies(ConsentFailed):
    """A page asks for consent and has no way to decline."""


class ConsentDriver(Protocol):
    """Brings an authorization request to its end and returns the response. Raises ConsentFailed."""

    name: str

    def approve(self, url: str, redirect_uri: str, *, deny: bool = False) -> AuthorizationResponse:
        """Have the request at `url` approved, or denied."""
        ...


class NoUser:
    """The consent driver of a service: the audit's own choice keeps everybody from approving."""

    name = "client-credentials"

    def approve(self, url: str, redirect_uri: str, *, deny: bool = False) -> AuthorizationResponse:
        """Always raises Narrowed."""
        raise Narrowed(NO_USER)


class NoConsent:
    """Refuses: nobody is there to approve."""

    def __init__(self, name: str, advice: str) -> None:
        self.name = name
        self._advice = advice

    def approve(self, url: str, redirect_uri: str, *, deny: bool = False) -> AuthorizationResponse:
        """Always raises ConsentFailed."""
        raise ConsentFailed(self._advice)


def at_redirect_uri(location: str, redirect_uri: str) -> bool:
    """Whether an address is the redirect URI, whatever was added to its query."""
    here, wanted = split_url(location), split_url(redirect_uri)
    return (here.scheme, here.netloc, here.path or "/") == (wanted.scheme, wanted.netloc, wanted.path or "/")


def _response(location: str, status: int, exchange: str, trail: tuple[Reply, ...] = ()) -> AuthorizationResponse:
    parameters = parse_qsl(urlsplit(location).query, keep_blank_values=True)
    return AuthorizationResponse(tuple(parameters), status, exchange, location, trail)


class AutomaticConsent:
    """Follows redirects and submits plain HTML login and consent forms, cookies kept.

    Args:
        browser: sends the requests.
        values: fields to fill in, by name (`--consent-field`).
        button: text of the button to press (`--consent-submit`); found by its words when empty.
    """

    name = "auto"

    def __init__(self, browser: Browser, values: Mapping[str, str], button: str = "") -> None:
        self.browser = browser
        self._values = values
        self._button = button

    def in_another_browser(self) -> "AutomaticConsent":
        """The same user in a browser without cookies."""
        return AutomaticConsent(self.browser.another(), self._values, self._button)

    def approve(self, url: str, redirect_uri: str, *, deny: bool = False) -> AuthorizationResponse:
        """Walk from the authorization endpoint to the redirect URI. Raises ConsentFailed."""
        return self.go_on([self._get(url)], redirect_uri, deny=deny)

    def go_on(self, before: Sequence[Reply], redirect_uri: str, *, deny: bool = False) -> AuthorizationResponse:
        """Walk on from the last of the answers so far. Raises ConsentFailed."""
        trail = list(before)
        submitted: list[str] = []
        for _ in range(_HOPS):
            reply = trail[-1]
            if reply.redirect is None:
                trail.append(self._submit(reply, submitted, deny))
                continue
            location = join_url(reply.url, reply.redirect)
            if at_redirect_uri(location, redirect_uri):
                return _response(location, reply.status, reply.exchange, tuple(trail))
            if split_url(location).scheme not in ("http", "https"):
                where = reply.redirect.split("?")[0]
                raise ConsentFailed(f"the consent pages redirect to {where}, which is no page", reply.exchange)
            trail.append(self._get(location))
        raise ConsentFailed(
            "the consent pages redirect in a circle; give --token or use --consent person", trail[-1].exchange
        )

    def _submit(self, reply: Reply, submitted: list[str], deny: bool) -> Reply:
        page = reply.body.decode("utf-8", "replace")
        if reply.status >= 400:
            raise ConsentFailed(f"the authorization server refused the request ({reply.summary})", reply.exchange)
        form, button = self._choose(parse_forms(page), reply, deny)
        missing = [name for name in form.asks_for if name not in self._values]
        here = f"{urlsplit(reply.url).path} {sorted(one.name for one in form.fields)}"
        if missing and (here in submitted or any(one.required and one.name in missing for one in form.fields)):
            options = " ".join(f"--consent-field {name}=..." for name in missing)
            raise ConsentFailed(f"the page at {reply.url.split('?')[0]} asks for input; give {options}", reply.exchange)
        if submitted.count(here) > 1:
            raise ConsentFailed(f"the page at {reply.url.split('?')[0]} comes back after its form was sent; are the"
                                " --consent-field values right?", reply.exchange)  # fmt: skip
        submitted.append(here)
        action = join_url(reply.url, form.action or reply.url)
        if split_url(action).scheme not in ("http", "https"):
            where = form.action.split("?")[0]
            raise ConsentFailed(f"the form would be sent to {where}, which is no page", reply.exchange)
        entries = form.entries(button, self._values)
        if origin_of(action) != origin_of(reply.url) and any(name in self._values for name, _ in entries):
            raise ConsentFailed(
                f"the form would send the given fields to another origin, {origin_of(action)}", reply.exchange
            )
        if form.method == "post":
            return self._answered(lambda: self.browser.post(action, entries))
        return self._get(f"{action.split('?')[0]}?{urlencode(entries)}")

    def _choose(self, forms: Sequence[Form], reply: Reply, deny: bool) -> tuple[Form, Button | None]:
        if not forms:
            page = reply.url.split("?")[0]
            advice = "use --consent person, or give --token"
            raise ConsentFailed(
                f"the page at {page} has no plain HTML form ({reply.summary}); {advice}", reply.exchange
            )
        if deny:
            for form in forms:
                if form.refusing_button and not form.asks_for:
                    return form, form.refusing_button
        if self._button:
            named = [form for form in forms if form.best_button(self._button)]
            forms = named or forms

        def worth(form: Form) -> int:
            button = form.best_button()
            return button.approval if button else 0 if not form.buttons else -1

        best = max(forms, key=worth)
        if worth(best) < 0:
            raise ConsentFailed("no button of the page approves; name it with --consent-submit TEXT", reply.exchange)
        if deny and worth(best) == APPROVES:
            raise NothingDenies("no button of the consent page denies the request", reply.exchange)
        return best, best.best_button(self._button) or best.best_button()

    def _get(self, url: str) -> Reply:
        return self._answered(lambda: self.browser.get(url))

    def _answered(self, request: Callable[[], Reply]) -> Reply:
        try:
            return request()
        except NoAddress as failure:
            raise ConsentFailed(f"the consent pages lead to {failure}") from None
        except NoAnswer as failure:
            raise ConsentFailed(str(failure), failure.exchange) from None


class PersonConsent:
    """Prints the URL, opens the browser, and waits for the redirect on a loopback listener.

    Args:
        say: prints one line to the person.
        expected: how many requests the run will ask the person to decide.
        open_browser: whether to open the URL in the default browser as well.
    """

    name = "person"

    def __init__(self, say: Callable[[str], None], expected: int, *, open_browser: bool = True) -> None:
        self._say = say
        self._expected = expected
        self._open_browser = open_browser
        self._asked = 0

    def approve(self, url: str, redirect_uri: str, *, deny: bool = False) -> AuthorizationResponse:
        """Ask the person and wait up to five minutes. Raises ConsentFailed."""
        self._asked += 1
        parts = urlsplit(redirect_uri)
        received: list[str] = []

        class Listener(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                hit = urlsplit(self.path).path == (parts.path or "/")
                if hit:
                    received.append(self.path)
                self.send_response(200 if hit else 404)
                self.send_header("Content-Type", "text/plain; charset=utf-8")
                self.end_headers()
                self.wfile.write(b"Approval received. You can close this page." if hit else b"Not here.")

            def log_message(self, format: str, *args: object) -> None:
                pass

        try:
            server = HTTPServer(("127.0.0.1", parts.port or 80), Listener)
        except OSError as failure:
            raise ConsentFailed(f"cannot listen on {redirect_uri} for the approval ({failure})") from None
        with server:
            total = max(self._asked, self._expected)
            wanted = "DENY" if deny else "approve"
            self._say(f"request {self._asked} of {total}: open this address and {wanted} the request:")
            self._say(f"  {url}")
            if self._open_browser:
                webbrowser.open(url)
            deadline = time.monotonic() + _PERSON_SECONDS
            while not received and time.monotonic() < deadline:
                server.timeout = deadline - time.monotonic()
                server.handle_request()
        if not received:
            raise ConsentFailed("nobody approved within five minutes; run again, or give --token")
        return _response(received[0], 302, "")
