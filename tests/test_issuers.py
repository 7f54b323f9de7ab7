"""How the issuer in the metadata of an authorization server becomes a verdict."""

import json

import pytest

from conformance.checks.authorization.discovery.test_server_metadata import (
    test_the_issuer_is_the_one_the_url_was_built_from as check,
)
from conformance.judge import Failure, Judge
from conformance.oauth.discovery import Discovery
from conformance.oauth.metadata import AuthorizationServer, Document
from conformance.redaction import Redactor
from conformance.wire.http import Reply

ORIGIN = "https://mcp.example"


@pytest.mark.parametrize(
    ("issuer", "fallback", "verdict"),
    [
        (ORIGIN, True, "pass"),
        (f"{ORIGIN}/", True, "advice"),
        (f"{ORIGIN}/", False, "violation"),
        (f"{ORIGIN}/tenant", True, "violation"),
        ("https://login.example", True, "violation"),
        ("https://login.example/", True, "violation"),
    ],
)
def test_a_slash_only_warns_where_nobody_names_an_issuer(issuer: str, fallback: bool, verdict: str) -> None:
    document = Document("url", "RFC 8414", Reply(200, (), json.dumps({"issuer": issuer}).encode(), "exchange"))
    judge, found = Judge(Redactor()), "pass"
    check(Discovery(servers=(AuthorizationServer(ORIGIN, (document,)),), fallback=fallback), document, judge)
    try:
        judge.close()
    except Failure as failure:
        [found] = {one.severity for one in failure.broken}

    assert found == verdict
