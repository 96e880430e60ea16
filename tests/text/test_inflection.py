"""Citation forms of English words, and the pairs of inflected words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexswitch import Lexicon
from lexswitch.text.inflection import english_lemmas, inflected_pairs

from ..reference import normalise_term
from ..strategies import any_text, pair_tables, vocabularies

OFFICE = Lexicon.from_pairs(
    {
        "de": [
            ("edit", "bearbeiten", 2),
            ("edit", "redigieren", 0.5),
            ("axis", "Achse"),
            ("ax", "Axt"),
            ("set", "Satz"),
        ],
        "ru": [("edit", "править"), ("settings", "настройки")],
    }
)


@pytest.mark.parametrize(
    ("words", "lemma"),
    [
        ("tables table's Tables", "table"),
        ("boxes", "box"),
        ("classes", "class"),
        ("houses", "house"),
        ("queries", "query"),
        ("searches", "search"),
        ("copies copied copying", "copy"),
        ("edits edited editing", "edit"),
        ("using used uses", "use"),
        ("saved saving", "save"),
        ("named naming", "name"),
        ("created creating", "create"),
        ("changes changed changing", "change"),
        ("opened opening", "open"),
        ("stopped stopping", "stop"),
        ("formatted formatting", "format"),
        ("referred", "refer"),
        ("travelled travelling", "travel"),
        ("filled filling", "fill"),
        ("added adding", "add"),
        ("missed", "miss"),
        ("boxed", "box"),
        ("showed shown", "show"),
        ("enabled", "enable"),
        ("merged", "merge"),
        ("parsed", "parse"),
        ("tying tied", "tie"),
        ("wrote written writing", "write"),
        ("went gone", "go"),
        ("children", "child"),
        ("indices", "index"),
        ("axes", "axis"),
        ("bigger biggest", "big"),
        ("larger largest", "large"),
        ("happier happiest", "happy"),
        ("better best", "good"),
    ],
)
def test_citation_forms_come_first(words: str, lemma: str) -> None:
    """The first suggestion for an inflected form is its citation form."""
    assert {word: english_lemmas(word)[0] for word in words.split()} == dict.fromkeys(words.split(), lemma)


@pytest.mark.parametrize(
    "word", ["edit", "red", "bed", "ring", "sing", "this", "status", "analysis", "dress", "paper", "number", "forest"]
)
def test_citation_forms_stay(word: str) -> None:
    """Words that only look inflected have no citation form if no rule applies."""
    assert english_lemmas(word) == []


def test_lemmas_of_several_words_are_normalised() -> None:
    """A text that is not a single word has normalised lemmas too, and no empty ones."""
    assert english_lemmas("0 S") == ["0"]
    assert english_lemmas("\u00a0s") == []


def test_one_form_may_come_from_several_words() -> None:
    """Every reading is listed, also for plurals of nouns in -ing."""
    assert english_lemmas("axes") == ["axis", "ax", "axe"]
    assert english_lemmas("settings")[:2] == ["setting", "set"]
    assert english_lemmas("user’s") == english_lemmas("user's") == ["user"]


@given(any_text | st.text("abcdeginorst'", max_size=12))
def test_any_text_has_lemmas(word: str) -> None:
    """The lemmas of any text are distinct, not empty, normalised and different from the word."""
    lemmas = english_lemmas(word)
    assert len(set(lemmas)) == len(lemmas)
    assert normalise_term(word) not in lemmas
    assert all(lemma and lemma == normalise_term(lemma) for lemma in lemmas)


def test_pairs_of_the_first_citation_form_that_is_a_term() -> None:
    """If a language has no translation of a word, it gets those of the citation form."""
    found = list(
        inflected_pairs(
            OFFICE, ["de", "ru"], "en", ["Editing", "axes", "settings", "edit", "unknown", "EDITING", "sets"]
        )
    )
    assert found == [
        ("axes", "de", "Achse", 1),
        ("Editing", "de", "bearbeiten", 2),  # not "EDITING"
        ("Editing", "de", "redigieren", 0.5),
        ("Editing", "ru", "править", 1),
        ("sets", "de", "Satz", 1),
        ("settings", "de", "Satz", 1),  # Russian has the word itself
    ]


def test_inflected_words_keep_their_spelling() -> None:
    """A word that `inflect` adds keeps its spelling, also if inverted; the order of words does not matter."""
    lexicon = Lexicon.from_pairs({"en": [("Haus", "house"), ("Straße", "street")]}, "de")
    lemmas = {"häuser": ["haus"], "strassen": ["strasse"]}
    for words in (["HÄUSER", "Häuser", "Straßen"], ["Straßen", "Häuser", "HÄUSER"]):
        inflected = lexicon.inflect(words, lambda word: lemmas.get(word, []))
        assert list(inflected) == ["Haus", "Häuser", "Straße", "Straßen"]
        assert [term.translation for term in inflected.invert("en")["street"]["de"]] == ["Straße", "Straßen"]


@given(st.data(), vocabularies())
def test_pairs_equal_the_reference(data: st.DataObject, vocabulary: tuple[str, ...]) -> None:
    """For any lexicon, words and lemmas, the pairs agree with a plain search."""
    lexicon = Lexicon.from_pairs(data.draw(pair_tables(vocabulary)))
    some = st.sampled_from([*vocabulary, *lexicon, "", "new", "other"])
    asked = data.draw(st.lists(some, max_size=6))
    spelled = {normalise_term(word): " ".join(word.split()) for word in sorted(asked)}
    table = {normalise_term(word): data.draw(st.lists(some, max_size=3)) for word in asked}

    def expected() -> Iterator[tuple[str, str, str, float]]:
        for term in sorted(table):
            for language in lexicon.languages if term else ():
                if language not in (lexicon.get(term) or {}):
                    lemmas = (form for form in table[term] if language in (lexicon.get(form) or {}))
                    lemma = next(lemmas, None)
                    candidates = [] if lemma is None else lexicon[lemma][language]
                    yield from ((spelled[term], language, *candidate) for candidate in candidates)

    assert list(inflected_pairs(lexicon, lexicon.languages, lexicon.source, iter(asked), table.__getitem__)) == list(
        expected()
    )


def test_pairs_of_a_plain_mapping() -> None:
    """Any mapping from terms to translations by language is extended, for the languages that are asked for."""
    entries = {"house": {"de": [("Haus", 1.0)], "fr": [("maison", 0.5)]}}
    for lemmas in (english_lemmas, lambda word: iter(english_lemmas(word))):
        pairs = inflected_pairs(entries, ["de"], "en", ["houses"], lemmas)
        assert list(pairs) == [("houses", "de", "Haus", 1.0)]


@pytest.mark.parametrize(
    ("words", "lemmas", "message"),
    [
        ("word", english_lemmas, "words is str; pass a list of words"),
        (7, english_lemmas, "words is int"),
        (["word", 7], english_lemmas, "words has 7; a word must be str"),
        (["word"], {"word": []}, "lemmas is dict; pass a function"),
        (["word"], lambda word: word, r"lemmas\('word'\) returned 'word'; it must return a list of str"),
        (["word"], lambda _: [7], r"returned \[7\]"),
        (["word"], lambda _: None, "returned None"),
    ],
)
def test_bad_words(words: Any, lemmas: Any, message: str) -> None:
    """Errors name the argument and its value."""
    with pytest.raises(TypeError, match=message):
        list(inflected_pairs(OFFICE, ["de", "ru"], "en", words, lemmas))
