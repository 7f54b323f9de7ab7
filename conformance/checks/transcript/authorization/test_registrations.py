"""Every registration of the whole run, judged once at no extra request (RFC 7591 section 3.2)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from conformance import Judge, requirement
from conformance.audit import Audit
from conformance.evidence import Exchange
from conformance.shapes import as_object

CREDENTIALS = ("client_secret", "registration_access_token")
MANAGEMENT = ("registration_client_uri", "registration_access_token")
PAGES = ("client_uri", "logo_uri", "tos_uri", "policy_uri")
POLICY = (401, 403, 429)
ERRORS = (
    "invalid_redirect_uri",
    "invalid_client_metadata",
    "invalid_software_statement",
    "unapproved_software_statement",
)


@dataclass(frozen=True)
class Registered:
    """One registration: what was asked for, and the answer; both empty where they are no JSON objects."""

    asked: dict[str, Any]
    answer: dict[str, Any]
    status: int
    exchange: str
    headers: dict[str, str]

    @classmethod
    def of(cls, exchange: Exchange) -> "Registered":
        """The registration in an exchange."""
        answer = exchange.response
        headers = {name.lower(): value for name, value in answer.headers} if answer else {}
        content = content_of(answer.body if answer else "")
        return cls(content_of(exchange.request.body), content, exchange.status, exchange.id, headers)

    @property
    def accepted(self) -> bool:
        """Whether a client was made."""
        return 200 <= self.status < 300 and "client_id" in self.answer

    @property
    def media_type(self) -> str:
        """The media type of the answer."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


def content_of(text: str) -> dict[str, Any]:
    """The JSON object a text is, else an empty one."""
    try:
        return as_object(json.loads(text))
    except (ValueError, RecursionError):
        return {}


@pytest.fixture(scope="session")
def registered(audit: Audit, transcript: Sequence[Exchange]) -> list[Registered]:
    """The registrations of the run, of all workers when `transcript` has waited for them."""
    discovery = audit.need_survey().discovery
    endpoint = audit.recorder.redactor.text((discovery and discovery.endpoint("registration_endpoint")) or "")
    sent = [one for one in audit.recorder.shared() if (one.method, one.url) == ("POST", endpoint)]
    return [Registered.of(one) for one in sent if one.response]


@pytest.fixture(scope="session")
def accepted(registered: list[Registered]) -> list[Registered]:
    """The registrations that succeeded."""
    return [one for one in registered if one.accepted]


@requirement("registration.error-document")
def test_a_refused_registration_says_why_as_json(registered: list[Registered], judge: Judge) -> None:
    refusals = [one for one in registered if one.asked and one.status >= 400 and one.status not in POLICY]
    if not any(one.accepted for one in registered):
        judge.not_applicable("registration is closed to us")
    if not refusals:
        judge.could_not_run("the server refused no registration for its content")
    for one in refusals:
        error = one.answer.get("error")
        judge.that(one.status == 400, expected="HTTP 400", observed=f"HTTP {one.status}", evidence=one)
        kind = one.media_type if isinstance(error, str) else f"{one.media_type or 'no media type'} without error"
        judge.that(kind == "application/json", expected="application/json with error", observed=kind, evidence=one)
        known = not isinstance(error, str) or error in ERRORS
        judge.advise(known, expected="an error code of RFC 7591", observed=error, evidence=one)


@requirement("registration.no-null-members")
def test_members_without_value_are_left_out(accepted: list[Registered], judge: Judge) -> None:
    plain = [one for one in accepted if not {None, ""}.intersection(map(str_or_none, one.asked.values()))]
    if not plain:
        judge.not_applicable("the server registered no client")
    for one in plain:
        empty = [name for name, value in one.answer.items() if value is None or (name in PAGES and value == "")]
        found = " and ".join(sorted(empty)) or "a member"
        judge.never(empty, f"{found} without value was returned", evidence=one)


def str_or_none(value: object) -> str | None:
    """The value where it is a string or null, else some other string."""
    return value if isinstance(value, str) or value is None else "present"


@requirement("registration.response-not-cacheable")
def test_an_answer_with_credentials_must_not_be_stored(accepted: list[Registered], judge: Judge) -> None:
    secret = [one for one in accepted if any(one.answer.get(name) for name in CREDENTIALS)]
    if not secret:
        judge.not_applicable("the server issues neither secrets nor registration access tokens")
    for one in secret:
        policy = one.headers.get("cache-control", "none")
        judge.that("no-store" in policy.lower(), expected="Cache-Control: no-store", observed=policy, evidence=one)


@requirement("registration.management-members-paired")
def test_the_address_of_a_client_comes_with_its_token(accepted: list[Registered], judge: Judge) -> None:
    if not accepted:
        judge.not_applicable("the server registered no client")
    for one in accepted:
        given = [name for name in MANAGEMENT if one.answer.get(name)]
        observed = " and ".join(given) or "neither"
        judge.advise(
            len(given) != 1, expected=f"{' and '.join(MANAGEMENT)}, or neither", observed=observed, evidence=one
        )
