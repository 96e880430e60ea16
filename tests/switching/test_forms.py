"""Inflected forms: a word that is not a term matches the term whose form it is."""

from __future__ import annotations

import pickle
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexswitch import CodeSwitcher, Lexicon

from ..reference import Reference

PAIRS = {
    "de": [
        ("house", "Haus"),
        ("credit card", "Kreditkarte"),
        ("swimming pool", "Schwimmbad"),
        ("take place", "stattfinden"),
        ("go", "gehen"),
        ("woman", "Frau"),
        ("big", "groß"),
        ("find", "finden"),
        ("leave", "verlassen"),
        ("leaf", "Blatt"),
        ("card", "Karte"),
        ("news", "Nachrichten"),
    ],
    "fr": [("house", "maison"), ("new", "nouveau"), ("houses of parliament", "parlement")],
}
LEXICON = Lexicon.from_pairs(PAIRS)


def switched(text: str, **options: Any) -> str:
    return CodeSwitcher(LEXICON, **{"languages": ["de"], "p": 1, **options}).apply([text])[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("two houses", "two Haus"),
        ("He went", "He gehen"),
        ("women's House's", "Frau Haus"),
        ("bigger, BIGGEST", "groß, GROß"),
        ("credit cards", "Kreditkarte"),
        ("Swimming Pools", "Schwimmbad"),
        ("it took place", "it stattfinden"),
        ("credits cards", "credits Karte"),
        ("leaves", "Blatt"),
        ("found", "finden"),
        ("news", "Nachrichten"),
        ("unknowns", "unknowns"),
    ],
)
def test_examples(text: str, expected: str) -> None:
    """Plurals, past forms, comparatives and possessives match; in a phrase, one word may be inflected."""
    assert switched(text) == expected


def test_exact_terms_win() -> None:
    """A term that is a form itself keeps its own translation, and a form of a phrase's word is still a form."""
    lexicon = Lexicon.from_pairs(
        {"de": [("house", "Haus"), ("houses", "Häuser"), ("glasses", "Brille"), ("glass", "Glas")]}
    )
    assert CodeSwitcher(lexicon, p=1).apply(["houses house glasses glass"]) == ["Häuser Haus Brille Glas"]
    assert switched("houses", languages=["fr"]) == "maison"
    assert switched("houses of parliament", languages=["fr"]) == "parlement"


def test_own_words_are_no_forms() -> None:
    """Words of their own and function words are not forms of shorter words."""
    lexicon = Lexicon.from_pairs({"de": [("unit", "Einheit"), ("hair", "Haar"), ("star", "Stern"), ("hi", "hallo")]})
    switcher = CodeSwitcher(lexicon, p=1)
    assert switcher.apply(["united haired stared staring his"]) == ["united haired stared staring his"]
    assert switcher.apply(["units stars starred"]) == ["Einheit Stern Stern"]


def test_skipped_words_match_nothing() -> None:
    """A word in `skip` is not a unit as a form either, but may be part of a phrase."""
    assert switched("houses house", skip={"houses"}) == "houses Haus"
    assert switched("houses house", skip={"house"}) == "houses house"
    assert switched("cards, credit cards", skip={"cards"}) == "cards, Kreditkarte"


def test_without_forms() -> None:
    """With None, and for a language without rules, words match only themselves."""
    assert switched("two houses", forms=None) == "two houses"
    german = Lexicon.from_pairs({"en": [("Haus", "house")]}, source="de")
    switcher = CodeSwitcher(german, p=1)
    assert switcher.apply(["Hauses Haus"]) == ["Hauses House"]
    assert "|forms:none|" in switcher.signature
    assert "|forms:english|" in CodeSwitcher(LEXICON).signature


def german_forms(word: str) -> list[str]:
    """Forms of German nouns, in any spelling."""
    return [word + "es", word.upper() + "ES", word]


def test_callable() -> None:
    """A function of a module serves other languages; it is part of the signature, and pickles."""
    german = Lexicon.from_pairs({"en": [("Haus", "house")]}, source="de")
    switcher = CodeSwitcher(german, p=1, forms=german_forms)
    assert switcher.apply(["des Hauses"]) == ["des House"]
    assert f"|forms:{__name__}.german_forms|" in switcher.signature
    assert pickle.loads(pickle.dumps(switcher)).apply(["des Hauses"]) == ["des House"]


def bad_forms(word: str) -> str:
    return "es"


def two_words(word: str) -> list[str]:
    return [word + "s", f"the\n{word}"]


def lone_surrogate(word: str) -> list[str]:
    return [word + "\ud800"]


@pytest.mark.parametrize(
    ("forms", "error", "message"),
    [
        (two_words, ValueError, "returned 'the\\nof', which is not one word; return words in valid Unicode"),
        (lone_surrogate, ValueError, "returned 'of\\ud800', which is not one word; return words in valid Unicode"),
        ("english", ValueError, "forms is 'english'; pass 'auto', None, or a function from a word"),
        (7, TypeError, "forms is int; pass 'auto', None, or a function from a word"),
        (lambda word: [word], ValueError, "which has no qualified name; pass a function defined in a module"),
        (bad_forms, TypeError, "returned 'es'; it must return a list of str"),
    ],
)
def test_bad_forms(forms: Any, error: type[Exception], message: str) -> None:
    """Other values, functions without a name and functions that return other things are errors."""
    with pytest.raises(error, match=re.escape(message)):
        switched("house", forms=forms)


def test_trace_has_term_and_form() -> None:
    """The term is that of the lexicon; the span of the source is the form in the text."""
    text = "the houses"
    (switch,) = CodeSwitcher(LEXICON, ["de"], p=1).trace([text]).switches
    assert (switch.term, text[switch.source_start : switch.source_end]) == ("house", "houses")


def test_coverage_counts_forms() -> None:
    """Coverage counts inflected forms, as switching does."""
    assert LEXICON.coverage(["two houses"]) == 0.5
    assert LEXICON.coverage(["two houses"], forms=None) == 0.0


def suffix_forms(word: str) -> list[str]:
    """Many forms, which are often those of several words, and sometimes terms."""
    return [word + "s", word[:-1], word + "a", word]


_WORDS = st.text("abs", min_size=1, max_size=3)
_PHRASES = st.lists(_WORDS, min_size=1, max_size=3).map(" ".join)


@given(
    st.lists(st.tuples(_PHRASES, st.sampled_from(["X", "Y y", "Z"])), min_size=1, max_size=8),
    st.lists(st.lists(_WORDS | st.just(","), max_size=9).map(" ".join), max_size=4),
    st.sets(_WORDS, max_size=2),
    st.integers(1, 3),
    st.sampled_from([suffix_forms, None]),
)
def test_equals_the_specification(
    pairs: list[tuple[str, str]],
    texts: list[str],
    skip: set[str],
    max_words: int,
    forms: Callable[[str], list[str]] | None,
) -> None:
    """Texts and switches equal those of the reference, whatever the forms are."""
    options: dict[str, Any] = {"p": 0.8, "skip": skip, "max_words": max_words, "forms": forms}
    split = {"de": pairs[::2], "fr": pairs[1::2]} if len(pairs) > 1 else {"de": pairs}
    result = CodeSwitcher(Lexicon.from_pairs(split), **options).trace(texts)
    assert (result.texts, list(result.switches)) == Reference(split, **options).switch(texts)
