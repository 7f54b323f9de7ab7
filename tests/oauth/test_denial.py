"""A user who says no, against small servers."""

from collections.abc import Callable, Iterator
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from conformance.ceremony.denial import ODD_STATES, Denial
from conformance.evidence import Recorder
from conformance.oauth.browser import Browser
from conformance.oauth.consent import AutomaticConsent
from conformance.oauth.discovery import Discovery
from conformance.oauth.flow import OAuthFlow
from conformance.oauth.metadata import AuthorizationServer
from conformance.oauth.pkce import Pkce
from conformance.oauth.registration import Client
from conformance.redaction import Redactor
from conformance.verdict import CouldNotRun, NotApplicable
from conformance.wire.http import HttpClient
from tests.auditing import HTML, Handler, website

CLIENT = Client("id", "http://127.0.0.1:1/cb?keep=1")
BUTTONS = "<button name=answer value=yes>Allow</button><button name=answer value=no>Deny</button>"


@pytest.fixture
def http() -> Iterator[HttpClient]:
    client = HttpClient(Recorder(Redactor()), timeout=5)
    yield client
    client.close()


def flow_to(http: HttpClient, origin: str) -> OAuthFlow:
    """The flow against a server with default endpoints."""
    found = Discovery(servers=(AuthorizationServer(origin),), fallback=True)
    driver = AutomaticConsent(Browser(http), {"user": "ann"})
    return OAuthFlow(http, found, driver, CLIENT.redirect_uri, "http://mcp.example/")


def server(limit: int = 10_000, buttons: str = BUTTONS) -> Callable[[Handler], None]:
    """Wants a name once for each browser, then asks; states longer than `limit` are not served."""

    def answer(request: Handler) -> None:
        query = parse_qs(urlsplit(request.path).query)
        state = query.get("state", [""])[0]
        fields = parse_qs(request.body.decode())
        here = f"/authorize?state={quote(state, safe='')}"
        if len(state) > limit:
            request.send(400, "too long", "text/plain")
        elif "answer" in fields:
            sent = f"error=access_denied&state={quote(state, safe='')}" if fields["answer"] == ["no"] else "code=c"
            request.send(303, Location=f"{CLIENT.redirect_uri}&{sent}")
        elif "user" in fields:
            request.send(303, Location=here, Set_Cookie="sid=1; Path=/")
        elif request.headers.get("Cookie"):
            request.send(200, f'<form method=post action="{here}">{buttons}</form>', HTML)
        else:
            request.send(200, f'<form method=post action="{here}"><input name=user required><button>Go</button>', HTML)

    return answer


def test_a_request_is_denied_after_a_sign_in_and_once_more(http: HttpClient) -> None:
    with website(server()) as origin:
        flow = flow_to(http, origin)
        denial = Denial.perform(flow, CLIENT)

    assert denial.hindrance == ""
    assert [grant.response.get("error") for grant in denial.grants] == ["access_denied"] * 2
    assert [grant.response.get("state") for grant in denial.grants] == [ODD_STATES[0]] * 2
    assert [len(grant.response.trail) for grant in denial.grants] == [4, 2]
    assert [reply.method for reply in denial.fresh.response.trail] == ["GET", "POST", "GET", "POST"]
    assert (http.recorder.approvals, flow.browser.cookies) == (0, ())


def test_an_ordinary_state_is_tried_where_odd_ones_break_the_request(http: HttpClient) -> None:
    with website(server(limit=100)) as origin:
        denial = Denial.perform(flow_to(http, origin), CLIENT)

    assert denial.fresh.state == denial.fresh.response.get("state") == "plain-state-0123456789"
    assert "HTTP 400" in denial.hindrance


def test_a_server_that_denies_nothing_is_told_apart(http: HttpClient) -> None:
    with website(server(buttons="<button>Allow</button>")) as origin, pytest.raises(NotApplicable, match="denies"):
        Denial.perform(flow_to(http, origin), CLIENT)


def test_a_server_that_serves_nothing_is_no_verdict(http: HttpClient) -> None:
    with website(server(limit=0)) as origin, pytest.raises(CouldNotRun, match="no denial"):
        Denial.perform(flow_to(http, origin), CLIENT)


def test_a_decision_may_come_without_code_and_an_approval_may_not(http: HttpClient) -> None:
    with website(lambda request: request.send(302, Location=f"{CLIENT.redirect_uri}#access_token=t")) as origin:
        flow = flow_to(http, origin)
        assert "access_token" in flow.decide(Pkce.s256(), CLIENT, of="unrefused").response.location
        with pytest.raises(CouldNotRun, match="refused: no code"):
            flow.authorize(Pkce.s256(), CLIENT)

    assert http.recorder.approvals == 2
