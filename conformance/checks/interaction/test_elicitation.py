"""Elicitation (specification page client/elicitation)."""

import base64
import binascii
from typing import Any
from urllib.parse import parse_qsl, unquote_plus

from conformance import Judge, requirement
from conformance.checks.interaction.common import ANOTHER_USER, malformed_answer_unused
from conformance.interaction.asking import ELICIT, Asked, need, need_answer, need_question
from conformance.interaction.crossing import FOREIGN, OURS, THEIRS, Crossing
from conformance.interaction.eliciting import DEFAULTS, EMAIL, FORM, PAGE, PAGE_REQUIRED, USERNAME, is_page
from conformance.interaction.offering import Everything, Nothing
from conformance.oauth.forms import parse_forms
from conformance.shapes import as_list, as_object
from conformance.survey import Survey
from conformance.verdict import Narrowed
from conformance.wire.http import Reply, split_url

_URL_ELICITATION_REQUIRED = -32042
_NAMES = (OURS, THEIRS, FOREIGN)
_CANARIES = (USERNAME, EMAIL)


@requirement("elicitation.only-if-declared")
def test_a_client_without_a_user_is_asked_nothing(nothing: Nothing, everything: Everything, judge: Judge) -> None:
    call = need_answer(nothing.form, FORM)
    need_question(everything.forms.good, FORM, ELICIT)
    judge.never(call.about(ELICIT), f"{ELICIT} came although nothing was declared", evidence=call)


@requirement("elicitation.only-declared-modes")
def test_a_client_for_forms_gets_no_page(everything: Everything, judge: Judge) -> None:
    call = need_answer(everything.part.page, PAGE)
    need_question(everything.pages.visited, PAGE, ELICIT)
    pages = [params for params in call.about(ELICIT) if is_page(params)]
    judge.never(pages, "a page was shown although the object declared was empty, which means forms", evidence=call)


@requirement("elicitation.only-declared-modes")
def test_a_client_for_pages_gets_no_form(everything: Everything, judge: Judge) -> None:
    call = need_answer(everything.part.form, FORM)
    need_question(everything.forms.good, FORM, ELICIT)
    forms = [params for params in call.about(ELICIT) if not is_page(params)]
    judge.never(forms, "a form was shown although elicitation.url alone was declared", evidence=call)


@requirement("elicitation.response-validated")
def test_a_form_that_is_filled_in_wrongly_is_not_used(everything: Everything, judge: Judge) -> None:
    forms, wrong = everything.forms, "each field holds an object"
    malformed_answer_unused(judge, forms.good, forms.bad, FORM, ELICIT, what="answer", wrong=wrong)


@requirement("elicitation.decline-handled")
def test_a_user_can_decline(everything: Everything, judge: Judge) -> None:
    _goes_on_without(need_question(everything.forms.declined, FORM, ELICIT), "declined", judge)


@requirement("elicitation.cancel-handled")
def test_a_user_can_cancel(everything: Everything, judge: Judge) -> None:
    tool = everything.forms.cancelled.tool if everything.forms.cancelled else f"{DEFAULTS} or {FORM}"
    _goes_on_without(need_question(everything.forms.cancelled, tool, ELICIT), "cancelled", judge)


def _goes_on_without(call: Asked, done: str, judge: Judge) -> None:
    judge.that(bool(call.succeeded or call.failed), expected="an answer", observed=call.summary, evidence=call)
    accepted = call.succeeded and "action=accept" in call.text
    judge.never(accepted, f"the tool went on as if the user had accepted what was {done}", evidence=call)


@requirement("elicitation.complete-only-to-initiator")
def test_only_who_was_asked_hears_that_a_visit_is_over(everything: Everything, judge: Judge) -> None:
    pages = everything.pages
    visited = need_question(pages.visited, PAGE, ELICIT)
    if not pages.completed:
        judge.not_applicable("the server does not tell that a visit is over")
    if not pages.bystander:
        judge.not_applicable("no other session can hear what the server sends unasked")
    judge.never(pages.overheard, "another session heard of the visit", evidence=visited)


@requirement("elicitation.url-required-error-used")
def test_a_call_that_needs_a_visit_first_is_refused_with_its_own_code(everything: Everything, judge: Judge) -> None:
    call = need_answer(everything.pages.required, PAGE_REQUIRED)
    code = call.answer and call.answer.error_code
    good = code == _URL_ELICITATION_REQUIRED or any(map(is_page, call.about(ELICIT)))
    if call.succeeded and not good:
        judge.could_not_run(f"{PAGE_REQUIRED} needed no visit")
    expected = f"error {_URL_ELICITATION_REQUIRED}, or a page shown first"
    judge.that(good, expected=expected, observed=call.summary, evidence=call)


@requirement("elicitation.url-without-user-data")
def test_the_address_of_a_page_says_nothing_about_the_user(everything: Everything, judge: Judge) -> None:
    form, visited = need(everything.forms.good, FORM), need_question(everything.pages.visited, PAGE, ELICIT)
    if not form.succeeded:
        judge.not_applicable("the server learned nothing about the user before it showed the page")
    for url in _urls_of(visited, everything.pages.required):
        told = [one for one in _CANARIES if any(one in text for text in _readings(url))]
        judge.never(
            told, f"the address of the page holds {', '.join(told) or 'what the user filled in'}", evidence=visited
        )


def _urls_of(visited: Asked, required: Asked | None) -> list[str]:
    refusal = required and required.answer and required.answer.error
    data = as_object((refusal or {}).get("data"))
    pages = [*visited.about(ELICIT), *map(as_object, as_list(data.get("elicitations")))]
    return [str(page["url"]) for page in pages if "url" in page]


def _readings(url: str) -> list[str]:
    """The address as it is, with escapes undone, and each value in its query decoded as base64."""
    try:
        values = [value for _, value in parse_qsl(split_url(url).query)]
    except ValueError:
        values = []
    return [url, unquote_plus(unquote_plus(url)), *map(_from_base64, values)]


def _from_base64(text: str) -> str:
    plain = text.replace("-", "+").replace("_", "/").rstrip("=")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4)).decode("utf-8", "replace")
    except (ValueError, binascii.Error):
        return ""


@requirement("elicitation.url-not-pre-authenticated")
def test_a_page_shows_nothing_to_a_stranger(strange_visit: Reply, judge: Judge) -> None:
    shown = strange_visit.body.decode("utf-8", "replace")
    told = [one for one in _CANARIES if one in shown]
    asks = any(field.kind == "password" for form in parse_forms(shown) for field in form.fields)
    turned_away = 300 <= strange_visit.status < 500
    if not turned_away and not asks and not told:
        judge.could_not_run(f"whether the page belongs to the user cannot be told ({strange_visit.summary})")
    observed = f"{strange_visit.summary}, with {', '.join(told) or 'nothing of the user'}"
    judge.that(not told, expected="a refusal or a login", observed=observed, evidence=strange_visit)


@requirement("elicitation.bound-to-client-and-user")
def test_nobody_answers_for_another_client(crossing: Crossing, survey: Survey, judge: Judge) -> None:
    if survey.stateless and not crossing.other_user:
        raise Narrowed(ANOTHER_USER)
    judge.never(crossing.early, "the answer of another client ended the call", evidence=crossing)
    if crossing.ours is None:
        judge.could_not_run("the call was not answered when its own client had filled in the form")
    judge.never(_says(crossing.ours, FOREIGN), "the answer of another session was used", evidence=crossing)


@requirement("elicitation.state-associated-with-user")
def test_two_users_who_are_asked_at_once_are_not_mixed_up(crossing: Crossing, judge: Judge) -> None:
    if not crossing.other_user:
        raise Narrowed(ANOTHER_USER)
    ours, theirs = crossing.ours, crossing.theirs
    if not any(_says(ours, one) for one in _NAMES) or not any(_says(theirs, one) for one in _NAMES):
        judge.could_not_run(f"the results of {FORM} do not tell what the user filled in")
    judge.never(
        _says(ours, THEIRS) or _says(ours, FOREIGN), "one user's call used what another one filled in", evidence=ours
    )
    judge.never(_says(theirs, OURS), "another user's call used what the first one filled in", evidence=theirs)


def _says(answer: Any, name: str) -> bool:  # noqa: ANN401
    return answer is not None and name in str(answer.result)
