"""Help pages as a collection: what counts as translated, what is left out, and how pages are split."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from benchmarks.common import help_text
from benchmarks.retrieval import help_pages
from benchmarks.retrieval.collection import Split

LONG = (
    "This paragraph on {} says with many different words what one can do there and how, where, when and why it is done"
)
LINK = "About the parts of a page"


def english_page(name: str) -> dict[help_text.Key, str]:
    return {
        ("1", "h1", 1): f"Title of {name}",
        ("2", "p", 1): LONG.format(name) + f" by all users of {name} in {name}, every day of {name}",
        ("3", "p", 1): LINK,
        ("4", "h2", 1): f"More on {name}",
        ("5", "p", 1): f"{name} again, and yet other things: " + LONG.format(f"{name} and {name} or {name}").upper(),
        ("6", "h2", 1): "Notes",
        ("7", "p", 1): f"Too short to be a section of {name}.",
    }


NAMES = ("apples", "bridges", "clouds", "dogs", "engines", "frogs")
ENGLISH = {f"{name}.html": english_page(name) for name in NAMES}
COPY = {key: text for key, text in english_page("apples").items() if key[0] in "12"}  # the same section once more
ENGLISH["copy.html"] = {**COPY, ("1", "h1", 1): "Something else"}


def translated(language: str) -> dict[str, dict[help_text.Key, str]]:
    pages = {page: {key: f"{language} {text}" for key, text in blocks.items()} for page, blocks in ENGLISH.items()}
    if language == "ru":
        pages["dogs.html"] = ENGLISH["dogs.html"]  # never translated
    if language == "de":
        pages["apples.html"]["1", "h1", 1] = ENGLISH["apples.html"]["1", "h1", 1]  # a title that is the same
    return pages


@pytest.fixture
def split(monkeypatch: pytest.MonkeyPatch) -> Split:
    def keywords(language: str) -> dict[str, list[str]]:
        own = "" if language == "en" else f"{language} "
        return {page: [f"{own}{page[:-5]}, inserting"] for page in ENGLISH}

    monkeypatch.setattr(help_text, "pages", lambda language: ENGLISH if language == "en" else translated(language))
    monkeypatch.setattr(help_text, "keywords", keywords)
    monkeypatch.setattr(help_pages, "TEST_PAGES", 2)
    monkeypatch.setattr(help_pages, "DEVELOPMENT_PAGES", 1)
    return Split.from_lines(list(help_pages._lines(help_pages.SEEN)))


def pages_of(texts: Iterable[str]) -> set[str]:
    return {number.partition("#")[0] for number in texts}


def test_parts_share_no_page(split: Split) -> None:
    """Pages are split as a whole; test pages are translated into all seen languages."""
    parts = [pages_of(part.documents["en"]) for part in split[:3]]
    assert [len(pages) for pages in parts[1:]] == [1, 2]
    assert len(set.union(*parts)) == sum(map(len, parts))
    assert "dogs.html" in parts[0]
    for language in help_pages.SEEN:
        assert pages_of(split.test.documents[language]) == parts[2]


def test_untranslated_pages_count_for_english_alone(split: Split) -> None:
    """A page without Russian translation has no Russian documents and queries."""
    assert "dogs.html" in pages_of(split.train.documents["de"])
    assert "dogs.html" not in pages_of(split.train.documents["ru"]) | pages_of(split.train.queries["ru"])


def test_what_is_left_out_is_counted(split: Split) -> None:
    """Short sections, repeated links, copies of sections and queries with several meanings are left out and counted."""
    assert split.dropped["short sections"] == 6
    assert split.dropped["boilerplate paragraphs"] == 1
    assert split.dropped["sections like another"] == 1
    texts = [text for part in split[:3] for text in part.documents["en"].values()]
    assert len(texts) == 12
    assert not any(LINK in text for text in texts)


def test_queries_ask_for_their_sections(split: Split) -> None:
    """Titles and keywords ask for all sections of a page, other headings for their own; keywords lose their comma."""
    for part in split[:3]:
        for query, answers in part.relevant.items():
            assert len(answers) == (1 if part.kinds[query] == "heading" else 2)
            assert pages_of(answers) == {part.groups[query]}
    (keyword,) = (
        part.queries["en"].get("apples.html#keyword-0")
        for part in split[:3]
        if "apples.html" in pages_of(part.documents["en"])
    )
    assert keyword == "apples inserting"


def test_a_query_that_is_the_same_in_two_languages_is_none(split: Split) -> None:
    """A German title that equals the English one is not a German query."""
    part = next(part for part in split[:3] if "apples.html" in pages_of(part.documents["en"]))
    assert "apples.html#title" in part.queries["it"]
    assert "apples.html#title" not in part.queries["de"]


def test_unknown_languages() -> None:
    """English is required, and unknown languages are refused."""
    for languages in (("de",), ("en", "xx")):
        with pytest.raises(ValueError, match="pass 'en' and some of"):
            help_pages.split(languages)
