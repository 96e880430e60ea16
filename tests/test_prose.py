"""README and documentation are in plain English: short sentences, and none that readers did not understand."""

from __future__ import annotations

from pathlib import Path

import pytest

from .prose import sentences, words
from .test_readme import PAGES

MOST_WORDS = 30
UNCLEAR = Path(__file__).with_name("data") / "unclear-sentences.txt"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_sentences_are_short(page: Path) -> None:
    """No sentence has more than 30 words."""
    text = page.read_text(encoding="utf-8")
    assert [one for one in sentences(text) if len(words(one)) > MOST_WORDS] == []


def test_unclear_sentences_are_gone() -> None:
    """No page has one of the sentences that readers did not understand; line ends and markup do not matter."""
    unclear = UNCLEAR.read_text(encoding="utf-8").splitlines()
    assert len(unclear) >= 40
    for page in PAGES:
        text = _plain(page.read_text(encoding="utf-8"))
        assert [one for one in unclear if _plain(one) in text] == [], page.name


def test_the_splitter_finds_sentences() -> None:
    """Code and addresses count as one word or none; items, cells and headings are sentences of their own."""
    text = (
        "# A title\n\nOne, e.g. `a b c`, two. *Three* [four five](x.md)!\n- an item\n- another\n  item\n\n"
        "| cell one | cell two |\n|---|---|\n\n```python\nnot a sentence\n```\n\n    $ not this\n\nLast (see 1.5)."
    )
    found = ["A title", "One, e.g Code, two.", "*Three* four five!", "an item", "another item", "cell one", "cell two"]
    assert [one for one in sentences(text) if words(one)] == [*found, "Last (see 1.5)."]
    assert list(words("a - b, `c` 1.5")) == ["a", "b,", "`c`", "1.5"]


def _plain(text: str) -> str:
    return " ".join(text.replace("`", "").replace("*", "").split()).lower()
