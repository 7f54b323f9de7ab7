"""The collector of expectations."""

from types import SimpleNamespace

import pytest

from conformance.evidence import Redactor
from conformance.judge import Failure, Judge
from conformance.verdict import CouldNotRun, NotApplicable


@pytest.fixture
def judge() -> Judge:
    return Judge(Redactor())


def test_without_observation_it_is_a_defect(judge: Judge) -> None:
    judge.note("looked around")

    with pytest.raises(RuntimeError, match="made no observation"):
        judge.close()


def test_what_holds_passes(judge: Judge) -> None:
    judge.that(True, expected="a", observed="a")
    judge.never(False, "a token was issued")

    judge.close()

    assert [one.ok for one in judge.observations] == [True, True]


def test_everything_broken_is_collected(judge: Judge) -> None:
    judge.that(False, expected="status 401", observed=200)
    judge.that(True, expected="x", observed="x")
    judge.never("yes", "a token was issued")

    with pytest.raises(Failure) as failure:
        judge.close()

    assert [(one.expected, one.observed) for one in failure.value.broken] == [
        ("status 401", "200"),
        ("never: a token was issued", "a token was issued"),
    ]
    assert "status 401" in str(failure.value)


def test_advice_is_marked_as_such(judge: Judge) -> None:
    judge.advise(False, expected="better", observed="worse")

    with pytest.raises(Failure):
        judge.close()

    assert judge.observations[0].as_json() == {
        "ok": False,
        "expected": "better",
        "observed": "worse",
        "severity": "advice",
    }


def test_evidence_is_kept_once(judge: Judge) -> None:
    reply = SimpleNamespace(exchange="abc")
    judge.that(True, expected="a", observed="a", evidence=reply)
    judge.see(reply)
    judge.see(None)
    judge.see(SimpleNamespace(exchange=""))
    judge.see(object())

    assert judge.exchanges == ["abc"]


def test_a_truthy_observation_counts_as_true(judge: Judge) -> None:
    judge.that([1], expected="a", observed="a")  # type: ignore[arg-type]
    judge.that("", expected="a", observed="a")  # type: ignore[arg-type]

    assert [one.ok for one in judge.observations] == [True, False]


def test_secrets_and_length_are_kept_out_of_every_text(judge: Judge) -> None:
    judge._redactor.learn("s3cret-value", "token")
    judge.that(True, expected="not s3cret-value", observed="s3cret-value" + "x" * 5000)
    judge.note("s3cret-value")
    texts = [judge.observations[0].expected, judge.observations[0].observed, *judge.notes]

    assert not any("s3cret-value" in text for text in texts)
    assert max(map(len, texts)) < 700
    with pytest.raises(NotApplicable) as absent:
        judge.not_applicable("no s3cret-value here")
    with pytest.raises(CouldNotRun) as stuck:
        judge.could_not_run("no s3cret-value here")
    assert "s3cret-value" not in absent.value.reason + stuck.value.reason


def test_what_cannot_be_tried_later_does_not_hide_what_is_broken(judge: Judge) -> None:
    judge.that(False, expected="x", observed="y")

    with pytest.raises(Failure):
        judge.could_not_run("the rest")


def test_anything_can_be_observed(judge: Judge) -> None:
    judge.that(True, expected="x", observed={"a": [None, "\ud800"]})
    judge.that(True, expected="x", observed=b"\xff")

    assert judge.observations[0].observed
    assert judge.observations[1].observed
