"""Evaluating lexicons: precision, recall and coverage per language and band."""

from __future__ import annotations

import json
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lexswitch import Lexicon, LexiconError, WordTokenizer
from lexswitch.lexicon.evaluation import ALL, BANDS, MEAN, Score, evaluate

from ...reference import Reference, find_words, normalise, normalise_term, read_pairs
from ...strategies import pair_tables, spellings, texts_of, vocabularies

OWN = Lexicon.from_pairs(
    {
        "de": [("house", "Heim", 3), ("house", "Haus", 2), ("credit card", "Kreditkarte"), ("save", "retten")],
        "ru": [("house", "дом"), ("page", "паж")],
        "fr": [("house", "maison")],
    }
)
GOLD = Lexicon.from_pairs(
    {
        "de": [
            *(("House", "HAUS"), ("house", "Gebäude"), ("Credit-Card", "kreditkarte")),
            *(("save", "speichern"), ("cloud", "Wolke")),
        ],
        "ru": [("house", "ДОМ"), ("page", "страница")],
        "nl": [("house", "huis")],
    }
)
FREQUENCIES = {"house": 9.0, "save": 5.0, **{f"word {i}": 4.0 for i in range(1_000)}, "cloud": 1.0}


def scores(*args: Any, **options: Any) -> dict[tuple[str, str], Score]:
    """The rows of an evaluation by language and band."""
    return {(row.language, row.band): row for row in evaluate(*args, **options).rows}


# -- by hand -----------------------------------------------------------------------------------------------------------


def test_numbers_by_hand() -> None:
    """Coverage, precision and recall of a lexicon small enough to count, by normalised spelling, with the mean."""
    rows = scores(OWN, GOLD)
    assert rows == {
        ("de", ALL): Score("de", ALL, 4, 3 / 4, {1: 1 / 3, 5: 2 / 3}, {1: 1 / 4, 5: 2 / 4}, None, None),
        ("ru", ALL): Score("ru", ALL, 2, 1.0, {1: 1 / 2, 5: 1 / 2}, {1: 1 / 2, 5: 1 / 2}, None, None),
        (MEAN, ALL): Score(
            MEAN, ALL, 6, 7 / 8, {1: (1 / 3 + 1 / 2) / 2, 5: (2 / 3 + 1 / 2) / 2}, {1: 3 / 8, 5: 1 / 2}, None, None
        ),
    }


def test_turkish_i_in_capitals() -> None:
    """In Turkish, "I" is the capital of "ı" and not of "i": in translations, and in the words of bands."""
    lexicon = Lexicon.from_pairs({"tr": [("light", "IŞIK"), ("business", "İş")], "de": [("light", "LICHT")]})
    gold = Lexicon.from_pairs({"tr": [("light", "ışık"), ("business", "ış")], "de": [("light", "licht")]})
    rows = scores(lexicon, gold)
    assert (rows["tr", ALL].recall[1], rows["de", ALL].recall[1]) == (1 / 2, 1.0)
    turkish = Lexicon.from_pairs({"en": [("ışık", "light")]}, source="tr")
    assert scores(turkish, turkish, frequencies={"IŞIK": 1.0})["en", BANDS[0]].terms == 1


def test_bands_by_hand() -> None:
    """Terms stand in the bands of their ranks; phrases and words without a frequency are unknown."""
    rows = scores(OWN, GOLD, k=(2,), frequencies=FREQUENCIES)
    assert rows["de", "1-1,000"] == Score("de", "1-1,000", 2, 1.0, {2: 0.5}, {2: 0.5}, None, None)
    assert rows["de", "1,001-5,000"] == Score("de", "1,001-5,000", 1, 0.0, {2: None}, {2: 0.0}, None, None)
    assert rows["de", "unknown"] == Score("de", "unknown", 1, 1.0, {2: 1.0}, {2: 1.0}, None, None)
    assert rows["ru", "1-1,000"] == Score("ru", "1-1,000", 1, 1.0, {2: 1.0}, {2: 1.0}, None, None)
    assert rows["ru", "unknown"] == Score("ru", "unknown", 1, 1.0, {2: 0.0}, {2: 0.0}, None, None)
    assert rows[MEAN, "1-1,000"] == Score(MEAN, "1-1,000", 3, 1.0, {2: 0.75}, {2: 0.75}, None, None)
    assert rows[MEAN, "1,001-5,000"] == rows["de", "1,001-5,000"]._replace(language=MEAN)
    bands = (ALL, "1-1,000", "1,001-5,000", "unknown")
    assert [band for language, band in rows if language == "de"] == list(bands)
    assert [band for language, band in rows if language == "ru"] == [ALL, "1-1,000", "unknown"]
    assert list(rows)[-4:] == [(MEAN, band) for band in bands]


def test_corpus_by_hand() -> None:
    """Running words are covered inside units, distinct words where they are terms; counts give bands."""
    texts = ["A house, credit card", "HOUSE credit"]
    rows = scores(OWN, GOLD, texts=texts)
    assert rows["de", ALL][-2:] == (4 / 6, 1 / 4)
    assert rows["ru", ALL][-2:] == (2 / 6, 1 / 4)
    assert rows[MEAN, ALL][-2:] == (3 / 6, 1 / 4)
    assert rows["de", "1-1,000"][-2:] == rows["de", ALL][-2:]
    assert rows["de", "1-1,000"].terms == 1
    assert rows["de", "unknown"].terms == 3
    listed = scores(OWN, GOLD, texts=texts, frequencies={"credit": 1})
    assert listed["ru", "1-1,000"] == Score("ru", "1-1,000", 0, None, {1: None, 5: None}, {1: None, 5: None}, 0.0, 0.0)
    assert listed["de", "1-1,000"][-2:] == (1 / 2, 0.0)
    assert listed["de", "unknown"][-2:] == (3 / 4, 1 / 3)


@pytest.mark.parametrize(
    ("rank", "band"),
    [(1, 0), (1_000, 0), (1_001, 1), (5_000, 1), (5_001, 2), (20_000, 2), (20_001, 3), (24_000, 3), (None, 4)],
)
def test_edges_of_bands(rank: int | None, band: int) -> None:
    """A word's band follows from its rank, whatever the order in which the frequencies come."""
    words = [f"w{number:05}" for number in range(1, 24_001)]
    frequencies = {word: 1 / place for place, word in enumerate(words, 1)}
    shuffled = random.Random(0).sample(words, len(words))
    term = "other" if rank is None else words[rank - 1]
    rows = evaluate(
        Lexicon.from_pairs({"de": [(term, "x")]}),
        Lexicon.from_pairs({"de": [(term, "x")]}),
        frequencies={word: frequencies[word] for word in shuffled},
    ).rows
    assert [row.band for row in rows] == [ALL, BANDS[band]] * 2


def test_spellings_of_a_frequency_add_up() -> None:
    """Frequencies of other spellings of a word are added; of equal ones the first in code point order is commoner."""
    gold = Lexicon.from_pairs({"de": [("house", "x")], "fr": [("a", "y")], "ru": [("b", "z")]})
    filler = {f"word {number}": 4 for number in range(1_000)}
    frequencies = {"House": 3, "b": 5, "HOUSE": 3, **filler}
    assert scores(gold, gold, frequencies=frequencies)["de", "1-1,000"].terms == 1
    frequencies = {"b": 1, "a": 1, **dict.fromkeys([*filler][1:], 4)}
    bands = {row.language: row.band for row in evaluate(gold, gold, frequencies=frequencies).rows if row.band != ALL}
    assert (bands["fr"], bands["ru"]) == ("1-1,000", "1,001-5,000")


def test_long_corpus_is_read_once_and_in_batches() -> None:
    """Counts add up over batches, also of words that come later; the texts may come from a generator."""

    def texts() -> Iterator[str]:
        for word in ("house", "cloud", "save", "zebra"):
            yield f"{word} credit card " * 60_000
            yield "House"

    rows = scores(OWN, GOLD, texts=texts())
    assert rows["de", ALL].token_coverage == (8 * 60_000 + 2 * 60_000 + 4) / (12 * 60_000 + 4)
    assert rows["ru", ALL].token_coverage == (60_000 + 4) / (12 * 60_000 + 4)
    assert rows["de", ALL].type_coverage == 2 / 6


@pytest.mark.parametrize("size", [1, 1_000_000])
def test_texts_are_counted_over_batches(size: int) -> None:
    """The number of a bad text counts from the first of all, whether its batch is full or the last."""
    texts = ["house " * 500_000, "house", "a\ud800 " * size]
    with pytest.raises(ValueError, match=re.escape("texts[2] has a lone surrogate")):
        evaluate(OWN, GOLD, texts=texts)


@pytest.mark.parametrize("texts", [[], ["", "..."]])
def test_corpus_without_words(texts: list[str]) -> None:
    """Of no words there is no share, and there are no bands."""
    rows = scores(OWN, GOLD, texts=texts)
    assert rows == scores(OWN, GOLD)


# -- against a slow reference ------------------------------------------------------------------------------------------


def slow_rows(
    own: Mapping[str, Any], gold: Mapping[str, Any], texts: list[str] | None, frequencies: Mapping[str, float] | None
) -> list[Score]:
    """The specification, in loops over plain dicts."""
    own_entries, gold_entries = read_pairs(own), read_pairs(gold)
    words = [
        (row, start, end) for row, text in enumerate(texts or []) for start, end in find_words(text, WordTokenizer())
    ]
    forms = [normalise((texts or [])[row][start:end]) for row, start, end in words]
    if frequencies is None:
        frequencies = Counter(forms)
    totals: defaultdict[str, float] = defaultdict(float)
    for word, frequency in frequencies.items():
        totals[normalise_term(word)] += frequency
    rank = {word: place for place, word in enumerate(sorted(totals, key=lambda word: (-totals[word], word)), 1)}

    def has(term: str, band: str) -> bool:
        place = rank.get(term)
        if place is None:
            return band in (ALL, "unknown")
        limits = {ALL: (1, 10**9), "1-1,000": (1, 1_000), "1,001-5,000": (1_001, 5_000)}
        low, high = limits.get(band, (0, 0))
        return low <= place <= high

    result = []
    for language in sorted(set(own) & set(gold)):
        switches = Reference(own, [language], p=1, protect=None).switch(texts or [])[1]
        inside = [
            any(row == switch.row and switch.source_start <= start < switch.source_end for switch in switches)
            for row, start, _ in words
        ]
        for band in (ALL, *BANDS) if totals else (ALL,):
            right = {1: 0, 2: 0, 5: 0}
            terms = [term for term, entry in gold_entries.items() if language in entry and has(term, band)]
            known = [term for term in terms if language in own_entries.get(term, {})]
            for term in known:
                accepted = {normalise_term(translation) for translation, _ in gold_entries[term][language]}
                candidates = [normalise_term(translation) for translation, _ in own_entries[term][language]]
                for k in right:
                    right[k] += any(candidate in accepted for candidate in candidates[:k])
            tokens = [covered for form, covered in zip(forms, inside, strict=True) if has(form, band)]
            types = {form: language in own_entries.get(form, {}) for form in forms if has(form, band)}
            if band == ALL or terms or tokens:
                result.append(
                    Score(
                        language,
                        band,
                        len(terms),
                        len(known) / len(terms) if terms else None,
                        {k: number / len(known) if known else None for k, number in right.items()},
                        {k: number / len(terms) if terms else None for k, number in right.items()},
                        sum(tokens) / len(tokens) if tokens else None,
                        sum(types.values()) / len(types) if types else None,
                    )
                )
    return result


@st.composite
def comparisons(draw: st.DrawFn) -> tuple[Any, Any, list[str] | None, dict[str, float] | None]:
    """Two tables of pairs with a language in common, texts and frequencies."""
    vocabulary = draw(vocabularies())
    own, gold = draw(pair_tables(vocabulary)), draw(pair_tables(vocabulary))
    assume(set(own) & set(gold))
    texts = draw(st.none() | st.lists(texts_of(vocabulary), max_size=3))
    words = st.sampled_from(vocabulary).flatmap(spellings)
    listed = draw(st.none() | st.dictionaries(words, st.integers(0, 5) | st.floats(0, 9, width=16), min_size=1))
    if listed is not None and draw(st.booleans()):
        listed |= {f"filler{number}": 10.0 for number in range(draw(st.sampled_from((998, 999, 1_000))))}
    return own, gold, texts, listed


@given(comparisons())
def test_equals_the_reference(case: tuple[Any, Any, list[str] | None, dict[str, float] | None]) -> None:
    """All numbers of all languages and bands are those that loops over plain dicts give."""
    own, gold, texts, frequencies = case
    found = evaluate(Lexicon.from_pairs(own), Lexicon.from_pairs(gold), (5, 1, 2, 1), texts, frequencies)
    assert found.k == (1, 2, 5)
    assert [row for row in found.rows if row.language != MEAN] == slow_rows(own, gold, texts, frequencies)


# -- properties --------------------------------------------------------------------------------------------------------


@given(comparisons())
def test_numbers_fit_together(case: tuple[Any, Any, list[str] | None, dict[str, float] | None]) -> None:
    """More candidates are never worse, recall is precision times coverage, and each mean is that of all languages."""
    own, gold, texts, frequencies = case
    lexicon = Lexicon.from_pairs(own)
    found = evaluate(lexicon, Lexicon.from_pairs(gold), (1, 2, 5), texts, frequencies)
    assert found.languages == sorted(set(own) & set(gold))
    for row in found.rows:
        assert all(0 <= value <= 1 for value in row.as_dict().values() if isinstance(value, float))
        if row.language == MEAN:
            check_mean(row, [other for other in found.rows if other.band == row.band and other.language != MEAN])
        elif row.coverage:
            precision = [row.precision[k] or 0 for k in (1, 2, 5)]
            assert precision == sorted(precision)
            assert [row.recall[k] for k in (1, 2, 5)] == pytest.approx([share * row.coverage for share in precision])
        if row.language != MEAN and row.band == ALL:
            assert (row.token_coverage or 0) == lexicon.select([row.language]).coverage(texts or [])
    assert {row.band for row in found.rows} == {row.band for row in found.rows if row.language == MEAN}


def check_mean(mean: Score, rows: list[Score]) -> None:
    assert mean.terms == sum(row.terms for row in rows)
    numbers = [row.as_dict() for row in rows]
    for name, value in mean.as_dict().items():
        shares: list[Any] = [row[name] for row in numbers if row[name] is not None]
        if name not in ("language", "band", "terms"):
            assert value == (pytest.approx(sum(shares) / len(shares)) if shares else None)


@given(vocabularies().flatmap(pair_tables))
def test_a_lexicon_is_right_by_itself(pairs: Any) -> None:
    """Measured by itself a lexicon knows everything and is always right."""
    lexicon = Lexicon.from_pairs(pairs)
    for row in evaluate(lexicon, lexicon).rows:
        assert row.coverage == row.precision[1] == row.precision[5] == row.recall[1] == row.recall[5] == 1


@given(comparisons(), st.randoms(use_true_random=False))
def test_order_of_gold_pairs(
    case: tuple[Any, Any, list[str] | None, dict[str, float] | None], shuffling: random.Random
) -> None:
    """The order of gold pairs, their weights and repetitions change no number."""
    own, gold, texts, frequencies = case
    again = {language: shuffling.sample(pairs * 2, 2 * len(pairs)) for language, pairs in gold.items()}
    again = {language: [(*pair[:2], shuffling.uniform(0.1, 9)) for pair in pairs] for language, pairs in again.items()}
    lexicon = Lexicon.from_pairs(own)
    first, second = (
        evaluate(lexicon, Lexicon.from_pairs(pairs), (1, 5), texts, frequencies) for pairs in (gold, again)
    )
    assert first.rows == second.rows


# -- results and arguments ---------------------------------------------------------------------------------------------


def test_as_dict_is_json() -> None:
    """The plain form survives JSON, names what was compared, and has each k by itself."""
    found = evaluate(OWN, GOLD, texts=["house"], frequencies=FREQUENCIES)
    plain = json.loads(json.dumps(found.as_dict(), allow_nan=False))
    assert plain == found.as_dict()
    assert (plain["lexicon"], plain["gold"], plain["k"]) == (OWN.signature, GOLD.signature, [1, 5])
    assert list(plain["rows"][0]) == [
        *("language", "band", "terms", "coverage", "precision@1", "precision@5", "recall@1", "recall@5"),
        *("token_coverage", "type_coverage"),
    ]


def test_method_of_lexicon() -> None:
    """Lexicon.evaluate gives the same."""
    assert OWN.evaluate(GOLD, (1,), ["house"], FREQUENCIES) == evaluate(OWN, GOLD, (1,), ["house"], FREQUENCIES)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"gold": {"house": "Haus"}}, TypeError, "gold is dict; pass a Lexicon"),
        (
            {"gold": Lexicon.from_pairs({"de": [("a", "b")]}, source="fr")},
            LexiconError,
            "gold translates from 'fr', the lexicon from 'en'",
        ),
        (
            {"gold": Lexicon.from_pairs({"nl": [("a", "b")]})},
            LexiconError,
            "gold has no term in a language of the lexicon: gold has ['nl'], the lexicon ['de', 'fr', 'ru']",
        ),
        ({"k": 5}, TypeError, "k is 5; pass a sequence of whole numbers such as (1, 5)"),
        ({"k": "15"}, TypeError, "k is '15'"),
        ({"k": ()}, ValueError, "k is empty"),
        ({"k": (0,)}, ValueError, "k is 0; it must be from 1"),
        ({"k": (1.5,)}, TypeError, "k is 1.5; it must be a whole number"),
        ({"texts": "house"}, TypeError, "texts is str, not an iterable of str; for one text pass [text]"),
        ({"texts": {"text": ["house"]}}, TypeError, "texts is dict"),
        ({"texts": 7}, TypeError, "texts is int"),
        ({"texts": ["house", None]}, TypeError, "texts[1] is NoneType, not str"),
        ({"texts": ["house", "a\ud800"]}, ValueError, "texts[1] has a lone surrogate"),
        ({"frequencies": ["house"]}, TypeError, "frequencies is list; pass a mapping from word to frequency"),
        ({"frequencies": {7: 1.0}}, TypeError, "frequencies has the key 7; words must be str"),
        ({"frequencies": {"a": "1"}}, ValueError, "frequencies['a'] is '1'; it must be a finite number of at least 0"),
        ({"frequencies": {"a": -1}}, ValueError, "frequencies['a'] is -1"),
        ({"frequencies": {"a": float("nan")}}, ValueError, "frequencies['a'] is nan"),
        ({"frequencies": {"a": float("inf")}}, ValueError, "frequencies['a'] is inf"),
    ],
)
def test_bad_arguments(options: dict[str, Any], error: type[Exception], message: str) -> None:
    """What cannot be measured is refused with the argument, the value and what is allowed."""
    with pytest.raises(error, match=re.escape(message)):
        evaluate(OWN, **{"gold": GOLD, **options})


def test_languages_without_any_pair_left() -> None:
    """A language without a term is not compared if the gold lexicon names it, and not known if the lexicon does."""
    thin = Lexicon.from_pairs({"de": [("house", "Haus", 1)], "ru": [("house", "дом", 9)]}).select(min_weight=5)
    assert {row.language for row in evaluate(OWN, thin).rows} == {"ru", MEAN}
    with pytest.raises(LexiconError, match=re.escape("gold has no term in a language of the lexicon: gold has ['ru']")):
        evaluate(OWN.select(["de"]), thin)
    found = scores(thin, GOLD.select(["de"]), (1,))
    assert found["de", ALL] == Score("de", ALL, 4, 0.0, {1: None}, {1: 0.0}, None, None)
