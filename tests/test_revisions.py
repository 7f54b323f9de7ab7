"""Every revision that a server grants, audited in one run and compared."""

from dataclasses import replace
from pathlib import Path

import pytest

from conformance.catalogue import load
from conformance.reference import ReferenceServer
from conformance.report.comparison import render
from tests.auditing import Run, audit, shared

REVISIONS = ("2025-11-25", "2026-07-28", "2025-06-18", "2025-03-26", "2024-11-05")


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return shared(tmp_path_factory, "everything", lambda folder: audit(folder, "--demo", "--revision=all"))


def of(run: Run, revision: str) -> Run:
    """The part of a run that audited one revision."""
    return replace(run, folder=run.folder / revision)


def bare(names: set[str], revision: str) -> set[str]:
    return {name.replace(f"[{revision}-", "[").replace(f"[{revision}]", "") for name in names}


def test_each_revision_has_a_report_of_its_own(everything: Run) -> None:
    assert sorted(one.name for one in everything.folder.iterdir()) == sorted([*REVISIONS, "compliance.html"])
    for revision in REVISIONS:
        assert of(everything, revision).results["run"]["revision"] == revision
        assert of(everything, revision).outcome == "conformant"
        assert of(everything, revision).page
    assert everything.code == 0


def test_a_revision_among_others_is_judged_as_it_is_alone(everything: Run, tmp_path: Path) -> None:
    alone, among = audit(tmp_path, "--demo", "--revision=2025-06-18"), of(everything, "2025-06-18")

    assert among.verdicts == alone.verdicts
    assert bare(set(among.checks), "2025-06-18") == set(alone.checks)


@pytest.mark.parametrize("revision", REVISIONS)
def test_what_a_check_saw_is_in_the_results_of_its_revision(everything: Run, revision: str) -> None:
    results = of(everything, revision).results
    seen = {one for check in results["checks"] for one in check["exchanges"]}

    assert seen <= results["exchanges"].keys()


def test_the_page_compares_the_revisions(everything: Run) -> None:
    page = everything.page

    for revision in REVISIONS:
        assert f'<a href="{revision}/compliance.html">{revision}</a>' in page
    assert "All revisions: reports/compliance.html" in everything.output


def test_what_holds_in_one_revision_only_stands_first(everything: Run) -> None:
    audits = [of(everything, revision).results for revision in ("2025-11-25", "2025-06-18")]
    broken = next(row for row in audits[0]["requirements"] if row["id"] == "ping.result-empty")
    broken["verdict"] = "fail"
    page = render(audits, load())

    differing = page.partition('id="differing"')[2].partition("</section>")[0]
    assert "<code>ping.result-empty</code>" in differing
    assert differing.count("<code>") == 1


def test_several_processes_audit_several_revisions(tmp_path: Path) -> None:
    with ReferenceServer(protected=False) as server:
        run = audit(tmp_path, f"--target-url={server.url}", "--revision=all", "-n2")

    assert {of(run, revision).outcome for revision in REVISIONS} == {"conformant"}
    assert sorted(one.name for one in run.folder.iterdir()) == sorted([*REVISIONS, "compliance.html"])
    assert run.code == 0
