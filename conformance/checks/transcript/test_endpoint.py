"""How the one endpoint of Streamable HTTP was served in the whole run (specification page basic/transports)."""

from collections.abc import Sequence
from dataclasses import dataclass

from conformance import Judge, requirement
from conformance.arrived import requests_in
from conformance.evidence import Exchange, Headers
from conformance.survey import Survey

SESSION = "mcp-session-id"
_INITIALIZED = "notifications/initialized"
_REFUSALS = frozenset({400, 405, 406, 415, 422, 500, 501})
"""Statuses that say that a message is not understood, and nothing of tokens, sessions or load."""


@dataclass(frozen=True)
class _Seen:
    exchange: str


@requirement("transport.single-mcp-endpoint")
def test_one_path_serves_every_method(transcript: Sequence[Exchange], survey: Survey, judge: Judge) -> None:
    asked = [one for one in transcript if one.method in ("POST", "GET") and one.url == survey.endpoint and one.status]
    for one in asked:
        refused = one.method == "POST" and one.status == 405
        if refused or one.status in (301, 302, 303, 307, 308):
            observed = f"HTTP {one.status} to a {one.method} ({one.purpose})"
            judge.that(False, expected="an answer at the endpoint itself", observed=observed, evidence=_Seen(one.id))
    if not asked:
        judge.could_not_run("nothing was sent to the endpoint")
    judge.that(True, expected="an answer at the endpoint itself", observed=f"{len(asked)} answers read")


@requirement("transport.notification-accepted-202")
def test_the_end_of_the_handshake_is_accepted(transcript: Sequence[Exchange], judge: Judge) -> None:
    told = [one for one in transcript if one.method == "POST" and one.purpose == _INITIALIZED and one.status]
    refused = [one for one in told if one.status in _REFUSALS]
    for one in refused[:1]:
        observed = f"HTTP {one.status} to {_INITIALIZED} after initialize went well"
        judge.advise(False, expected="HTTP 202", observed=observed, evidence=_Seen(one.id))
    if not told:
        judge.not_applicable("no handshake was ended")
    judge.advise(not refused, expected="HTTP 202", observed=f"{len(told)} handshakes ended")


@requirement("session.id-on-initialize-response")
def test_a_session_begins_with_initialize_only(transcript: Sequence[Exchange], judge: Judge) -> None:
    count = 0
    for one in transcript:
        given = _session(one.response.headers) if one.response and one.status < 400 else ""
        opening = any(asked["method"] == "initialize" for asked in requests_in(one))
        count += bool(given)
        if given and not opening and given != _session(one.request.headers):
            observed = f"another id in answer to {one.purpose}"
            judge.that(
                False, expected="a session id in the answer to initialize", observed=observed, evidence=_Seen(one.id)
            )
    if not count:
        judge.not_applicable("the server uses no session id")
    judge.that(True, expected="a session id in the answer to initialize", observed=f"{count} answers with one")


def _session(headers: Headers) -> str:
    return next((value for name, value in headers if name.lower() == SESSION), "")
