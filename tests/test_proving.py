"""The machinery of the proofs: what is run for a fault, and what becomes of an audit that goes wrong."""

import pytest

from conformance.reference import FAULTS
from conformance.reference.faults.fault import fault
from tests import proof, proving
from tests.proof import EVERYTHING, Proof, prove, trial_of
from tests.prove import report_lines
from tests.proving import AuditFailed, Trial, audit


@pytest.mark.parametrize(
    ("trips", "silences", "folders"),
    [
        ("bearer.scheme-case-insensitive", "", ("authorization/tokens", "transcript/authorization")),
        ("bearer.scheme-case-insensitive", "*", ("authorization/tokens", "transcript/authorization")),
        ("jsonrpc.batches-not-sent", "", ("base", "features", "transcript")),
        ("bearer.scheme-case-insensitive", "ping.result-empty", ("authorization/tokens", "base", "transcript")),
    ],
)
def test_the_folders_that_can_notice_a_fault_are_run(trips: str, silences: str, folders: tuple[str, ...]) -> None:
    assert trial_of(fault("a", trips, "harm", silences)).folders == folders
    assert trial_of(fault("a", trips, "harm", silences), "everything").folders == EVERYTHING


_BATCHES = "jsonrpc.batches-not-sent"


@pytest.mark.parametrize(
    ("trips", "silences", "places"),
    [
        ("bearer.scheme-case-insensitive", "*", ("authorization/tokens/test_bearer.py",)),
        (
            f"lifecycle.same-version-when-supported {_BATCHES}",
            "bearer.scheme-case-insensitive",
            (
                "authorization/tokens/test_bearer.py",
                "base/test_batches.py",
                "base/test_lifecycle.py",
                "transcript/test_messages.py",
            ),
        ),
        (_BATCHES, "", ("base", "features", "transcript")),
    ],
)
def test_deciding_files_are_run_where_active_checks_notice_a_fault(
    trips: str, silences: str, places: tuple[str, ...]
) -> None:
    assert trial_of(fault("a", trips, "harm", silences), "files").folders == places


def test_an_audit_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proving, "TIME_LIMIT", 0.05)

    with pytest.raises(AuditFailed, match=r"did not end within 0\.05 s"):
        audit(Trial("2025-11-25", "combined", (), EVERYTHING))


def test_an_audit_without_results_shows_its_output() -> None:
    with pytest.raises(AuditFailed, match="unrecognized arguments: --no-such-option"):
        audit(Trial("2025-11-25", "combined", ("--no-such-option",), EVERYTHING))


def test_a_proof_without_verdicts_does_not_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: Trial) -> dict[str, str]:
        raise AuditFailed("it went wrong")

    monkeypatch.setattr(proof, "green", fail)
    failed = prove(sorted(FAULTS)[0])

    assert not failed.holds
    assert report_lines(failed, "1/1")[1:] == ["    it went wrong"]


def test_other_changes_than_the_declared_are_listed_to_be_pasted() -> None:
    seen = Proof("f", "2025-11-25", "combined", ["a.x", "a.y"], ["a.y", "a.z"], ["*"], ["b.x"], 0.5)

    assert report_lines(seen, "1/1") == [
        "BAD 1/1 f (0.5 s)",
        "    trips: 1 not declared (a.z), 1 not seen (a.x)",
        '        "a.y a.z",',
    ]
