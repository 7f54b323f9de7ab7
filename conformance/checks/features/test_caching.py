"""How long results may be kept, and for whom (2026-07-28, server/utilities/caching)."""

from collections.abc import Sequence
from typing import Any

import pytest

from conformance import Judge, requirement
from conformance.audit import Audit
from conformance.ceremony.other_identity import Seen, see_as
from conformance.exercise import Exercise
from conformance.probe import Probe
from conformance.survey import Survey
from conformance.wire.connection import Answer
from conformance.wire.jsonrpc import METHOD_NOT_FOUND

HINTS = ("ttlMs", "cacheScope")


def have_hints(answers: Sequence[Answer], what: str, judge: Judge) -> None:
    """Judge that each complete result says for how long and for whom it may be kept."""
    for answer in answers:
        result = answer.result
        if result is None or result.get("resultType", "complete") != "complete":
            continue
        missing = [name for name in HINTS if name not in result]
        observed = f"{' and '.join(missing)} missing" if missing else "both"
        judge.that(
            not missing, expected=f"ttlMs and cacheScope in the result of {what}", observed=observed, evidence=answer
        )
    if not judge.observations:
        judge.could_not_run(f"{what} gave no complete result")


def _list_has_hints(survey: Survey, method: str, judge: Judge) -> None:
    listing = survey.listings.get(method)
    if listing and listing.pages[0].error_code == METHOD_NOT_FOUND:
        judge.not_applicable(f"the server does not know {method}")
    have_hints(listing.pages if listing else (), method, judge)


@requirement("caching.discover-has-hints")
def test_what_the_server_offers_may_be_kept(survey: Survey, judge: Judge) -> None:
    have_hints([survey.opening] if survey.opening else [], "server/discover", judge)


@requirement("caching.tools-list-has-hints")
def test_the_tools_may_be_kept(survey: Survey, judge: Judge) -> None:
    _list_has_hints(survey, "tools/list", judge)


@requirement("caching.prompts-list-has-hints")
def test_the_prompts_may_be_kept(survey: Survey, judge: Judge) -> None:
    _list_has_hints(survey, "prompts/list", judge)


@requirement("caching.resources-list-has-hints")
def test_the_resources_may_be_kept(survey: Survey, judge: Judge) -> None:
    _list_has_hints(survey, "resources/list", judge)


@requirement("caching.resource-templates-list-has-hints")
def test_the_resource_templates_may_be_kept(survey: Survey, judge: Judge) -> None:
    _list_has_hints(survey, "resources/templates/list", judge)


@requirement("caching.resources-read-has-hints")
def test_a_resource_may_be_kept(exercise: Exercise, judge: Judge) -> None:
    if not exercise.resources:
        judge.not_applicable("no resource is listed")
    have_hints([one.answer for one in exercise.reads()], "resources/read", judge)


@requirement("caching.same-scope-on-all-pages")
def test_all_pages_of_a_list_have_the_same_scope(survey: Survey, judge: Judge) -> None:
    for method, listing in survey.listings.items():
        scopes = [(page.result or {}).get("cacheScope") for page in listing.pages if page.result]
        if len(scopes) > 1:
            same = all(one == scopes[0] for one in scopes)
            observed = f"{scopes[:5]!r}"
            judge.that(same, expected=f"one cacheScope for {method}", observed=observed, evidence=listing.pages[-1])
    if not judge.observations:
        judge.not_applicable("every list fits on one page")


@pytest.fixture
def seen(audit: Audit, probe: Probe, exercise: Exercise, second_user_token: str) -> Seen:
    """What another user gets of what we got."""
    return audit.once("lists of another user", lambda: see_as(probe, exercise, second_user_token))


@requirement("caching.public-means-not-user-specific")
def test_what_is_public_is_the_same_for_everybody(seen: Seen, judge: Judge) -> None:
    if not seen.public:
        judge.not_applicable("no result is marked public")
    for what, (same, answer) in seen.public.items():
        observed = "the same for another user" if same else f"another user gets something else ({answer.summary})"
        judge.advise(same, expected=f"public results of {what} alike", observed=observed, evidence=answer)


def _refused(answers: dict[str, Answer], judge: Judge) -> None:
    for what, answer in answers.items():
        used = answer.result is not None and not answer.result.get("isError")
        judge.never(used, f"another user can use {what}, which is not in the list of that user", evidence=answer)


@requirement("caching.access-control-per-primitive")
def test_what_is_hidden_from_a_user_is_not_usable(seen: Seen, judge: Judge) -> None:
    if not seen.hidden:
        judge.not_applicable("both users have the same lists")
    _refused({what: answer for what, (answer, _) in seen.hidden.items()}, judge)


@requirement("caching.scope-not-the-only-protection")
def test_what_is_private_is_protected_otherwise(seen: Seen, judge: Judge) -> None:
    private: dict[str, Any] = {what: answer for what, (answer, scope) in seen.hidden.items() if scope == "private"}
    if not private:
        judge.not_applicable("both users have the same private lists")
    _refused(private, judge)
