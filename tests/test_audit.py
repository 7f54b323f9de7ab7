"""The token an audit goes on with."""

import json
import time
from collections.abc import Generator
from contextlib import contextmanager

import pytest

from conformance.audit import Audit, make_audit
from conformance.evidence import Recorder
from conformance.oauth.discovery import Discovery
from conformance.oauth.metadata import AuthorizationServer
from conformance.oauth.plan import Plan
from conformance.oauth.registration import Client
from conformance.oauth.token_reply import TokenReply
from conformance.redaction import Redactor
from conformance.settings import Settings
from conformance.survey import Login, Survey
from conformance.verdict import Narrowed
from conformance.wire.http import Reply
from tests.auditing import Handler, website

CLIENT = Client("id", "http://127.0.0.1:1/cb")


def answer(request: Handler) -> None:
    if request.path.startswith("/authorize"):
        request.send(302, Location=f"{CLIENT.redirect_uri}?code=c")
    elif request.path == "/register":
        request.send(201, json.dumps({"client_id": "other", "redirect_uris": [CLIENT.redirect_uri]}))
    else:
        request.send(200, '{"access_token": "second", "token_type": "Bearer", "expires_in": 60}')


@contextmanager
def auditing(age: float, *, person: bool = False) -> Generator[Audit]:
    """An audit whose token lives for a minute and was issued `age` seconds ago."""
    body = b'{"access_token": "first", "expires_in": 60}'
    tokens = TokenReply(Reply(200, (), body, "login", arrived=time.monotonic() - age))
    with website(answer) as origin:
        survey = Survey(
            origin,
            endpoint=f"{origin}/mcp",
            reached=True,
            discovery=Discovery(servers=(AuthorizationServer(origin),), fallback=True),
            login=Login(CLIENT, service=tokens),
            token="first",
            redirect_uri=CLIENT.redirect_uri,
            consent="auto",
            plan=Plan.of({}, patience=60, cap=None, person=person),
        )
        audit = make_audit(Settings(target_url=f"{origin}/mcp"), Recorder(Redactor()), survey)
        yield audit
        audit.close()


@pytest.mark.parametrize(("age", "token"), [(40, "first"), (50, "second")])
def test_a_token_is_replaced_before_it_ends(age: float, token: str) -> None:
    with auditing(age) as audit:
        audit.keep_token()
        sent = audit.recorder.sent
        audit.keep_token()

        assert audit.need_survey().token == token
        assert audit.recorder.sent == sent


def test_a_person_is_not_asked_for_another_token() -> None:
    with auditing(50, person=True) as audit, pytest.raises(Narrowed, match="--approvals"):
        audit.keep_token()
