"""How answers of the token endpoint become verdicts."""

import json

import pytest

from conformance.checks.authorization.refusals import unauthenticated
from conformance.oauth.token_reply import TokenReply
from conformance.wire.http import Reply
from tests.judging import verdict as verdict_of


def answered(status: int, **members: str) -> TokenReply:
    return TokenReply(Reply(status, (), json.dumps(members).encode(), "exchange"))


def judged(reply: TokenReply, right: TokenReply) -> str:
    return verdict_of(
        lambda judge: unauthenticated(judge, "a client without its secret", reply, right, "invalid_client")
    )


@pytest.mark.parametrize(
    ("reply", "verdict"),
    [
        (answered(401, error="invalid_client"), "pass"),
        (answered(400, error="invalid_client"), "pass"),
        (answered(401, error="unauthorized_client"), "advice"),
        (answered(400, error="invalid_request"), "advice"),
        (answered(401), "advice"),
        (answered(400, error="invalid_grant"), "violation"),
        (answered(500, error="server_error"), "violation"),
        (answered(200, error="invalid_client"), "violation"),
        (answered(200, access_token="token"), "violation"),
        (answered(400, refresh_token="token"), "violation"),
    ],
)
def test_only_a_client_that_is_taken_for_authenticated_breaks_the_rule(reply: TokenReply, verdict: str) -> None:
    assert judged(reply, answered(400, error="invalid_grant")) == verdict


def test_the_error_for_right_credentials_shows_that_others_were_taken() -> None:
    assert judged(answered(400, error="invalid_code"), answered(400, error="invalid_code")) == "violation"
    assert judged(answered(401, error="denied"), answered(400, error="invalid_code")) == "advice"


def test_refusals_without_error_code_tell_nothing_apart() -> None:
    assert judged(answered(401), answered(400)) == "could-not-run"
    assert judged(answered(401, error="invalid_client"), answered(400)) == "pass"
