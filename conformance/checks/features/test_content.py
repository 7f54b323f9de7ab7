"""What tools, resources and prompts gave: binary data, media types, URIs, annotations."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from conformance import Judge, requirement
from conformance.content import (
    annotations_in,
    base64_error,
    binary_of,
    blocks_of,
    embedded_in,
    has_good_scheme,
    is_media_type,
    is_uri,
    uris_in,
)
from conformance.exercise import Exercise, Used, listed
from conformance.schema import message_errors
from conformance.shapes import as_object
from conformance.survey import Survey

_STANDARD = ("http", "https", "file", "git")
_MOST_TOLD = 5


def none_wrong(judge: Judge, found: Iterable[tuple[str, Used | None]], expected: str, absent: str) -> None:
    """Judge what was found, each with what is wrong with it, if anything; not applicable where nothing was found."""
    everything = list(found)
    if not everything:
        judge.not_applicable(absent)
    wrong = [(text, used) for text, used in everything if text]
    for text, used in wrong[:_MOST_TOLD]:
        judge.that(False, expected=expected, observed=text, evidence=used and used.answer)
    judge.that(not wrong, expected=expected, observed=f"{len(wrong)} of {len(everything)} otherwise")


def _named(used: Used, text: str) -> str:
    return text and f"{used.entry.get('uri', used.entry.get('name'))}: {text}"


def _of_kind(gets: list[Used], kind: str) -> list[tuple[dict[str, Any], Used]]:
    return [(block, one) for one in gets for block in blocks_of(one.result) if block.get("type") == kind]


def _embedded(gets: list[Used]) -> list[tuple[dict[str, Any], Used]]:
    return [(resource, one) for one in gets for resource in embedded_in(one.result)]


@requirement("tools.binary-content-base64")
def test_binary_content_of_tools_is_base64(exercise: Exercise, judge: Judge) -> None:
    found = [(_named(one, base64_error(data)), one) for one in exercise.calls() for _, data in binary_of(one.result)]
    none_wrong(judge, found, "base64 of the standard alphabet, padded", "no tool returned binary content")


@requirement("prompts.image-base64")
def test_images_of_prompts_are_base64(exercise: Exercise, judge: Judge) -> None:
    found = [(_named(one, base64_error(b.get("data"))), one) for b, one in _of_kind(exercise.gets(), "image")]
    none_wrong(judge, found, "image data in base64", "no prompt holds an image")


@requirement("prompts.audio-base64")
def test_audio_of_prompts_is_base64(exercise: Exercise, judge: Judge) -> None:
    found = [(_named(one, base64_error(b.get("data"))), one) for b, one in _of_kind(exercise.gets(), "audio")]
    none_wrong(judge, found, "audio data in base64", "no prompt holds audio")


@requirement("prompts.image-mime-type-valid")
def test_images_of_prompts_have_an_image_type(exercise: Exercise, judge: Judge) -> None:
    found = [(_named(one, _type_error(b, "image/")), one) for b, one in _of_kind(exercise.gets(), "image")]
    none_wrong(judge, found, "a mimeType that begins with image/", "no prompt holds an image")


@requirement("prompts.audio-mime-type-valid")
def test_audio_of_prompts_has_an_audio_type(exercise: Exercise, judge: Judge) -> None:
    found = [(_named(one, _type_error(b, "audio/")), one) for b, one in _of_kind(exercise.gets(), "audio")]
    none_wrong(judge, found, "a mimeType that begins with audio/", "no prompt holds audio")


def _type_error(block: dict[str, Any], begins: str) -> str:
    value = block.get("mimeType")
    good = is_media_type(value) and str(value).lower().startswith(begins)
    return "" if good else f"mimeType {value!r}"


@requirement("prompts.embedded-resource-uri-valid")
def test_resources_embedded_in_prompts_have_a_uri(exercise: Exercise, judge: Judge) -> None:
    found = [(_named(one, _uri_error(resource.get("uri"))), one) for resource, one in _embedded(exercise.gets())]
    none_wrong(judge, found, "a URI with a scheme", "no prompt embeds a resource")


@requirement("prompts.embedded-resource-has-mime-type")
def test_resources_embedded_in_prompts_have_a_media_type(exercise: Exercise, judge: Judge) -> None:
    found = [(_named(one, _type_error(resource, "")), one) for resource, one in _embedded(exercise.gets())]
    none_wrong(judge, found, "a well-formed mimeType", "no prompt embeds a resource")


@requirement("prompts.embedded-resource-text-or-blob")
def test_resources_embedded_in_prompts_hold_text_or_base64(exercise: Exercise, judge: Judge) -> None:
    found = [(_named(one, _body_error(resource)), one) for resource, one in _embedded(exercise.gets())]
    none_wrong(judge, found, "text, or blob in base64", "no prompt embeds a resource")


def _body_error(resource: dict[str, Any]) -> str:
    if "blob" in resource:
        return base64_error(resource["blob"])
    return "" if isinstance(resource.get("text"), str) else f"members {sorted(resource)}"


def _uri_error(value: object) -> str:
    return "" if isinstance(value, str) and is_uri(value) else f"{value!r} is no URI"


def _uris(survey: Survey, exercise: Exercise) -> list[tuple[object, Used | None]]:
    entries = [(entry.get("uri"), None) for entry in listed(survey, "resources/list")]
    return [*entries, *((uri, one) for one in exercise.everything() for uri in uris_in(one.result))]


@requirement("resources.uri-valid")
def test_every_uri_of_a_resource_is_a_uri(survey: Survey, exercise: Exercise, judge: Judge) -> None:
    found = [(_uri_error(uri), one) for uri, one in _uris(survey, exercise) if uri is not None]
    none_wrong(judge, found, "a URI with a scheme (RFC 3986)", "no resource was seen")


@requirement("resources.custom-schemes-follow-rfc3986")
def test_the_schemes_of_the_server_s_own_are_well_formed(survey: Survey, exercise: Exercise, judge: Judge) -> None:
    own = [(str(uri), one) for uri, one in _uris(survey, exercise) if ":" in str(uri)]
    own = [(uri, one) for uri, one in own if uri.partition(":")[0].lower() not in _STANDARD]
    found = [("" if has_good_scheme(uri) else uri, one) for uri, one in own]
    none_wrong(judge, found, "a letter, then letters, digits, +, - and .", "no URI has a scheme of the server's own")


def _annotations(survey: Survey, exercise: Exercise) -> list[tuple[object, Used | None]]:
    methods = ("resources/list", "resources/templates/list")
    entries = [one for method in methods for one in listed(survey, method) if "annotations" in one]
    used = exercise.everything()
    return [
        *((one["annotations"], None) for one in entries),
        *((value, one) for one in used for value in annotations_in(one.result)),
    ]


@requirement("resources.annotations-match-schema")
def test_every_annotation_fits_its_schema(survey: Survey, exercise: Exercise, judge: Judge) -> None:
    def problem(value: object) -> str:
        return "; ".join(message_errors(survey.revision, "Annotations", value))

    found = [(problem(value), used) for value, used in _annotations(survey, exercise)]
    none_wrong(judge, found, "audience of user and assistant, priority from 0 to 1", "nothing is annotated")


@requirement("resources.last-modified-iso8601")
def test_every_last_modified_is_a_time(survey: Survey, exercise: Exercise, judge: Judge) -> None:
    annotated = [(as_object(value), used) for value, used in _annotations(survey, exercise)]
    found = [(_time_error(one["lastModified"]), used) for one, used in annotated if "lastModified" in one]
    none_wrong(judge, found, "an ISO 8601 timestamp", "nothing says when it was last modified")


def _time_error(value: object) -> str:
    try:
        datetime.fromisoformat(str(value))
    except ValueError:
        return f"lastModified {value!r}"
    return ""
