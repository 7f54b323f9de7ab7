"""What happens when a token lacks a scope."""

import pytest

from conformance import Judge, requirement
from conformance.ceremony.narrow import NarrowCalls, Refused, StepUp
from conformance.survey import Survey
from conformance.verdict import Narrowed, NotApplicable


@pytest.fixture
def refused(narrow_calls: NarrowCalls) -> Refused:
    """An operation that the token with few scopes may not do. Raises NotApplicable where none was found."""
    if not narrow_calls.refused:
        raise NotApplicable(f"no tool that we may call needs more: {', '.join(narrow_calls.allowed) or 'none'} worked")
    return narrow_calls.refused


@requirement("scope.insufficient-scope-403")
def test_a_token_without_the_scope_is_answered_with_403(refused: Refused, judge: Judge) -> None:
    answer = refused.answer
    judge.see(refused.full)
    judge.that(answer.http.status == 403, expected="HTTP 403", observed=answer.summary, evidence=answer)


@requirement("scope.insufficient-scope-challenge-present")
def test_the_refusal_carries_a_bearer_challenge(refused: Refused, judge: Judge) -> None:
    observed = refused.answer.http.header_all("www-authenticate") or "no challenge"
    judge.that(bool(refused.challenge), expected="a Bearer challenge", observed=observed, evidence=refused.answer)


@requirement("scope.insufficient-scope-error-code")
def test_the_challenge_says_insufficient_scope(refused: Refused, judge: Judge) -> None:
    code = refused.challenge.get("error") if refused.challenge else None
    proper = code == "insufficient_scope"
    judge.that(proper, expected='error="insufficient_scope"', observed=code or "no error", evidence=refused.answer)


@requirement("scope.challenge-names-needed-scopes")
def test_the_challenge_names_a_scope_the_token_lacks(refused: Refused, judge: Judge) -> None:
    scope = (refused.challenge.get("scope") if refused.challenge else None) or ""
    more = set(scope.split()) - refused.held
    expected = f"a scope other than {' '.join(sorted(refused.held))}"
    judge.that(bool(more), expected=expected, observed=scope or "no scope", evidence=refused.answer)


@requirement("scope.challenge-keeps-resource-metadata")
def test_the_challenge_names_the_resource_metadata(refused: Refused, survey: Survey, judge: Judge) -> None:
    first = survey.discovery.challenge if survey.discovery else None
    expected = first.get("resource_metadata") if first else None
    observed = refused.challenge.get("resource_metadata") if refused.challenge else None
    if expected is None:
        judge.not_applicable("the challenge of the 401 names no resource_metadata")
    judge.that(
        observed == expected,
        expected=f"resource_metadata {expected}",
        observed=observed or "no resource_metadata",
        evidence=refused.answer,
    )


@requirement("scope.challenge-complete-in-one-step")
def test_the_challenged_scopes_are_all_it_takes(step_up: StepUp, judge: Judge) -> None:
    answer = step_up.answer
    judge.see(step_up.tokens)
    if answer.http.status != 403 and not answer.http.ok:
        judge.could_not_run(f"the call failed for another reason ({answer.summary})")
    judge.that(answer.http.status != 403, expected="no further challenge", observed=answer.summary, evidence=answer)


@requirement("scope.enforced")
def test_the_scope_is_checked_on_each_request(narrow_calls: NarrowCalls, judge: Judge) -> None:
    refused = narrow_calls.refused
    if not refused and narrow_calls.untried:
        raise Narrowed(f"no tool we may call needs more; --call-tools tries {', '.join(narrow_calls.untried[:5])}")
    if not refused:
        judge.could_not_run("every tool works with few scopes, and nothing says which should not")
    judge.see(refused.answer)
    again = refused.again
    judge.that(
        not again.http.ok or again.result is None, expected="refused again", observed=again.summary, evidence=again
    )
