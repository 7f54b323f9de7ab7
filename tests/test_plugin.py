"""The plugin inside pytest: inert without a target, and an audit like any other pytest run with one."""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from conformance.data import CHECKS
from conformance.reference import ReferenceServer
from conformance.wire.connection import REVISIONS
from tests.auditing import Run, audit, shared

OWN_CHECK = """
from conformance import Judge, requirement

def test_fixtures(mcp, oauth, survey, probe):
    assert mcp.revision == survey.revision
    assert oauth.endpoint("token_endpoint").startswith("http")

@requirement("tools.list-result-matches-schema")
def test_list(mcp, judge: Judge):
    answer = mcp.request("tools/list")
    judge.that("tools" in answer.result, expected="tools", observed=answer.summary, evidence=answer)

@requirement("tools.name-unique")
def test_tool(tool, judge):
    judge.that(bool(tool["name"]), expected="a name", observed=tool["name"])
"""
SESSIONS = "--revision=2025-11-25"
"""Audits the newest revision with sessions."""


@pytest.fixture(scope="module")
def server() -> Iterator[ReferenceServer]:
    with ReferenceServer() as running:
        yield running


@pytest.fixture(scope="module")
def serial(server: ReferenceServer, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """An ordinary audit of the reference server."""
    options = (f"--target-url={server.url}", SESSIONS, "--junitxml=junit.xml")
    return shared(tmp_path_factory, "serial", lambda folder: audit(folder, *options))


def plain_run(pytester: pytest.Pytester, *options: str) -> tuple[int, list[str]]:
    """Exit code and output of pytest in a project that has nothing to do with us, times and versions left out."""
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-v", *options]
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("PYTEST_ADDOPTS", raising=False)
        result = pytester.run(*command)
    lines = [re.sub(r"in [\d.]+s|0x[0-9a-f]+", "", line) for line in result.outlines]
    return int(result.ret), [line for line in lines if not line.startswith(("plugins:", "metadata:"))]


def test_an_unrelated_project_is_left_alone(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest

        @pytest.fixture(params=["hammer", "saw"])
        def tool(request):
            return request.param

        @pytest.mark.parametrize("judge", [1, 2])
        def test_own_names(tool, judge):
            assert tool in ("hammer", "saw")

        def test_fails():
            assert 1 == 2

        @pytest.mark.skip(reason="later")
        def test_skipped(): ...

        @pytest.mark.xfail
        def test_expected(): assert False

        @pytest.fixture
        def broken():
            raise ValueError("no")

        def test_error(broken): ...
        """
    )

    with_us = plain_run(pytester)

    assert with_us == plain_run(pytester, "-p", "no:conformance.plugins")
    assert with_us[0] == 1
    assert not (pytester.path / "reports").exists()


def test_a_project_with_strict_markers_and_warnings_as_errors_is_left_alone(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_a(): pass")
    options = ("--strict-markers", "-W", "error")

    assert plain_run(pytester, *options) == plain_run(pytester, *options, "-p", "no:conformance.plugins")


def test_an_empty_folder_is_left_alone(pytester: pytest.Pytester) -> None:
    assert plain_run(pytester) == plain_run(pytester, "-p", "no:conformance.plugins")


def test_pytest_does_not_wait_for_cryptography_that_nobody_needs(pytester: pytest.Pytester) -> None:
    load = "import sys, conformance.plugins as ours; [__import__(one) for one in ours.MODULES]"

    result = pytester.run(sys.executable, "-c", f"{load}; print({{'jwt', 'cryptography'}} & sys.modules.keys())")

    assert result.outlines == ["set()"]


def test_our_fixtures_without_a_target_say_what_is_missing(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_a(mcp): pass")

    code, lines = plain_run(pytester)

    assert code == 1
    assert any("run pytest with --target-url URL or --demo" in line for line in lines)


def test_a_demo_in_an_empty_folder_is_conformant(tmp_path: Path) -> None:
    run = audit(tmp_path, "--demo")

    assert run.code == 0
    assert run.outcome == "conformant"
    assert run.page
    assert sorted(one.name for one in tmp_path.iterdir()) == ["reports"]
    assert sorted(one.name for one in run.folder.iterdir()) == ["compliance.html", "results.json"]
    assert "Conformant to MCP" in run.output
    assert "Report: reports/compliance.html" in run.output
    assert run.results["run"]["revision"] == REVISIONS[-1]
    shipped = {file.parent.relative_to(CHECKS).as_posix() for file in CHECKS.rglob("test_*.py")}
    assert {one.partition("::")[0].rpartition("/")[0] for one in run.checks} >= shipped - {"tasks"}


def test_an_own_test_folder_is_not_collected_by_an_audit_without_paths(tmp_path: Path) -> None:
    (tmp_path / "test_own.py").write_text("def test_a(): assert False")
    (tmp_path / "pytest.ini").write_text("[pytest]\ntestpaths = .\n")

    run = audit(tmp_path, "--demo", "--collect-only", "-q")

    assert run.code == 0
    assert "test_own" not in run.output
    assert "authorization/authorization_endpoint/test_pkce.py" in run.output
    assert not run.folder.exists()


@pytest.mark.parametrize(
    ("fault", "options", "code", "outcome"),
    [
        ("registration-as-text", [], 1, "not-conformant"),
        ("registration-as-text", ["--fail-on=never"], 0, "not-conformant"),
        ("plain-published", [], 0, "conformant"),
        ("plain-published", ["--fail-on=should"], 1, "not-conformant"),
    ],
    ids=["must", "must-never", "should", "should-demanded"],
)
def test_a_fault_decides_the_exit_code(tmp_path: Path, fault: str, options: list[str], code: int, outcome: str) -> None:
    with ReferenceServer(fault=fault) as server:
        run = audit(tmp_path, f"--target-url={server.url}", "-k", "registration or plain", *options)

    assert run.code == code
    assert run.outcome == outcome
    assert len(run.with_verdict("fail", "warn")) == 1


def test_a_failure_is_explained(tmp_path: Path) -> None:
    with ReferenceServer(fault="registration-as-text") as server:
        run = audit(tmp_path, f"--target-url={server.url}", "-k", "registration")

    for word in ("expected:", "observed:", "why:", "fix:", "see: https://", "registration."):
        assert word in run.output
    assert "assert" not in run.output


def test_an_audit_without_consent_is_incomplete(tmp_path: Path, server: ReferenceServer) -> None:
    run = audit(tmp_path, f"--target-url={server.url}", "--consent=none")

    assert run.code == 6
    assert run.outcome == "incomplete"
    assert run.with_verdict("fail") == []
    assert run.verdicts["pkce.wrong-verifier-refused"] == "could-not-run"
    assert "--consent none" in run.output


def test_an_own_check_can_use_our_fixtures(tmp_path: Path, server: ReferenceServer) -> None:
    (tmp_path / "test_own.py").write_text(OWN_CHECK)

    run = audit(tmp_path, f"--target-url={server.url}", "test_own.py")

    assert run.code == 0, run.output
    assert run.verdicts["tools.list-result-matches-schema"] == "pass"
    tools = [f"test_own.py::test_tool[{name}]" for name in run.results["survey"]["tools"]]
    assert sorted(run.checks) == sorted(["test_own.py::test_list", *tools])
    assert "test_own.py::test_tool[weather]" in tools
    assert run.checks["test_own.py::test_tool[echo]"]["parameters"] == {"tool": "echo"}
    assert run.checks["test_own.py::test_list"]["title"] == "list"
    assert run.verdicts["pkce.wrong-verifier-refused"] == "not-judged"


def test_a_plain_test_that_fails_makes_the_audit_fail(tmp_path: Path, server: ReferenceServer) -> None:
    (tmp_path / "test_own.py").write_text(OWN_CHECK + "\ndef test_plain(survey):\n    assert not survey.reached\n")

    run = audit(tmp_path, f"--target-url={server.url}", "test_own.py")

    assert run.code == 1
    assert run.outcome == "conformant"


def test_a_project_with_its_own_tool_fixture_keeps_it_during_an_audit(tmp_path: Path, server: ReferenceServer) -> None:
    (tmp_path / "test_own.py").write_text(
        "import pytest\n@pytest.fixture(params=['hammer', 'saw'])\ndef tool(request): return request.param\n"
        "def test_tool(tool): assert tool in ('hammer', 'saw')\n"
    )

    run = audit(tmp_path, f"--target-url={server.url}", "test_own.py")

    assert "2 passed" in run.output


BROKEN_CHECKS = {
    "an unknown requirement": ("ping.no-such-thing", "def test_it(judge): judge.note('x')", 4),
    "no observation": ("tools.name-unique", "def test_it(judge): judge.note('x')", 6),
    "no judge": ("tools.name-unique", "def test_it(mcp): mcp.request('tools/list')", 6),
    "an exception": ("tools.name-unique", "def test_it(mcp, judge): raise KeyError('oops')", 6),
    "a skip": ("tools.name-unique", "def test_it(): import pytest; pytest.skip('not today')", 6),
}


@pytest.mark.parametrize("defect", BROKEN_CHECKS)
def test_a_broken_check_is_never_a_pass(tmp_path: Path, server: ReferenceServer, defect: str) -> None:
    name, body, code = BROKEN_CHECKS[defect]
    head = f"from conformance import requirement\n@requirement({name!r})\n"
    (tmp_path / "test_own.py").write_text(head + body + "\n")

    run = audit(tmp_path, f"--target-url={server.url}", "test_own.py")

    assert run.code == code, run.output
    if code == 4:
        assert "decides an unknown requirement" in run.output
        assert name in run.output
        assert "Traceback" not in run.output
    else:
        assert run.verdicts[name] == "could-not-run"
        expected = "could-not-run" if defect == "a skip" else "error"
        assert run.checks["test_own.py::test_it"]["verdict"] == expected
        assert run.outcome == "incomplete"


def test_parallel_and_serial_runs_agree(tmp_path: Path, server: ReferenceServer, serial: Run) -> None:
    parallel = audit(tmp_path, f"--target-url={server.url}", SESSIONS, "-n", "2")

    assert parallel.code == serial.code == 0
    assert parallel.verdicts == serial.verdicts
    assert {one: check["verdict"] for one, check in parallel.checks.items()} == {
        one: check["verdict"] for one, check in serial.checks.items()
    }
    assert all(set(check["exchanges"]) <= set(parallel.results["exchanges"]) for check in parallel.checks.values())
    for run in (parallel, serial):
        clients = run.results["summary"]["clients"]
        assert clients["removed"] == clients["registered"] > 10
        assert clients["left"] == []


def test_two_runs_agree(tmp_path: Path, server: ReferenceServer, serial: Run) -> None:
    again = audit(tmp_path, f"--target-url={server.url}", SESSIONS)

    assert again.verdicts == serial.verdicts
    assert list(again.checks) == list(serial.checks)
    assert survey_of(again) == survey_of(serial)


def survey_of(run: Run) -> str:
    """What a run found out about its server, wherever that was."""
    survey = run.results["survey"]
    return json.dumps(survey).replace(survey["endpoint"].removesuffix("/mcp"), "")


def test_a_run_asks_for_no_more_than_it_announced(serial: Run) -> None:
    authorization = serial.results["survey"]["authorization"]

    assert 0 < authorization["approvals"] <= authorization["plan"]["approvals"]


def test_every_exchange_a_check_refers_to_is_there(serial: Run) -> None:
    known = serial.results["exchanges"].keys()

    for name, check in serial.checks.items():
        assert set(check["exchanges"]) <= known, name


@pytest.mark.parametrize("mode", ["loadgroup", "each", "loadscope"])
def test_distributions_that_break_an_audit_are_refused(tmp_path: Path, mode: str) -> None:
    run = audit(tmp_path, "--demo", "-n", "2", f"--dist={mode}")

    assert run.code == 4
    assert f"--dist load or worksteal, not {mode}" in run.output
    assert "Traceback" not in run.output


def test_the_requirements_can_be_printed(tmp_path: Path) -> None:
    text = audit(tmp_path, "--requirements")
    document = audit(tmp_path, "--requirements", "json")

    assert text.code == document.code == 0
    assert "pkce.wrong-verifier-refused" in text.output
    assert "verifier-ignored" in text.output
    listed = json.loads(document.output)
    rows = listed["requirements"] if isinstance(listed, dict) else listed
    assert len(rows) > 800
    assert "pkce.wrong-verifier-refused" in json.dumps(rows)
    assert not list(tmp_path.iterdir())


def test_deselected_checks_are_named_as_such(tmp_path: Path, server: ReferenceServer) -> None:
    run = audit(tmp_path, f"--target-url={server.url}", "-k", "discover_result_fits")

    assert run.code == 0
    assert run.outcome == "conformant"
    assert run.verdicts["discover.result-matches-schema"] == "pass"
    assert run.verdicts["pkce.wrong-verifier-refused"] == "not-judged"
    assert re.fullmatch(r"\d+ checks were deselected by the user\.", run.results["run"]["scope"])
    reasons = {one["id"]: one["reason"] for one in run.results["requirements"]}
    assert reasons["pkce.wrong-verifier-refused"] == "its check was deselected by the user"


def test_a_run_that_selects_nothing_is_incomplete(tmp_path: Path, server: ReferenceServer) -> None:
    run = audit(tmp_path, f"--target-url={server.url}", "-k", "no_such_check")

    assert run.code == 6
    assert run.outcome == "incomplete"


def test_stopping_at_the_first_failure_is_incomplete_or_not_conformant(tmp_path: Path) -> None:
    with ReferenceServer(fault="missing-token-403") as server:
        run = audit(tmp_path, f"--target-url={server.url}", "-x")

    assert run.code == 1
    assert run.outcome == "not-conformant"
    assert run.results["run"]["finished"] is False
    assert "stopping after 1 failures" in run.results["run"]["interruption"]
    assert run.with_verdict("could-not-run")


def test_junit_carries_requirement_level_and_verdict(serial: Run) -> None:
    cases = ElementTree.parse(serial.folder.parent / "junit.xml").getroot().iter("testcase")
    properties = {
        str(case.get("name")): [(one.get("name"), one.get("value")) for one in case.iter("property")] for case in cases
    }
    found = properties["test_the_answer_to_a_ping_is_empty"]

    assert ("requirement", "ping.result-empty") in found
    assert ("level", "MUST") in found
    assert ("verdict", "pass") in found
    assert any(name == "source" and str(value).startswith("https://") for name, value in found)
    assert all(any(name == "verdict" for name, _ in one) for one in properties.values())


@pytest.mark.parametrize(
    ("options", "called"),
    [([], False), (["--call-tools=remember"], True), (["--call-tools=all"], True), (["--call-tools=recall"], False)],
    ids=["none", "named", "all", "another"],
)
def test_only_tools_that_read_are_called_unless_the_user_says_so(
    tmp_path: Path, options: list[str], called: bool
) -> None:
    with ReferenceServer() as server:
        run = audit(tmp_path, f"--target-url={server.url}", "-k", "tool", *options)

        assert run.code == 0
        assert server.calls["echo"] >= 1
        assert bool(server.calls["remember"]) is called


def test_no_environment_variable_starts_an_audit(server: ReferenceServer, pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_plain(): pass")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MCP_TARGET_URL", server.url)
        patch.setenv("MCP_TOKEN", "some-access-token")
        result = pytester.run(sys.executable, "-m", "pytest", "-p", "no:cacheprovider")

    assert result.ret == 0
    result.stdout.no_fnmatch_line("*survey*")


def test_the_legacy_transport_is_audited(tmp_path: Path, server: ReferenceServer) -> None:
    run = audit(tmp_path, f"--target-url={server.sse_url}")

    narrowed = [one["id"] for one in run.results["requirements"] if one["narrowed"]]
    assert set(run.with_verdict("fail", "could-not-run")) <= set(narrowed)
    assert run.results["survey"]["transport"] == "http+sse"
    assert run.code == 0


def test_an_unprotected_server_is_audited(tmp_path: Path) -> None:
    with ReferenceServer(protected=False) as server:
        run = audit(tmp_path, f"--target-url={server.url}")

    stuck = [one for one in run.results["requirements"] if one["verdict"] == "could-not-run"]
    assert run.with_verdict("fail") == []
    assert [one["id"] for one in stuck if not one["narrowed"]] == []
    assert run.verdicts["pkce.wrong-verifier-refused"] == "not-applicable"
    assert run.code == 0
