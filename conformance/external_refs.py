"""References of JSON Schemas that lead to the network (2026-07-28, basic/index)."""

from collections.abc import Iterator
from typing import Any

from conformance.shapes import as_list, as_object, is_array, is_object
from conformance.wire.http import join_url, split_url

_NO_SCHEMAS = frozenset(("enum", "const", "default", "examples", "example"))
_KNOWN_HOST = "json-schema.org"
"""Whose schemas come with every validator."""
COMPOSING = frozenset("allOf anyOf oneOf not if then else $ref $dynamicRef dependentSchemas".split())
"""Keywords that put schemas together, so that their validation can explode."""


def network_refs(schema: object) -> list[str]:
    """The URLs to which a schema refers and which it does not define itself."""
    own, refs = set[str](), set[str]()
    _collect(schema, "", own, refs)
    return sorted(one for one in refs if one not in own and split_url(one).hostname != _KNOWN_HOST)


def _collect(schema: object, base: str, own: set[str], refs: set[str]) -> None:
    members = as_object(schema)
    if isinstance(members.get("$id"), str):
        base = join_url(base, members["$id"]).partition("#")[0]
        own.add(base)
    for keyword in ("$ref", "$dynamicRef"):
        if isinstance(members.get(keyword), str):
            url = join_url(base, members[keyword]).partition("#")[0]
            if split_url(url).scheme in ("http", "https"):
                refs.add(url)
    for name, value in members.items():
        if name not in _NO_SCHEMAS:
            for one in as_list(value) or [value]:
                _collect(one, base, own, refs)


def composes(schema: object) -> bool:
    """Whether a schema is put together from others."""
    return any(name in COMPOSING for name in _keywords(schema))


def _keywords(value: Any) -> Iterator[str]:  # noqa: ANN401
    if is_object(value):
        for name, inner in as_object(value).items():
            yield name
            yield from _keywords(inner)
    elif is_array(value):
        for one in as_list(value):
            yield from _keywords(one)
