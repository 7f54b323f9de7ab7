"""Which arguments tools want repeated in header fields (specification page server/tools, section x-mcp-header)."""

import re
from collections import Counter

import pytest

from conformance import Judge, requirement
from conformance.shapes import as_list
from conformance.survey import Survey
from conformance.verdict import NotApplicable
from conformance.wire.mirrored import SCALAR, TOKEN, Annotation, annotations

SECRET = re.compile(
    r"pass(word|phrase|code)|secret|api[_\s-]?key|private[_\s-]?key|(access|refresh|auth|bearer)[_\s-]?token|^token$"
    r"|credential|social[_\s-]?security|^ssn$|credit[_\s-]?card|card[_\s-]?number|e-?mail|phone|birth",
    re.IGNORECASE,
)


@pytest.fixture(scope="session")
def annotated(survey: Survey) -> list[Annotation]:
    """Every annotation in an inputSchema."""
    found = [one for tool in survey.tools for one in annotations(tool)]
    if not found:
        raise NotApplicable("no listed tool repeats an argument in a header field")
    return found


@requirement("tools.x-mcp-header.not-empty")
def test_no_annotation_is_empty(annotated: list[Annotation], judge: Judge) -> None:
    for one in annotated:
        good = isinstance(one.value, str) and bool(one.value)
        judge.that(good, expected=f"a name at {one.place}", observed=repr(one.value))


@requirement("tools.x-mcp-header.token-syntax")
def test_every_annotation_can_be_part_of_a_field_name(annotated: list[Annotation], judge: Judge) -> None:
    for one in _names(annotated, judge):
        good, expected = bool(TOKEN.fullmatch(_without_controls(one.value))), f"an HTTP token at {one.place}"
        judge.that(good, expected=expected, observed=repr(one.value))


@requirement("tools.x-mcp-header.no-control-characters")
def test_no_annotation_has_control_characters(annotated: list[Annotation], judge: Judge) -> None:
    for one in _names(annotated, judge):
        good, expected = one.value == _without_controls(one.value), f"no control characters at {one.place}"
        judge.that(good, expected=expected, observed=repr(one.value))


def _names(annotated: list[Annotation], judge: Judge) -> list[Annotation]:
    """The annotations that are names at all."""
    found = [one for one in annotated if isinstance(one.value, str) and one.value]
    if not found:
        judge.could_not_run("no annotation is a name")
    return found


def _without_controls(text: str) -> str:
    return "".join(one for one in text if one >= " " and one != "\x7f")


@requirement("tools.x-mcp-header.unique")
def test_the_annotations_of_a_tool_differ(annotated: list[Annotation], judge: Judge) -> None:
    count = Counter((one.tool, str(one.value).lower()) for one in annotated)
    for (tool, value), times in count.items():
        judge.that(times == 1, expected=f"{value} once in {tool}", observed=f"{times} times")


@requirement("tools.x-mcp-header.primitive-parameters-only")
def test_only_simple_arguments_are_annotated(annotated: list[Annotation], judge: Judge) -> None:
    for one in annotated:
        kind = one.schema.get("type")
        kinds = set(map(str, as_list(kind) or [kind])) - ({"null"} if as_list(kind) else set())
        good = bool(kinds) and kinds <= set(SCALAR)
        judge.that(good, expected=f"{', '.join(SCALAR)} as type of {one.place}", observed=repr(kind))


@requirement("tools.x-mcp-header.statically-reachable")
def test_only_arguments_with_a_fixed_place_are_annotated(annotated: list[Annotation], judge: Judge) -> None:
    for one in annotated:
        good = bool(one.path)
        observed = "there" if good else "below another keyword"
        judge.that(good, expected=f"{one.place} below properties alone", observed=observed)


@requirement("tools.x-mcp-header.not-on-secrets")
def test_no_secret_is_annotated(annotated: list[Annotation], judge: Judge) -> None:
    for one in annotated:
        told = SECRET.search(one.name) or SECRET.search(str(one.value))
        observed = f"named {told[0]}" if told else "nothing of the kind"
        judge.advise(not told, expected=f"nothing secret or personal as {one.place}", observed=observed)
    judge.note("Heuristic: names were read, not what is sent.")
