"""Every answer of the token and the revocation endpoint in the whole run, judged once at no extra request."""

from collections.abc import Sequence
from dataclasses import dataclass
from json import loads
from typing import Any
from urllib.parse import parse_qsl

import pytest

from conformance import Judge, requirement
from conformance.audit import Audit
from conformance.evidence import Exchange
from conformance.oauth.flow import FORM
from conformance.schema import oauth_errors
from conformance.shapes import as_object, excerpt
from conformance.verdict import CouldNotRun

CODES = frozenset(
    """
    invalid_request invalid_client invalid_grant unauthorized_client unsupported_grant_type invalid_scope invalid_target
    invalid_dpop_proof use_dpop_nonce
    """.split()
)
"""Error codes that RFC 6749, 8707 and 9449 register for the token endpoint."""


@dataclass(frozen=True)
class Answered:
    """One form that was posted, and the answer to it."""

    sent: dict[str, str]
    status: int
    content: dict[str, Any]
    headers: dict[str, str]
    exchange: str

    @classmethod
    def of(cls, exchange: Exchange) -> "Answered":
        """What an exchange holds."""
        answer = exchange.response
        headers = {name.lower(): value for name, value in answer.headers} if answer else {}
        sent = dict(parse_qsl(exchange.request.body))
        return cls(sent, exchange.status, _object(answer.body if answer else ""), headers, exchange.id)

    @property
    def tokens(self) -> bool:
        """Whether tokens were issued."""
        return "access_token" in self.content

    @property
    def refused(self) -> bool:
        """Whether it is a refusal of the endpoint's own: neither success nor a plea to come back later."""
        later = self.status == 429 or (self.status == 503 and "retry-after" in self.headers)
        return not self.tokens and not later and (self.status >= 400 or "error" in self.content)

    @property
    def media_type(self) -> str:
        """The media type of the answer."""
        return self.headers.get("content-type", "none").partition(";")[0].strip().lower()

    @property
    def summary(self) -> str:
        """One line about the answer."""
        return f"HTTP {self.status}, {self.media_type}, error {excerpt(str(self.content.get('error', 'absent')))}"


def _object(text: str) -> dict[str, Any]:
    try:
        return as_object(loads(text))
    except (ValueError, RecursionError):
        return {}


@pytest.fixture(scope="session")
def forms(audit: Audit, transcript: Sequence[Exchange]) -> list[tuple[str, Answered]]:
    """All forms that were posted, with their addresses; `transcript` has waited for those of other workers."""
    posted = [one for one in audit.recorder.shared() if one.method == "POST" and one.response]
    plain = [one for one in posted if ("content-type", FORM) in [(n.lower(), v) for n, v in one.request.headers]]
    return [(one.url, Answered.of(one)) for one in plain if one.channel == "oauth"]


def at(audit: Audit, forms: list[tuple[str, Answered]], endpoint: str) -> list[Answered]:
    """The forms posted to an endpoint."""
    discovery = audit.need_survey().discovery
    url = audit.recorder.redactor.text((discovery and discovery.endpoint(endpoint)) or "")
    return [answered for address, answered in forms if address == url]


@pytest.fixture(scope="session")
def token_answers(audit: Audit, forms: list[tuple[str, Answered]]) -> list[Answered]:
    """Answers of the token endpoint, which may share its address with that of revocation."""
    answers = [one for one in at(audit, forms, "token_endpoint") if "token" not in one.sent]
    if answers and all(one.status == 404 for one in answers):
        raise CouldNotRun("nothing is found at the address of the token endpoint (HTTP 404)")
    return answers


@pytest.fixture(scope="session")
def revocation_answers(audit: Audit, forms: list[tuple[str, Answered]]) -> list[Answered]:
    """Answers of the revocation endpoint."""
    return [one for one in at(audit, forms, "revocation_endpoint") if "grant_type" not in one.sent]


@requirement("token.success-not-cacheable")
def test_an_answer_with_tokens_must_not_be_stored(token_answers: list[Answered], judge: Judge) -> None:
    issued = [one for one in token_answers if one.tokens]
    if not issued:
        judge.could_not_run("the token endpoint issued no token")
    for one in issued:
        field = one.headers.get("cache-control", "absent")
        kept_out = "no-store" in [part.strip() for part in field.lower().split(",")]
        judge.that(kept_out, expected="Cache-Control: no-store", observed=field, evidence=one)


@requirement("token.error-document")
def test_a_refusal_of_the_token_endpoint_says_why_as_json(token_answers: list[Answered], judge: Judge) -> None:
    refusals = [one for one in token_answers if one.refused and one.status < 500]
    if not refusals:
        judge.could_not_run("the token endpoint refused no request")
    for one in refusals:
        well_formed(judge, one)
        known = one.content.get("error") in CODES or "error" not in one.content
        judge.advise(known, expected="a registered error code", observed=one.summary, evidence=one)


@requirement("token.error-status")
def test_a_refusal_of_the_token_endpoint_has_status_400_or_401(token_answers: list[Answered], judge: Judge) -> None:
    refusals = [one for one in token_answers if one.refused]
    if not refusals:
        judge.could_not_run("the token endpoint refused no request")
    for one in refusals:
        about_client = one.status == 401 and one.content.get("error") == "invalid_client"
        proper = one.status == 400 or about_client
        judge.that(proper, expected="HTTP 400, or 401 with invalid_client", observed=one.summary, evidence=one)


@requirement("revocation.error-document")
def test_a_refusal_of_the_revocation_endpoint_says_why(revocation_answers: list[Answered], judge: Judge) -> None:
    refusals = [one for one in revocation_answers if one.refused]
    if not refusals:
        judge.could_not_run("the revocation endpoint refused no request")
    for one in refusals:
        well_formed(judge, one)
        judge.that(one.status in (400, 401), expected="HTTP 400 or 401", observed=one.summary, evidence=one)


def well_formed(judge: Judge, one: Answered) -> None:
    """Judge the form of an error response (RFC 6749 section 5.2)."""
    shape, kind = oauth_errors("error-response", one.content), one.media_type
    in_error = [line for line in shape if not line.startswith("$.error_")]
    judge.that(not in_error, expected="a JSON object with error", observed=in_error or "it is one", evidence=one)
    judge.advise(len(shape) == len(in_error), expected="a description of ASCII characters", observed=shape or "so")
    judge.that(kind == "application/json", expected="media type application/json", observed=kind, evidence=one)
