"""Keys of `_meta` in every message of the run (specification page basic/index, section `_meta`)."""

import re
from collections.abc import Iterator

import pytest

from conformance import Judge, requirement
from conformance.arrived import Arrived
from conformance.audit import Audit
from conformance.shapes import as_list, as_object

LABEL = r"[A-Za-z](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
PREFIX = re.compile(rf"{LABEL}(?:\.{LABEL})*")
NAME = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)?")
OURS = frozenset(("mcp", "modelcontextprotocol"))
DEFINED = frozenset(
    f"io.modelcontextprotocol/{name}"
    for name in "related-task model-immediate-response ui clientInfo serverInfo protocolVersion subscriptionId".split()
)
"""Keys with a reserved prefix that a revision or an official extension defines."""
TOP_LEVEL = frozenset(
    "com org net io dev app ai edu gov mil int info biz name pro cloud online site tech xyz test example local"
    " localhost internal invalid arpa".split()
)
FREE_FORM = frozenset("inputSchema outputSchema requestedSchema structuredContent arguments experimental data".split())
"""Members in which a `_meta` is the server's own affair."""


@pytest.fixture(scope="session")
def keys(messages: list[Arrived]) -> dict[str, Arrived]:
    """Every key of a `_meta` that the server sent, with a message that has it."""
    found: dict[str, Arrived] = {}
    for one in messages:
        message = as_object(one.message)
        for name in ("result", "params"):
            for key in _keys(message.get(name)):
                found.setdefault(key, one)
    return found


def _keys(value: object, depth: int = 12) -> Iterator[str]:
    if not depth:
        return
    for one in as_list(value):
        yield from _keys(one, depth - 1)
    for name, member in as_object(value).items():
        if name == "_meta":
            yield from as_object(member)
        elif name not in FREE_FORM:
            yield from _keys(member, depth - 1)


def prefixes(keys: dict[str, Arrived], judge: Judge) -> dict[str, Arrived]:
    """The keys that have a prefix; not applicable where none has."""
    found = {key: one for key, one in keys.items() if "/" in key}
    if not found:
        judge.not_applicable("no _meta of the server has a key with a prefix")
    return found


@requirement("meta.key-prefix-well-formed")
def test_the_prefix_of_a_meta_key_is_made_of_labels(keys: dict[str, Arrived], judge: Judge) -> None:
    for key, one in prefixes(keys, judge).items():
        good = PREFIX.fullmatch(key.partition("/")[0])
        judge.that(bool(good), expected="labels separated by dots before the slash", observed=key, evidence=one)


@requirement("meta.key-name-well-formed")
def test_the_name_of_a_meta_key_is_plain(keys: dict[str, Arrived], judge: Judge) -> None:
    if not keys:
        judge.not_applicable("the server sent no _meta with a key in it")
    for key, one in keys.items():
        good = NAME.fullmatch(key.partition("/")[2] if "/" in key else key)
        judge.that(bool(good), expected="a name of letters, digits, - _ and .", observed=key, evidence=one)


@requirement("meta.key-prefix-reverse-dns")
def test_the_prefix_of_a_meta_key_is_a_domain_turned_round(keys: dict[str, Arrived], judge: Judge) -> None:
    for key, one in prefixes(keys, judge).items():
        first = key.partition("/")[0].partition(".")[0].lower()
        good = first in TOP_LEVEL or len(first) == 2
        judge.that(good, expected="a prefix that begins with a top-level domain", observed=key, evidence=one)


@requirement("meta.reserved-prefixes-not-used")
def test_no_meta_key_of_the_server_has_a_reserved_prefix(keys: dict[str, Arrived], audit: Audit, judge: Judge) -> None:
    for key, one in prefixes(keys, judge).items():
        labels = key.partition("/")[0].lower().split(".")
        reserved = labels[1:2] if audit.revision >= "2025-11-25" else labels[:-1]
        taken = bool(OURS.intersection(reserved)) and key not in DEFINED
        judge.advise(not taken, expected="no prefix that MCP reserves", observed=key, evidence=one)
