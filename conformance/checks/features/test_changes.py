"""Notifications about lists and resources that change."""

import pytest

from conformance import Judge, requirement
from conformance.audit import Audit
from conformance.ceremony.watching import (
    WATCHED,
    Change,
    Updates,
    list_changes,
    told_changes,
    told_updates,
    updates,
)
from conformance.offered import Offered
from conformance.probe import Probe


@pytest.fixture
def changes(request: pytest.FixtureRequest, audit: Audit, probe: Probe, offered: Offered) -> dict[str, Change]:
    """The changes of lists that could be made, by the name of the list."""
    if probe.survey.stateless:
        return told_changes(request.getfixturevalue("subscribing"))
    return audit.once("changes of lists", lambda: list_changes(probe, offered))


@pytest.fixture
def watched(request: pytest.FixtureRequest, audit: Audit, probe: Probe, offered: Offered) -> Updates:
    """What was heard of a resource that changes by itself."""
    if probe.survey.stateless:
        offered.resource(WATCHED)
        return told_updates(request.getfixturevalue("subscribing"))
    return audit.once("updates of a resource", lambda: updates(probe, offered))


def _notified(changes: dict[str, Change], name: str, judge: Judge) -> None:
    change = changes.get(name)
    if change is None:
        judge.not_applicable(f"the server offers no tool test_trigger_{name[:-1]}_change, which would change them")
    if change.problem:
        judge.could_not_run(change.problem)
    observed = "it came" if change.notified else "nothing came"
    expected = f"notifications/{name}/list_changed after a change"
    judge.that(change.notified, expected=expected, observed=observed, evidence=change)


@requirement("tools.list-changed-notified")
def test_a_change_of_the_tools_is_told(changes: dict[str, Change], judge: Judge) -> None:
    _notified(changes, "tools", judge)


@requirement("resources.list-changed-notified")
def test_a_change_of_the_resources_is_told(changes: dict[str, Change], judge: Judge) -> None:
    _notified(changes, "resources", judge)


@requirement("prompts.list-changed-notified")
def test_a_change_of_the_prompts_is_told(changes: dict[str, Change], judge: Judge) -> None:
    _notified(changes, "prompts", judge)


@requirement("resources.updates-notified")
def test_a_change_of_a_watched_resource_is_told(watched: Updates, judge: Judge) -> None:
    observed = "it came" if watched.subscribed else "nothing came"
    expected = "notifications/resources/updated after subscribing"
    judge.that(watched.subscribed, expected=expected, observed=observed, evidence=watched)


@requirement("resources.updates-only-when-subscribed")
def test_only_who_subscribed_is_told(watched: Updates, judge: Judge) -> None:
    if not watched.subscribed:
        judge.could_not_run("no update came to who subscribed either")
    judge.never(watched.strange, "a client heard of a resource that it did not subscribe to", evidence=watched)


@requirement("resources.updates-stop-after-unsubscribe")
def test_nothing_is_told_after_unsubscribing(watched: Updates, judge: Judge) -> None:
    if not watched.subscribed:
        judge.could_not_run("no update came before unsubscribing either")
    judge.never(watched.unsubscribed, "an update came after unsubscribing", evidence=watched)
