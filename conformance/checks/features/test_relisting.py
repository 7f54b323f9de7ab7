"""Lists that are the same for everybody with the same credentials (2026-07-28, server/tools, resources, prompts)."""

import pytest

from conformance import Judge, requirement
from conformance.audit import Audit
from conformance.ceremony.relisting import Names, Relisted, relist, reordered
from conformance.probe import Probe

_SHOWN = 5


@pytest.fixture
def relisted(audit: Audit, probe: Probe) -> dict[str, Relisted]:
    """The lists on two connections, and after other requests."""
    return audit.once("lists again", lambda: relist(probe))


def _list(relisted: dict[str, Relisted], method: str, judge: Judge) -> Relisted:
    return relisted.get(method) or judge.could_not_run(f"{method} gave no list")


def _differing(first: Names, second: Names) -> str:
    """What is in one of the lists only; empty where they hold the same."""
    only = sorted(set(first) ^ set(second))
    return ", ".join(only[:_SHOWN]) + (" in one of them only" if only else "")


def _same_across_connections(relisted: dict[str, Relisted], method: str, judge: Judge) -> None:
    one = _list(relisted, method, judge)
    differing = _differing(*one.connections)
    observed = differing or f"the same {len(one.connections[0])}"
    judge.that(not differing, expected="the same list on two connections", observed=observed, evidence=one)


def _unaffected(relisted: dict[str, Relisted], method: str, judge: Judge) -> None:
    one = _list(relisted, method, judge)
    if _differing(*one.connections):
        judge.could_not_run("the lists of two connections differed before")
    differing = _differing(*one.afterwards)
    observed = differing or f"the same {len(one.afterwards[0])}"
    expected = "the list of a connection that sent no other requests"
    judge.that(not differing, expected=expected, observed=observed, evidence=one)


@requirement("tools.list-same-across-connections")
def test_two_connections_get_the_same_tools(relisted: dict[str, Relisted], judge: Judge) -> None:
    _same_across_connections(relisted, "tools/list", judge)


@requirement("resources.list-same-across-connections")
def test_two_connections_get_the_same_resources(relisted: dict[str, Relisted], judge: Judge) -> None:
    _same_across_connections(relisted, "resources/list", judge)


@requirement("prompts.list-same-across-connections")
def test_two_connections_get_the_same_prompts(relisted: dict[str, Relisted], judge: Judge) -> None:
    _same_across_connections(relisted, "prompts/list", judge)


@requirement("tools.list-unaffected-by-other-requests")
def test_other_requests_do_not_change_the_tools(relisted: dict[str, Relisted], judge: Judge) -> None:
    _unaffected(relisted, "tools/list", judge)


@requirement("resources.list-unaffected-by-other-requests")
def test_other_requests_do_not_change_the_resources(relisted: dict[str, Relisted], judge: Judge) -> None:
    _unaffected(relisted, "resources/list", judge)


@requirement("prompts.list-unaffected-by-other-requests")
def test_other_requests_do_not_change_the_prompts(relisted: dict[str, Relisted], judge: Judge) -> None:
    _unaffected(relisted, "prompts/list", judge)


@requirement("tools.list-order-deterministic")
def test_the_tools_are_always_in_the_same_order(relisted: dict[str, Relisted], judge: Judge) -> None:
    one = _list(relisted, "tools/list", judge)
    moved = reordered(one.orders)
    place = next(index for index, pair in enumerate(zip(*moved, strict=True)) if len(set(pair)) > 1) if moved else 0
    observed = f"first {moved[0][place]}, then {moved[1][place]} at place {place + 1}" if moved else "the same order"
    judge.advise(moved is None, expected="the same order each time", observed=observed, evidence=one)
