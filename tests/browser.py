"""Chromium for tests of pages: playwright drives the browser that the system has."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find_chromium() -> str | None:
    """Return the path of Chromium or Chrome, or None."""
    return next(filter(None, map(shutil.which, _NAMES)), None)


@contextmanager
def launch(playwright: Any) -> Iterator[Any]:
    """Yield a headless browser with a profile of its own, in a context that cannot reach the network."""
    with tempfile.TemporaryDirectory() as home:
        browser = playwright.chromium.launch(
            executable_path=find_chromium(), args=_ARGUMENTS, env={"HOME": home, "XDG_CONFIG_HOME": home}
        )
        try:
            yield browser
        finally:
            browser.close()


class Page:
    """A page with what it asked for and what went wrong.

    Attributes
    ----------
    page : playwright.sync_api.Page
    """

    def __init__(self, browser: Any, path: Path, **options: Any) -> None:
        self.page = browser.new_page(**options)
        self._requests: list[str] = []
        self._errors: list[str] = []
        self.page.on("request", lambda request: self._requests.append(request.url))
        self.page.on("pageerror", lambda error: self._errors.append(str(error)))
        self.page.on("console", lambda message: self._errors.append(message.text))
        self.page.goto(path.as_uri())

    def close(self) -> None:
        """Check that the page loaded nothing and had no error, and close it."""
        assert self._errors == []
        assert [url for url in self._requests if not url.startswith(("file:", "data:"))] == []
        self.page.close()


def serious_faults(page: Any) -> list[tuple[str, str]]:
    """Return rule and element of each serious fault that axe-core finds."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason='pip install -e ".[browser]"').Axe()
    found = axe.run(page).response["violations"]
    return [(one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in ("serious", "critical")]
