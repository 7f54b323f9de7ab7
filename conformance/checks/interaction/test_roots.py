"""Roots (specification page client/roots)."""

import pytest

from conformance import Judge, requirement
from conformance.interaction.asking import ROOTS, Asked, need, need_answer
from conformance.interaction.offering import Everything, Nothing
from conformance.interaction.rooting import BESIDE, INSIDE, LISTING, LOCATING, ROOT, TRAVERSING, Rooting


@pytest.fixture
def rooting(everything: Everything, judge: Judge) -> Rooting:
    """What the server did with roots that it asked for."""
    if not everything.rooting.asked:
        if everything.rooting.inside:
            need(everything.rooting.inside, LOCATING)
        judge.not_applicable("the server did not ask for the roots of a client that offers them")
    return everything.rooting


def _within(rooting: Rooting, judge: Judge) -> Asked:
    """The call that looked for a path in the root and found it."""
    inside = need(rooting.inside, LOCATING)
    if not inside.succeeded:
        judge.could_not_run(f"{LOCATING} does not find {INSIDE} in {ROOT} either ({inside.summary})")
    return inside


@requirement("roots.only-if-declared", "roots.capability-checked")
def test_a_client_without_roots_is_not_asked_for_them(nothing: Nothing, rooting: Rooting, judge: Judge) -> None:
    call = need_answer(nothing.roots, LISTING)
    judge.see(rooting.inside)
    judge.never(call.about(ROOTS), f"{ROOTS} came although nothing was declared", evidence=call)


@requirement("roots.list-refetched-after-change")
def test_roots_that_changed_are_asked_for_again(rooting: Rooting, judge: Judge) -> None:
    judge.see(rooting.told)
    observed = f"{ROOTS} came again" if rooting.again else "nothing"
    expected = f"another {ROOTS} after notifications/roots/list_changed"
    judge.that(rooting.again is not None, expected=expected, observed=observed, evidence=rooting.vanished)


@requirement("roots.changes-handled")
def test_the_server_works_on_when_roots_change(rooting: Rooting, judge: Judge) -> None:
    for call in (rooting.vanished, rooting.unlisted):
        if call and not call.lost:
            need(call, call.tool)
            good = call.answer is not None and call.answer.response is not None
            judge.that(good, expected="an answer", observed=call.summary, evidence=call)
    judge.that(rooting.works, expected="a session that works", observed=f"works: {rooting.works}")


@requirement("roots.unavailability-handled")
def test_a_root_that_is_gone_is_an_orderly_error(rooting: Rooting, judge: Judge) -> None:
    _within(rooting, judge)
    vanished = need(rooting.vanished, LOCATING)
    expected = f"an error, as {ROOT} is gone"
    judge.that(vanished.failed, expected=expected, observed=vanished.summary, evidence=vanished)


@requirement("roots.boundaries-respected")
def test_a_path_beside_the_root_is_refused(rooting: Rooting, judge: Judge) -> None:
    _within(rooting, judge)
    _refused(need(rooting.beside, LOCATING), BESIDE, judge)


@requirement("roots.paths-validated")
def test_a_path_that_leaves_the_root_is_refused(rooting: Rooting, judge: Judge) -> None:
    _within(rooting, judge)
    _refused(need(rooting.traversing, LOCATING), TRAVERSING, judge)


def _refused(call: Asked, path: str, judge: Judge) -> None:
    expected = f"an error, as {path} is outside {ROOT}"
    judge.that(call.failed, expected=expected, observed=call.summary, evidence=call)
