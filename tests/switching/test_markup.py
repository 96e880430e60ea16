"""Marked texts in notebooks and terminals."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from lexswitch import CodeSwitcher, Lexicon
from lexswitch.switching.markup import MarkedText, TextPart, to_terminal

PAYLOAD = '<script>alert("1")</script>'
LEXICON = Lexicon.from_pairs({"de": [("house", PAYLOAD)], "ar": [("red", "أحمر")]})
SWITCHED = CodeSwitcher(LEXICON, p=1.0).trace(["a House & <b>red</b> house", "nothing"])


class _Reader(HTMLParser):
    """Collects the tags, the text and the titles of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.text = ""
        self.titles: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.titles += [value for name, value in attrs if name == "title" and value]

    def handle_data(self, data: str) -> None:
        self.text += data


def read(page: str) -> _Reader:
    """Parse a page."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return reader


def test_notebooks_show_switched_texts_as_text() -> None:
    """Each text is shown with its switches, their terms and languages; HTML in texts and translations is text."""
    page = read(SWITCHED._repr_html_())
    assert page.tags == {"table", "tr", "th", "td", "bdi", "sub"}
    assert page.text.replace(" de", "").replace(" ar", "") == "0" + SWITCHED.texts[0] + "1nothing"
    assert page.titles == ["house", "red", "house"]


def test_notebooks_show_the_first_texts() -> None:
    """A notebook shows 20 texts, and how many there are; without texts, it shows that there are none."""
    switcher = CodeSwitcher(LEXICON, p=1.0)
    page = read(switcher.trace(["red"] * 1500)._repr_html_())
    assert page.text.count("أحمر") == 20
    assert page.text.endswith("The first 20 of 1,500 texts.")
    assert read(switcher.trace([])._repr_html_()).text == "There are no texts."


def test_notebooks_show_previews_with_what_was_replaced() -> None:
    """A preview is shown as its switched texts; a switch shows the words that it replaced."""
    page = read(CodeSwitcher(LEXICON, p=1.0).preview(["a House & <b>red</b> house", "nothing"])._repr_html_())
    assert page.text.replace(" de", "").replace(" ar", "") == "1" + SWITCHED.texts[0] + "2nothing"
    assert page.titles == ["House", "red", "house"]


def test_terminals_get_colors_or_brackets() -> None:
    """With colours, switches of a language have the same style, which a legend explains; without, a language."""
    preview = CodeSwitcher(LEXICON, ["ar"], p=1.0).preview(["red house", "blue"])
    assert str(preview) == "1  [ar: أحمر] house\n2  blue"
    assert preview.to_text(color=True) == "1  \x1b[32mأحمر\x1b[0m house\n2  blue\n\x1b[32mar\x1b[0m"


def test_languages_have_different_styles() -> None:
    """Ten languages have ten styles."""
    languages = [f"l{number}" for number in range(10)]
    shown = to_terminal([MarkedText("1", [TextPart(name, name) for name in languages])], color=True)
    assert len(set(re.findall(r"\x1b\[([\d;]+)m", shown)) - {"0"}) == 10


def test_control_characters_do_not_reach_the_terminal() -> None:
    """Texts cannot move the cursor or change colours: control characters are shown as pictures."""
    text = "a\x1b[31mb\nc\x07\x7f\x9b0m"
    assert to_terminal([MarkedText("1", [TextPart(text)])], color=False) == "1  a␛[31mb␊c␇␡␡0m"
