"""Columns: collecting pairs against plain dicts."""

from __future__ import annotations

import re
import tracemalloc
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexswitch import Lexicon, LexiconError
from lexswitch.lexicon.collecting import PairCollector
from lexswitch.lexicon.columns import Columns
from lexswitch.lexicon.pairs import InvalidPair, Lines, PairBlock, pairs_of
from lexswitch.lexicon.sorting import COMBINE

from ..reference import normalise_term
from ..strategies import LANGUAGES, any_text, terms_of, translations, vocabularies, weights

Entries = dict[str, dict[str, list[tuple[str, float]]]]
_MARKS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
_COMBINERS: dict[str, Any] = {
    "votes": lambda values: min(1e30, max(values) * len(values)),
    "max": max,
    "min": min,
    "mean": lambda values: sum(values) / len(values),
    "sum": sum,
}

# -- the reference -----------------------------------------------------------------------------------------------------


def fault_of(text: str) -> str | None:
    if any(0xD800 <= ord(char) <= 0xDFFF for char in text):
        return "lone surrogate in"
    if any((ord(char) < 32 and not 9 <= ord(char) <= 13) or 0x7F <= ord(char) <= 0x9F for char in text):
        return "control character in"
    return None if text else "empty"


def reason_of(term: str, language: str, translation: str, weight: float) -> str | None:
    """Why a pair, whose texts are normalised, cannot be in a lexicon."""
    for name, text in (("translation", translation), ("term", term)):
        if fault := fault_of(text):
            return f"{fault} {name}"
    if not 1e-30 <= weight <= 1e30:
        return "weight out of range"
    return None if language in LANGUAGES else "wrong language code"


def collect(
    blocks: Sequence[PairBlock], marks: bool, combine: str
) -> tuple[set[str], Entries, list[list[InvalidPair]]]:
    """Languages, entries and faults that collecting the blocks should give."""
    found: dict[str, dict[str, dict[str, list[float]]]] = {}
    languages: set[str] = set()
    faults: list[list[InvalidPair]] = []
    for block in blocks:
        faults.append([])
        if isinstance(block.languages, str) and not block.terms:
            languages.add(block.languages)
        for place, term in enumerate(block.terms):
            language = block.languages if isinstance(block.languages, str) else block.languages[place]
            weight = 1.0 if block.weights is None else block.weights[place]
            term, translation = (
                text if marks else "".join(char for char in text if char not in _MARKS)
                for text in (term, block.translations[place])
            )
            term, translation = normalise_term(term), re.sub(r"[\t\n\v\f\r]+", " ", translation.strip())
            if reason := reason_of(term, language, translation, weight):
                faults[-1].append(InvalidPair(place, reason))
                continue
            languages.add(language)
            of_term = found.setdefault(term, {}).setdefault(language, {})
            of_term.setdefault(translation, []).append(weight)
    combined = {
        term: {
            language: {translation: _COMBINERS[combine](values) for translation, values in candidates.items()}
            for language, candidates in sorted(entry.items())
        }
        for term, entry in sorted(found.items())
    }
    entries = {
        term: {
            language: sorted(candidates.items(), key=lambda candidate: -candidate[1])
            for language, candidates in entry.items()
        }
        for term, entry in combined.items()
    }
    return languages, entries, faults


# -- generated blocks --------------------------------------------------------------------------------------------------

odd_text = st.builds(
    lambda one, odd, other: one + odd + other,
    any_text,
    st.sampled_from(("", " ", "\t", "\n", "\r\n", "\0", "\x1b", "\x1f", "\x7f", "\x85", "\u2028", "\ud800", *_MARKS)),
    any_text,
)
odd_weights = st.sampled_from((0.0, -1.0, float("nan"), float("inf"), 1e-31, 1e31, 1e-30, 1e30))


def columns_of(rows: list[tuple[str, str, str, float]], same: bool, weighted: bool) -> PairBlock:
    """A block of rows; with one language for all, and with weights of 1, if so wanted."""
    terms, languages, texts, values = map(list, zip(*rows, strict=True)) if rows else ([], [], [], [])
    return PairBlock(
        range(len(rows)), terms, languages[0] if same and rows else languages, texts, values if weighted else None
    )


def blocks_of(
    texts: st.SearchStrategy[str], languages: st.SearchStrategy[str], values: st.SearchStrategy[float]
) -> Any:
    """Lists of blocks with terms and translations that often repeat."""

    def of(vocabulary: tuple[str, ...]) -> Any:
        row = st.tuples(terms_of(vocabulary) | texts, languages, translations | texts, values)
        return st.lists(st.builds(columns_of, st.lists(row, max_size=8), st.booleans(), st.booleans()), max_size=4)

    return vocabularies().flatmap(of)


sound_blocks = blocks_of(translations, st.sampled_from(LANGUAGES), weights)
any_blocks = blocks_of(odd_text, st.sampled_from((*LANGUAGES, "xx", "DE", "german", "")), weights | odd_weights)


def check(blocks: list[PairBlock], marks: bool, combine: str) -> None:
    """Collecting the blocks gives what the reference gives."""
    languages, entries, faults = collect(blocks, marks, combine)
    collector = PairCollector(marks)
    assert [collector.add(block) for block in blocks] == faults
    assert collector.num_pairs == sum(len(block.terms) for block in blocks) - sum(map(len, faults))
    if not entries:
        with pytest.raises(LexiconError, match="a lexicon needs at least one pair"):
            collector.build(combine)
        return
    lexicon = Lexicon("en", *collector.build(combine)[1:], ())
    assert lexicon.languages == tuple(sorted(languages))
    assert {normalise_term(term): dict(entry) for term, entry in lexicon.items()} == entries
    assert [normalise_term(term) for term in lexicon] == list(entries)


@given(sound_blocks, st.sampled_from(COMBINE))
def test_sound_blocks(blocks: list[PairBlock], combine: str) -> None:
    """Sound pairs in several blocks: order, equal weights by first appearance, combined weights."""
    check(blocks, True, combine)


@given(any_blocks, st.booleans(), st.sampled_from(("max", "min")))
def test_any_blocks(blocks: list[PairBlock], marks: bool, combine: str) -> None:
    """Of blocks with anything in them what is sound is taken, and the rest told with its reason."""
    check(blocks, marks, combine)


@given(sound_blocks)
def test_lines_are_as_good_as_lists(blocks: list[PairBlock]) -> None:
    """Texts that are handed over as the lines of one text give the same columns."""
    lined = [
        block._replace(
            terms=Lines("\n".join(block.terms), len(block.terms)),
            translations=Lines("\n".join(block.translations), len(block.translations)),
        )
        for block in blocks
    ]
    one, other = PairCollector(), PairCollector()
    assert list(map(one.add, blocks)) == list(map(other.add, lined))
    if one.num_pairs:
        for (name, array), same in zip(
            one.build().columns.arrays().items(), other.build().columns.arrays().values(), strict=True
        ):
            assert np.array_equal(array, same), name


@pytest.mark.parametrize(
    ("pair", "reason"),
    [
        (("", "de", "x", 1.0), "empty term"),
        ((" \t", "de", "x", 1.0), "empty term"),
        (("x", "de", "\u3000\n", 1.0), "empty translation"),
        (("a\0b", "de", "x", 1.0), "control character in term"),
        (("x", "de", "a\x1bb", 1.0), "control character in translation"),
        (("x", "de", "a\x85b", 1.0), "control character in translation"),
        (("a\ud800", "de", "x", 1.0), "lone surrogate in term"),
        (("x", "de", "\udfff", 1.0), "lone surrogate in translation"),
        (("x", "deu", "x", 1.0), "wrong language code"),
        (("x", "DE", "x", 1.0), "wrong language code"),
        (("x", "", "x", 1.0), "wrong language code"),
        (("x", "de", "x", 0.0), "weight out of range"),
        (("x", "de", "x", float("nan")), "weight out of range"),
        (("x", "de", "x", 1.01e30), "weight out of range"),
        (("x", "de", "x", 0.99e-30), "weight out of range"),
    ],
)
@pytest.mark.parametrize("same", [True, False])
def test_faults(pair: tuple[str, str, str, float], reason: str, same: bool) -> None:
    """Every fault is told by its place in the block, and the pairs around it are taken."""
    sound = ("house", pair[1] if same else "ru", "дом", 2.0)
    collector = PairCollector(marks=False)
    faults = collector.add(columns_of([sound, pair, sound], same, True))
    expected = [0, 1, 2] if same and reason == "wrong language code" else [1]
    assert faults == [InvalidPair(place, reason) for place in expected]
    assert collector.num_pairs == 3 - len(expected)


@pytest.mark.parametrize("mark", _MARKS)
def test_marks(mark: str) -> None:
    """Marks of direction and byte order marks stay or go, as it is wanted, at the ends and inside."""
    spelled = f"{mark}a{mark}b"
    compared = "ab" if mark == "\ufeff" else spelled  # a byte order mark in a term never counts
    for marks, term, form, translation in (
        (True, spelled, compared, f"{mark}x{mark}y{mark}"),
        (False, "ab", "ab", "xy"),
    ):
        collector = PairCollector(marks)
        assert collector.add(PairBlock([1], [f"{mark}a{mark}b"], "he", [f"{mark}x{mark}y{mark}"])) == []
        lexicon = Lexicon("en", *collector.build()[1:], ())
        assert list(lexicon.pairs()) == [(term, "he", translation, 1.0)]
        assert lexicon.columns.terms.unpack() == [form]
    assert PairCollector(marks=False).add(PairBlock([1], ["a"], "he", [mark])) == [InvalidPair(0, "empty translation")]


@pytest.mark.parametrize("combine", COMBINE)
def test_weights_stay_in_range(combine: str) -> None:
    """The greatest and least weights, combined many times, are weights still, and equal ones stay unless summed."""
    collector = PairCollector()
    for weight in (1e-30, 1e30):
        for _ in range(3):
            collector.add(PairBlock([1, 2], ["a", f"b{weight}"], "de", ["x", "y"], [weight, weight]))
    lexicon = Lexicon("en", *collector.build(combine)[1:], ())
    assert combine in ("sum", "votes") or [lexicon[f"b{weight}"]["de"][0].weight for weight in (1e-30, 1e30)] == [
        1e-30,
        1e30,
    ]
    columns = lexicon.columns
    assert ((columns.weights >= 1e-30) & (columns.weights <= 1e30)).all()


def test_memory_is_that_of_the_pairs() -> None:
    """Hundreds of languages times thousands of terms cost no more than the pairs there are."""
    names = [f"q{a}{b}" for a in "abcdefghijklmnopqrst" for b in "abcdefghijklmnopqrstuvwxyz"]  # of private use
    count = 20_000
    terms = [f"term {number}" for number in range(count)]
    languages = [names[number % len(names)] for number in range(count)]
    collector = PairCollector()
    assert collector.add(PairBlock(range(count), terms, languages, terms)) == []
    tracemalloc.start()
    collector.build()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20_000_000  # an array of terms times languages would have 83 MB


def test_equal_hashes_are_told_apart() -> None:
    """Long translations, whose hashes are not computed, are the same only if all their bytes are."""
    stem = "x" * 2_000
    collector = PairCollector()
    collector.add(
        PairBlock(range(4), ["a"] * 4, "de", [stem + "1", stem + "2", stem + "1", stem], [1.0, 2.0, 3.0, 4.0])
    )
    assert Lexicon("en", *collector.build()[1:], ())["a"]["de"] == [(stem, 4.0), (stem + "1", 3.0), (stem + "2", 2.0)]


@given(sound_blocks)
def test_pairs_of_columns(blocks: list[PairBlock]) -> None:
    """The pairs of columns, collected again, are the columns, and arrays make columns again."""
    collector = PairCollector()
    for block in blocks:
        collector.add(block)
    if collector.num_pairs:
        _, languages, columns = collector.build()
        again = PairCollector()
        again.add_pairs(pairs_of(columns), languages)
        _, same_languages, same = again.build()
        assert same_languages == languages
        copied = Columns.from_arrays(columns.arrays())
        for name, array in columns.arrays().items():
            assert array.dtype == same.arrays()[name].dtype
            assert np.array_equal(array, same.arrays()[name])
            assert np.array_equal(array, copied.arrays()[name])


@given(st.lists(st.text("ab\u00e9", max_size=3), max_size=5))
def test_lines_are_a_sequence(texts: list[str]) -> None:
    """Lines are what a list of them is: in number, order, places and slices."""
    lines = Lines("\n".join(texts), len(texts))
    assert len(lines) == len(texts)
    assert list(lines) == texts
    assert [lines[place] for place in range(-len(texts), len(texts))] == texts * 2
    assert lines[1:3] == texts[1:3]
    assert list(reversed(lines)) == texts[::-1]


def test_where() -> None:
    """A block is cut down in all its columns, whether it has one language or many, weights or none."""
    block = PairBlock([1, 2, 3], ["a", "b", "c"], ["de", "ru", "fr"], ["x", "y", "z"], [1.0, 2.0, 3.0])
    assert block.where([True, False, True]) == PairBlock([1, 3], ["a", "c"], ["de", "fr"], ["x", "z"], [1.0, 3.0])
    assert block.where([True, True, True]) is block
    plain = block._replace(languages="de", weights=None)
    assert plain.where([False, True, False]) == PairBlock([2], ["b"], "de", ["y"], None)
    assert plain.where([False] * 3) == PairBlock([], [], "de", [], None)
