"""Every form and page that the server showed in the whole run (specification page client/elicitation)."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from conformance import Judge, requirement
from conformance.arrived import Arrived
from conformance.conversations import said_in
from conformance.evidence import Exchange
from conformance.interaction.elicitations import (
    FORMATS,
    TYPES,
    URL_REQUIRED,
    Elicitation,
    demanded,
    elicitations_in,
    refusals_in,
)
from conformance.interaction.eliciting import is_complete
from conformance.schema import message_errors
from conformance.shapes import as_list, as_object, is_object
from conformance.survey import Survey
from conformance.wire.connection import STATELESS_REVISION
from conformance.wire.http import is_loopback, split_url

_COMPOSITION = ("$ref", "allOf", "anyOf", "oneOf", "not", "if", "patternProperties")
_MULTIPLE = "2025-11-25"
"""The first revision with fields for several values."""


@pytest.fixture(scope="session")
def said(transcript: Sequence[Exchange]) -> list[Arrived]:
    """What the server sent."""
    return said_in(transcript)


@pytest.fixture(scope="session")
def elicitations(said: list[Arrived]) -> list[Elicitation]:
    """What the server asked of the user, in requests and in errors."""
    return elicitations_in(said)


@pytest.fixture
def forms(elicitations: list[Elicitation], judge: Judge) -> list[Elicitation]:
    """The forms; not applicable where there were none."""
    found = [one for one in elicitations if not one.page and not one.required]
    if not found:
        judge.not_applicable("the server showed no form")
    return found


@pytest.fixture
def pages(elicitations: list[Elicitation], judge: Judge) -> list[Elicitation]:
    """The pages; not applicable where there were none."""
    found = [one for one in elicitations if one.page]
    if not found:
        judge.not_applicable("the server showed no page")
    return found


@pytest.fixture
def refusals(said: list[Arrived], judge: Judge) -> list[Arrived]:
    """The errors that demand a visit to a page first; not applicable where there were none."""
    found = refusals_in(said)
    if not found:
        judge.not_applicable(f"no request was refused with {URL_REQUIRED}")
    return found


def _each(judge: Judge, found: list[Elicitation], expected: str, problem: Callable[[Elicitation], object]) -> None:
    """Judge that none has a problem."""
    for one in found:
        wrong = problem(one)
        judge.that(not wrong, expected=expected, observed=wrong or "so it is", evidence=one)


def _each_field(judge: Judge, forms: list[Elicitation], expected: str, problem: Callable[..., object]) -> None:
    """Judge that no field has a problem, which is told by the field and the revision."""

    def problems(one: Elicitation) -> str:
        wrong = {name: problem(field, one.revision) for name, field in one.fields.items()}
        return "; ".join(f"{name}: {text}" for name, text in wrong.items() if text)

    _each(judge, forms, expected, problems)


@requirement("elicitation.message-present")
def test_every_elicitation_says_why(elicitations: list[Elicitation], judge: Judge) -> None:
    if not elicitations:
        judge.not_applicable("the server asked nothing of the user")

    def problem(one: Elicitation) -> str:
        message = one.params.get("message")
        return "" if isinstance(message, str) and message.strip() else f"message {message!r}"

    _each(judge, elicitations, "a message for the user", problem)


@requirement("elicitation.form-has-schema")
def test_every_form_has_a_schema(forms: list[Elicitation], judge: Judge) -> None:
    def problem(one: Elicitation) -> str:
        mode = one.params.get("mode", "form")
        described = is_object(one.params.get("requestedSchema"))
        return "" if mode == "form" and described else f"mode {mode!r}, {'a' if described else 'no'} requestedSchema"

    _each(judge, forms, "mode form or none, and a requestedSchema", problem)


@requirement("elicitation.schema-flat-primitives")
def test_every_form_is_flat(forms: list[Elicitation], judge: Judge) -> None:
    def problem(one: Elicitation) -> str:
        composed = [name for name in _COMPOSITION if name in one.schema]
        return f"the schema has {', '.join(composed)}" if composed else ""

    _each(judge, forms, "no composition of schemas", problem)
    _each_field(judge, forms, "fields for single values or choices", _not_primitive)


def _not_primitive(field: dict[str, Any], revision: str) -> str:
    kind, items = field.get("type"), as_object(field.get("items"))
    if "$ref" in field:
        return "a reference"
    if kind == "array" and revision >= _MULTIPLE:
        return "" if {"enum", "anyOf", "oneOf"} & items.keys() else "an array of anything"
    return "" if isinstance(kind, str) and kind in TYPES else f"type {kind!r}"


@requirement("elicitation.string-formats-supported")
def test_every_field_for_text_has_a_known_format(forms: list[Elicitation], judge: Judge) -> None:
    def problem(field: dict[str, Any], _: str) -> str:
        format = field.get("format")
        known = isinstance(format, str) and format in FORMATS
        unknown = field.get("type") == "string" and "format" in field and not known
        return f"format {format!r}" if unknown else ""

    _each_field(judge, forms, f"formats {', '.join(sorted(FORMATS))}", problem)


@requirement("elicitation.enum-style-fits-revision")
def test_every_choice_is_one_of_the_revision(forms: list[Elicitation], judge: Judge) -> None:
    if not any(_is_choice(field) for one in forms for field in one.fields.values()):
        judge.not_applicable("no form has a choice")

    def problem(field: dict[str, Any], revision: str) -> str:
        return "; ".join(message_errors(revision, "EnumSchema", field)) if _is_choice(field) else ""

    _each_field(judge, forms, "choices as the revision writes them", problem)


def _is_choice(field: dict[str, Any]) -> bool:
    alternatives = [*as_list(field.get("oneOf")), *as_list(field.get("anyOf"))]
    constant = any("const" in as_object(one) for one in alternatives)
    return "enum" in field or constant or field.get("type") == "array"


@requirement("elicitation.no-sensitive-data-by-form")
def test_no_form_asks_for_a_secret(forms: list[Elicitation], judge: Judge) -> None:
    _each(judge, forms, "no field for a password, key, token or payment card", lambda one: ", ".join(one.secrets()))


@requirement("elicitation.sensitive-data-by-url")
def test_secrets_are_asked_for_on_pages(elicitations: list[Elicitation], judge: Judge) -> None:
    pages, secretive = [one for one in elicitations if one.page], [one for one in elicitations if one.secrets()]
    if not pages and not secretive:
        judge.not_applicable("the server asked for no secret and showed no page")
    for one in secretive:
        judge.that(False, expected="a page", observed=f"a form with {', '.join(one.secrets())}", evidence=one)
    observed = f"{len(pages)} pages, {len(secretive)} forms that ask for a secret"
    judge.that(
        not secretive, expected="pages where secrets are needed", observed=observed, evidence=(pages or [None])[0]
    )


@requirement("elicitation.no-clickable-urls-in-forms")
def test_no_form_shows_an_address(forms: list[Elicitation], judge: Judge) -> None:
    _each(judge, forms, "no address to click", lambda one: ", ".join(one.links()))


@requirement("elicitation.url-mode-fields")
def test_every_page_has_an_address_an_id_and_a_message(pages: list[Elicitation], judge: Judge) -> None:
    def problem(one: Elicitation) -> str:
        wanted = ("message", "url") if one.revision >= STATELESS_REVISION else ("message", "url", "elicitationId")
        strange = [name for name in wanted if not isinstance(one.params.get(name), str)]
        mode = one.params.get("mode")
        return ", ".join([*([] if mode == "url" else [f"mode {mode!r}"]), *(f"no {name}" for name in strange)])

    _each(judge, pages, "mode url, message, url and, before 2026-07-28, an elicitationId", problem)


@requirement("elicitation.url-valid")
def test_the_address_of_every_page_is_a_url(pages: list[Elicitation], judge: Judge) -> None:
    _each(judge, pages, "an absolute URL", lambda one: "" if one.has_url else one.url or "no url")


@requirement("elicitation.url-https")
def test_every_page_is_encrypted(pages: list[Elicitation], judge: Judge) -> None:
    remote = [one for one in pages if one.has_url and not is_loopback(one.url)]
    if not remote:
        judge.not_applicable("every page is on this machine")
    _each(judge, remote, "https", lambda one: "" if split_url(one.url).scheme.lower() == "https" else one.url)


@requirement("elicitation.id-unique")
def test_no_two_elicitations_share_an_id(pages: list[Elicitation], judge: Judge) -> None:
    named = [one for one in pages if "elicitationId" in one.params and not one.required]
    if len(named) < 2:
        judge.not_applicable("the server showed fewer than two pages with an id")
    ids = Counter(str(one.params["elicitationId"]) for one in named)
    for one in named:
        number = ids[str(one.params["elicitationId"])]
        judge.that(number == 1, expected="an id of its own", observed=f"one of {number} pages", evidence=one)


@requirement("elicitation.complete-has-id")
def test_a_visit_that_is_over_is_named_by_its_id(
    said: list[Arrived], elicitations: list[Elicitation], judge: Judge
) -> None:
    told = [one for one in said if is_complete(one.message)]
    if not told:
        judge.not_applicable("the server did not tell that a visit is over")
    known = [one.params.get("elicitationId") for one in elicitations if one.page]
    for one in told:
        id = as_object(as_object(one.message).get("params")).get("elicitationId")
        good = isinstance(id, str) and id in known
        judge.that(good, expected="the elicitationId of a page", observed=repr(id), evidence=one)


@requirement("elicitation.url-required-error-not-misused")
def test_the_code_for_required_visits_is_used_for_nothing_else(said: list[Arrived], judge: Judge) -> None:
    found = refusals_in(said)
    for one in found:
        usable = [as_object(entry) for entry in demanded(one) if is_object(entry) and "url" in entry]
        judge.that(bool(usable), expected="elicitations with a url", observed=f"{len(usable)} of them", evidence=one)
    judge.that(True, expected=f"{URL_REQUIRED} for required visits alone", observed=f"{len(found)} such errors")


@requirement("elicitation.url-required-error-lists-elicitations")
def test_the_error_for_required_visits_lists_them(refusals: list[Arrived], judge: Judge) -> None:
    for one in refusals:
        data = as_object(as_object(one.message["error"]).get("data")).get("elicitations")
        good = bool(as_list(data)) and all(map(is_object, as_list(data)))
        judge.that(good, expected="data.elicitations with entries", observed=repr(data)[:200], evidence=one)


@requirement("elicitation.url-required-error-only-url-mode")
def test_the_error_for_required_visits_lists_pages_alone(refusals: list[Arrived], judge: Judge) -> None:
    for one, entry in _entries(refusals, judge):
        mode = entry.get("mode")
        judge.that(mode == "url", expected="mode url", observed=repr(mode), evidence=one)


@requirement("elicitation.url-required-error-has-ids")
def test_the_error_for_required_visits_gives_each_an_id(refusals: list[Arrived], judge: Judge) -> None:
    for one, entry in _entries(refusals, judge):
        id = entry.get("elicitationId")
        judge.that(isinstance(id, str) and bool(id), expected="an elicitationId", observed=repr(id), evidence=one)


def _entries(refusals: list[Arrived], judge: Judge) -> list[tuple[Arrived, dict[str, Any]]]:
    found = [(one, as_object(entry)) for one in refusals for entry in demanded(one)]
    if not found:
        judge.could_not_run(f"no error {URL_REQUIRED} lists an elicitation")
    return found


@requirement("elicitation.not-for-own-authorization")
def test_no_page_is_the_login_of_the_server_itself(pages: list[Elicitation], survey: Survey, judge: Judge) -> None:
    endpoint = survey.discovery and survey.discovery.endpoint("authorization_endpoint")
    if not endpoint:
        judge.not_applicable("the server has no authorization endpoint of its own")
    for one in pages:
        same = _place(one.url) == _place(endpoint)
        expected = f"another page than {endpoint}"
        judge.advise(not same, expected=expected, observed=one.url, evidence=one)


def _place(url: str) -> tuple[str, str, str]:
    parts = split_url(url)
    return parts.scheme.lower(), parts.netloc.lower(), parts.path.rstrip("/")
