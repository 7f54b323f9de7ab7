"""The token is demanded of every request, however it looks."""

import secrets

from conformance import Judge, requirement
from conformance.probe import Probe
from conformance.survey import Survey
from conformance.wire import jsonrpc
from conformance.wire.http import Reply

OVERSIZED = "a 16 kB token"
MALFORMED = {
    "no token": "Bearer",
    "two words": "Bearer one two",
    "characters no token has": 'Bearer "quoted",{token}',
    OVERSIZED: "Bearer " + "x" * 16_000,
    "two Authorization fields": ["Bearer one", "Bearer two"],
}


def requests_without_token(probe: Probe) -> dict[str, Reply]:
    """Answers to requests other than the first POST, all without token."""
    note = jsonrpc.notification("notifications/initialized")
    ping = jsonrpc.request("ping", None, 1)
    stranger = {"Mcp-Session-Id": secrets.token_urlsafe(24)}
    return {
        "GET of an event stream": probe.send("GET", "stream, no token", headers={"Accept": "text/event-stream"}),
        "DELETE of a session": probe.send("DELETE", "end of a session, no token", headers=stranger),
        "a notification": probe.send("POST", "notification, no token", body=jsonrpc.encode(note)),
        "a batch": probe.send("POST", "batch, no token", body=jsonrpc.encode([note, ping])),
        "a body that is not JSON": probe.send("POST", "no JSON, no token", body=b"{"),
    }


@requirement("challenge.every-method-protected")
def test_every_request_needs_a_token(survey: Survey, probe: Probe, judge: Judge) -> None:
    if survey.transport != "streamable-http":
        judge.not_applicable("over HTTP+SSE the address has one method")
    if survey.closed:
        judge.not_applicable(f"the server means to be open up to {survey.closed.name}")
    for what, reply in requests_without_token(probe).items():
        if reply.status == 429:
            judge.could_not_run("the server limits our requests; try again later")
        refused = 400 <= reply.status < 500
        judge.that(refused, expected=f"{what} is refused", observed=reply.summary, evidence=reply)


@requirement("challenge.malformed-authorization-header")
def test_a_malformed_authorization_field_is_refused(probe: Probe, judge: Judge) -> None:
    for what, field in MALFORMED.items():
        reply = probe.knock(field, f"initialize, Authorization with {what}")
        if reply.status == 429:
            judge.could_not_run("the server limits our requests; try again later")
        refused = 400 <= reply.status < 500
        judge.that(refused, expected=f"{what}: refused", observed=reply.summary, evidence=reply)
        proper = reply.status in (400, 401) or what == OVERSIZED
        judge.advise(proper or not refused, expected=f"{what}: HTTP 400 or 401", observed=reply.summary)
