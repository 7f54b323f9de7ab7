"""Sessions, and the tokens their requests bear."""

import pytest

from conformance import Judge, requirement
from conformance.ceremony.hijacking import BAD_TOKEN, Hijacking
from conformance.ceremony.sessions import openings
from conformance.guessing import weakness
from conformance.probe import Probe
from conformance.survey import Survey
from conformance.wire.connection import Connection

SESSIONS = 5
OTHER_USER = "another user"


@pytest.fixture
def session_ids(survey: Survey, probe: Probe, mcp: Connection, hijacking: Hijacking | None) -> list[str]:
    """The ids of five sessions, of those that were opened anyway and of new ones."""
    answers = [one.http for one in openings(survey, mcp)]
    answers += [hijacking.opening] if hijacking else []
    while len(answers) < SESSIONS:
        with probe.fresh() as connection:
            answers.append(connection.initialize(survey.revision).http)
    return [answer.header("mcp-session-id") or "" for answer in answers]


def hijacked(hijacking: Hijacking | None, judge: Judge) -> Hijacking:
    """The record, its control good."""
    if hijacking is None:
        judge.not_applicable("the server uses no session id")
    judge.see(hijacking.before)
    if not hijacking.before.ok:
        judge.could_not_run(f"the owner of the session is refused too ({hijacking.before.summary})")
    return hijacking


@requirement("challenge.session-id-is-not-a-credential")
def test_a_session_id_does_not_replace_a_token(hijacking: Hijacking | None, judge: Judge) -> None:
    for what, reply in hijacked(hijacking, judge).strangers.items():
        if OTHER_USER not in what:
            judge.that(not reply.ok, expected=f"{what} is refused", observed=reply.summary, evidence=reply)
            if reply.status >= 500:
                judge.could_not_run(f"{what} is neither served nor refused ({reply.summary})")


@requirement("bearer.session-bound-to-user")
def test_a_session_serves_only_the_user_who_opened_it(
    second_user_token: str, hijacking: Hijacking | None, judge: Judge
) -> None:
    for what, reply in hijacked(hijacking, judge).strangers.items():
        if OTHER_USER in what:
            judge.that(not reply.ok, expected=f"{what} is refused", observed=reply.summary, evidence=reply)
            if reply.status not in (400, 401, 403, 404):
                judge.could_not_run(f"{what} is neither served nor refused ({reply.summary})")


@requirement("bearer.token-validated-on-each-request")
def test_a_bad_token_is_refused_after_a_good_one(
    good_token: str, probe: Probe, hijacking: Hijacking | None, judge: Judge
) -> None:
    inside = hijacking.strangers["a message with a bad token"] if hijacking and hijacking.before.ok else None
    if hijacking and inside and (inside.ok or probe.refuses(inside)):
        bad, good = inside, hijacking.after
    else:
        bad = probe.knock(BAD_TOKEN, "initialize with a bad token, in between")
        good = probe.knock(f"Bearer {good_token}", "initialize with token, afterwards")
    judge.that(not bad.ok, expected="the bad token is refused", observed=bad.summary, evidence=bad)
    if not probe.refuses(bad):
        judge.could_not_run(f"a bad token is neither served nor refused ({bad.summary})")
    judge.that(good.ok, expected="the good token works again", observed=good.summary, evidence=good)


@requirement("bearer.session-ids-unguessable")
def test_session_ids_cannot_be_guessed(session_ids: list[str], judge: Judge) -> None:
    if not all(session_ids):
        judge.not_applicable("not every session has an id")
    found = weakness(session_ids)
    judge.that(not found, expected="long random session ids", observed=found or "no pattern in five of them")
    judge.note("Heuristic: that no pattern was found is no proof.")
