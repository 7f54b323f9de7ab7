"""Use of the access token at the MCP server (RFC 6750)."""

from conformance import Judge, requirement
from conformance.probe import Probe
from conformance.survey import Survey


@requirement("bearer.accepts-authorization-header")
def test_a_valid_token_in_the_header_is_accepted(survey: Survey, probe: Probe, judge: Judge) -> None:
    reply = probe.knock(f"Bearer {survey.token}", "initialize with token")
    if survey.login is None and probe.refuses(reply):
        judge.could_not_run(f"the given token is refused ({reply.summary}); is it still valid?")
    if not probe.admits(reply) and not probe.refuses(reply):
        judge.could_not_run(f"the request failed for another reason than its token ({reply.summary})")
    judge.that(probe.admits(reply), expected="the request is served", observed=reply.summary, evidence=reply)


@requirement("bearer.scheme-case-insensitive")
def test_the_scheme_is_read_in_any_case(survey: Survey, probe: Probe, judge: Judge) -> None:
    control = probe.knock(f"Bearer {survey.token}", "initialize with token, control")
    if not probe.admits(control):
        judge.could_not_run(f"the token is refused in any case ({control.summary})")
    for scheme in ("bearer", "BEARER"):
        reply = probe.knock(f"{scheme} {survey.token}", f"initialize with scheme {scheme}")
        judge.that(
            probe.admits(reply),
            expected=f"{scheme} works like Bearer",
            observed=reply.summary,
            evidence=reply,
        )


@requirement("bearer.query-token-ignored")
def test_a_token_in_the_query_does_not_count(survey: Survey, probe: Probe, judge: Judge) -> None:
    assert survey.token  # noqa: S101 - checked by the condition `access_token`
    control = probe.knock(f"Bearer {survey.token}", "initialize with token, control")
    if not probe.admits(control):
        judge.could_not_run(f"the token is refused in the header too ({control.summary})")
    reply = probe.knock(None, "initialize with token in the query", {"access_token": survey.token})
    if reply.status == 429:
        judge.could_not_run("the server limits our requests; try again later")
    judge.that(400 <= reply.status < 500, expected="refused as without token", observed=reply.summary, evidence=reply)
