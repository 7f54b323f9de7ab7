"""Results that are made once, also by processes that share a folder."""

import multiprocessing
import os
from pathlib import Path

import pytest

from conformance.once import Once
from conformance.redaction import Redactor
from conformance.verdict import CouldNotRun, Narrowed, NotApplicable
from conformance.wire.http import NoAnswer


def count_in(folder: Path) -> int:
    return len(list(folder.glob("made-*")))


def make(folder: Path, once: Once) -> str:
    def made() -> str:
        (folder / f"made-{os.getpid()}").touch()
        return "the result"

    return once("something/odd", made)


def ask(folder: Path, queue: "multiprocessing.Queue[str]") -> None:
    queue.put(make(folder, Once(Redactor(), folder)))


def test_a_result_is_made_once(tmp_path: Path) -> None:
    made: list[int] = []
    once = Once(Redactor())

    assert once("one", lambda: made.append(1)) is once("one", lambda: made.append(2))
    assert made == [1]


def test_processes_share_a_result(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    queue: multiprocessing.Queue[str] = context.Queue()  # type: ignore[assignment]
    others = [context.Process(target=ask, args=(tmp_path, queue)) for _ in range(3)]
    for one in others:
        one.start()
    results = [queue.get(timeout=60) for _ in others]
    for one in others:
        one.join()

    assert results == ["the result"] * 3
    assert count_in(tmp_path) == 1


@pytest.mark.parametrize(
    "failure", [CouldNotRun("no code"), Narrowed("--approvals 1"), NotApplicable("not offered"), NoAnswer("dead", "x1")]
)
def test_what_fails_fails_for_everybody_in_the_same_way(tmp_path: Path, failure: BaseException) -> None:
    tries: list[int] = []

    def fail() -> None:
        tries.append(1)
        raise failure

    for folder in (None, tmp_path):
        first, second = Once(Redactor(), folder), Once(Redactor(), folder)
        for once in (first, first, *([second] if folder else [])):
            with pytest.raises(type(failure)) as raised:
                once("it", fail)
            assert str(raised.value) == str(failure)
    assert len(tries) == 2


def test_a_worker_that_died_is_not_waited_for(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    dead = context.Process(target=os.getpid)
    dead.start()
    dead.join()
    (tmp_path / "it.claim").write_text(str(dead.pid))

    with pytest.raises(CouldNotRun, match="the worker that began 'it' did not finish it"):
        Once(Redactor(), tmp_path)("it", lambda: None)


def test_secrets_met_elsewhere_are_known_here_too(tmp_path: Path) -> None:
    def meet(redactor: Redactor) -> str:
        redactor.learn("a-very-secret-code", "code")
        return "done"

    there, here = Redactor(), Redactor()
    Once(there, tmp_path)("it", lambda: meet(there))
    Once(here, tmp_path)("it", lambda: "not made again")

    assert "a-very-secret-code" not in here.text("code a-very-secret-code seen")
