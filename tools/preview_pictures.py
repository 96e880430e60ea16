"""Writes docs/preview*.png: pictures of a page of ``lexswitch preview``, and of a report on it.

Run it with ``pip install -e ".[browser]"`` and Chromium: ``python tools/preview_pictures.py``. The pictures need fonts
for Arabic, Chinese and Thai, such as Noto.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from lexswitch.cli import main
from tests.browser import launch

ROOT = Path(__file__).parent.parent
PAIRS = ROOT / "examples" / "data" / "pairs.tsv"
OPTIONS = ["--columns", "query=de,ru", "passage=ar,th,zh", "--seed", "2"]
# Name of the picture: width and height of the window, theme, and whether a card is open.
PICTURES = {
    "preview.png": (1080, 700, "light", True),
    "preview-dark.png": (1080, 700, "dark", True),
    "preview-narrow.png": (390, 844, "light", False),
}


def take(page: Page, name: str, show_card: bool) -> None:
    if show_card:
        page.locator(".switched[data-language=ru]").nth(1).hover()
    page.screenshot(path=ROOT / "docs" / name)


def write_pictures(preview: Path) -> None:
    with sync_playwright() as playwright, launch(playwright) as browser:
        for name, (width, height, theme, show_card) in PICTURES.items():
            page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=theme)
            page.goto(preview.as_uri())
            take(page, name, show_card)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        preview = Path(folder, "preview.html")
        main(["preview", str(PAIRS), *OPTIONS, "-o", str(preview), "--quiet"])
        write_pictures(preview)
