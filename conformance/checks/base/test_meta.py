"""`_meta` in requests, and icons (specification page basic/index)."""

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Any

from conformance import Judge, requirement
from conformance.schema import message_errors
from conformance.shapes import as_list, as_object, is_array
from conformance.survey import Survey
from conformance.wire.connection import REVISIONS, Connection
from conformance.wire.meta import SERVER_KEY

EXTRA: dict[str, Any] = {"com.example/probe": {"nested": [1, {"deeper": "ü"}]}, "com.example.audit/flag": True}
SIZE = re.compile(r"[0-9]+x[0-9]+|any")
DATA = re.compile(r"data:[^,]*;base64,(.*)", re.IGNORECASE | re.DOTALL)


@requirement("meta.extra-request-keys-accepted")
def test_a_request_with_more_meta_keys_is_served_as_usual(survey: Survey, mcp: Connection, judge: Judge) -> None:
    served = [method for method, listing in survey.listings.items() if not listing.refusal]
    if not served:
        judge.could_not_run("no list is served")
    controls = {"resources/read": _resource(survey)} if _resource(survey) else {}
    for method, params in ({served[0]: dict[str, Any]()} | controls).items():
        answer = mcp.request(method, {**params, "_meta": EXTRA})
        if answer.result is None and method == "resources/read":
            plain = mcp.request(method, params)
            if plain.result is None:
                continue
        observed = f"{answer.summary} for {method}"
        judge.that(answer.result is not None, expected="a result as without _meta", observed=observed, evidence=answer)


def _resource(survey: Survey) -> dict[str, Any]:
    """Params that read the first listed resource; empty where none is listed."""
    listing = survey.listings.get("resources/list")
    uris = [as_object(one).get("uri") for one in listing.items] if listing else []
    uri = next((one for one in uris if isinstance(one, str)), None)
    return {} if uri is None else {"uri": uri}


def icons_of(survey: Survey, judge: Judge) -> list[tuple[str, Any]]:
    """Every icon with the name of what it is for; not applicable where there is none."""
    found = list(_icons(survey))
    if not found:
        judge.not_applicable("nothing has icons")
    return found


def _icons(survey: Survey) -> Iterator[tuple[str, Any]]:
    opening = survey.initialize_result
    about = opening.get("serverInfo") or as_object(opening.get("_meta")).get(SERVER_KEY)
    owners = [("the server", as_object(about))]
    for method, listing in survey.listings.items():
        owners += [(f"{method} {as_object(item).get('name')}", as_object(item)) for item in listing.items]
    for name, owner in owners:
        if "icons" in owner:
            icons = owner["icons"]
            yield from ((name, icon) for icon in (as_list(icons) if is_array(icons) else [icons]))


@requirement("meta.icons-match-schema")
def test_every_icon_fits_its_schema(survey: Survey, judge: Judge) -> None:
    if survey.revision not in REVISIONS:
        judge.could_not_run("the server granted no revision that is known")
    for name, icon in icons_of(survey, judge):
        errors = message_errors(survey.revision, "Icon", icon)
        judge.that(not errors, expected=f"an Icon of {name}", observed=errors or "fits")


@requirement("meta.icon-src-http-or-data")
def test_every_icon_is_at_a_web_address_or_in_the_message(survey: Survey, judge: Judge) -> None:
    for name, icon in icons_of(survey, judge):
        src = as_object(icon).get("src")
        if not isinstance(src, str):
            continue
        good = src.lower().startswith(("http://", "https://")) or _is_base64(src)
        judge.that(good, expected=f"http, https or base64 data as src of {name}", observed=src[:80])
        secure = not src.lower().startswith("http://")
        judge.advise(secure, expected=f"https as src of {name}", observed=src[:80])
    if not judge.observations:
        judge.could_not_run("no icon has a src")


def _is_base64(src: str) -> bool:
    data = DATA.fullmatch(src)
    try:
        return data is not None and bool(base64.b64decode(data[1], validate=True))
    except (binascii.Error, ValueError):
        return False


@requirement("meta.icon-sizes-format")
def test_every_size_of_an_icon_is_width_x_height_or_any(survey: Survey, judge: Judge) -> None:
    sizes = [(name, size) for name, icon in icons_of(survey, judge) for size in as_list(as_object(icon).get("sizes"))]
    if not sizes:
        judge.not_applicable("no icon has sizes")
    for name, size in sizes:
        good = isinstance(size, str) and bool(SIZE.fullmatch(size))
        judge.that(good, expected=f"WIDTHxHEIGHT or any as size of {name}", observed=repr(size))
