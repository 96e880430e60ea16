"""Pages in a real browser: exact texts, no foreign code, keyboard, filters, themes and accessibility.

The tests need Chromium, and ``pip install -e ".[test,browser]"``; without them, they are skipped.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lexswitch import CharacterTokenizer, CodeSwitcher, Lexicon, RegexTokenizer
from lexswitch.cli import main

from ...browser import Page, find_chromium, launch, serious_faults

playwright_api = pytest.importorskip("playwright.sync_api", reason='pip install -e ".[browser]"')
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_chromium() is None, reason="Chromium is not installed: apt-get install chromium"),
]

PAYLOADS = [
    "<script>window.ran = 1</script>",
    "</script><script>window.ran = 1</script>",
    "<img src=x onerror=window.ran=1>",
    '"><svg onload=window.ran=1>',
    "{{data}} ${window.ran = 1} \u2028 window.ran = 1 //",
    "<!--<script>",
]
LEXICON = Lexicon.from_pairs(
    {
        "de": [("house", "Haus", 0.75), ("house", "Gebäude", 0.25), ("credit card", "Kreditkarte"), ("red", "rot")],
        "ar": [("house", "بيت"), ("red", "أحمر")],
        "th": [("house", "บ้าน")],
        "zh": [("house", "房子"), ("credit card", "信用卡")],
    }
)
TEXTS = [
    "The House is red, 😀 the CREDIT CARD\tis  not",
    "nothing to see",
    "house house house house",
    "",
    "a red\nhouse",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A headless browser."""
    with playwright_api.sync_playwright() as playwright, launch(playwright) as browser:
        yield browser


class OpenPage(Page):
    """A preview."""

    def texts(self, column: str) -> list[str]:
        """Return the texts before or after switching."""
        found: list[str] = self.page.eval_on_selector_all(f".{column}", "all => all.map(one => one.textContent)")
        return found

    def set_step(self, step: int) -> None:
        """Move the slider."""
        self.page.locator("#p").fill(str(step))


@pytest.fixture
def open_page(browser: Any, tmp_path: Path) -> Iterator[Any]:
    """A function that opens the page of texts; pages must load nothing and have no errors."""
    opened: list[OpenPage] = []

    def open_texts(texts: list[str], switcher: CodeSwitcher | None = None, **options: Any) -> OpenPage:
        path = tmp_path / f"page{len(opened)}.html"
        (switcher or CodeSwitcher(LEXICON)).preview(texts).save(path)
        return open_file(path, **options)

    def open_file(path: Path, **options: Any) -> OpenPage:
        opened.append(OpenPage(browser, path, **options))
        return opened[-1]

    open_texts.file = open_file  # type: ignore[attr-defined]
    yield open_texts
    for one in opened:
        one.close()


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"p": 0.3, "candidates": "weighted"},
        {"draw_language": "text"},
        {"missing": "keep"},
        {"p": {"de": 0.9, "ar": 0.1, "th": 0.5, "zh": 0.5}},
    ],
)
def test_slider_shows_what_apply_returns(options: dict[str, Any], open_page: Any) -> None:
    """At each step of the slider, the page shows the texts that `apply` returns with this p."""
    switcher = CodeSwitcher(LEXICON, **options)
    shown = open_page(TEXTS, switcher)
    assert shown.texts("before") == TEXTS
    assert shown.texts("after") == switcher.apply(TEXTS)
    labels = shown.page.locator("#ticks span").all_inner_texts()
    for step, label in enumerate(labels):
        shown.set_step(step)
        p = float(label) if label.replace(".", "").isdigit() else options["p"]
        assert shown.texts("after") == switcher.replace(p=p).apply(TEXTS)
        assert shown.page.inner_text("#p-value") == label
    assert len(set(labels)) == len(labels) >= 5


def test_blanks_between_scripts_are_those_of_apply(open_page: Any) -> None:
    """A blank that is inserted beside a switch is in the text, at each p."""
    lexicon = Lexicon.from_pairs({"en": [("อันดับ", "rank"), ("ที่", "that")]}, source="th")
    texts = ["ได้อันดับที่หก", "อันดับ2"]
    switcher = CodeSwitcher(lexicon, tokenizer=CharacterTokenizer(), max_words=8)
    shown = open_page(texts, switcher)
    for step, p in enumerate((0, 0.25, 0.5, 0.75, 1)):
        shown.set_step(step)
        assert shown.texts("after") == switcher.replace(p=p).apply(texts)
    assert shown.page.locator(".switched").first.text_content() == "rank"


def test_payloads_are_shown_and_never_run(open_page: Any, tmp_path: Path) -> None:
    """HTML and script in texts, terms, translations, file and column names is shown as text."""
    pairs = [(f"{payload} house", payload) for payload in PAYLOADS] + [("house", payload) for payload in PAYLOADS]
    switcher = CodeSwitcher(Lexicon.from_pairs({"de": pairs}), p=1.0, tokenizer=RegexTokenizer(r"\S+"), max_words=9)
    texts = [f"{payload} house {payload}" for payload in PAYLOADS]
    shown = open_page(texts, switcher)
    assert shown.texts("before") == texts
    assert shown.texts("after") == switcher.apply(texts)
    for part in shown.page.locator(".part").all():
        part.hover()
        assert shown.page.locator("#card").is_visible()
    assert shown.page.locator("script").count() == 2
    assert shown.page.locator("img, svg").count() == 0
    assert shown.page.evaluate("window.ran") is None


def test_names_of_files_and_columns_are_shown_and_never_run(open_page: Any, tmp_path: Path) -> None:
    """A file and its columns may have any name."""
    name, column = "<img src=x onerror=window.ran=1>.tsv", "<script>window.ran=1</script>"
    (tmp_path / name).write_text(f"{column}\tplain\na house\tred\n", encoding="utf-8")
    options = ["--columns", f"{column}=de", "plain=ar", "--to", "de", "-o", str(tmp_path / "page.html")]
    assert main(["preview", str(tmp_path / name), *options, "--quiet"]) == 0
    shown = open_page.file(tmp_path / "page.html")
    assert shown.page.inner_text("h1") == name
    assert shown.page.title() == name
    assert shown.page.locator(".place").all_inner_texts() == [f"1\n{column}", "1\nplain"]
    assert shown.page.locator("img").count() == 0
    assert shown.page.evaluate("window.ran") is None


def test_card_explains_each_word(open_page: Any) -> None:
    """Pointing at a word shows its candidates with weights, or the reason why it stayed; Escape hides the card."""
    shown = open_page(["a house #tag"], CodeSwitcher(LEXICON, ["de", "ar"], p=0.0))
    card, parts = shown.page.locator("#card"), shown.page.locator(".after .part")
    reasons = []
    for number in range(parts.count()):
        parts.nth(number).hover()
        reasons.append(card.inner_text().split("\n")[:2])
    assert [reason for _, reason in reasons[::2]] == ["Stayed: not in the lexicon.", "Stayed: protected."]
    assert reasons[1][1].startswith("Stayed: not drawn (switched for p = ")
    parts.nth(1).hover()
    assert card.locator("li").all_inner_texts() == ["ar\nبيت 1", "de\nHaus 0.75\nGebäude 0.25"]
    shown.set_step(4)
    parts.nth(1).hover()
    assert card.inner_text().startswith("house → ")
    assert card.locator(".chosen").all_inner_texts() in (["بيت 1"], ["Haus 0.75"])
    shown.page.keyboard.press("Escape")
    assert card.is_hidden()


def test_keyboard_reaches_each_word(open_page: Any) -> None:
    """Each text is one stop of Tab; arrow keys go from word to word and show the card."""
    shown = open_page(["a red house", "house"], CodeSwitcher(LEXICON, ["de"], p=1.0))
    keyboard, focused = shown.page.keyboard, "document.activeElement.textContent"
    shown.page.locator("#languages button").last.focus()
    keyboard.press("Tab")
    assert shown.page.evaluate(focused) == "a"
    for key, text, says in [
        ("ArrowRight", "rot", "red → rot"),
        ("ArrowRight", "Haus", "house → Haus"),
        ("ArrowRight", "Haus", "house → Haus"),
        ("ArrowLeft", "rot", "red → rot"),
    ]:
        keyboard.press(key)
        assert shown.page.evaluate(focused) == text
        assert shown.page.inner_text("#card").startswith(says)
        assert shown.page.evaluate("document.activeElement.getAttribute('aria-describedby')") == "card"
    keyboard.press("Tab")
    assert shown.page.evaluate("document.activeElement.closest('article').ariaLabel") == "Row 2"
    keyboard.press("Shift+Tab")
    assert shown.page.evaluate(focused) == "rot"


def test_filters_choose_texts(open_page: Any) -> None:
    """Languages, changed and unchanged texts can be chosen; the counts say how many there are."""
    lexicon = Lexicon.from_pairs({"de": [("house", "Haus")], "ar": [("red", "أحمر")]})
    shown = open_page(["a house", "red", "red house", "blue"], CodeSwitcher(lexicon, p=1.0))
    page = shown.page
    assert page.inner_text("#summary") == "4 of 4 units switched (100.0 %), in 3 of 4 texts"
    arabic, german = page.locator("#languages button").all()
    assert [arabic.inner_text(), german.inner_text()] == ["Arabic (ar) 2", "German (de) 2"]
    arabic.press("Enter")
    assert shown.texts("before") == ["red", "red house"]
    german.press(" ")
    assert shown.texts("before") == ["a house", "red", "red house"]
    page.select_option("#show", "unchanged")
    assert page.inner_text(".nothing") == "No text matches these settings."
    arabic.click()
    german.click()
    assert shown.texts("before") == ["blue"]
    page.select_option("#show", "changed")
    assert shown.texts("before") == ["a house", "red", "red house"]
    shown.set_step(0)
    assert page.inner_text("#summary") == "0 of 4 units switched (0.0 %), in 0 of 4 texts"
    assert page.inner_text(".nothing") == "No text matches these settings."


def test_pages_of_many_texts(open_page: Any) -> None:
    """Fifty texts are shown at a time, and all can be reached."""
    texts = [f"house {number}" for number in range(120)]
    shown = open_page(texts)
    seen = shown.texts("before")
    assert shown.page.locator("#previous").is_disabled()
    for _ in range(2):
        shown.page.click("#next")
        seen += shown.texts("before")
    assert seen == texts
    assert shown.page.inner_text("#position") == "Texts 101 to 120 of 120"
    assert shown.page.locator("#next").is_disabled()


def test_scripts_have_their_direction(open_page: Any) -> None:
    """Switches into Arabic run from right to left inside English text; Arabic texts do as a whole."""
    shown = open_page(["red house in the city"], CodeSwitcher(LEXICON, ["ar"], p=1.0))
    direction = "all => all.map(one => [one.lang, getComputedStyle(one).direction])"
    assert shown.page.eval_on_selector_all(".switched", direction) == [["ar", "rtl"]] * 2
    assert shown.page.eval_on_selector_all(".after", direction) == [["en", "ltr"]]
    arabic = Lexicon.from_pairs({"en": [("بيت", "house")]}, source="ar")
    shown = open_page(["هذا بيت"], CodeSwitcher(arabic, p=1.0))
    assert shown.page.eval_on_selector_all(".before, .after", direction) == [["ar", "rtl"]] * 2
    assert shown.page.eval_on_selector_all(".switched", direction) == [["en", "ltr"]]


def test_themes_follow_the_system_and_the_button(open_page: Any) -> None:
    """The page is dark if the system is; the button changes it; print is light and has no controls."""
    background = "getComputedStyle(document.body).backgroundColor"
    light, dark = (open_page(TEXTS, color_scheme=scheme) for scheme in ("light", "dark"))
    colors = [one.page.evaluate(background) for one in (light, dark)]
    assert colors[0] != colors[1]
    dark.page.click("text=Light theme")
    light.page.click("text=Dark theme")
    assert [one.page.evaluate(background) for one in (dark, light)] == colors
    light.page.emulate_media(media="print")
    assert light.page.evaluate(background) == "rgb(255, 255, 255)"
    assert light.page.locator("#controls").is_hidden()
    assert light.page.locator(".text").first.is_visible()


def test_page_has_the_report_of_its_texts(open_page: Any) -> None:
    """The report of the texts with the switcher's own p is below them."""
    switcher = CodeSwitcher(LEXICON, p=0.3)
    shown = open_page(TEXTS, switcher)
    assert shown.page.inner_text("#report summary") == "Report on these texts (p = 0.3)"
    shown.page.click("#report summary")
    report = switcher.report(TEXTS)
    cells = shown.page.locator("#report tr").all_inner_texts()
    assert f"switched\t{report.totals.switched_words.total()}\t{report.switched_words:.1%}" in cells


def test_page_without_texts_says_so(open_page: Any) -> None:
    """An empty set gives a page that says so."""
    shown = open_page([])
    assert shown.page.inner_text(".nothing") == "There are no texts."
    assert shown.page.locator("#controls").is_hidden()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1200])
def test_axe_has_no_serious_finding(theme: str, width: int, open_page: Any) -> None:
    """axe-core finds no serious fault: contrast of all languages, names, roles, with an open card and report."""
    lexicon = Lexicon.starter()
    texts = [
        "the house in the city has a red door and a green window",
        "water and bread",
        "blue sky and white snow",
    ] * 4
    switcher = CodeSwitcher(lexicon, p=0.75)
    shown = open_page(texts, switcher, color_scheme=theme, viewport={"width": width, "height": 900})
    assert len(set(shown.page.eval_on_selector_all(".switched", "all => all.map(one => one.lang)"))) > 8
    shown.page.click("#report summary")
    for prepare in (lambda: None, lambda: shown.page.locator(".switched").nth(3).hover()):
        prepare()
        assert serious_faults(shown.page) == []
