"""The compliance report in a real browser: inert, self-contained, accessible, printable."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page

from conformance.catalogue import load
from conformance.report import render
from tests.report import sample
from tests.report.browser import axe_source, chromium

Scheme = Literal["light", "dark"]

SAMPLES: dict[str, Callable[[], dict[str, Any]]] = {
    "green": sample.green,
    "failing": sample.failing,
    "incomplete": sample.incomplete,
    "nothing_applicable": sample.nothing_applicable,
    "hostile": sample.hostile,
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("pages")
    addresses: dict[str, str] = {}
    for name, make in SAMPLES.items():
        path: Path = folder / f"{name}.html"
        path.write_text(render(make(), load()), encoding="utf-8")
        addresses[name] = path.as_uri()
    return addresses


@pytest.mark.parametrize("name", SAMPLES)
def test_a_page_loads_nothing_and_runs_nothing(browser: Browser, pages: dict[str, str], name: str) -> None:
    page = browser.new_page()
    requests: list[str] = []
    problems: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: problems.append(message.text))
    page.on("dialog", lambda dialog: problems.append(dialog.message))
    page.goto(pages[name])
    _open_all(page)
    title = page.title()
    found = page.locator("script, img, iframe, object, embed, form, [style], [onerror]").count()
    styled = page.locator(".verdict").evaluate("element => getComputedStyle(element).borderTopWidth")
    page.close()

    assert [url for url in requests if not url.startswith("data:")] == [pages[name]]
    assert not problems
    assert "owned" not in title or title.startswith("Not conformant: MCP conformance of https://evil.example/<img")
    assert found == 0
    assert styled == "5px"


def test_the_policy_of_a_page_refuses_scripts_and_foreign_styles(browser: Browser, pages: dict[str, str]) -> None:
    context = browser.new_context(bypass_csp=False)
    page = context.new_page()
    page.goto(pages["green"])
    page.evaluate(
        """() => {
            const script = document.createElement('script');
            script.textContent = "document.title = 'owned'";
            document.body.append(script);
            const style = document.createElement('style');
            style.textContent = 'h1 { position: fixed }';
            document.head.append(style);
        }"""
    )
    title, position = page.title(), page.locator("h1").evaluate("element => getComputedStyle(element).position")
    context.close()

    assert title != "owned"
    assert position == "static"


def test_a_page_is_whole_without_javascript(browser: Browser, pages: dict[str, str]) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(pages["failing"])
    fold = page.locator("[id='pkce.missing-verifier-refused'] details", has_text="Reproduce").first
    before = fold.locator("pre").first.is_visible()
    fold.locator("summary").first.click()
    after = fold.locator("pre").first.is_visible()
    context.close()

    assert (before, after) == (False, True)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["failing", "incomplete", "hostile"])
def test_axe_finds_nothing(browser: Browser, pages: dict[str, str], name: str, scheme: Scheme) -> None:
    source = axe_source()
    context = browser.new_context(color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    page.goto(pages[name])
    page.evaluate("document.querySelectorAll('details:not(.group)').forEach(fold => fold.open = true)")
    page.evaluate("document.querySelector('details.group').open = true")
    page.evaluate(source)
    report = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    context.close()

    assert [(one["id"], one["nodes"][0]["html"][:200]) for one in report["violations"]] == []


def test_the_keyboard_reaches_every_fold(browser: Browser, pages: dict[str, str]) -> None:
    page = browser.new_page()
    page.goto(pages["failing"])
    folds = page.locator("summary:visible").count()
    stops = page.locator(":is(a[href], summary, [tabindex='0']):visible").count()
    page.evaluate(
        "window.reached = new Set(); addEventListener('focusin', event => reached.add(event.target))",
    )
    for _ in range(stops):
        page.keyboard.press("Tab")
    count = page.evaluate("[...reached].filter(one => one.tagName === 'SUMMARY').length")
    first = page.locator("#failed summary").first
    first.focus()
    page.keyboard.press("Enter")
    opened = first.evaluate("element => element.parentElement.open")
    page.close()

    assert folds > 40
    assert count == folds
    assert opened


def test_a_link_to_a_folded_requirement_opens_its_fold(browser: Browser, pages: dict[str, str]) -> None:
    page = browser.new_page()
    page.goto(f"{pages['failing']}#pkce.s256-supported")
    visible = page.locator("[id='pkce.s256-supported']").is_visible()
    page.close()

    assert visible


def test_every_link_inside_a_page_has_a_target(browser: Browser, pages: dict[str, str]) -> None:
    page = browser.new_page()
    page.goto(pages["failing"])
    dead = page.evaluate(
        """() => [...document.querySelectorAll('a[href^="#"], use')].map(one => one.getAttribute('href').slice(1))
            .filter(id => !document.getElementById(id))"""
    )
    twice = page.evaluate(
        "() => { const ids = [...document.querySelectorAll('[id]')].map(one => one.id);"
        " return ids.filter((id, place) => ids.indexOf(id) !== place) }"
    )
    page.close()

    assert dead == []
    assert twice == []


def test_print_shows_what_the_screen_folds(browser: Browser, pages: dict[str, str]) -> None:
    page = browser.new_page()
    page.goto(pages["failing"])
    page.emulate_media(media="print")
    hidden = page.evaluate(
        """() => [...document.querySelectorAll('pre, td, dd')]
            .filter(one => !one.checkVisibility() || one.getBoundingClientRect().height === 0).length"""
    )
    pdf = page.pdf(format="A4")
    page.close()

    assert hidden == 0
    assert len(pdf) > 100_000


@pytest.mark.parametrize("name", ["failing", "hostile"])
def test_a_page_never_scrolls_sideways(browser: Browser, pages: dict[str, str], name: str) -> None:
    page = browser.new_page()
    page.goto(pages[name])
    _open_all(page)
    overflow: dict[int, int] = {}
    for width in (320, 768, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        root = "document.documentElement"
        overflow[width] = page.evaluate(f"{root}.scrollWidth - {root}.clientWidth")
    page.close()

    assert max(overflow.values()) <= 0, overflow


def _open_all(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
