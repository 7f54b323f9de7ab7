"""Sessions that one probe leaves to the next, against a server that notes which sessions are begun and ended."""

import json
from collections.abc import Callable, Generator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from conformance.audit import Audit, make_audit
from conformance.data import CHECKS
from conformance.evidence import Recorder
from conformance.probe import Probe
from conformance.redaction import Redactor
from conformance.settings import Settings
from conformance.survey import Surveyor, spares
from conformance.wire.streamable_http import StreamableHttp
from tests.auditing import Handler, audit, website


@dataclass
class Sessions:
    """A server that gives each session a number, in the order in which they begin, and an audit of it."""

    audit: Audit
    begun: list[str] = field(default_factory=list[str])
    ended: list[str] = field(default_factory=list[str])

    @property
    def probe(self) -> Probe:
        """A probe that leaves its sessions to the others."""
        return Probe(self.audit.need_survey(), self.audit.http, self.audit.spares)


@pytest.fixture
def sessions() -> Generator[Sessions]:
    made: list[Sessions] = []

    def answer(request: Handler) -> None:
        (noted,) = made
        if request.command == "DELETE":
            noted.ended.append(request.headers["Mcp-Session-Id"])
            request.send(200)
        elif request.command == "GET":
            request.send(200, ": nothing yet\n\n", "text/event-stream")
        elif (message := json.loads(request.body)).get("method") == "initialize":
            noted.begun.append(str(len(noted.begun)))
            about = {"protocolVersion": message["params"]["protocolVersion"], "capabilities": {}}
            result = about | {"serverInfo": {"name": "s", "version": "1"}}
            body = json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": result})
            request.send(200, body, Mcp_Session_Id=noted.begun[-1])
        else:
            request.send(202 if "id" not in message else 400)

    with website(answer) as origin:
        audit = make_audit(Settings(target_url=f"{origin}/mcp", consent="none"), Recorder(Redactor()))
        made.append(Sessions(audit))
        yield made[0]
        audit.close()
        assert sorted(made[0].begun) == sorted(made[0].ended)


@pytest.fixture
def surveyed(sessions: Sessions) -> Sessions:
    """The same after a survey that left its session to nobody."""
    take_survey(sessions, leaving=False)
    sessions.begun.clear()
    sessions.ended.clear()
    return sessions


def take_survey(sessions: Sessions, *, leaving: bool) -> None:
    audit, say = sessions.audit, lambda _: None
    audit.survey = Surveyor(audit.settings, audit.http, say, say, audit.spares if leaving else None).run()
    assert audit.survey.revision


@pytest.mark.parametrize("leaving", [True, False])
def test_the_survey_ends_every_session_but_the_one_that_it_leaves(sessions: Sessions, leaving: bool) -> None:
    take_survey(sessions, leaving=leaving)

    assert sorted(sessions.ended) == sorted(sessions.begun[1:] if leaving else sessions.begun)
    with sessions.probe.spare_session():
        assert len(sessions.begun) == (4 if leaving else 5)


def test_the_session_that_the_survey_leaves_becomes_the_shared_one(sessions: Sessions) -> None:
    take_survey(sessions, leaving=True)
    begun = [*sessions.begun]
    sessions.audit.keep_session()

    shared = sessions.audit.mcp()
    assert isinstance(shared, StreamableHttp)
    assert shared.session_id == begun[0]
    assert sessions.begun == begun


def test_a_server_with_room_for_one_session_is_judged_by_that_one(tmp_path: Path) -> None:
    begun: list[str] = []

    def answer(request: Handler) -> None:
        try:
            message = json.loads(request.body or b"{}")
        except ValueError:
            request.send(400)
            return
        reply: dict[str, Any] = {"jsonrpc": "2.0", "id": message.get("id")}
        if request.command != "POST":
            request.send(405)
        elif message.get("method") == "initialize" and not begun:
            begun.append("only-session")
            about = {"protocolVersion": "2025-11-25", "capabilities": {}, "serverInfo": {"name": "s", "version": "1"}}
            request.send(200, json.dumps(reply | {"result": about}), Mcp_Session_Id=begun[0])
        elif message.get("method") == "initialize" or not request.headers["Mcp-Session-Id"]:
            request.send(400, json.dumps(reply | {"error": {"code": -32600, "message": "already initialized"}}))
        elif "id" not in message:
            request.send(202)
        elif message["method"] == "ping":
            request.send(200, json.dumps(reply | {"result": {}}))
        else:
            request.send(200, json.dumps(reply | {"error": {"code": -32601, "message": "unknown"}}))

    with website(answer) as origin:
        run = audit(tmp_path, f"--target-url={origin}/mcp", "--revision=2025-11-25", str(CHECKS / "base"))

    reasons = {one["reason"] for one in run.results["checks"] if one["verdict"] == "could-not-run"}
    assert run.with_verdict("fail", "error") == ["jsonrpc.invalid-request-code"]
    assert "lifecycle.unsupported-version-counter-offer" in run.with_verdict("could-not-run")
    assert run.verdicts["jsonrpc.response-echoes-request-id"] == "pass"
    assert any(one.startswith("another session could not be opened (HTTP 400") for one in reasons)


def test_a_session_is_used_by_one_probe_after_the_other(surveyed: Sessions) -> None:
    for _ in range(2):
        with surveyed.probe.spare_session(), surveyed.probe.spare_session():
            pass
    assert surveyed.begun == ["0", "1"]
    assert not surveyed.ended


def test_who_listens_gets_a_session_in_which_nobody_did(surveyed: Sessions) -> None:
    for _ in range(2):
        with surveyed.probe.spare_session(listening=True) as connection, connection.listening():
            pass
    assert surveyed.begun == ["0", "1"]
    with surveyed.probe.spare_session():
        assert surveyed.begun == ["0", "1"]


def ended(sessions: Sessions) -> None:
    with sessions.probe.spare_session() as connection:
        connection.close()


def failed(sessions: Sessions) -> None:
    with suppress(LookupError), sessions.probe.spare_session():
        raise LookupError


def with_capabilities(sessions: Sessions) -> None:
    with sessions.probe.session({"roots": {}}):
        pass


def without_a_common_store(sessions: Sessions) -> None:
    with Probe(sessions.audit.need_survey(), sessions.audit.http).spare_session():
        pass


@pytest.mark.parametrize("use", [ended, failed, with_capabilities, without_a_common_store])
def test_other_sessions_are_left_to_nobody(surveyed: Sessions, use: Callable[[Sessions], None]) -> None:
    use(surveyed)
    assert surveyed.ended == ["0"]
    with surveyed.probe.spare_session():
        assert surveyed.begun == ["0", "1"]


def test_a_session_that_lay_idle_for_long_is_ended(surveyed: Sessions, monkeypatch: pytest.MonkeyPatch) -> None:
    with surveyed.probe.spare_session():
        pass
    monkeypatch.setattr(spares, "_SECONDS", -1.0)
    with surveyed.probe.spare_session():
        assert (surveyed.begun, surveyed.ended) == (["0", "1"], ["0"])


def test_more_sessions_than_are_used_at_once_are_not_kept(surveyed: Sessions) -> None:
    with surveyed.probe.spare_session(), surveyed.probe.spare_session(), surveyed.probe.spare_session():
        pass
    assert len(surveyed.ended) == 1
