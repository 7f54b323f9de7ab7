"""Sessions of Streamable HTTP (specification page basic/transports, session management)."""

import pytest

from conformance import Judge, requirement
from conformance.audit import Audit
from conformance.ceremony.ended_session import EndedSession
from conformance.ceremony.sessions import error_of, openings, ordinary, served, streamable
from conformance.guessing import weakness
from conformance.probe import Probe
from conformance.survey import Survey
from conformance.wire.connection import Connection
from conformance.wire.http import Reply

SESSION = "Mcp-Session-Id"


@pytest.fixture
def ids(survey: Survey, mcp: Connection) -> list[str]:
    """The session ids that were issued so far, in order."""
    return [id for one in openings(survey, mcp) if (id := one.http.header(SESSION)) is not None]


@pytest.fixture
def ended(audit: Audit, probe: Probe) -> EndedSession:
    """A session that was ended, once in a run."""
    return audit.once("ended session", lambda: EndedSession.perform(probe))


@pytest.fixture
def anonymous(audit: Audit, survey: Survey, mcp: Connection) -> dict[str, Reply]:
    """A message and a GET without the id of the session, sent once in a run."""
    inside = streamable(mcp)
    message = ordinary(survey, "anonymous")

    def send() -> dict[str, Reply]:
        named = f"{message['method']} without session id"
        return {
            "a message": inside.craft("POST", named, message, without=[SESSION]),
            "a GET": inside.craft("GET", "event stream without session id", without=[SESSION]),
        }

    return audit.once("without session id", send)


@requirement("session.id-visible-ascii")
def test_session_ids_are_visible_ascii(ids: list[str], judge: Judge) -> None:
    for id in ids:
        odd = sorted({f"0x{ord(one):02X}" for one in id if not "\x21" <= one <= "\x7e"})
        observed = f"{len(id)} characters, among them {', '.join(odd) or 'no others'}"
        judge.that(bool(id) and not odd, expected="characters from 0x21 to 0x7E", observed=observed)


@requirement("session.id-unique")
def test_session_ids_are_unique(ids: list[str], judge: Judge) -> None:
    if len(ids) < 2:
        judge.could_not_run("fewer than two sessions have an id")
    judge.that(
        len(set(ids)) == len(ids), expected="different ids", observed=f"{len(set(ids))} ids of {len(ids)} sessions"
    )


@requirement("session.id-unpredictable")
def test_session_ids_cannot_be_guessed(ids: list[str], judge: Judge) -> None:
    found = weakness(list(dict.fromkeys(ids)))
    judge.that(not found, expected="long random ids", observed=found or f"no pattern in {len(ids)} of them")
    judge.note("Heuristic: that no pattern was found is no proof.")


@requirement("session.missing-id-400")
def test_a_missing_session_id_is_answered_with_400(anonymous: dict[str, Reply], judge: Judge) -> None:
    for what, reply in anonymous.items():
        fine = reply.status in (400, 405) or (reply.ok and not error_of(reply))
        judge.that(
            fine, expected=f"{what} without session id is served, or HTTP 400", observed=reply.summary, evidence=reply
        )


@requirement("session.terminated-id-404")
def test_an_ended_session_is_answered_with_404(ended: EndedSession, judge: Judge) -> None:
    judge.see(ended.deleted)
    if ended.deleted.status == 405:
        judge.not_applicable("clients cannot end sessions here")
    if not ended.deleted.ok:
        judge.could_not_run(f"the session could not be ended ({ended.deleted.summary})")
    for what, reply in ended.requests.items():
        refused_stream = what == "a GET" and reply.status == 405
        judge.that(
            reply.status == 404 or refused_stream,
            expected=f"HTTP 404 to {what} in an ended session",
            observed=reply.summary,
            evidence=reply,
        )


@requirement("session.delete-may-be-refused")
def test_a_session_is_ended_or_the_delete_refused(ended: EndedSession, judge: Judge) -> None:
    reply = ended.deleted
    fine = reply.ok or 400 <= reply.status < 500
    judge.that(fine, expected="HTTP 2xx or 405", observed=reply.summary, evidence=reply)
    for what, answer in ended.requests.items():
        usable = served(answer) if what == "a message" else answer.ok
        judge.never(usable, f"{what} is served in a session that was ended", evidence=answer)
