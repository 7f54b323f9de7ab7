"""Texts of a server in sentences of ours."""

import json

import pytest

from conformance.oauth.authorization import AuthorizationAnswer
from conformance.shapes import excerpt
from conformance.wire.connection import Answer
from conformance.wire.http import Reply

WORDS = "word " * 300
SECRET = "s" + "3cret" * 300


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("x" * 200, "x" * 200),
        (f"{'x' * 199} y", f"{'x' * 199}… (201 characters)"),
        (f"invalid: {SECRET}", f"invalid:… ({9 + len(SECRET)} characters)"),
        (SECRET, f"… ({len(SECRET)} characters)"),
    ],
)
def test_an_excerpt_ends_between_words(text: str, shown: str) -> None:
    assert excerpt(text) == shown


@pytest.mark.parametrize("text", [WORDS, SECRET], ids=["words", "one word"])
def test_a_summary_quotes_little_of_the_server(text: str) -> None:
    error = {"code": -32602, "message": text}
    http = Reply(400, (("Content-Type", text),), json.dumps({"error": text}).encode(), "exchange")
    coded = Reply(400, (), json.dumps({"error": {"code": text}}).encode(), "exchange")
    typed = Reply(200, (("Content-Type", text),), b"", "exchange")
    location = f"https://client.example/{text}"
    summaries = [
        Answer(http, (), {"error": error}).summary,
        Answer(http, (), {"result": {text: 1}}).summary,
        http.summary,
        coded.summary,
        typed.summary,
        AuthorizationAnswer("error", (http,), "s", location, (("error", text),)).summary,
        AuthorizationAnswer("code", (http,), "s", location, ((text, "x"),)).summary,
    ]

    assert all(len(one) < 500 for one in summaries)
    assert not any("s3cret" in one for one in summaries)
