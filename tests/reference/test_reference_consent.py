"""The pages of the authorization server: sign in, approve or deny."""

from collections.abc import Iterator

import httpx
import pytest

from conformance.reference import ReferenceServer

from .client import Client, answer_of, hidden_fields


@pytest.fixture(scope="module")
def server() -> Iterator[ReferenceServer]:
    with ReferenceServer(consent="form") as running:
        yield running


def sign_in(client: Client, page: httpx.Response) -> httpx.Response:
    account = {"username": client.server.username, "password": client.server.password}
    return client.post("/login", data=hidden_fields(page.text) | account)


def decide(client: Client, page: httpx.Response, decision: str) -> httpx.Response:
    return client.post("/consent", data=hidden_fields(page.text) | {"decision": decision})


def test_signing_in_and_approving_leads_to_a_token(client: Client) -> None:
    client.new_client(client_name="<b>Näme</b>", redirect_uris=["http://127.0.0.1:9/callback", "https://a.example/"])
    page = client.authorize()
    assert page.status_code == 200
    assert 'name="password"' in page.text
    for header in ("Content-Security-Policy", "X-Frame-Options"):
        assert header in page.headers
    assert page.headers["Set-Cookie"].count("HttpOnly; Path=/; SameSite=lax") == 1

    consent = sign_in(client, page)
    assert "&lt;b&gt;Näme&lt;/b&gt;" in consent.text
    assert "127.0.0.1:9" in consent.text
    assert "frame-ancestors 'none'" in consent.headers["Content-Security-Policy"]
    assert consent.headers["Set-Cookie"] != page.headers["Set-Cookie"]

    answer = answer_of(decide(client, consent, "approve"))
    assert answer["state"] == "the state"
    assert client.redeem(answer["code"]).status_code == 200


def test_denying_is_reported_and_consent_is_asked_again(client: Client) -> None:
    client.new_client()
    consent = sign_in(client, client.authorize())
    answer = answer_of(decide(client, consent, "deny"))
    assert answer["error"] == "access_denied"
    assert answer["state"] == "the state"
    assert answer["iss"] == client.server.origin
    again = client.authorize()
    assert 'value="approve"' in again.text
    assert answer_of(decide(client, again, "approve"))["code"]


def test_a_wrong_password_shows_the_form_again(client: Client) -> None:
    client.new_client()
    fields = hidden_fields(client.authorize().text)
    wrong = client.post("/login", data=fields | {"username": client.server.username, "password": "wrong"})
    assert wrong.status_code == 403
    assert 'role="alert"' in wrong.text
    assert 'value="approve"' in sign_in(client, wrong).text


def test_forms_of_others_are_refused(client: Client) -> None:
    client.new_client()
    login = client.authorize()
    before_login = client.post("/consent", data=hidden_fields(login.text) | {"decision": "approve"})
    assert before_login.status_code == 403
    consent = sign_in(client, login)
    fields = hidden_fields(consent.text)
    approval = fields | {"decision": "approve"}
    assert client.post("/consent", data=approval | {"csrf": "x"}).status_code == 403
    assert client.post("/consent", data={"decision": "approve"}).status_code == 403
    assert client.post("/consent", data=approval, headers={"Origin": "https://evil.example"}).status_code == 403
    assert client.post("/consent", data=fields).status_code == 400
    assert client.post("/consent", json=approval).status_code == 400
    with Client(client.server) as stranger:
        assert stranger.post("/consent", data=approval).status_code == 403
    assert answer_of(decide(client, consent, "approve"))["code"]
    assert decide(client, consent, "approve").status_code == 403


def test_a_client_is_told_of_its_error_when_the_user_has_signed_in(client: Client) -> None:
    client.new_client()
    page = client.authorize(response_type="bogus")
    assert 'name="password"' in page.text
    answer = answer_of(sign_in(client, page))
    assert answer["error"] == "unsupported_response_type"
    assert answer["state"] == "the state"
    assert answer_of(client.authorize(response_type="bogus"))["error"] == "unsupported_response_type"
    assert decide(client, page, "approve").status_code == 403


def test_what_cannot_be_redirected_needs_no_login(client: Client) -> None:
    client.new_client()
    assert client.authorize(client_id="<script>").status_code == 400
    assert client.authorize(redirect_uri="https://other.example/").status_code == 400
