"""What another user gets of what we got: lists, and what stands only in ours."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from conformance.ceremony.relisting import KEYS
from conformance.exercise import Exercise, listed
from conformance.probe import Probe
from conformance.shapes import as_list, as_object
from conformance.survey import LISTS, Listing, walk
from conformance.verdict import CouldNotRun
from conformance.wire.connection import Answer, Connection

_MOST_TRIED = 5


@dataclass(frozen=True)
class Seen:
    """What another user got.

    `public` says of lists that are marked public, by method, whether that user got the same, and what came. `hidden`
    are the answers to the use of entries that stand only in our lists, with the scope of that list.
    """

    public: Mapping[str, tuple[bool, Answer]]
    hidden: Mapping[str, tuple[Answer, Any]]


def see_as(probe: Probe, exercise: Exercise, token: str) -> Seen:
    """Get all lists as another user, and use what only ours hold. Raises NoAnswer, CouldNotRun."""
    public: dict[str, tuple[bool, Answer]] = {}
    hidden: dict[str, tuple[Answer, Any]] = {}
    with probe.fresh(token) as theirs, probe.fresh() as ours:
        for one in (theirs, ours):
            if one.open(probe.survey.revision).result is None:
                raise CouldNotRun("the server does not answer server/discover for both users")
        for method in probe.survey.listings:
            mine, other = walk(ours, method), walk(theirs, method)
            if mine.refusal or other.refusal:
                continue
            scope = (mine.pages[0].result or {}).get("cacheScope")
            if scope == "public":
                public[method] = (_entries(mine, method) == _entries(other, method), other.pages[-1])
            for what, answer in _use(probe, exercise, theirs, method, other).items():
                hidden[what] = (answer, scope)
    return Seen(public, hidden)


def _entries(listing: Listing, method: str) -> list[Any]:
    return [one for page in listing.pages for one in as_list((page.result or {}).get(LISTS[method]))]


def _use(probe: Probe, exercise: Exercise, theirs: Connection, method: str, listing: Listing) -> dict[str, Answer]:
    """Read resources, get prompts and call harmless tools that stand in our list and not in theirs."""
    if method not in KEYS:
        return {}
    key = KEYS[method]
    shown = {as_object(one).get(key) for one in listing.items}
    entries = exercise.tools if method == "tools/list" else listed(probe.survey, method)
    answers: dict[str, Answer] = {}
    for entry in [one for one in entries if one.get(key) not in shown][:_MOST_TRIED]:
        if method == "tools/list":
            params = {"name": entry.get("name"), "arguments": exercise.arguments_for(entry)}
            answers[f"the tool {entry.get('name')}"] = theirs.request("tools/call", params)
        elif method == "resources/list":
            answers[f"the resource {entry.get('uri')}"] = theirs.request("resources/read", {"uri": entry.get("uri")})
        else:
            answers[f"the prompt {entry.get('name')}"] = theirs.request("prompts/get", exercise.filled(entry))
    return answers
