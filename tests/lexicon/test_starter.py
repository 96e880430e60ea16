"""The starter lexicon: its file, and that it is read as plain pairs would be."""

from __future__ import annotations

import unicodedata
from collections import Counter

import pytest

from lexswitch import CodeSwitcher, Lexicon
from lexswitch._io.data import read_data
from lexswitch.engine.characters import normalise_term

HEADER, *ROWS = (line.split("\t") for line in read_data("lexicon", "starter.tsv").splitlines())
FULL = ("ar", "de", "es", "fr", "hi", "id", "it", "ja", "nl", "pt", "ru", "vi", "zh")
SMALL = ("cs", "el", "fa", "ko", "pl", "sv", "sw", "th", "tr", "uk")
SCRIPTS = {
    **dict.fromkeys(("cs", "de", "es", "fr", "id", "it", "nl", "pl", "pt", "sv", "sw", "tr", "vi"), ("LATIN",)),
    **dict.fromkeys(("ru", "uk"), ("CYRILLIC",)),
    **dict.fromkeys(("ar", "fa"), ("ARABIC",)),
    "el": ("GREEK",),
    "hi": ("DEVANAGARI",),
    "ja": ("CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "IDEOGRAPHIC"),
    "ko": ("HANGUL",),
    "th": ("THAI",),
    "zh": ("CJK",),
}


@pytest.fixture(scope="module")
def starter() -> Lexicon:
    return Lexicon.starter()


def candidates_of(cell: str) -> list[tuple[str, float]]:
    """The candidates of a cell and their weights."""
    pairs = (candidate.partition("=") for candidate in filter(None, cell.split("|")))
    return [(translation, float(weight or 1)) for translation, _, weight in pairs]


def test_file_is_in_the_order_of_columns() -> None:
    """Terms are normalised, distinct and sorted; languages are sorted; further candidates have weights below 1."""
    terms = [row[0] for row in ROWS]
    assert terms == sorted(set(terms))
    assert terms == [normalise_term(term) for term in terms]
    assert HEADER[1:] == sorted(HEADER[1:])
    assert {len(row) for row in ROWS} == {len(HEADER)}
    for row in ROWS:
        for cell in row[1:]:
            found = candidates_of(cell)
            assert [weight for _, weight in found] == sorted((weight for _, weight in found), reverse=True)
            assert len({translation for translation, _ in found}) == len(found)
            assert all(0 < weight < 1 for _, weight in found[1:])


def test_reading_equals_plain_pairs(starter: Lexicon) -> None:
    """The lexicon that is read in columns equals the one from plain pairs."""
    pairs = {
        language: [(row[0], *candidate) for row in ROWS for candidate in candidates_of(row[column])]
        for column, language in enumerate(HEADER[1:], 1)
    }
    assert Lexicon.from_pairs(pairs) == starter


def test_size(starter: Lexicon) -> None:
    """At least 6,000 words and 600 phrases in 13 languages, and 2,900 words in ten more."""
    sizes = Counter(len(term.split()) for term in starter)
    assert sizes[1] >= 6_000
    assert sizes[2] + sizes[3] >= 600
    assert starter.languages == tuple(sorted(FULL + SMALL))
    known = Counter(language for entry in starter.values() for language in entry)
    assert all(known[language] >= 0.98 * len(starter) for language in FULL), known
    assert all(known[language] >= 2_900 for language in SMALL), known


@pytest.mark.parametrize("phrase", ["credit card", "united states", "how many", "health insurance", "swimming pool"])
def test_phrases(starter: Lexicon, phrase: str) -> None:
    """Phrases that everyone asks about are there."""
    assert phrase in starter


@pytest.mark.parametrize("language", sorted(SCRIPTS))
def test_script(language: str) -> None:
    """Translations are in NFC, without odd blanks, and have letters of the expected script; few have others."""
    column = HEADER.index(language)
    translations = [row[column].split("|")[0] for row in ROWS if row[column]]
    foreign = []
    for translation in translations:
        assert translation == unicodedata.normalize("NFC", translation)
        assert translation == " ".join(translation.split())
        scripts = {unicodedata.name(char).split()[0] for char in translation if char.isalpha()}
        if not scripts & set(SCRIPTS[language]) or scripts - set(SCRIPTS[language]):
            foreign.append(translation)
    assert len(foreign) <= 0.02 * len(translations), foreign


@pytest.mark.parametrize(
    ("term", "language", "translation"),
    [
        ("french", "zh", "法国的"),
        ("german", "zh", "德国的"),
        ("bank", "de", "Bank"),
        ("two", "fr", "deux"),
        ("gray", "es", "gris"),
        ("king", "ru", "король"),
        ("evening", "de", "Abend"),
        ("aunt", "it", "zia"),
    ],
)
def test_words(starter: Lexicon, term: str, language: str, translation: str) -> None:
    """Words that were wrong or missing once are right."""
    assert starter[term][language][0].translation == translation


def test_switches_text(starter: Lexicon) -> None:
    """The starter lexicon switches a plain question, also its inflected words."""
    text = "What is an affinity credit card program?"
    assert "Kreditkarte" in CodeSwitcher(starter, ["de"], p=1).apply([text])[0]
    switched = CodeSwitcher(starter, ["de"], p=1).apply(["the old teachers went to two banks"])[0]
    assert switched == "the alt Lehrer gehen to zwei Bank"
