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

from .hashing import HashTable, Keys, Numbers, chunk_view, equal_tails, word_keys
from .packing import Bytes, Hashes, Ints, Mask, Packed
from .words import Words, ranges

# The value of a word in its table: its number, which is 1 or more, above these bits.
_ALONE = 1
"""The word is a term by itself."""
_BEGINS = 2
"""It is the first word of some phrase."""
_FOLLOWS = 4
"""It is the second word of some phrase."""
_LONG = 8
"""It has more than eight bytes."""
_FLAGS = 4
_NUMBER_BITS = 31 - _FLAGS
"""A number and its flags are one int32; so are the number of a state and one flag."""


class Matches(NamedTuple):
    """Units of a batch, one element per word."""

    is_unit: Mask
    """Whether a unit begins with this word."""
    nodes: Ints
    """What `TermIndex.terms` knows the unit by."""
    extra_words: Ints
    """Number of further words of the unit, 0 where none begins."""


class _Vocabulary:
    """The distinct words of all terms, numbered from 1 on."""

    def __init__(self, buffer: Bytes, offsets: Ints, lengths: Ints) -> None:
        self._buffer = buffer
        self._longest = int(lengths.max(initial=0))
        for self._salt in itertools.count():
            keys = word_keys(buffer, offsets, lengths, self._longest, self._salt)
            distinct, first, inverse = np.unique(keys.keys, return_index=True, return_inverse=True)
            self._offsets, self._lengths = _from_one(offsets[first]), _from_one(lengths[first])
            self._heads = chunk_view(buffer)[self._offsets]
            self.size = len(distinct) + 1
            check_numbers("distinct words", self.size, _NUMBER_BITS)
            values = np.arange(self.size, dtype=np.int32) << _FLAGS | np.where(self._lengths > 8, _LONG, 0)
            if distinct.all() and self._verified(values[inverse + 1], keys, buffer, offsets, lengths).all():
                break  # no word is taken for another
        self._table = HashTable(distinct, values[1:])

    def with_flags(self, flags: Numbers) -> _Vocabulary:
        """The same words with flags: one element per number."""
        result = copy.copy(self)
        result._table = self._table.with_values(
            lambda values: values & (_LONG | -1 << _FLAGS) | flags[values >> _FLAGS]
        )
        return result

    def find(self, buffer: Bytes, offsets: Ints, lengths: Ints) -> Numbers:
        """The value of each word: number and flags, or 0."""
        keys = word_keys(buffer, offsets, lengths, self._longest, self._salt)
        return self._verified(self._table.find(keys.keys), keys, buffer, offsets, lengths)

    def _verified(self, values: Numbers, keys: Keys, buffer: Bytes, offsets: Ints, lengths: Ints) -> Numbers:
        """The values that equal keys proposed, 0 where the bytes of the words decide otherwise."""
        values *= ((values & _LONG) != 0) == (lengths > 8)
        found = values[keys.long].nonzero()[0]
        long = keys.long[found]
        numbers = values[long] >> _FLAGS
        same = (self._heads[numbers] == keys.heads[found]) & (self._lengths[numbers] == lengths[long])
        longer = (same & (lengths[long] > 16)).nonzero()[0]
        if longer.size:
            own, others = offsets[long[longer]], self._offsets[numbers[longer]]
            same[longer] = equal_tails(buffer, own, self._buffer, others, lengths[long[longer]])
        values[long[(~same).nonzero()[0]]] = 0
        return values


def check_numbers(what: str, count: int, bits: int) -> None:
    """Refuse to number more things than have numbers of so many bits."""
    if count > 1 << bits:
        raise ValueError(
            f"the lexicon has {count:,} {what}, an index at most {1 << bits:,}; select fewer languages or terms"
        )


def _from_one(values: Ints) -> Ints:
    """The values as elements 1, 2, ... of an array."""
    return np.concatenate([np.zeros(1, dtype=np.int64), values])


class TermIndex:
    """Finds terms in text, once some have been selected.

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
        used, _ = ranges(first[rows], first[rows] + sizes)
        # Most often the words stand in `terms` as they are compared, and terms may be mapped from a file.
        buffer = terms.buffer if np.array_equal(words.buffer, terms.buffer) else words.buffer
        words_used = buffer, words.offsets[used], words.lengths[used]
        self._vocabulary = _Vocabulary(*words_used)
        self._build_trie(rows, sizes, (self._vocabulary.find(*words_used) >> _FLAGS).astype(np.int64))

    def _build_trie(self, rows: Ints, sizes: Ints, numbers: Ints) -> None:
        """Number the states level by level; a state's term is the first row that ends there."""
        first = np.cumsum(sizes) - sizes
        nodes, total = numbers[first], self._vocabulary.size
        levels = [np.empty(0, dtype=np.uint64)]
        ends = [(nodes[sizes == 1], rows[sizes == 1])]
        for size in range(2, int(sizes.max(initial=0)) + 1):
            going = sizes >= size
            rows, sizes, first, nodes = rows[going], sizes[going], first[going], nodes[going]
            keys, inverse = np.unique(_transition(nodes, numbers[first + size - 1]), return_inverse=True)
            levels.append(keys)
            nodes, total = inverse + total, total + len(keys)
            ends.append((nodes[sizes == size], rows[sizes == size]))
        self._longest = len(levels)
        self._pairs = levels[1] if len(levels) > 1 else levels[0]
        check_numbers("beginnings of terms", total, 30)
        keys = np.concatenate(levels)
        self._filter = _Filter(keys)
        self._transitions = HashTable(keys, np.arange(self._vocabulary.size, total, dtype=np.int32) << 1)
        nodes, rows = (np.concatenate(column) for column in zip(*ends, strict=True))
        order = np.argsort(nodes, kind="stable")  # where a tokenizer makes two terms equal, the first comes first
        self._ends = nodes[order], rows[order]
        #: The term of each state, or -1.
        self.terms = np.full(total, -1, dtype=np.int64)

    def select(self, terms: Mask, single: Mask) -> TermIndex:
        """The same index with fewer terms: those in `terms`; and of one word, those that are in `single` as well."""
        chosen = copy.copy(self)
        nodes, rows = self._ends
        known = terms[rows].nonzero()[0]
        nodes, rows = nodes[known], rows[known]
        first = np.append(True, nodes[1:] != nodes[:-1])[: len(nodes)]
        chosen.terms = self.terms.copy()
        chosen.terms[nodes[first]] = rows[first]
        flags = np.zeros(self._vocabulary.size, dtype=np.int32)
        alone = chosen.terms[: len(flags)]
        flags[np.append(single, False)[alone]] |= _ALONE
        flags[(self._pairs >> np.uint64(32)).view(np.int64)] |= _BEGINS
        flags[(self._pairs & np.uint64(0xFFFFFFFF)).view(np.int64)] |= _FOLLOWS
        chosen._vocabulary = self._vocabulary.with_flags(flags)
        is_term = (chosen.terms >= 0).astype(np.int32)
        chosen._transitions = self._transitions.with_values(lambda values: values >> 1 << 1 | is_term[values >> 1])
        return chosen

    def match(self, words: Words) -> Matches:
        """The leftmost-longest matches that do not overlap."""
        values = self._vocabulary.find(words.buffer, words.offsets, words.lengths)
        is_unit = (values & _ALONE).astype(np.bool_)
        nodes = (values >> _FLAGS).astype(np.int64)
        extra_words = np.zeros(len(values), dtype=np.int64)
        pairs = words.joined[:-1] & ((values[:-1] & _BEGINS) != 0) & ((values[1:] & _FOLLOWS) != 0)
        found = self._find_phrases(words, nodes, pairs.nonzero()[0])
        if found:
            for size, at, ends in found:  # a longer one replaces a shorter
                extra_words[at], nodes[at] = size - 1, ends
            _resolve_overlaps(is_unit, extra_words)
        return Matches(is_unit, nodes, extra_words)

    def _find_phrases(self, words: Words, numbers: Ints, at: Ints) -> list[tuple[int, Ints, Ints]]:
        """All phrases that begin at words `at`: size, first words and states, in order of size."""
        found = []
        nodes = numbers[at]
        for size in range(2, self._longest + 1):
            keys = _transition(nodes, numbers[at + size - 1])
            going = self._filter.may_have(keys).nonzero()[0]
            values = self._transitions.find(keys[going])
            hit = values.nonzero()[0]
            at, values = at[going[hit]], values[hit]
            nodes = (values >> 1).astype(np.int64)
            ending = (values & 1).nonzero()[0]
            if ending.size:
                found.append((size, at[ending], nodes[ending]))
            going = words.joined[at + size - 1].nonzero()[0]
            at, nodes = at[going], nodes[going]
            if not at.size:
                break
        return found


def covered_words(matches: Matches) -> int:
    """Number of words inside units."""
    return int(np.count_nonzero(matches.is_unit) + matches.extra_words.sum())


class _Filter:
    """A bitmap of hashed keys (Bloom, 1970, with one hash): most keys that are in no table are turned away cheaply."""

    _FACTOR = np.uint64(0xC2B2AE3D27D4EB4F)  # any large odd number

    def __init__(self, keys: Hashes) -> None:
        bits = max(6, int(8 * len(keys)).bit_length())
        self._shift = np.uint64(64 - bits)
        self._bits = np.zeros(1 << bits - 3, dtype=np.uint8)
        place = self._place(keys)
        np.bitwise_or.at(self._bits, place >> 3, np.uint8(1) << (place & 7).astype(np.uint8))

    def _place(self, keys: Hashes) -> Ints:
        keys = keys * self._FACTOR
        keys ^= keys >> np.uint64(32)
        offsets: Ints = (keys * self._FACTOR >> self._shift).view(np.int64)
        return offsets

    def may_have(self, keys: Hashes) -> Mask:
        """False for a key that is certainly not among those the filter was made from."""
        place = self._place(keys)
        bits: Mask = (self._bits[place >> 3] >> (place & 7).astype(np.uint8) & 1).view(np.bool_)
        return bits


def _transition(nodes: Ints, numbers: Ints) -> Hashes:
    return (nodes << 32 | numbers).view(np.uint64)


def _whole_terms(terms: Packed, words: Words, first: Ints, max_words: int) -> Ints:
    """Rows of `terms` that are nothing but one to `max_words` joined words."""
    counts = np.diff(first)
    rows = ((counts > 0) & (counts <= max_words)).nonzero()[0]
    last = first[rows + 1] - 1
    breaks = np.append(0, np.cumsum(~words.joined))
    whole = (words.starts[first[rows]] == terms.starts[rows]) & (words.ends[last] == terms.starts[rows + 1] - 1)
    chosen: Ints = rows[whole & (breaks[last] == breaks[first[rows]])]
    return chosen


def _resolve_overlaps(is_unit: Mask, extra_words: Ints) -> None:
    """Take phrases from left to right; a phrase that begins inside a taken one falls, and so do all words it covers."""
    starts = extra_words.nonzero()[0]
    ends = starts + extra_words[starts] + 1
    reached = np.maximum.accumulate(ends)
    taken = np.append(True, starts[1:] >= reached[:-1])  # by none overlapped
    # A phrase behind a taken one falls; only one that comes behind a fallen one may be taken again.
    doubtful = (~taken[1:] & ~taken[:-1]).nonzero()[0] + 1
    end, before = 0, -1
    for phrase, start, own in zip(doubtful.tolist(), starts[doubtful].tolist(), ends[doubtful].tolist(), strict=True):
        if before != phrase - 1:
            end = int(ends[phrase - 2])
        before = phrase
        if start >= end:
            taken[phrase] = True
            end = own
    extra_words[starts[~taken]] = 0
    chosen = taken.nonzero()[0]
    covered, _ = ranges(starts[chosen] + 1, ends[chosen])
    is_unit[starts[chosen]] = True
    is_unit[covered] = False
