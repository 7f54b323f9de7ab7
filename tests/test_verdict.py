"""Roll-up, outcome, exit code and sentence of a run."""

from itertools import permutations

import pytest

from conformance.verdict import Verdict, counts, exit_code, of_violation, outcome, sentence, worst

PASS, FAIL, WARN = Verdict.PASS, Verdict.FAIL, Verdict.WARN
STUCK, ABSENT, UNJUDGED, ERROR = Verdict.COULD_NOT_RUN, Verdict.NOT_APPLICABLE, Verdict.NOT_JUDGED, Verdict.ERROR


def row(verdict: Verdict, level: str = "MUST") -> dict[str, str]:
    return {"verdict": str(verdict), "level": level}


@pytest.mark.parametrize(
    ("verdicts", "rolled"),
    [
        ([], UNJUDGED),
        ([PASS], PASS),
        ([PASS, ABSENT], PASS),
        ([ABSENT, ABSENT], ABSENT),
        ([PASS, WARN], WARN),
        ([PASS, STUCK, WARN], STUCK),
        ([PASS, ERROR], STUCK),
        ([FAIL, ERROR, STUCK, WARN, PASS], FAIL),
        ([UNJUDGED, PASS], PASS),
    ],
)
def test_the_worst_verdict_counts_in_any_order(verdicts: list[Verdict], rolled: Verdict) -> None:
    assert {worst(order) for order in permutations(verdicts)} == {rolled}


@pytest.mark.parametrize(
    ("level", "verdict"),
    [("MUST", FAIL), ("MUST NOT", FAIL), ("SHOULD", WARN), ("SHOULD NOT", WARN), ("MAY", WARN)],
)
def test_the_level_decides_what_a_violation_amounts_to(level: str, verdict: Verdict) -> None:
    assert of_violation(level) is verdict


@pytest.mark.parametrize(
    ("rows", "fail_on", "result"),
    [
        ([], "must", "incomplete"),
        ([row(PASS)], "must", "conformant"),
        ([row(PASS), row(ABSENT), row(UNJUDGED)], "must", "conformant"),
        ([row(ABSENT), row(UNJUDGED)], "must", "incomplete"),
        ([row(PASS), row(STUCK)], "must", "incomplete"),
        ([row(PASS), row(STUCK, "MUST NOT")], "must", "incomplete"),
        ([row(PASS), row(STUCK, "SHOULD")], "must", "conformant"),
        ([row(PASS), row(STUCK, "SHOULD")], "should", "incomplete"),
        ([row(PASS), row(STUCK, "MAY")], "should", "conformant"),
        ([row(PASS), row(WARN, "SHOULD")], "must", "conformant"),
        ([row(PASS), row(WARN, "SHOULD")], "should", "not-conformant"),
        ([row(PASS), row(WARN, "SHOULD NOT")], "should", "not-conformant"),
        ([row(PASS), row(WARN, "MAY")], "should", "conformant"),
        ([row(PASS), row(FAIL)], "never", "not-conformant"),
        ([row(STUCK), row(FAIL)], "must", "not-conformant"),
    ],
)
def test_the_outcome(rows: list[dict[str, str]], fail_on: str, result: str) -> None:
    assert outcome(rows, complete=True, fail_on=fail_on) == result  # type: ignore[arg-type]


def test_a_run_that_broke_off_is_never_conformant() -> None:
    assert outcome([row(PASS)], complete=False) == "incomplete"
    assert outcome([row(FAIL)], complete=False) == "not-conformant"


@pytest.mark.parametrize(
    ("result", "fail_on", "code"),
    [
        ("conformant", "must", 0),
        ("not-conformant", "must", 1),
        ("not-conformant", "should", 1),
        ("not-conformant", "never", 0),
        ("incomplete", "must", 6),
        ("incomplete", "never", 6),
    ],
)
def test_the_exit_code(result: str, fail_on: str, code: int) -> None:
    assert exit_code(result, fail_on) == code  # type: ignore[arg-type]


def test_the_counts_are_by_verdict_and_level() -> None:
    rows = [row(PASS), row(PASS), row(PASS, "SHOULD"), row(FAIL, "MUST NOT")]

    assert counts(rows) == {"fail": {"MUST NOT": 1}, "pass": {"MUST": 2, "SHOULD": 1}}


def test_the_sentence_names_its_denominators() -> None:
    rows = [row(PASS), row(PASS, "MUST NOT"), row(FAIL), row(WARN, "SHOULD"), row(STUCK), row(UNJUDGED)]
    text = sentence("not-conformant", rows, "2025-11-25", "")

    assert "MCP 2025-11-25" in text
    assert "1 of 3 judged MUST requirements failed" in text
    assert "1 advisory, 1 could not run, 1 not judged" in text


def test_the_sentence_says_why_a_run_broke_off() -> None:
    assert sentence("incomplete", [], None, "nobody is there.") == "Incomplete: nobody is there."
    assert "could not be tried" in sentence("incomplete", [row(STUCK)], None, "")


def test_the_sentence_never_claims_more_than_was_judged() -> None:
    text = sentence("conformant", [row(PASS), row(UNJUDGED), row(UNJUDGED)], "2025-11-25", "")

    assert "in what was judged: 1 of 1 MUST requirements hold" in text
    assert "2 not judged" in text
