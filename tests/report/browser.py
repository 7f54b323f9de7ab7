"""Headless Chromium for the tests of the pages."""

import os
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parents[2]


@contextmanager
def chromium() -> Generator[Browser]:
    """A browser that is closed afterwards; skips the test where there is none, unless in CI."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None and not os.environ.get("CI"):
        pytest.skip("needs Chromium on the PATH")
    assert found, "needs Chromium on the PATH"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


def axe_source() -> str:
    """The script of axe-core; skips the test where it is not installed, unless in CI."""
    path = Path(os.environ.get("AXE_CORE") or "node_modules/axe-core/axe.min.js")
    path = path if path.is_absolute() else ROOT / path
    if not path.exists() and not os.environ.get("CI"):
        pytest.skip("needs axe-core: npm install axe-core, or AXE_CORE=…/axe.min.js")
    return path.read_text(encoding="utf-8")
