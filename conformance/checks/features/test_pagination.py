"""Cursors: the same one twice, and those that are none (server/utilities/pagination)."""

from contextlib import suppress
from typing import Any

from conformance import Judge, requirement
from conformance.exercise import listed
from conformance.survey import LISTS, Listing, Survey
from conformance.tool_calls import FIXTURE_TOOLS
from conformance.wire.connection import Answer, Connection
from conformance.wire.http import NoAnswer, Unreachable

_FIXTURE_TOOL = "test_simple_text"
_PLAIN_TOOLS = sorted(FIXTURE_TOOLS - {"json_schema_2020_12_tool", "test_audio_content", "test_error_handling"})


def _page(mcp: Connection, method: str, cursor: str | None = None) -> tuple[Answer, Any]:
    answer = mcp.request(method, {"cursor": cursor} if cursor is not None else None)
    return answer, (answer.result or {}).get(LISTS[method])


@requirement("pagination.cursors-stable")
def test_a_cursor_leads_to_the_same_page_again(survey: Survey, mcp: Connection, judge: Judge) -> None:
    for method in (name for name, listing in survey.listings.items() if len(listing.pages) > 1):
        first, entries = _page(mcp, method)
        cursor = (first.result or {}).get("nextCursor")
        if not isinstance(cursor, str):
            judge.could_not_run(f"{method} has no second page any more")
        _, once = _page(mcp, method, cursor)
        mcp.alive()
        answer, again = _page(mcp, method, cursor)
        same = once == again and isinstance(once, list)
        if not same and _page(mcp, method)[1] != entries:
            judge.could_not_run(f"{method} changes all the time")
        observed = "the same page" if same else f"another page, or none ({answer.summary})"
        judge.that(same, expected=f"the same page of {method}", observed=observed, evidence=answer)


@requirement("pagination.invalid-cursor-graceful")
def test_cursors_that_are_none_do_no_harm(survey: Survey, mcp: Connection, judge: Judge) -> None:
    method = _shortest_paginated(survey, judge)
    genuine = (survey.listings[method].pages[0].result or {}).get("nextCursor", "")
    for what, cursor in {"garbage": "\u2603 ", "20,000 characters": "x" * 20_000, "changed": f"{genuine}x"}.items():
        try:
            answer = mcp.request(method, {"cursor": cursor})
            good = answer.response is not None or 400 <= answer.http.status < 500
            judge.that(good, expected=f"an answer to a cursor, {what}", observed=answer.summary, evidence=answer)
        except Unreachable:
            raise
        except NoAnswer as failure:
            judge.that(False, expected=f"an answer to a cursor, {what}", observed=str(failure), evidence=failure)
    goes_on = None
    with suppress(NoAnswer):
        goes_on = mcp.request(method)
    observed = goes_on.summary if goes_on else "no answer"
    judge.that(bool(goes_on and goes_on.result is not None), expected=f"{method} goes on working", observed=observed)


def _shortest_paginated(survey: Survey, judge: Judge) -> str:
    """A list that was answered, one with a second page if there is one."""
    answered: dict[str, Listing] = {name: one for name, one in survey.listings.items() if not one.refusal}
    if not answered:
        judge.not_applicable("the server has no lists")
    return max(answered, key=lambda name: len(answered[name].pages) > 1)


@requirement("pagination.next-cursor-when-more")
def test_a_list_goes_on_while_there_is_more(survey: Survey, mcp: Connection, judge: Judge) -> None:
    names = {str(tool.get("name")) for tool in listed(survey, "tools/list")}
    if _FIXTURE_TOOL not in names:
        judge.not_applicable("the server does not offer the tools of the field's conformance fixture")
    for name in (one for one in _PLAIN_TOOLS if one not in names):
        answer = mcp.request("tools/call", {"name": name, "arguments": {}})
        there = answer.result is not None and not answer.result.get("isError")
        observed = "it can be called, though no page of the list has it" if there else "there is no such tool"
        judge.that(not there, expected=f"{name} listed, if it is there", observed=observed, evidence=answer)
    judge.that(True, expected="every tool of the fixture listed", observed=f"{len(names)} tools are")
