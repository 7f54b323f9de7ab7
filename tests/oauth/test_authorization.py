"""What the answer to an authorization request amounts to, against small servers."""

from collections.abc import Iterator
from html import escape

import pytest

from conformance.evidence import Recorder
from conformance.oauth.authorization import AuthorizationAnswer, ask
from conformance.oauth.browser import Browser
from conformance.redaction import Redactor
from conformance.verdict import CouldNotRun
from conformance.wire.http import HttpClient, NoAnswer
from tests.auditing import HTML, Handler, website

CALLBACK = "https://client.example/cb"
RESPONSE = f"{CALLBACK}?code=the-code&state=s%20s"
LOGIN = "<form method=post><input name=user><input type=password name=password><button>Sign in</button></form>"
CONSENT = "<form method=post><button name=a value=yes>Allow</button><button name=a value=no>Deny</button></form>"


@pytest.fixture
def http() -> Iterator[HttpClient]:
    client = HttpClient(Recorder(Redactor()), timeout=5)
    yield client
    client.close()


def answer_to(
    http: HttpClient,
    status: int = 200,
    body: str = "",
    kind: str = HTML,
    *,
    uris: tuple[str, ...] = (CALLBACK,),
    anywhere: bool = False,
    then: str = "",
    **headers: str,
) -> AuthorizationAnswer:
    """Ask a server that gives this answer at /authorize, and the page `then` everywhere else."""

    def serve(request: Handler) -> None:
        if request.path.startswith("/authorize"):
            request.send(status, body, kind, **headers)
        else:
            request.send(200, then, HTML)

    with website(serve) as origin:
        return ask(Browser(http), f"{origin}/authorize?x=1", uris, "s s", anywhere=anywhere)


def redirected(http: HttpClient, location: str, *uris: str) -> AuthorizationAnswer:
    return answer_to(http, 302, Location=location, uris=uris or (CALLBACK,))


def test_a_code_is_sent_to_the_client(http: HttpClient) -> None:
    answer = redirected(http, RESPONSE)

    assert (answer.kind, answer.accepted, answer.redirected) == ("code", True, True)
    assert (answer.refused, answer.undecided, answer.page) == (False, False, "")
    assert answer.get("code") == "the-code"
    assert answer.get("state") == answer.state
    assert answer.summary == "a code was sent to https://client.example/cb"
    assert answer.exchange


def test_an_error_is_sent_to_the_client(http: HttpClient) -> None:
    answer = redirected(http, f"{CALLBACK}?error=invalid_scope&error_description=no")

    assert (answer.kind, answer.refused, answer.redirected) == ("error", True, True)
    assert answer.error == "invalid_scope"
    assert answer.summary == "error invalid_scope was sent to https://client.example/cb"


def test_a_response_may_be_in_the_fragment(http: HttpClient) -> None:
    answer = redirected(http, f"{CALLBACK}#access_token=t&token_type=Bearer")

    assert answer.kind == "code"
    assert answer.get("access_token") == "t"
    assert answer.summary == "['access_token', 'token_type'] was sent to https://client.example/cb"
    assert redirected(http, f"{CALLBACK}#error=access_denied").kind == "error"


@pytest.mark.parametrize(
    ("added", "uri"),
    [
        ("code=c&state=s", CALLBACK),
        ("a=1&code=c&b=%26", f"{CALLBACK}?a=1&b=%26"),
        ("code=c#x", f"{CALLBACK}#x"),
        ("error=e&error_description=d&iss=i#code=c", CALLBACK),
    ],
)
def test_the_destination_is_the_redirect_uri_without_the_response(http: HttpClient, added: str, uri: str) -> None:
    assert redirected(http, f"{CALLBACK}?{added}").destination == uri


@pytest.mark.parametrize(
    ("asked", "location"),
    [
        ("https://client.example/cb/../evil", "https://client.example/evil?code=c"),
        ("https://client.example@evil.example/cb", "https://evil.example/cb?code=c"),
        ("https://evil.example\\@client.example/cb", "https://evil.example/@client.example/cb?code=c"),
        ("https://evil.example\\@client.example/cb", "https://evil.example%5C@client.example/cb?code=c"),
        ("http://127.0.0.1:51004/cb", "http://127.0.0.1:51004/cb?code=c"),
        ("com.example.app:/cb", "com.example.app:/cb?code=c"),
        ("urn:ietf:wg:oauth:2.0:oob", "urn:ietf:wg:oauth:2.0:oob?code=c"),
    ],
)
def test_a_rewritten_redirect_uri_is_recognized(http: HttpClient, asked: str, location: str) -> None:
    assert redirected(http, location, asked).kind == "code"


def test_a_path_of_the_server_itself_is_followed_although_clients_share_its_origin(http: HttpClient) -> None:
    def serve(request: Handler) -> None:
        if request.path.startswith("/authorize"):
            request.send(302, Location="/sign-in?next=%2Fauthorize")
        else:
            request.send(200, LOGIN, HTML)

    with website(serve) as origin:
        answer = ask(Browser(http), f"{origin}/authorize", [f"{origin}/app/cb"])

    assert answer.kind == "login"
    assert [reply.status for reply in answer.replies] == [302, 200]


PAGES: dict[str, tuple[str, int, str, str]] = {
    "login form": ("login", 200, LOGIN, HTML),
    "login form of a refused password": ("login", 403, LOGIN, HTML),
    "name alone": ("login", 200, "<form><input name=email type=email><button>Next</button></form>", HTML),
    "choice of identity providers": ("login", 200, "<form action=/go><button>Continue with X</button></form>", HTML),
    "application made by scripts": ("login", 200, "<div id=app></div><script src=app.js></script>", HTML),
    "consent": ("consent", 200, CONSENT, HTML),
    "consent with an input": ("consent", 200, "<form><input type=submit value=Authorize></form>", HTML),
    "continue or cancel": ("consent", 200, "<form><button>Continue</button><button>Cancel</button></form>", HTML),
    "error page": ("refused", 400, "<h1>no such client</h1>", HTML),
    "error page that is found": ("refused", 200, "<h1>no such client</h1>", HTML),
    "error page with a search field": ("refused", 404, "<form><input name=q><button>Search</button></form>", HTML),
    "error page with scripts": ("refused", 400, "<h1>no</h1><script src=app.js></script>", HTML),
    "error as JSON": ("refused", 400, '{"error": "invalid_request"}', "application/json"),
    "error as text": ("refused", 401, "no", "text/plain"),
    "nothing": ("refused", 404, "", "text/plain"),
    "script that is no page": ("refused", 200, '{"html": "<script>"}', "application/json"),
    "server error": ("crash", 500, "oops", "text/plain"),
    "server error with a form": ("crash", 503, LOGIN, HTML),
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_told_by_what_it_asks(http: HttpClient, name: str) -> None:
    kind, status, body, media_type = PAGES[name]
    answer = answer_to(http, status, body, media_type)

    assert answer.kind == kind
    assert not answer.redirected
    assert answer.page == body
    assert f"HTTP {status}" in answer.summary


def test_the_error_of_a_json_page_is_known(http: HttpClient) -> None:
    assert answer_to(http, 400, '{"error": "invalid_request"}', "application/json").error == "invalid_request"
    assert answer_to(http, 400, '{"error": {"code": 1}}', "application/json").error is None


SCRIPTED = '<script>window.location.href = "https:\\/\\/client.example\\/cb?code=c\\u0026state=x\\x26iss=y"</script>'
POSTED = (
    f'<body onload="document.forms[0].submit()"><form method=post action="{CALLBACK}">'
    '<input type=hidden name=code value="c"><noscript><button>Continue</button></noscript></form>'
)


@pytest.mark.parametrize(
    "page",
    [
        f'<meta http-equiv="refresh" content="0; url={escape(RESPONSE)}">',
        f"<META content='3;URL=\"{escape(RESPONSE)}\"' HTTP-EQUIV=Refresh>",
        f'<meta http-equiv="refresh" content="60,{escape(RESPONSE)}"><form><button>Stay</button></form>',
        SCRIPTED,
        f"<script>location.replace('{RESPONSE}')</script>",
        f"<script>window.location = `{RESPONSE}`</script>",
        POSTED,
        f'<form action="{CALLBACK}"><input type=hidden name=code value=c></form>',
    ],
)
def test_a_page_that_leaves_for_the_client_by_itself_is_a_redirect(http: HttpClient, page: str) -> None:
    answer = answer_to(http, body=page)

    assert answer.kind == "code"
    assert answer.get("code") in ("c", "the-code")
    assert answer.destination == CALLBACK


@pytest.mark.parametrize(
    ("page", "kind"),
    [
        (f"{CONSENT}<a onclick=\"location.href='{CALLBACK}?error=access_denied'\">Deny</a>", "consent"),
        (f'{CONSENT}<form action="{CALLBACK}"><button name=error value=x>Cancel</button></form>', "consent"),
        (f'{LOGIN}<script>onDeny = () => location.assign("{CALLBACK}?error=x")</script>', "login"),
        (f'<form action="{CALLBACK}"><input type=hidden name=error value=x><button>Deny</button></form>', "consent"),
        (f'<p>Not registered: <a href="{CALLBACK}">{CALLBACK}</a></p>', "refused"),
        ('<script>location.href = "/app"</script>', "login"),
    ],
)
def test_what_a_person_would_have_to_press_is_no_redirect(http: HttpClient, page: str, kind: str) -> None:
    assert answer_to(http, body=page).kind == kind


def test_a_server_error_sends_nobody_away(http: HttpClient) -> None:
    assert answer_to(http, 500, SCRIPTED).kind == "crash"


@pytest.mark.parametrize("kind", ["redirect", "meta refresh"])
def test_redirects_within_the_server_are_followed(http: HttpClient, kind: str) -> None:
    if kind == "redirect":
        answer = answer_to(http, 307, Location="sign-in", then=LOGIN)
    else:
        answer = answer_to(http, body='<meta http-equiv=refresh content="0;url=/sign-in">', then=LOGIN)

    assert answer.kind == "login"
    assert [reply.url.rpartition("/")[2] for reply in answer.replies] == ["authorize?x=1", "sign-in"]


def test_a_page_that_ends_a_session_later_is_a_page(http: HttpClient) -> None:
    answer = answer_to(http, body=f'<meta http-equiv=refresh content="600; url=/gone">{LOGIN}')

    assert answer.kind == "login"
    assert len(answer.replies) == 1


def test_an_identity_provider_is_elsewhere(http: HttpClient) -> None:
    answer = redirected(http, "https://idp.example/authorize?client_id=static&state=theirs")

    assert (answer.kind, answer.undecided) == ("elsewhere", True)
    assert answer.get("client_id") == "static"
    assert answer.summary == "a redirect to https://idp.example/authorize"
    assert redirected(http, "javascript:alert(1)").kind == "elsewhere"
    assert redirected(http, "http://[::1").kind == "elsewhere"


def test_an_identity_provider_can_be_visited(http: HttpClient) -> None:
    with website(lambda request: request.send(302, Location=RESPONSE)) as provider:
        answer = answer_to(http, 302, Location=f"{provider}/sso", anywhere=True)

    assert answer.kind == "code"
    assert len(answer.replies) == 2


def test_a_limit_is_no_verdict(http: HttpClient) -> None:
    with pytest.raises(CouldNotRun, match="limits our requests"):
        answer_to(http, 429, Retry_After="9999")


def test_a_circle_is_no_verdict(http: HttpClient) -> None:
    with pytest.raises(CouldNotRun, match="in a circle"):
        redirected(http, "/authorize?again")


def test_no_answer_is_no_verdict(http: HttpClient) -> None:
    with pytest.raises(NoAnswer):
        ask(Browser(http), "http://127.0.0.1:9/authorize", [CALLBACK])
