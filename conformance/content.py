"""What content consists of: blocks, binary data, media types, URIs and templates of URIs."""

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Any

from conformance.shapes import as_list, as_object, is_object

_MEDIA_TYPE = re.compile(r"[!#$&^_.+A-Za-z0-9-]+/[!#$&^_.+A-Za-z0-9-]+(\s*;.*)?")
_ENCODED = r"%[0-9A-Fa-f]{2}"
_CHARACTER = rf"(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|{_ENCODED})"
_HOST = rf"(?:\[[0-9A-Fa-f:.vV]+\]|(?:[A-Za-z0-9._~!$&'()*+,;=-]|{_ENCODED})*)"
_AUTHORITY = rf"(?:(?:[A-Za-z0-9._~!$&'()*+,;=:-]|{_ENCODED})*@)?{_HOST}(?::[0-9]*)?"
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*")
_URI = re.compile(
    rf"{_SCHEME.pattern}:(?://{_AUTHORITY}(?:/{_CHARACTER}*)*|/?(?:{_CHARACTER}+(?:/{_CHARACTER}*)*)?)"
    rf"(?:\?(?:{_CHARACTER}|[/?])*)?(?:#(?:{_CHARACTER}|[/?])*)?"
)
_VARIABLE = rf"(?:[A-Za-z0-9_]|{_ENCODED})(?:\.?(?:[A-Za-z0-9_]|{_ENCODED}))*(?::[1-9][0-9]{{0,3}}|\*)?"
_EXPRESSION = rf"\{{[+#./;?&=,!@|]?{_VARIABLE}(?:,{_VARIABLE})*\}}"
_TEMPLATE = re.compile(rf'(?:[^\x00-\x20\x7f-\x9f"%<>\\^`{{|}}]|{_ENCODED}|{_EXPRESSION})*')
_IN_BRACES = re.compile(r"\{[^{}]*\}")


def base64_error(value: object) -> str:
    """What keeps a value from being strict base64 (RFC 4648 section 4); empty where nothing does."""
    if not isinstance(value, str):
        return f"a value of type {type(value).__name__}"
    try:
        base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError) as failure:
        return f"{value[:40]!r}: {failure}"
    return ""


def is_media_type(value: object) -> bool:
    """Whether a value is a media type: type and subtype, with or without parameters (RFC 6838 section 4.2)."""
    return isinstance(value, str) and bool(_MEDIA_TYPE.fullmatch(value))


def is_uri(value: str) -> bool:
    """Whether a string is a URI with a scheme (RFC 3986 section 3)."""
    return bool(_URI.fullmatch(value))


def has_good_scheme(uri: str) -> bool:
    """Whether what stands before the first colon is a scheme (RFC 3986 section 3.1)."""
    return bool(_SCHEME.fullmatch(uri.partition(":")[0]))


def is_template(value: str) -> bool:
    """Whether a string is a URI template (RFC 6570 section 2)."""
    return bool(_TEMPLATE.fullmatch(value))


def variables_of(template: str) -> list[str]:
    """The names of the variables of a URI template, in order."""
    listed = [name for found in _IN_BRACES.findall(template) for name in found.strip("{}+#./;?&").split(",")]
    return [name.partition(":")[0].rstrip("*") for name in listed if name]


def may_expand_to(template: str, uri: str) -> bool:
    """Whether a URI template might expand to this URI; rather yes than no."""
    first, *between = _IN_BRACES.split(template)
    if not between:
        return uri == first
    last = between.pop()
    at, end = len(first), len(uri) - len(last)
    if not uri.startswith(first) or not uri.endswith(last) or at > end:
        return False
    for literal in between:
        found = uri.find(literal, at, end)
        if found < 0:
            return False
        at = found + len(literal)
    return True


def blocks_of(result: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The content blocks of the result of a call, or of the messages of a prompt."""
    messages = [as_object(one).get("content") for one in as_list(result.get("messages"))]
    for block in (*as_list(result.get("content")), *messages):
        if is_object(block):
            yield as_object(block)


def embedded_in(result: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The resources embedded in the blocks of a result."""
    for block in blocks_of(result):
        if block.get("type") == "resource":
            yield as_object(block.get("resource"))


def contents_of(result: dict[str, Any]) -> list[dict[str, Any]]:
    """The items of a read resource."""
    return [as_object(one) for one in as_list(result.get("contents")) if is_object(one)]


def binary_of(result: dict[str, Any]) -> Iterator[tuple[str, object]]:
    """What a call, a prompt or a read resource gives as base64, each with the name of its kind."""
    for block in blocks_of(result):
        if block.get("type") in ("image", "audio"):
            yield str(block["type"]), block.get("data")
    for resource in (*embedded_in(result), *contents_of(result)):
        if "blob" in resource:
            yield "blob", resource["blob"]


def uris_in(result: dict[str, Any]) -> Iterator[object]:
    """The URIs of linked and embedded resources, and of what was read."""
    yield from (block.get("uri") for block in blocks_of(result) if block.get("type") == "resource_link")
    yield from (resource.get("uri") for resource in (*embedded_in(result), *contents_of(result)))


def annotations_in(result: dict[str, Any]) -> Iterator[object]:
    """The annotations of blocks and of the resources embedded in them."""
    for holder in (*blocks_of(result), *embedded_in(result), *contents_of(result)):
        if "annotations" in holder:
            yield holder["annotations"]
