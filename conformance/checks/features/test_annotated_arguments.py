"""Which arguments tools want repeated in header fields (specification page server/tools, section x-mcp-header)."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from conformance import Judge, requirement
from conformance.shapes import as_list, as_object
from conformance.survey import Survey
from conformance.verdict import NotApplicable
from conformance.wire.stateless import ANNOTATION

TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
PRIMITIVE = ("string", "integer", "boolean")
SECRET = re.compile(
    r"pass(word|phrase|code)|secret|api[_\s-]?key|private[_\s-]?key|(access|refresh|auth|bearer)[_\s-]?token|^token$"
    r"|credential|social[_\s-]?security|^ssn$|credit[_\s-]?card|card[_\s-]?number|e-?mail|phone|birth",
    re.IGNORECASE,
)
FREE = ("default", "examples", "enum", "const")
"""Keywords whose values are no schemas."""
_DEEPEST = 30


@dataclass(frozen=True)
class Annotation:
    """An annotation: its value, the argument that bears it, and whether `properties` alone lead there."""

    tool: str
    name: str
    value: Any
    schema: dict[str, Any]
    reachable: bool

    @property
    def place(self) -> str:
        """Where it stands."""
        return f"{self.name} of {self.tool}"


@pytest.fixture(scope="session")
def annotations(survey: Survey) -> list[Annotation]:
    """Every annotation in an inputSchema."""
    found = [one for tool in survey.tools for one in annotations_of(tool)]
    if not found:
        raise NotApplicable("no listed tool repeats an argument in a header field")
    return found


def annotations_of(tool: dict[str, Any]) -> list[Annotation]:
    """Every annotation in the inputSchema of a tool, right or wrong."""
    return list(_annotations(str(tool.get("name")), "the whole", tool.get("inputSchema"), reachable=True))


def _annotations(tool: str, name: str, value: object, *, reachable: bool, depth: int = 0) -> Iterator[Annotation]:
    """Annotations in a schema; below `properties` every member is a schema, whatever its name."""
    if depth > _DEEPEST:
        return
    schema = as_object(value)
    if ANNOTATION in schema:
        yield Annotation(tool, name, schema[ANNOTATION], schema, reachable and depth > 0)
    for keyword, member in schema.items():
        if keyword in FREE or keyword == ANNOTATION:
            continue
        named = keyword in ("properties", "patternProperties", "$defs", "definitions", "dependentSchemas")
        schemas = as_object(member).items() if named else ((name, one) for one in as_list(member) or [member])
        for inner, one in schemas:
            way = reachable and keyword == "properties"
            yield from _annotations(tool, inner, one, reachable=way, depth=depth + 1)


@requirement("tools.x-mcp-header.not-empty")
def test_no_annotation_is_empty(annotations: list[Annotation], judge: Judge) -> None:
    for one in annotations:
        good = isinstance(one.value, str) and bool(one.value)
        judge.that(good, expected=f"a name at {one.place}", observed=repr(one.value))


@requirement("tools.x-mcp-header.token-syntax")
def test_every_annotation_can_be_part_of_a_field_name(annotations: list[Annotation], judge: Judge) -> None:
    for one in _names(annotations, judge):
        good, expected = bool(TOKEN.fullmatch(_without_controls(one.value))), f"an HTTP token at {one.place}"
        judge.that(good, expected=expected, observed=repr(one.value))


@requirement("tools.x-mcp-header.no-control-characters")
def test_no_annotation_has_control_characters(annotations: list[Annotation], judge: Judge) -> None:
    for one in _names(annotations, judge):
        good, expected = one.value == _without_controls(one.value), f"no control characters at {one.place}"
        judge.that(good, expected=expected, observed=repr(one.value))


def _names(annotations: list[Annotation], judge: Judge) -> list[Annotation]:
    """The annotations that are names at all."""
    found = [one for one in annotations if isinstance(one.value, str) and one.value]
    if not found:
        judge.could_not_run("no annotation is a name")
    return found


def _without_controls(text: str) -> str:
    return "".join(one for one in text if one >= " " and one != "\x7f")


@requirement("tools.x-mcp-header.unique")
def test_the_annotations_of_a_tool_differ(annotations: list[Annotation], judge: Judge) -> None:
    count = Counter((one.tool, str(one.value).lower()) for one in annotations)
    for (tool, value), times in count.items():
        judge.that(times == 1, expected=f"{value} once in {tool}", observed=f"{times} times")


@requirement("tools.x-mcp-header.primitive-parameters-only")
def test_only_simple_arguments_are_annotated(annotations: list[Annotation], judge: Judge) -> None:
    for one in annotations:
        kind = one.schema.get("type")
        kinds = set(map(str, as_list(kind) or [kind])) - ({"null"} if as_list(kind) else set())
        good = bool(kinds) and kinds <= set(PRIMITIVE)
        judge.that(good, expected=f"{', '.join(PRIMITIVE)} as type of {one.place}", observed=repr(kind))


@requirement("tools.x-mcp-header.statically-reachable")
def test_only_arguments_with_a_fixed_place_are_annotated(annotations: list[Annotation], judge: Judge) -> None:
    for one in annotations:
        observed = "there" if one.reachable else "below another keyword"
        judge.that(one.reachable, expected=f"{one.place} below properties alone", observed=observed)


@requirement("tools.x-mcp-header.not-on-secrets")
def test_no_secret_is_annotated(annotations: list[Annotation], judge: Judge) -> None:
    for one in annotations:
        told = SECRET.search(one.name) or SECRET.search(str(one.value))
        observed = f"named {told[0]}" if told else "nothing of the kind"
        judge.advise(not told, expected=f"nothing secret or personal as {one.place}", observed=observed)
    judge.note("Heuristic: names were read, not what is sent.")
