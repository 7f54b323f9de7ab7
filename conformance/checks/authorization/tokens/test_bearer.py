"""Use of the access token at the MCP server (RFC 6750)."""

from conformance import Judge, requirement
from conformance.probe import Probe
from conformance.survey import Survey
from conformance.wire.http import Reply

MIXED = "bEaReR"
"""What only those take who compare without regard to case; a list of common spellings does not hold it."""


@requirement("bearer.accepts-authorization-header")
def test_a_valid_token_in_the_header_is_accepted(
    survey: Survey, probe: Probe, knock_with_token: Reply, judge: Judge
) -> None:
    reply = knock_with_token
    if not (survey.login and survey.login.tokens) and probe.refuses(reply):
        judge.could_not_run(f"the given token is refused ({reply.summary}); is it still valid?")
    if not probe.admits(reply) and not probe.refuses(reply):
        judge.could_not_run(f"the request failed for another reason than its token ({reply.summary})")
    judge.that(probe.admits(reply), expected="the request is served", observed=reply.summary, evidence=reply)


@requirement("bearer.scheme-case-insensitive")
def test_the_scheme_is_read_in_any_case(good_token: str, probe: Probe, judge: Judge) -> None:
    reply = probe.knock(f"{MIXED} {good_token}", f"initialize with scheme {MIXED}")
    judge.that(probe.admits(reply), expected=f"{MIXED} works like Bearer", observed=reply.summary, evidence=reply)


@requirement("bearer.query-token-ignored")
def test_a_token_in_the_query_does_not_count(good_token: str, probe: Probe, judge: Judge) -> None:
    reply = probe.knock(None, "initialize with token in the query", {"access_token": good_token})
    if reply.status == 429:
        judge.could_not_run("the server limits our requests; try again later")
    judge.that(400 <= reply.status < 500, expected="refused as without token", observed=reply.summary, evidence=reply)
