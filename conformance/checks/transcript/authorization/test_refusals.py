"""Every refusal of the whole run, judged once at no extra request."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pytest

from conformance import Judge, requirement
from conformance.audit import Audit
from conformance.evidence import Exchange
from conformance.oauth.challenge import Challenge, parse_challenges
from conformance.shapes import as_list, as_object, is_array, parsed
from conformance.wire import jsonrpc

ONCE = ("realm", "scope", "error", "error_description", "error_uri")
SCOPE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*")
TEXT = re.compile(r"[\x20-\x21\x23-\x5b\x5d-\x7e]*")
INTERNALS = re.compile(r"Traceback \(most recent call last\)|^\s+at \S+\(.*:\d+(?::\d+)?\)", re.MULTILINE)
TOKEN_IN_COOKIE = re.compile(r"\[(?:access_token|token)#[0-9a-f]{6}\]")


@dataclass(frozen=True)
class Seen:
    """Evidence: a recorded exchange."""

    exchange: str


@pytest.fixture(scope="session")
def refusals(transcript: Sequence[Exchange]) -> list[Exchange]:
    """Exchanges in which the MCP server refused access."""
    return [one for one in transcript if one.response and one.status in (401, 403)]


@pytest.fixture(scope="session")
def challenges(refusals: list[Exchange]) -> list[tuple[Challenge, Exchange]]:
    """The Bearer challenges of all refusals."""
    return [
        (challenge, one)
        for one in refusals
        for challenge in parse_challenges(fields_of(one, "www-authenticate"))
        if challenge.scheme.lower() == "bearer"
    ]


def fields_of(exchange: Exchange, name: str) -> list[str]:
    """The values of a header of an answer."""
    lines = exchange.response.headers if exchange.response else ()
    return [value for key, value in lines if key.lower() == name]


def judge_each(judge: Judge, problems: Iterator[tuple[str, Exchange]], expected: str, seen: str) -> None:
    """Hold each problem, and the exchange it was found in, against what was expected; or say what was seen."""
    found = list(dict(problems).items())
    for problem, one in found[:5]:
        judge.that(False, expected=expected, observed=f"{problem} (answer to {one.purpose})", evidence=Seen(one.id))
    if not found:
        judge.that(True, expected=expected, observed=seen)


def malformed(challenge: Challenge) -> Iterator[str]:
    """What is wrong with the attributes of a challenge."""
    names = [name for name, _ in challenge.parameters]
    yield from (f"{name} is repeated" for name in ONCE if names.count(name) > 1)
    for name, value in challenge.parameters:
        if name == "scope" and not SCOPE.fullmatch(value):
            yield f"scope {value!r}"
        if name in ("error", "error_description", "error_uri") and not TEXT.fullmatch(value):
            yield f"{name} {value!r}"


@requirement("challenge.attributes-well-formed")
def test_every_challenge_is_well_formed(challenges: list[tuple[Challenge, Exchange]], judge: Judge) -> None:
    if not challenges:
        judge.not_applicable("the server sent no Bearer challenge")
    problems = ((problem, one) for challenge, one in challenges for problem in malformed(challenge))
    judge_each(judge, problems, "attributes at most once, of allowed characters", f"{len(challenges)} challenges are")


@requirement("challenge.no-offline-access-scope")
def test_no_challenge_asks_for_offline_access(challenges: list[tuple[Challenge, Exchange]], judge: Judge) -> None:
    if not challenges:
        judge.not_applicable("the server sent no Bearer challenge")
    asked = ((challenge.get("scope") or "", one) for challenge, one in challenges)
    problems = ((f"scope {scope}", one) for scope, one in asked if "offline_access" in scope.split())
    judge_each(judge, problems, "no offline_access in a challenge", f"none in {len(challenges)} challenges")


@requirement("challenge.refusal-carries-no-result")
def test_no_refusal_carries_data(refusals: list[Exchange], judge: Judge) -> None:
    def leaks() -> Iterator[tuple[str, Exchange]]:
        for one in refusals:
            body = one.response.body if one.response else ""
            value = parsed(body)
            messages = as_list(value) if is_array(value) else [value]
            if any(jsonrpc.kind_of(message) == "result" or "tools" in as_object(message) for message in messages):
                yield "a result", one
            if INTERNALS.search(body):
                yield "a stack trace", one

    if not refusals:
        judge.could_not_run("the server refused no request of this run")
    judge_each(judge, leaks(), "a refusal without data", f"{len(refusals)} refusals have none")


@requirement("bearer.token-not-in-cookie")
def test_no_cookie_carries_the_token_in_clear(audit: Audit, transcript: Sequence[Exchange], judge: Judge) -> None:
    def exposed() -> Iterator[tuple[str, Exchange]]:
        for one in audit.recorder.shared():
            for cookie in fields_of(one, "set-cookie"):
                attributes = [part.strip().lower() for part in cookie.split(";")[1:]]
                if TOKEN_IN_COOKIE.search(cookie) and "secure" not in attributes:
                    yield f"cookie {cookie}", one

    judge_each(judge, exposed(), "no access token in a cookie without Secure", f"none in {len(transcript)} answers")
