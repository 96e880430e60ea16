"""Leftmost-longest matches of a lexicon's terms, of one word or of several, in the words of a batch.

The terms become a trie over whole words, kept in two hash tables: from the bytes of a word to its number, and from
(state, number of the next word) to the next state. The state after a single word is the number of that word. Only the
first table compares text; everything behind it is exact arithmetic on numbers.
"""

from __future__ import annotations

import copy
import itertools
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from .hashing import HashTable, equal_words, word_keys
from .packing import Bytes, Hashes, Ints, Mask, Packed
from .words import Words

Numbers = npt.NDArray[np.int32]


class Units(NamedTuple):
    """Matched terms, one element each, in text order."""

    words: Ints
    """Index of the first word among the words of the batch."""
    sizes: Ints
    """Number of words."""
    terms: Ints


class _Vocabulary:
    """The distinct words of all terms, numbered."""

    def __init__(self, buffer: Bytes, places: Ints, lengths: Ints) -> None:
        self._buffer = buffer
        self._longest = int(lengths.max(initial=0))
        for self._salt in itertools.count():
            keys = word_keys(buffer, places, lengths, self._longest, self._salt)
            distinct, first, numbers = np.unique(keys, return_index=True, return_inverse=True)
            self._places, self._lengths = places[first], lengths[first]
            if self._same(buffer, places, lengths, numbers).all():
                break
        self.numbers_of_terms = numbers.astype(np.int64)
        self._table = HashTable(distinct)

    def __len__(self) -> int:
        return len(self._places)

    def find(self, words: Words) -> Numbers:
        """The number of each word, or -1."""
        keys = word_keys(words.buffer, words.places, words.lengths, self._longest, self._salt)
        numbers = self._table.find(keys)
        long = ((words.lengths > 8) & (numbers >= 0)).nonzero()[0]
        if long.size:  # the key of a long word only proposes; its bytes decide
            same = self._same(words.buffer, words.places[long], words.lengths[long], numbers[long])
            numbers[long[~same]] = -1
        return numbers

    def _same(self, buffer: Bytes, places: Ints, lengths: Ints, numbers: Numbers | Ints) -> Mask:
        same = lengths == self._lengths[numbers]
        return same & equal_words(buffer, places, self._buffer, self._places[numbers], np.where(same, lengths, 0))


class TermIndex:
    """Finds terms in text.

    Terms that are more than their words (such as "c++", whose only word is "c"), and terms of more than `max_words`
    words, can never match and are left out.

    Parameters
    ----------
    terms : Packed
        The terms, normalised; term i is row i.
    words : Words
        The words of `terms`, found by the tokenizer that finds the words of the texts.
    max_words : int
        The most words that a match may have.
    """

    def __init__(self, terms: Packed, words: Words, max_words: int) -> None:
        first = np.searchsorted(words.starts, terms.starts)
        rows = _whole_terms(terms, words, first, max_words)
        sizes = np.diff(first)[rows]
        used = np.repeat(first[rows] - _starts(sizes), sizes) + np.arange(sizes.sum())
        self._vocabulary = _Vocabulary(words.buffer, words.places[used], words.lengths[used])
        self._build_trie(rows, sizes, self._vocabulary.numbers_of_terms)
        self._single = np.append(self._terms[: len(self._vocabulary)], np.int32(-1))

    def _build_trie(self, rows: Ints, sizes: Ints, numbers: Ints) -> None:
        """Number the states level by level; a state's term is the first row that ends there."""
        first = _starts(sizes)
        level = [np.empty(0, dtype=np.uint64)]
        states, total = numbers[first], len(self._vocabulary)
        ends = [(states[sizes == 1], rows[sizes == 1])]
        for size in range(2, int(sizes.max(initial=0)) + 1):
            going = sizes >= size
            rows, sizes, first, states = rows[going], sizes[going], first[going], states[going]
            keys, inverse = np.unique(_transition(states, numbers[first + size - 1]), return_inverse=True)
            level.append(keys)
            states, total = inverse + total, total + len(keys)
            ends.append((states[sizes == size], rows[sizes == size]))
        keys = np.concatenate(level)
        self._longest = len(level)
        self._transitions = HashTable(keys)
        self._terms = np.full(total + 1, -1, dtype=np.int32)  # the last stands for "no such state"
        for at, row in ends:
            self._terms[at[::-1]] = row[::-1]
        pairs = (level[1] if len(level) > 1 else level[0]) - np.uint64(1)
        self._begins = np.zeros(len(self._vocabulary) + 1, dtype=np.bool_)
        self._begins[(pairs >> np.uint64(32)).view(np.int64)] = True
        self._follows = np.zeros_like(self._begins)
        self._follows[(pairs & np.uint64(0xFFFFFFFF)).view(np.int64)] = True

    def select(self, terms: Mask, single: Mask) -> TermIndex:
        """The same index with fewer terms: those in `terms`; and of one word, those that are in `single` as well."""
        chosen = copy.copy(self)
        known = np.append(terms, False)
        chosen._terms = np.where(known[self._terms], self._terms, -1)
        alone = np.append(single, False)
        words = chosen._terms[: len(self._vocabulary)]
        chosen._single = np.append(np.where(alone[words], words, -1), np.int32(-1))
        return chosen

    def match(self, words: Words) -> Units:
        """The leftmost-longest matches that do not overlap."""
        numbers = self._vocabulary.find(words)
        terms = self._single[numbers]
        sizes = self._match_phrases(words, numbers, terms)
        units = (terms >= 0).nonzero()[0]
        return Units(units, sizes[units], terms[units].astype(np.int64))

    def _match_phrases(self, words: Words, numbers: Numbers, terms: Numbers) -> Ints:
        """Write the phrases that win into `terms`, -1 where they cover a word, and return the size of each match."""
        sizes = np.ones(len(numbers), dtype=np.int64)
        at = (words.joined & self._begins[numbers]).nonzero()[0]
        at = at[self._follows[numbers[at + 1]].nonzero()[0]]
        states = numbers[at].astype(np.int64)
        for size in range(2, self._longest + 1):
            last = at + size - 1
            found = self._transitions.find(_transition(states, numbers[last]))
            going = (found >= 0).nonzero()[0]
            at, last, states = at[going], last[going], found[going] + np.int64(len(self._vocabulary))
            ending = self._terms[states]
            hit = (ending >= 0).nonzero()[0]
            terms[at[hit]], sizes[at[hit]] = ending[hit], size
            going = (words.joined[last]).nonzero()[0]
            at, states = at[going], states[going]
            going = (numbers[at + size] >= 0).nonzero()[0]
            at, states = at[going], states[going]
        _resolve_overlaps(terms, sizes)
        return sizes


def _starts(sizes: Ints) -> Ints:
    return np.cumsum(sizes) - sizes


def _transition(states: Ints, numbers: Ints | Numbers) -> Hashes:
    return ((states << 32 | numbers) + 1).view(np.uint64)


def _whole_terms(terms: Packed, words: Words, first: Ints, max_words: int) -> Ints:
    """Rows of `terms` that are nothing but one to `max_words` joined words."""
    counts = np.diff(first)
    rows = ((counts > 0) & (counts <= max_words)).nonzero()[0]
    last = first[rows + 1] - 1
    breaks = np.append(0, np.cumsum(~words.joined))
    whole = (words.starts[first[rows]] == terms.starts[rows]) & (words.ends[last] == terms.starts[rows + 1] - 1)
    return rows[whole & (breaks[last] == breaks[first[rows]])]


def _resolve_overlaps(terms: Numbers, sizes: Ints) -> None:
    """Take phrases from left to right; a phrase that begins inside a taken one falls, and so do all words it covers."""
    starts = (sizes > 1).nonzero()[0]
    if not starts.size:
        return
    ends = starts + sizes[starts]
    free = np.append(True, starts[1:] >= np.maximum.accumulate(ends)[:-1])
    taken = free.copy()
    # A free phrase is taken for certain; only runs of phrases that overlap need the walk.
    behind = (~free).nonzero()[0]
    reach = np.where(free[behind - 1], ends[behind - 1], 0)
    end = 0
    for phrase, start, own, before in zip(
        behind.tolist(), starts[behind].tolist(), ends[behind].tolist(), reach.tolist(), strict=True
    ):
        end = before or end
        if start >= end:
            taken[phrase] = True
            end = own
    starts, inside = starts[taken], sizes[starts[taken]] - 1
    covered = np.repeat(starts + 1 - _starts(inside), inside) + np.arange(inside.sum())
    terms[covered] = -1
