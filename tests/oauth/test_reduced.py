"""A login with a scope nobody knows, against small servers."""

import json
from collections.abc import Callable, Iterator
from urllib.parse import parse_qs, urlsplit

import pytest

from conformance.ceremony.reduced import Reduced
from conformance.evidence import Recorder
from conformance.oauth import scopes
from conformance.oauth.browser import Browser
from conformance.oauth.consent import AutomaticConsent
from conformance.oauth.discovery import Discovery
from conformance.oauth.flow import NoCode, OAuthFlow
from conformance.oauth.metadata import AuthorizationServer
from conformance.oauth.plan import Plan
from conformance.oauth.registration import Client
from conformance.probe import Probe
from conformance.redaction import Redactor
from conformance.survey import Survey
from conformance.verdict import Narrowed
from conformance.wire.http import HttpClient
from tests.auditing import HTML, Handler, website

REDIRECT = "http://127.0.0.1:1/cb"

Refuse = Callable[[Handler], None]


def error_page(request: Handler) -> None:
    request.send(400, "no such scope", "text/plain")


def error_redirect(request: Handler) -> None:
    request.send(302, Location=f"{REDIRECT}?error=invalid_scope")


def server(refuse: Refuse, *, after_approval: bool) -> Callable[[Handler], None]:
    """Refuses what asks for the unknown scope, at once or only when the user approved it."""

    def answer(request: Handler) -> None:
        address = urlsplit(request.path)
        if address.path == "/token":
            request.send(200, '{"access_token": "t", "token_type": "Bearer"}')
        elif address.path != "/authorize":
            request.send(401)
        elif scopes.INVENTED in parse_qs(address.query).get("scope", [""])[0] and after_approval == bool(request.body):
            refuse(request)
        elif request.body:
            request.send(302, Location=f"{REDIRECT}?code=c")
        else:
            request.send(200, "<form method=post><button name=a value=1>Approve</button></form>", HTML)

    return answer


@pytest.fixture
def http() -> Iterator[HttpClient]:
    client = HttpClient(Recorder(Redactor()), timeout=5)
    yield client
    client.close()


def reduced(http: HttpClient, origin: str, plan: Plan | None = None, *, burns: bool = False) -> Reduced:
    found = Discovery(servers=(AuthorizationServer(origin),), fallback=True)
    driver = AutomaticConsent(Browser(http), {})
    client = Client("id", REDIRECT)
    oauth = OAuthFlow(http, found, driver, REDIRECT, f"{origin}/mcp", client=client, configured=True, plan=plan)
    survey = Survey(origin, endpoint=f"{origin}/mcp", transport="streamable-http")
    return Reduced.perform(oauth, Probe(survey, http), burns=burns, uri_first=False)


@pytest.mark.parametrize("refuse", [error_page, error_redirect])
@pytest.mark.parametrize("after_approval", [True, False])
def test_a_server_may_refuse_the_unknown_scope(http: HttpClient, refuse: Refuse, after_approval: bool) -> None:
    with website(server(refuse, after_approval=after_approval)) as origin:
        made = reduced(http, origin)

    assert made.unknown_scope
    assert made.unknown_scope.exchange
    assert made.asked == ""
    assert made.without_resource is None
    assert made.tokens.access_token == "t"


def test_a_cap_on_approvals_forbids_another_attempt(http: HttpClient) -> None:
    plan = Plan.of({}, patience=60, cap=9, person=False)
    with website(server(error_page, after_approval=True)) as origin, pytest.raises(NoCode):
        reduced(http, origin, plan)


def wanting(status: int, error: str = "server_error", *, at_once: bool, burns: bool) -> Callable[[Handler], None]:
    """Issues tokens only for a resource, which it wants `at_once`, in the authorization request, or with the code.

    Where it `burns` codes, one that came without is worthless from then on.
    """
    good: list[bool] = []

    def answer(request: Handler) -> None:
        address = urlsplit(request.path)
        if address.path == "/authorize":
            good.append("resource" in parse_qs(address.query) or not at_once)
            request.send(302, Location=f"{REDIRECT}?code={len(good) - 1}")
        elif address.path != "/token":
            request.send(401)
        else:
            given = parse_qs(request.body.decode())
            code = int(given["code"][0])
            if "resource" in given and good[code]:
                request.send(200, '{"access_token": "t", "token_type": "Bearer"}')
            else:
                good[code] = good[code] and not burns
                request.send(status, json.dumps({"error": error}))

    return answer


@pytest.mark.parametrize("at_once", [True, False])
@pytest.mark.parametrize("burns", [True, False])
@pytest.mark.parametrize(("status", "error"), [(400, "invalid_target"), (400, "server_error"), (500, "server_error")])
def test_a_server_may_want_a_resource(http: HttpClient, status: int, error: str, burns: bool, at_once: bool) -> None:
    with website(wanting(status, error, at_once=at_once, burns=burns)) as origin:
        made = reduced(http, origin, burns=burns)

    assert made.tokens.access_token == "t"
    assert made.without_resource


def test_a_cap_on_approvals_leaves_open_whether_it_is_for_the_resource(http: HttpClient) -> None:
    plan = Plan.of({}, patience=60, cap=9, person=False)
    with website(wanting(500, at_once=True, burns=False)) as origin, pytest.raises(Narrowed, match="resource"):
        reduced(http, origin, plan)
