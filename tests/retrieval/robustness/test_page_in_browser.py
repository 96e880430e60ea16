"""The page of a stress test in a real browser: it loads nothing, runs nothing, and is accessible.

The tests need Chromium, and ``pip install -e ".[test,browser]"``; without them, they are skipped.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from lexswitch.retrieval import RetrievalData, stress

from ...browser import Page, find_chromium, launch, serious_faults
from .collection import DOCUMENTS, LEXICON, QUERIES, RELEVANT, words

playwright_api = pytest.importorskip("playwright.sync_api", reason='pip install -e ".[browser]"')
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_chromium() is None, reason="Chromium is not installed: apt-get install chromium"),
]

PAYLOAD = "<img src=x onerror=window.ran=1>"


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a small test, with HTML in a query, in its id and in the name of the data."""
    queries = {**QUERIES, PAYLOAD: f"red house {PAYLOAD}"}
    data = RetrievalData(queries, DOCUMENTS, {**RELEVANT, PAYLOAD: {"d1": 1}}, name=PAYLOAD)
    file = tmp_path_factory.mktemp("page") / "report.html"
    stress(data, words, LEXICON, ["de", "ru"], [0.5, 1], progress=False).save(file)
    return file


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1200])
def test_page(path: Path, theme: str, width: int) -> None:
    """Queries that broke are shown with their switched words; HTML of the data is shown and never run."""
    with playwright_api.sync_playwright() as playwright, launch(playwright) as browser:
        shown = Page(browser, path, color_scheme=theme, viewport={"width": width, "height": 900})
        page = shown.page
        for summary in page.locator("summary").all():
            summary.click()
        assert "Haus" in page.inner_text("body")
        assert PAYLOAD in page.inner_text("body")
        assert page.evaluate("window.ran") is None
        assert page.locator("[onerror]").count() == 0
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert serious_faults(page) == []
        shown.close()
