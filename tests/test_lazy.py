"""Servers that open without a token and ask for one later."""

import json
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from conformance.audit import make_audit
from conformance.data import CHECKS
from conformance.evidence import Recorder
from conformance.probe import Probe
from conformance.redaction import Redactor
from conformance.reference import ReferenceServer
from conformance.reference.faults import FAULTS
from conformance.reference.legacy_sse import SseSession
from conformance.reference.site import Site
from conformance.settings import Settings
from conformance.survey import Survey, Surveyor
from tests.auditing import Handler, audit, website
from tests.proving import sign_in

READS = {"name": "reads", "inputSchema": {"type": "object"}, "annotations": {"readOnlyHint": True}}
WRITES = {"name": "writes", "inputSchema": {"type": "object"}}
UNKNOWN_INPUT = READS | {"inputSchema": {"$ref": "https://elsewhere.example/schema"}}


@contextmanager
def surveyed(tools: Sequence[dict[str, Any]], *, closed: str = "", **given: Any) -> Generator[tuple[Survey, list[str]]]:
    """The survey of a server without sessions that refuses one method, and the tools that were called there."""
    called: list[str] = []

    def answer(request: Handler) -> None:
        try:
            message = json.loads(request.body)
        except ValueError:
            request.send(404)
            return
        method, params = message.get("method"), message.get("params", {})
        if method == "tools/call":
            called.append(params["name"])
        about = {"protocolVersion": params.get("protocolVersion"), "capabilities": {"tools": {}}}
        results: dict[str, Any] = {
            "initialize": about | {"serverInfo": {"name": "s", "version": "1"}},
            "tools/list": {"tools": tools},
            "tools/call": {"content": []},
        }
        if method == closed:
            request.send(401, WWW_Authenticate='Bearer realm="x"')
        elif method in results:
            request.send(200, json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": results[method]}))
        else:
            request.send(202 if "id" not in message else 404)

    with website(answer) as origin:
        made = make_audit(Settings(target_url=f"{origin}/mcp", consent="none", **given), Recorder(Redactor()))
        yield Surveyor(made.settings, made.http, lambda _: None, lambda _: None).run(), called
        made.close()


@pytest.mark.parametrize(
    ("closed", "refused"),
    [("", None), ("initialize", "initialize"), ("tools/list", "tools/list"), ("tools/call", "tools/call reads")],
)
def test_the_first_refused_request_is_found(closed: str, refused: str | None) -> None:
    with surveyed([WRITES, READS], closed=closed) as (survey, called):
        assert survey.refused_request == refused
        assert survey.protected is (refused is not None)
        assert called == (["reads"] if closed in ("", "tools/call") else [])


@pytest.mark.parametrize(
    ("tools", "reason"), [([WRITES], "there is no tool"), ([WRITES, UNKNOWN_INPUT], "no arguments could be made")]
)
def test_no_tool_that_may_change_something_is_called(tools: list[dict[str, Any]], reason: str) -> None:
    with surveyed(tools, closed="tools/call") as (survey, called):
        assert not called
        assert survey.protected is False
        assert any("tools/call" in note and reason in note for note in survey.notes)


def test_a_tool_that_the_user_allows_is_called() -> None:
    with surveyed([WRITES], closed="tools/call", call_tools=("writes",)) as (survey, called):
        assert survey.refused_request == "tools/call writes"
        assert called == ["writes"]


def test_a_server_without_tools_is_not_asked_further() -> None:
    with surveyed([]) as (survey, called):
        assert not called
        assert not survey.notes


@pytest.mark.parametrize(
    "options",
    [["--consent=none"], ["--consent=none", "--revision=2025-11-25"], ["--consent=token", "--token=never-issued"]],
)
def test_nothing_is_broken_by_a_missing_or_bad_token(tmp_path: Path, options: list[str]) -> None:
    with ReferenceServer(consent="form", profile="lazy") as server:
        run = audit(tmp_path, f"--target-url={server.url}", *options)

    assert run.results["survey"]["refused_request"] == "tools/call echo"
    assert run.outcome == "incomplete"
    assert run.with_verdict("fail", "warn") == []


PROTOCOL = [str(CHECKS / name) for name in ("base", "interaction/test_roots.py", "transport")]
STRANGERS: dict[str, Callable[[Sequence[str]], bool]] = {
    "initialize": lambda methods: not methods,
    "tools/list": lambda methods: {"initialize", "notifications/initialized", "ping"}.issuperset(methods),
    "tools/call echo": lambda methods: "tools/call" not in methods,
}
"""What servers serve to clients of HTTP+SSE without a token, by the first request that they refuse."""


@contextmanager
def over_sse(refused: str, fault: str | None = None) -> Generator[ReferenceServer]:
    """A server that is lazy over HTTP+SSE: strangers may open the stream, and say what leads up to `refused`."""
    with pytest.MonkeyPatch.context() as patch, ReferenceServer(fault, consent="form", profile="lazy") as server:
        patch.setattr(Site, "opens", lambda _, methods: STRANGERS[refused](methods))
        yield server


def of_its_opener() -> property:
    """The user of a session that belongs to nobody but who opened it."""
    return property(lambda one: vars(one)["opener"], lambda one, user: vars(one).setdefault("opener", user))


@pytest.mark.parametrize("refused", STRANGERS)
@pytest.mark.parametrize("bound", [False, True])
def test_the_first_refused_request_is_found_over_sse(
    refused: str, bound: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if bound:
        monkeypatch.setattr(SseSession, "user", of_its_opener(), raising=False)
    with over_sse(refused) as server:
        fields = {"username": server.username, "password": server.password}
        made = make_audit(
            Settings(target_url=server.sse_url, transport="http+sse", consent_field=fields), Recorder(Redactor())
        )
        survey = Surveyor(made.settings, made.http, lambda _: None, lambda _: None).run()
        probe = Probe(survey, made.http)
        good, bad = probe.knock(f"Bearer {survey.token}", "initialize"), probe.knock("Bearer x", "initialize")
        made.close()

    assert survey.failure is None
    assert survey.refused_request == refused
    assert survey.tools
    assert survey.closed
    assert survey.closed.upgrades is not bound
    assert (probe.admits(good), probe.refuses(bad)) == (True, True)


@pytest.mark.parametrize("refused", STRANGERS)
def test_nothing_is_broken_by_a_missing_token_over_sse(tmp_path: Path, refused: str) -> None:
    with over_sse(refused) as server:
        run = audit(tmp_path, f"--target-url={server.sse_url}", "--transport=http+sse", "--consent=none", *PROTOCOL)

    assert run.results["survey"]["refused_request"] == refused
    assert run.outcome == "incomplete"
    assert run.with_verdict("fail", "warn") == []


@pytest.mark.parametrize("fault", [None, "calls-take-any-token"])
def test_tokens_are_tried_where_they_are_needed_over_sse(tmp_path: Path, fault: str | None) -> None:
    with over_sse("tools/call echo", fault) as server:
        run = audit(
            tmp_path,
            f"--target-url={server.sse_url}",
            "--transport=http+sse",
            *sign_in(server),
            str(CHECKS / "authorization"),
            *PROTOCOL,
            "-k",
            "not dpop",
        )

    assert run.results["survey"]["failure"] is None
    broken = run.with_verdict("fail", "warn")
    assert (set(broken) <= FAULTS[fault].trips and len(broken) > 10) if fault else not broken


def test_http_sse_is_proposed_where_streamable_http_is_refused_with_a_token() -> None:
    def answer(request: Handler) -> None:
        request.send(405 if "Authorization" in request.headers else 401)

    with website(answer) as origin:
        settings = Settings(target_url=f"{origin}/sse", consent="token", token="some-token-1")
        made = make_audit(settings, Recorder(Redactor()))
        survey = Surveyor(made.settings, made.http, lambda _: None, lambda _: None).run()
        made.close()

    assert survey.failure
    assert "--transport http+sse" in survey.failure.advice
