"""Preview: pages, their scope, and what may be in them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lexswitch import CodeSwitcher, Lexicon

from .pages import read_data, texts_at

LEXICON = Lexicon.from_pairs({"de": [("house", "Haus"), ("card", "Karte")]})
SWITCHER = CodeSwitcher(LEXICON)
TEXTS = ["the house", "a card", "\u2028</script><script>x</script> & house"]


def page_of(folder: Path, texts: list[str], switcher: CodeSwitcher = SWITCHER) -> str:
    """Return the page of texts."""
    switcher.preview(texts).save(folder / "preview.html")
    return (folder / "preview.html").read_text(encoding="utf-8")


def test_page_has_no_code_from_texts(tmp_path: Path) -> None:
    """Texts end no element and begin no line: their special characters are escaped, and they are read back."""
    page = page_of(tmp_path, TEXTS)
    assert page.count("</script>") == 2
    assert "\u2028" not in page
    data = read_data(page)
    assert [text for _, _, text, _ in data["texts"]] == TEXTS
    assert texts_at(data, data["step"]) == SWITCHER.apply(TEXTS)


def test_page_loads_nothing(tmp_path: Path) -> None:
    """The page has no address of another resource, and its policy forbids to load one."""
    page = page_of(tmp_path, TEXTS)
    assert "default-src 'none'" in page
    assert not any(part in page for part in ("http:", "https:", "src=", "@import", "url("))


def test_same_texts_have_the_same_page(tmp_path: Path) -> None:
    """A page depends on its input only."""
    assert page_of(tmp_path, TEXTS) == page_of(tmp_path, TEXTS)


def test_keys_and_epoch_are_those_of_apply(tmp_path: Path) -> None:
    """Keys and epoch change the draws of the page as those of `apply`."""
    texts, keys = ["a house"] * 30, [f"row {number}" for number in range(30)]
    preview = SWITCHER.preview(texts, keys=keys, epoch=3)
    preview.save(tmp_path / "page.html")
    data = read_data((tmp_path / "page.html").read_text(encoding="utf-8"))
    assert texts_at(data, data["step"]) == SWITCHER.apply(texts, keys=keys, epoch=3)
    assert len(set(texts_at(data, data["step"]))) == 2


def test_scope_says_what_is_shown() -> None:
    """The page and `repr` say how many texts there are, and whether they are a sample."""
    assert SWITCHER.preview(TEXTS).scope == "All texts: 3"
    assert SWITCHER.preview([]).scope == "All texts: 0"
    assert repr(SWITCHER.preview(TEXTS)) == "<Preview: 3 texts>"
    assert SWITCHER.preview(["a house"] * 2500).scope == "A random sample of the texts: 2,000, from 2,500 rows"


def test_bad_texts_get_the_errors_of_apply() -> None:
    """A single text, and keys of another length, are refused."""
    with pytest.raises(TypeError, match="texts is str"):
        SWITCHER.preview("a house")
    with pytest.raises(ValueError, match="keys has 1 elements, texts has 3"):
        SWITCHER.preview(TEXTS, keys=[1])
    with pytest.raises(ValueError, match="epoch"):
        SWITCHER.preview(TEXTS, epoch=-1)


@pytest.mark.slow
def test_page_of_2000_texts_is_small(tmp_path: Path) -> None:
    """A page of 2,000 texts has less than 3 MB: 57 words, two thirds of them terms, which follow Zipf's law."""
    lexicon = Lexicon.starter()
    terms = list(dict.fromkeys(term for term, *_ in lexicon.pairs()))
    chances = 1 / np.arange(2, len(terms) + 2)
    drawn = np.random.default_rng(0).choice(len(terms), (2000, 38), p=chances / chances.sum())
    texts = [" ".join(terms[number] for number in row) + " unknown" * 19 for row in drawn.tolist()]
    CodeSwitcher(lexicon).preview(texts).save(tmp_path / "page.html")
    assert (tmp_path / "page.html").stat().st_size < 3_000_000
