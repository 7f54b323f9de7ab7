"""Generated MCP messages, and changes of them, judged by our schemas and by the official ones."""

import json
from functools import cache
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from conformance.schema import message_errors
from tests.schemas.differences import intended, lacks_id
from tests.schemas.examples import REPLACEMENTS, Mutant, mutants_at
from tests.schemas.generated import REPEATABLE, instances_of, place_in, words_of
from tests.schemas.oracle import (
    ORACLE,
    REVISIONS,
    oracle,
    oracle_definition,
    oracle_judge,
    our_judge,
    ours,
    resolver,
)

PLACES = 3
"""In how many places each instance is changed."""
SYNTAX = ("Uri", "UriTemplate", "Base64")


@cache
def names(revision: str) -> list[str]:
    return [name for name in ours(revision)["$defs"] if name not in SYNTAX]


@cache
def strategy(revision: str, name: str, official: bool) -> st.SearchStrategy[Any]:
    schema = oracle_definition(revision, name) if official else None
    document = oracle(revision) if schema else ours(revision)
    return instances_of(schema or document["$defs"][name], resolver(document))


def judged_differently(revision: str, name: str, mutant: Mutant) -> str:
    """A line on what our two engines, or we and the official schema, disagree about; empty where all agree."""
    accepted = our_judge(revision, name).is_valid(mutant.instance)
    if accepted == bool(message_errors(revision, name, mutant.instance)):
        return f"our engines differ: {name} {mutant.label}: {json.dumps(mutant.instance)}"
    validator = oracle_judge(revision, name) if ORACLE.is_dir() else None
    if validator is None or validator.is_valid(mutant.instance) == accepted:
        return ""
    direction = "looser" if accepted else "stricter"
    known = intended(direction, name, mutant)
    return "" if known else f"{direction}: {name} {mutant.label}: {json.dumps(mutant.instance)}"


@pytest.mark.parametrize("revision", REVISIONS)
def test_that_generated_messages_and_their_changes_are_judged_alike(revision: str) -> None:
    words = words_of(ours(revision))

    @settings(REPEATABLE, max_examples=100)
    @given(st.data())
    def judge(data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(names(revision)))
        official = ORACLE.is_dir() and data.draw(st.booleans())
        instance = data.draw(strategy(revision, name, official))
        assume(not lacks_id(instance))
        changes = [Mutant(f"$ = {instance!r}", instance)]
        for _ in range(PLACES):
            replacements = (*REPLACEMENTS, data.draw(st.sampled_from(words)))
            changes += mutants_at(instance, data.draw(place_in(instance)), replacements)
        assert [line for change in changes if (line := judged_differently(revision, name, change))] == []

    judge()
