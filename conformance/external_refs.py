"""References of JSON Schemas that lead to the network (2026-07-28, basic/index)."""

from conformance.shapes import as_list, as_object
from conformance.wire.http import join_url, split_url

_NO_SCHEMAS = frozenset(("enum", "const", "default", "examples", "example"))
_KNOWN_HOST = "json-schema.org"
"""Whose schemas come with every validator."""
COMPOSING = frozenset("allOf anyOf oneOf not if then else $ref $dynamicRef dependentSchemas".split())
"""Keywords that put schemas together, so that their validation can explode."""


def network_refs(schema: object) -> list[str]:
    """The URLs to which a schema refers and which it does not define itself."""
    own, refs = set[str](), set[str]()
    waiting: list[tuple[object, str]] = [(schema, "")]
    while waiting:
        value, base = waiting.pop()
        members = as_object(value)
        if isinstance(members.get("$id"), str):
            base = _absolute(base, members["$id"])
            own.add(base)
        for keyword in ("$ref", "$dynamicRef"):
            if isinstance(members.get(keyword), str):
                url = _absolute(base, members[keyword])
                if split_url(url).scheme in ("http", "https"):
                    refs.add(url)
        inner = (value for name, value in members.items() if name not in _NO_SCHEMAS)
        waiting += [(one, base) for value in inner for one in (as_list(value) or [value])]
    return sorted(one for one in refs if one not in own and split_url(one).hostname != _KNOWN_HOST)


def _absolute(base: str, reference: str) -> str:
    """The URL that a reference names, without its fragment."""
    return join_url(base, reference).partition("#")[0]


def composes(schema: object) -> bool:
    """Whether a schema is put together from others."""
    waiting = [schema]
    while waiting:
        value = waiting.pop()
        if COMPOSING & as_object(value).keys():
            return True
        waiting += [*as_object(value).values(), *as_list(value)]
    return False
