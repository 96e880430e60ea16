"""Tests of the index of terms, against a plain search."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexswitch.engine.indexing import check_numbers
from lexswitch.engine.matching import TermIndex
from lexswitch.engine.packing import pack
from lexswitch.text.tokenizers import CharacterTokenizer, WordTokenizer, words_of
from tests.engine.test_hashing import COLLIDING

some_words = st.sampled_from(["a", "b", "ab", "longerthaneight", "longerthanseven", "longerthaneightyeight"])
phrases = st.lists(some_words, min_size=1, max_size=4).map(tuple)


def matches(terms, text, enabled=None, single=None, max_words=9, tokenizer=None):
    """Return the (first word, number of words, term) triples that an index finds in one text."""
    tokenizer = tokenizer or WordTokenizer()
    packed = pack(terms)
    everything = np.ones(len(terms), dtype=bool)
    index = TermIndex.build(packed, words_of(packed, tokenizer), max_words).select(
        everything if enabled is None else enabled, everything if single is None else single
    )
    found = index.match(words_of(pack([text]), tokenizer))
    at = found.is_unit.nonzero()[0]
    return [
        (word, more + 1, terms[index.terms[node]])
        for word, more, node in zip(at.tolist(), found.extra_words[at].tolist(), found.nodes[at].tolist(), strict=True)
    ]


def plain_search(terms, words, max_words):
    """Return the leftmost-longest matches by a plain search."""
    found, at = [], 0
    while at < len(words):
        sizes = [n for n in range(max_words, 0, -1) if tuple(words[at : at + n]) in terms and at + n <= len(words)]
        if sizes:
            found.append((at, sizes[0], " ".join(words[at : at + sizes[0]])))
        at += sizes[0] if sizes else 1
    return found


@given(st.sets(phrases, min_size=1, max_size=12), st.lists(some_words, max_size=40), st.integers(1, 4))
def test_matches_are_leftmost_longest(terms, words, max_words):
    """For phrases that overlap, contain or begin one another, the index agrees with a plain search."""
    listed = sorted(" ".join(term) for term in terms)
    assert matches(listed, " ".join(words), max_words=max_words) == plain_search(terms, words, max_words)


@given(st.sets(phrases, min_size=1, max_size=12), st.lists(some_words, max_size=30), st.data())
def test_terms_that_are_not_enabled_do_not_exist(terms, words, data):
    """Selecting terms equals building an index of those terms alone."""
    listed = sorted(" ".join(term) for term in terms)
    enabled = np.array(data.draw(st.lists(st.booleans(), min_size=len(listed), max_size=len(listed))), dtype=bool)
    some = {tuple(term.split()) for term, on in zip(listed, enabled, strict=True) if on}
    assert matches(listed, " ".join(words), enabled=enabled) == plain_search(some, words, 9)


def test_words_skipped_alone_still_make_phrases():
    """A term of one word may be left out while phrases keep that word."""
    single = np.array([False, True, True])
    assert matches(["a", "a b", "b"], "a a b", single=single) == [(1, 2, "a b")]


def test_a_hash_only_proposes():
    """A text word whose key is that of another word does not match it; with both in the lexicon each is found."""
    assert matches(COLLIDING[:1], " ".join(COLLIDING)) == [(0, 1, COLLIDING[0])]
    assert matches(COLLIDING, " ".join(COLLIDING)) == [(0, 1, COLLIDING[0]), (1, 1, COLLIDING[1])]


def test_terms_that_are_more_than_their_words_never_match():
    """The only word of "c++" is "c"; the term must not match it."""
    assert matches(["b", "c++", "u.s. dollar"], "c++ and c, the u.s. dollar and b") == [(8, 1, "b")]


def test_characters_as_words():
    """If every character is a word, the longest matches segment the text."""
    assert matches(["信", "信用", "信用卡", "卡"], "信用卡信用信", tokenizer=CharacterTokenizer()) == [
        (0, 3, "信用卡"),
        (3, 2, "信用"),
        (5, 1, "信"),
    ]


def test_numbers_have_their_bits():
    """More words than an int32 and its flags can number are refused, with the remedy."""
    check_numbers("distinct words", 1 << 27, 27)
    with pytest.raises(ValueError, match=r"has 134,217,729 distinct words, but an index holds at most 134,217,728"):
        check_numbers("distinct words", (1 << 27) + 1, 27)


def test_the_first_of_equal_terms_is_found():
    """Of terms that a tokenizer makes equal the first that is enabled is found, in the order of rows."""
    terms = ["世 界 a", "世界 a", "世界a"]
    for enabled, expected in (([1, 1, 1], 0), ([0, 1, 1], 1), ([0, 0, 1], 2)):
        found = matches(terms, "世界a", enabled=np.array(enabled, dtype=bool), tokenizer=CharacterTokenizer())
        assert found == [(0, 3, terms[expected])]


def test_long_chains_of_overlaps():
    """If every word begins a phrase, every other phrase matches."""
    assert matches(["a a"], " ".join("a" * 10_001)) == [(at, 2, "a a") for at in range(0, 10_000, 2)]
