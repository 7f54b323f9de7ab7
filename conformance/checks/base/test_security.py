"""Who is served (specification pages basic/transports and basic/security_best_practices)."""

from conformance import Judge, requirement
from conformance.ceremony.hijacking import Hijacking
from conformance.guessing import weakness
from conformance.probe import Probe
from conformance.survey import Survey
from conformance.wire.http import is_loopback

OTHER_USER = "another user"


@requirement("security.http-connections-authenticated")
def test_a_stream_needs_credentials_as_a_message_does(survey: Survey, probe: Probe, judge: Judge) -> None:
    if not survey.protected or survey.closed:
        judge.note("anybody may connect")
        judge.not_applicable("the server answers without authorization")
    judge.see(survey.refusal)
    reply = probe.send("GET", "event stream without token", headers={"Accept": "text/event-stream"})
    judge.that(not reply.ok, expected="no stream without a token", observed=reply.summary, evidence=reply)


@requirement("security.sessions-not-authentication")
def test_the_id_of_a_session_admits_nobody(hijacking: Hijacking | None, judge: Judge) -> None:
    if hijacking is None or not hijacking.before.ok:
        judge.could_not_run("the session could not be used by its owner")
    for what, reply in hijacking.strangers.items():
        if OTHER_USER not in what:
            judge.that(not reply.ok, expected=f"{what} is refused", observed=reply.summary, evidence=reply)


@requirement("security.session-ids-bound-to-user")
def test_the_id_of_a_session_admits_no_other_user(
    second_user_token: str, hijacking: Hijacking | None, judge: Judge
) -> None:
    if hijacking is None or not hijacking.before.ok:
        judge.could_not_run("the session could not be used by its owner")
    for what, reply in hijacking.strangers.items():
        if OTHER_USER in what:
            judge.that(not reply.ok, expected=f"{what} is refused", observed=reply.summary, evidence=reply)


@requirement("security.session-ids-non-deterministic")
def test_the_ids_of_sessions_follow_no_pattern(survey: Survey, judge: Judge) -> None:
    ids = [one.http.header("mcp-session-id") for one in survey.handshakes.values()]
    issued = [one for one in ids if one]
    if len(issued) < 2:
        judge.could_not_run("fewer than two handshakes were given a session id")
    found = weakness(issued)
    judge.that(not found, expected="long random session ids", observed=found or f"no pattern in {len(issued)} of them")
    judge.note("Heuristic: that no pattern was found is no proof.")


@requirement("security.local-access-restricted")
def test_a_local_server_does_not_serve_every_process(survey: Survey, judge: Judge) -> None:
    if survey.transport == "stdio":
        judge.that(True, expected="a way in for its client alone", observed="stdio")
        return
    if not is_loopback(survey.endpoint):
        judge.not_applicable("the server is not on this machine")
    expected = "a token, if the server is meant to run on the machine of its user"
    observed = "a token is needed" if survey.protected else "any process on this machine is served without one"
    judge.advise(bool(survey.protected), expected=expected, observed=observed, evidence=survey.refusal)
