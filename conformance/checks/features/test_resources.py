"""Resources one by one, and URIs that lead nowhere (specification page server/resources)."""

import base64
from contextlib import suppress
from typing import Any

import pytest

from conformance import Judge, requirement
from conformance.audit import Audit
from conformance.ceremony.traversing import traverse
from conformance.content import base64_error, contents_of, is_template, may_expand_to
from conformance.exercise import Exercise, listed
from conformance.probe import Probe
from conformance.schema import message_errors
from conformance.shapes import as_object
from conformance.survey import Survey
from conformance.wire.connection import Answer, Connection
from conformance.wire.http import NoAnswer, Unreachable
from conformance.wire.stateless import is_interim

NOT_FOUND, INVALID_PARAMS = -32002, -32602
_NOT_FOUND_CODES = (NOT_FOUND, INVALID_PARAMS)
_BINARY_TYPES = ("image/", "audio/", "video/", "application/octet-stream")
_XML = "image/svg+xml"
_ABSENT = "conformance-absent://no-such-authority/no-such-resource"
_FAILING = "test://failing-resource"
_LONGEST = 20_000
_LONGEST_MIRRORED = 4_000
"""Characters of a URI that a header field repeats: common HTTP servers refuse lines of 8,000."""


def result_of(answer: Answer, judge: Judge) -> dict[str, Any]:
    """What was read; not applicable where reading was refused, which is judged elsewhere."""
    judge.see(answer)
    return answer.result or judge.not_applicable(f"the resource could not be read ({answer.summary})")


@requirement("resources.read-result-matches-schema")
def test_what_is_read_fits_its_schema(
    resource: dict[str, Any], exercise: Exercise, survey: Survey, judge: Judge
) -> None:
    errors = message_errors(survey.revision, "ReadResourceResult", result_of(exercise.read(resource), judge))
    judge.that(not errors, expected="a ReadResourceResult", observed=errors or "fits")


@requirement("resources.listed-resources-readable")
def test_a_listed_resource_can_be_read(
    resource: dict[str, Any], exercise: Exercise, mcp: Connection, judge: Judge
) -> None:
    answer = exercise.read(resource)
    if answer.error_code in _NOT_FOUND_CODES and not str(resource.get("uri")).startswith("https:"):
        answer = mcp.request("resources/read", {"uri": resource.get("uri")})
    elif answer.result is None:
        judge.not_applicable(f"reading it fails for another reason than absence ({answer.summary})")
    judge.that(answer.result is not None, expected="its contents", observed=answer.summary, evidence=answer)


@requirement("resources.binary-base64")
def test_every_blob_is_base64(resource: dict[str, Any], exercise: Exercise, judge: Judge) -> None:
    for item in contents_of(result_of(exercise.read(resource), judge)):
        if "blob" in item:
            problem = base64_error(item["blob"])
            judge.that(not problem, expected="base64, padded", observed=problem or "decodes")
    if not judge.observations:
        judge.not_applicable("the resource is no blob")


@requirement("resources.text-only-for-textual-content")
def test_text_is_used_for_text_only(resource: dict[str, Any], exercise: Exercise, judge: Judge) -> None:
    for item in contents_of(result_of(exercise.read(resource), judge)):
        if isinstance(item.get("text"), str):
            kind = str(item.get("mimeType", "")).lower()
            binary = kind.startswith(_BINARY_TYPES) and not kind.startswith(_XML)
            damaged = "\0" in item["text"] or "\N{REPLACEMENT CHARACTER}" in item["text"]
            observed = f"text of type {kind or 'unsaid'}" + (" with NUL or replacement characters" if damaged else "")
            judge.advise(not binary and not damaged, expected="text that is text", observed=observed)
    if not judge.observations:
        judge.not_applicable("the resource is no text")


@requirement("resources.size-matches-content")
def test_the_size_of_a_resource_is_that_of_its_content(
    resource: dict[str, Any], exercise: Exercise, mcp: Connection, judge: Judge
) -> None:
    stated = resource.get("size")
    if not isinstance(stated, int):
        judge.not_applicable("the resource has no size")
    size = _size(exercise.read(resource), judge)
    if size != stated:
        size = _size(mcp.request("resources/read", {"uri": resource.get("uri")}), judge)
    judge.advise(size == stated, expected=f"{stated} bytes, as listed", observed=f"{size} bytes")


def _size(answer: Answer, judge: Judge) -> int:
    """The bytes of a resource that is a single item."""
    items = contents_of(result_of(answer, judge))
    if len(items) != 1 or base64_error(items[0].get("blob", "")):
        judge.not_applicable("the resource is not read as a single item")
    if isinstance(items[0].get("text"), str):
        return len(items[0]["text"].encode("utf-8", "surrogatepass"))
    return len(base64.b64decode(items[0].get("blob", "")))


@requirement("resources.uri-template-valid")
def test_every_uri_template_is_one(survey: Survey, judge: Judge) -> None:
    values = [one.get("uriTemplate") for one in listed(survey, "resources/templates/list")]
    templates = [one for one in values if isinstance(one, str)]
    if not templates:
        judge.not_applicable("there are no resource templates")
    wrong = [one for one in templates if not is_template(one)]
    judge.that(not wrong, expected="URI templates (RFC 6570)", observed=wrong or f"{len(templates)} are")


def absent_uris(survey: Survey) -> list[str]:
    """URIs that lead nowhere and that no template matches, in a scheme the server uses and in one it does not."""
    uris = [str(one.get("uri")) for one in listed(survey, "resources/list")]
    own = [f"{one.rstrip('/')}/conformance-no-such-resource" for one in uris if not one.startswith("http")]
    return [one for one in (*own[:1], _ABSENT) if not _is_template_for(survey, one)]


def _is_template_for(survey: Survey, uri: str) -> bool:
    templates = [str(one.get("uriTemplate")) for one in listed(survey, "resources/templates/list")]
    return any(may_expand_to(one, uri) for one in templates)


@pytest.fixture(scope="session")
def absent(audit: Audit) -> list[Answer]:
    """The answers to reading what is not there."""
    return [audit.mcp().request("resources/read", {"uri": uri}) for uri in absent_uris(audit.need_survey())]


@requirement("resources.not-found-is-error")
def test_reading_what_is_not_there_is_an_error(absent: list[Answer], judge: Judge) -> None:
    if not absent:
        judge.not_applicable("a template of the server matches every URI")
    for answer in absent:
        judge.that(answer.error is not None, expected="a JSON-RPC error", observed=answer.summary, evidence=answer)


@requirement("resources.not-found-code")
def test_reading_what_is_not_there_is_told_by_its_code(absent: list[Answer], survey: Survey, judge: Judge) -> None:
    wanted = INVALID_PARAMS if survey.stateless else NOT_FOUND
    for answer in absent:
        if answer.error is not None:
            code = answer.error_code
            judge.that(code == wanted, expected=f"error {wanted}", observed=repr(code), evidence=answer)
    if not judge.observations:
        judge.not_applicable("reading what is not there is no error")


@requirement("resources.not-found-not-empty-contents")
def test_what_is_not_there_is_not_read_as_nothing(absent: list[Answer], judge: Judge) -> None:
    for answer in absent:
        if answer.result is not None and not is_interim(answer.result):
            contents = contents_of(answer.result)
            observed = f"{len(contents)} items"
            judge.that(bool(contents), expected="an error, or contents", observed=observed, evidence=answer)
        elif answer.error is not None:
            judge.that(True, expected="an error, or contents", observed=answer.summary, evidence=answer)
    if not judge.observations:
        judge.not_applicable("a template of the server matches every URI")


@requirement("resources.path-traversal-blocked")
def test_no_file_outside_is_read(audit: Audit, probe: Probe, judge: Judge) -> None:
    attempts = audit.once("paths that lead outside", lambda: traverse(probe))
    if not attempts:
        judge.not_applicable("no resource and no template has a file: URI")
    if all(one.answer is None or one.answer.response is None for one in attempts):
        judge.could_not_run("no attempt was answered")
    for one in attempts:
        judge.never(one.leaked, f"a file of the system is read by {one.uri}", evidence=one.answer)


@requirement("resources.uris-validated")
def test_what_is_no_uri_is_not_read(survey: Survey, mcp: Connection, judge: Judge) -> None:
    length = _LONGEST_MIRRORED if survey.stateless and survey.transport != "stdio" else _LONGEST
    hostile = {
        "an empty string": "",
        "plain words": "no uri at all",
        f"{length:,} characters": f"conformance-absent://{'x' * length}",
        "encoded control characters": "conformance-absent://no/%00%0A%1B",
    }
    for what, uri in hostile.items():
        if _is_template_for(survey, uri):
            continue
        try:
            answer = mcp.request("resources/read", {"uri": uri})
        except Unreachable:
            raise
        except NoAnswer as failure:
            judge.that(False, expected=f"an error for {what}", observed=str(failure), evidence=failure)
            continue
        content = bool(contents_of(answer.result or {}))
        judge.that(not content, expected=f"an error for {what}", observed=answer.summary, evidence=answer)
        judge.advise(answer.result is None, expected=f"an error for {what}", observed=answer.summary)
    if not judge.observations:
        judge.not_applicable("a template of the server matches every URI")
    alive = None
    with suppress(NoAnswer):
        alive = mcp.alive()
    judge.that(alive is not None, expected="a server that goes on", observed=alive.summary if alive else "no answer")


@requirement("resources.internal-error-code")
def test_a_resource_that_fails_inside_is_an_internal_error(absent: list[Answer], mcp: Connection, judge: Judge) -> None:
    answer = mcp.request("resources/read", {"uri": _FAILING})
    if answer.error is None or answer.error_code in (*_NOT_FOUND_CODES, *(one.error_code for one in absent)):
        judge.not_applicable(f"the server has no resource {_FAILING} that fails")
    code = answer.error_code
    judge.that(code == -32603, expected="error -32603", observed=repr(code), evidence=answer)


@pytest.fixture(scope="session")
def subscribing(audit: Audit, exercise: Exercise) -> dict[str, Answer]:
    """The answers to subscribing to the first resource, and to unsubscribing."""
    if not exercise.resources:
        return {}
    params = {"uri": exercise.resources[0].get("uri")}
    methods = ("resources/subscribe", "resources/unsubscribe")
    return {method: audit.mcp().request(method, params) for method in methods}


def _empty(answers: dict[str, Answer], method: str, judge: Judge) -> None:
    if not answers:
        judge.not_applicable("no resource is listed")
    answer = answers[method]
    empty = answer.result is not None and not as_object(answer.result).keys() - {"_meta"}
    judge.that(empty, expected="an empty result", observed=answer.summary, evidence=answer)


@requirement("resources.subscribe-answered")
def test_a_resource_can_be_subscribed_to(subscribing: dict[str, Answer], judge: Judge) -> None:
    _empty(subscribing, "resources/subscribe", judge)


@requirement("resources.unsubscribe-answered")
def test_a_resource_can_be_unsubscribed_from(subscribing: dict[str, Answer], judge: Judge) -> None:
    _empty(subscribing, "resources/unsubscribe", judge)
