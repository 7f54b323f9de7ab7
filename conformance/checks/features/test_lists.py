"""Lists of tools, resources, templates and prompts, and their pages."""

from collections import Counter

from conformance import Judge, requirement
from conformance.schema import message_errors
from conformance.shapes import as_object
from conformance.survey import LISTS, Listing, Survey
from conformance.wire.connection import Connection

RESULTS = {
    "tools/list": "ListToolsResult",
    "resources/list": "ListResourcesResult",
    "resources/templates/list": "ListResourceTemplatesResult",
    "prompts/list": "ListPromptsResult",
}


def listing_of(survey: Survey, judge: Judge, method: str) -> Listing:
    """The survey's walk through a list."""
    if method not in survey.listings:
        judge.could_not_run(survey.failure.sentence if survey.failure else f"{method} was not sent")
    return survey.listings[method]


def answered(survey: Survey, judge: Judge, method: str) -> None:
    """Judge that a list method gave a list on its first page."""
    first = listing_of(survey, judge, method).pages[0]
    listed = (first.result or {}).get(LISTS[method])
    judge.that(
        isinstance(listed, list),
        expected=f"a list of {LISTS[method]}",
        observed=first.summary,
        evidence=first,
    )


def fits_schema(survey: Survey, judge: Judge, method: str) -> None:
    """Judge every page of a list against the schema of the revision."""
    listing = listing_of(survey, judge, method)
    for number, page in enumerate(listing.pages, 1):
        if page.result is None:
            judge.could_not_run(f"{method} was refused ({page.summary})")
        errors = message_errors(survey.revision, RESULTS[method], page.result)
        judge.that(
            not errors,
            expected=f"{RESULTS[method]} on page {number}",
            observed=errors or "fits",
            evidence=page,
        )


def items_unique(survey: Survey, judge: Judge, method: str, key: str) -> None:
    """Judge that no two entries of a list share a name."""
    listing = listing_of(survey, judge, method)
    if listing.refusal:
        judge.could_not_run(f"{method} was refused ({listing.refusal.summary})")
    if not listing.ended:
        judge.could_not_run("the pages of the list never end, so entries repeat")
    names = [as_object(item).get(key) for item in listing.items]
    numbers = Counter(name for name in names if isinstance(name, str))
    twice = sorted(name for name, number in numbers.items() if number > 1)
    judge.that(
        not twice,
        expected=f"each {key} once",
        observed=twice or f"{len(names)} different",
        evidence=listing.pages[0],
    )


@requirement("tools.list-answered")
def test_tools_are_listed(survey: Survey, judge: Judge) -> None:
    answered(survey, judge, "tools/list")


@requirement("resources.list-answered")
def test_resources_are_listed(survey: Survey, judge: Judge) -> None:
    answered(survey, judge, "resources/list")


@requirement("prompts.list-answered")
def test_prompts_are_listed(survey: Survey, judge: Judge) -> None:
    answered(survey, judge, "prompts/list")


@requirement("tools.list-result-matches-schema")
def test_every_page_of_tools_fits_its_schema(survey: Survey, judge: Judge) -> None:
    fits_schema(survey, judge, "tools/list")


@requirement("resources.list-result-matches-schema")
def test_every_page_of_resources_fits_its_schema(survey: Survey, judge: Judge) -> None:
    fits_schema(survey, judge, "resources/list")


@requirement("resources.templates-list-result-matches-schema")
def test_every_page_of_templates_fits_its_schema(survey: Survey, judge: Judge) -> None:
    listing = listing_of(survey, judge, "resources/templates/list")
    first = listing.pages[0]
    if first.result is None:
        judge.advise(False, expected="a list, if empty", observed=first.summary, evidence=first)
        return
    fits_schema(survey, judge, "resources/templates/list")


@requirement("prompts.list-result-matches-schema")
def test_every_page_of_prompts_fits_its_schema(survey: Survey, judge: Judge) -> None:
    fits_schema(survey, judge, "prompts/list")


@requirement("tools.name-unique")
def test_no_two_tools_share_a_name(survey: Survey, judge: Judge) -> None:
    items_unique(survey, judge, "tools/list", "name")


@requirement("resources.uri-unique")
def test_no_two_resources_share_a_uri(survey: Survey, judge: Judge) -> None:
    items_unique(survey, judge, "resources/list", "uri")


@requirement("prompts.name-unique")
def test_no_two_prompts_share_a_name(survey: Survey, judge: Judge) -> None:
    items_unique(survey, judge, "prompts/list", "name")


@requirement("pagination.cursor-continues-list")
def test_a_cursor_leads_to_the_entries_after_it(survey: Survey, judge: Judge) -> None:
    for method, listing in survey.listings.items():
        for before, page in zip(listing.pages, listing.pages[1:], strict=False):
            same = page.result is not None and page.result.get(LISTS[method]) == (before.result or {}).get(
                LISTS[method]
            )
            good = page.result is not None and not same
            observed = "the same page again" if same else page.summary
            judge.that(good, expected=f"other entries of {method}", observed=observed, evidence=page)


@requirement("pagination.walk-ends-without-repeats")
def test_following_cursors_comes_to_an_end(survey: Survey, judge: Judge) -> None:
    for method, listing in survey.listings.items():
        observed = f"{len(listing.pages)} pages" if listing.ended else f"no end after {len(listing.pages)} pages"
        judge.that(listing.ended, expected=f"{method} ends", observed=observed, evidence=listing.pages[-1])


@requirement("pagination.next-cursor-is-string")
def test_the_cursor_is_a_string_or_left_out(survey: Survey, judge: Judge) -> None:
    for method, listing in survey.listings.items():
        for page in listing.pages:
            result = page.result or {}
            good = "nextCursor" not in result or isinstance(result["nextCursor"], str)
            observed = repr(result.get("nextCursor", "left out"))
            judge.that(good, expected=f"nextCursor of {method}: a string or absent", observed=observed, evidence=page)
    if not judge.observations:
        judge.not_applicable("the server has no lists")


@requirement("pagination.invalid-cursor-code")
def test_an_invalid_cursor_is_an_invalid_params_error(survey: Survey, mcp: Connection, judge: Judge) -> None:
    paginated = [method for method, listing in survey.listings.items() if len(listing.pages) > 1]
    if not paginated:
        judge.not_applicable("no list has a second page, so a server may ignore the cursor")
    for method in paginated:
        answer = mcp.request(method, {"cursor": "conformance-no-such-cursor"})
        good = answer.error_code == -32602
        judge.that(good, expected=f"error -32602 from {method}", observed=answer.summary, evidence=answer)
