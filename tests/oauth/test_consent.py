"""Consent drivers against small login pages."""

import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from urllib.parse import parse_qsl

import pytest

from conformance.evidence import Recorder
from conformance.oauth.browser import Browser
from conformance.oauth.consent import AutomaticConsent, ConsentFailed, NoConsent, PersonConsent
from conformance.redaction import Redactor
from conformance.wire.http import HttpClient
from tests.auditing import HTML, Handler, website

REDIRECT = "http://127.0.0.1:1/callback"
DONE = f"{REDIRECT}?code=the-code&state=s&iss="

Page = Callable[[Handler, dict[str, str]], None]


@contextmanager
def pages(**by_name: Page) -> Generator[str]:
    """A website whose pages get their query and form fields; `start` is where a request begins."""

    def answer(request: Handler) -> None:
        path, _, query = request.path.partition("?")
        fields = dict(parse_qsl(query, keep_blank_values=True)) | dict(
            parse_qsl(request.body.decode(), keep_blank_values=True)
        )
        page = by_name.get(path.strip("/"))
        if page:
            page(request, fields)
        else:
            request.send(404, "nothing here", "text/plain")

    with website(answer) as origin:
        yield f"{origin}/start"


@pytest.fixture
def http() -> Iterator[HttpClient]:
    client = HttpClient(Recorder(Redactor()), timeout=5)
    yield client
    client.close()


def to(location: str, **headers: str) -> Page:
    return lambda request, _: request.send(302, Location=location, **headers)


def html(body: str, **headers: str) -> Page:
    return lambda request, _: request.send(200, body, HTML, **headers)


def approve(http: HttpClient, start: str, button: str = "", **values: str) -> dict[str, str]:
    return dict(AutomaticConsent(Browser(http), values, button).approve(start, REDIRECT).parameters)


def test_redirects_are_followed_to_the_end(http: HttpClient) -> None:
    with pages(start=to("/two?x=1"), two=to("three"), three=to(DONE)) as start:
        assert approve(http, start) == {"code": "the-code", "state": "s", "iss": ""}


def test_nothing_is_sent_to_the_redirect_uri(http: HttpClient) -> None:
    with pages(start=to(DONE)) as start:
        AutomaticConsent(Browser(http), {}).approve(start, REDIRECT)

    assert http.recorder.sent == 1


def test_an_error_response_is_a_response(http: HttpClient) -> None:
    with pages(start=to(f"{REDIRECT}?error=access_denied&error=again")) as start:
        response = AutomaticConsent(Browser(http), {}).approve(start, REDIRECT)

    assert response.get("error") == "access_denied"
    assert response.get("code") is None
    assert len(response.parameters) == 2
    assert response.exchange


def test_secure_cookies_are_sent_to_this_machine(http: HttpClient) -> None:
    def end(request: Handler, _: dict[str, str]) -> None:
        assert request.headers["Cookie"] == "__Host-sid=abc"
        request.send(302, Location=DONE)

    with pages(start=to("/end", Set_Cookie="__Host-sid=abc; Path=/; Secure; HttpOnly"), end=end) as start:
        assert approve(http, start)["code"] == "the-code"


def test_login_and_consent_pages_are_gone_through(http: HttpClient) -> None:
    def login(request: Handler, fields: dict[str, str]) -> None:
        right = fields == {"flow": "f1", "user": "ann", "password": "secret-password"}
        request.send(303 if right else 403, Location="/consent", Set_Cookie="sid=abc; Path=/; HttpOnly")

    def consent(request: Handler, fields: dict[str, str]) -> None:
        if request.headers.get("Cookie") != "sid=abc":
            request.send(403)
        elif fields == {"scope": "read", "answer": "yes"}:
            request.send(302, Location=DONE)
        else:
            form = "<form method=post><input type=checkbox name=scope value=read checked>{}</form>"
            buttons = "<button name=answer value=no>Deny</button><button name=answer value=yes>Allow</button>"
            request.send(200, form.format(buttons), HTML)

    form = '<form action="login" method="post"><input type="hidden" name="flow" value="f1"><input name="user" required>'
    form += '<input type="password" name="password"><button>Sign in</button></form>'
    with pages(start=html(form), login=login, consent=consent) as start:
        assert approve(http, start, user="ann", password="secret-password")["code"] == "the-code"


def test_a_form_may_use_get(http: HttpClient) -> None:
    def next_page(request: Handler, fields: dict[str, str]) -> None:
        request.send(302, Location=DONE if fields == {"a": "1 &=", "go": "on"} else "/wrong")

    form = '<form action="/next?old=gone"><input name="a" value="1 &amp;="><button name=go value=on>Continue</button></form>'
    with pages(start=html(form), next=next_page) as start:
        assert approve(http, start)["code"] == "the-code"


def test_the_form_with_the_approving_button_is_taken(http: HttpClient) -> None:
    page = '<form action="/search"><input name=q><button>Search</button></form>'
    page += '<form action="/no"><button>Deny</button></form><form action="/yes"><button>Approve</button></form>'
    with pages(start=html(page), yes=to(DONE)) as start:
        assert approve(http, start)["code"] == "the-code"


def test_the_user_can_name_the_button(http: HttpClient) -> None:
    page = '<form action="/yes"><button>Approve</button></form><form action="/other"><button>Weiter</button></form>'
    with pages(start=html(page), other=to(DONE)) as start:
        assert approve(http, start, button="weiter")["code"] == "the-code"


def test_a_named_button_may_be_missing_on_some_pages(http: HttpClient) -> None:
    first = html('<form action="/second"><button>Continue</button></form>')
    second = html('<form action="/third"><button>Nein</button><button formnovalidate>Ja, gerne</button></form>')
    with pages(start=first, second=second, third=to(DONE)) as start:
        assert approve(http, start, button="ja, gerne")["code"] == "the-code"


FAILURES: dict[str, tuple[Page, str]] = {
    "circle": (to("/start"), "redirect in a circle"),
    "no form": (html("<script>app()</script>"), "has no plain HTML form"),
    "denied": (lambda r, _: r.send(403, "no", "text/plain"), r"refused the request \(HTTP 403"),
    "missing input": (html("<form><input name=user required><button>Go</button></form>"), "--consent-field user="),
    "empty optional input": (html("<form><input name=user><button>Go</button></form>"), "--consent-field user="),
    "again and again": (html("<form><button>Go</button></form>"), "comes back after its form was sent"),
    "only refusal": (html("<form><button>Deny</button></form>"), "--consent-submit"),
    "to a script": (to("javascript:alert(1)"), r"redirect to javascript:alert\(1\)"),
    "to an app": (to("myapp://done?code=secret"), "redirect to myapp://done"),
    "to nowhere": (to("http://[::1"), "redirect to http://"),
    "to a dead host": (to("http://127.0.0.1:9/"), "cannot connect"),
    "to another port": (to("http://127.0.0.1:2/callback?code=x"), "cannot connect"),
    "script form": (html('<form action="javascript:go()" method=post><button>Go</button></form>'), "no page"),
    "broken form": (html('<form action="http://[" method=post><button>Go</button></form>'), "no page"),
}


@pytest.mark.parametrize("name", FAILURES)
def test_what_cannot_be_approved_is_explained(http: HttpClient, name: str) -> None:
    page, words = FAILURES[name]
    with pages(start=page) as start, pytest.raises(ConsentFailed, match=words) as failure:
        approve(http, start)

    assert failure.value.exchange
    assert "secret" not in str(failure.value)
    assert "\n" not in str(failure.value)


def test_given_fields_do_not_leave_their_origin(http: HttpClient) -> None:
    form = (
        '<form method="post" action="http://127.0.0.1:9/steal"><input name="password"><button>Sign in</button></form>'
    )
    with pages(start=html(form)) as start, pytest.raises(ConsentFailed, match="to another origin"):
        approve(http, start, password="secret-password")

    assert http.recorder.sent == 1


def test_cookies_do_not_leave_their_host(http: HttpClient) -> None:
    seen: list[str | None] = []

    def elsewhere(request: Handler, _: dict[str, str]) -> None:
        seen.append(request.headers.get("Cookie"))
        request.send(302, Location=DONE)

    with pages(there=elsewhere) as other:
        place = other.replace("start", "there").replace("127.0.0.1", "localhost")
        with pages(start=to(place, Set_Cookie="sid=abc; Path=/")) as start:
            approve(http, start)

    assert seen == [None]


def test_cookies_are_kept_for_the_next_approval(http: HttpClient) -> None:
    seen: list[str | None] = []

    def page(request: Handler, _: dict[str, str]) -> None:
        seen.append(request.headers.get("Cookie"))
        request.send(302, Location=DONE, Set_Cookie="sid=abc; Path=/")

    with pages(start=page) as start:
        driver = AutomaticConsent(Browser(http), {})
        driver.approve(start, REDIRECT)
        driver.approve(start, REDIRECT)

    assert seen == [None, "sid=abc"]


def test_the_client_itself_keeps_no_cookies(http: HttpClient) -> None:
    seen: list[str | None] = []

    def page(request: Handler, _: dict[str, str]) -> None:
        seen.append(request.headers.get("Cookie"))
        request.send(200, "{}", Set_Cookie="sid=abc; Path=/")

    with pages(start=page) as start:
        for _ in range(2):
            http.get(start, channel="mcp", purpose="test")

    assert seen == [None, None]


def test_nobody_approves() -> None:
    with pytest.raises(ConsentFailed, match="use --consent person"):
        NoConsent("none", "consent is off; use --consent person").approve("http://h/", REDIRECT)


def free_redirect() -> str:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{listener.getsockname()[1]}/callback"


def test_a_person_approves() -> None:
    redirect = free_redirect()
    said: list[str] = []

    def person(line: str) -> None:
        said.append(line)
        if line.strip().startswith("http"):
            threading.Thread(target=visit).start()

    def visit() -> None:
        with pytest.raises(urllib.error.HTTPError) as lost:
            urllib.request.urlopen(redirect.replace("callback", "favicon.ico"))
        lost.value.close()
        with urllib.request.urlopen(f"{redirect}?code=the-code&state=s") as page:
            assert b"Approval received" in page.read()

    driver = PersonConsent(person, 2, open_browser=False)
    first = driver.approve("http://as.example/authorize?x=1", redirect)
    driver.approve("http://as.example/authorize?x=2", redirect)

    assert dict(first.parameters) == {"code": "the-code", "state": "s"}
    assert said[0].startswith("request 1 of 2")
    assert said[2].startswith("request 2 of 2")
    assert said[1].strip() == "http://as.example/authorize?x=1"


def test_a_taken_port_is_explained() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        redirect = f"http://127.0.0.1:{taken.getsockname()[1]}/callback"
        with pytest.raises(ConsentFailed, match="cannot listen on"):
            PersonConsent(lambda _: None, 1, open_browser=False).approve("http://as.example/", redirect)
