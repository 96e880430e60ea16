"""Leftmost-longest matches of a lexicon's terms, of one or several words, in the words of a batch.

The terms form a trie over whole words. Two hash tables hold it: one maps the bytes of a word to the number of the word,
the other maps (node, number of the next word) to the next node. The node of a single word is the number of that word.
Only the first table compares text; the second is exact arithmetic on numbers.

Inflected forms ("houses") are further words of the first table. A form has a base, the word of a term ("house"). It
matches as its base if it does not match itself, as a unit of one word or as one word of a phrase.
"""

from __future__ import annotations

import copy
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from .hashing import HashTable, spread
from .indexing import IndexArrays, Inflect, build_index, edge_keys, may_contain, selected_flags
from .packing import Bytes, Hashes, Ints, Mask, Packed
from .vocabulary import ALONE, AS_BASE, BEGINS, FLAG_BITS, FOLLOWS, WordList, WordTable
from .words import Words, ranges


class Matches(NamedTuple):
    """Units of a batch; each array has one element per word."""

    is_unit: Mask
    """Whether a unit begins with this word."""
    nodes: Ints
    """Node of the unit, an index into `TermIndex.terms`. Meaningless if no unit begins with this word."""
    extra_words: Ints
    """Number of further words of the unit; 0 if no unit begins with this word."""


class TermIndex:
    """Finds terms in texts.

    Two kinds of terms cannot match, so the index ignores them: terms with characters outside their words (such as
    "c++", whose only word is "c"), and terms of more words than the index was built for.

    Parameters
    ----------
    buffer : uint8 array
        The words of terms in normal form.
    arrays : IndexArrays

    Attributes
    ----------
    terms : int32 array, shape (nodes,)
        The selected term that ends at each node, as a row, or -1.
    longest : int
        Number of words of the longest term.
    is_whole : bool
        Whether all terms are selected.
    """

    is_whole = True

    def __init__(self, buffer: Bytes, arrays: IndexArrays) -> None:
        self.arrays = arrays
        self.vocabulary = WordTable(
            (buffer, arrays.forms),
            arrays.records,
            HashTable(arrays.words),
            arrays.size,
            arrays.longest,
            arrays.salt,
        )
        self.bases, self.filter, self.terms = arrays.bases, arrays.filter, arrays.terms
        self.edges = HashTable(arrays.edges)
        self.longest = len(arrays.level_starts)
        self._level_starts = np.array(arrays.level_starts)

    @classmethod
    def build(
        cls,
        terms: Packed,
        words: Words,
        max_words: int,
        inflect: Inflect | None = None,
        groups: Ints | None = None,
        places: Hashes | None = None,
    ) -> TermIndex:
        """Build an index of all terms; the parameters are those of `build_index`."""
        return cls(*build_index(terms, words, max_words, inflect, groups, places))

    def select(self, terms: Mask, single: Mask, skip: WordList | None = None) -> TermIndex:
        """Return an index of some of the terms.

        Parameters
        ----------
        terms, single : bool arrays, shape (terms,)
            Whether a term is enabled, and whether a term of one word is. A term of one word must be in both.
        skip : WordList, optional
            Words that do not match as forms of a term of one word.
        """
        if terms.all() and single.all() and (skip is None or not len(skip.offsets)):
            return self
        chosen = copy.copy(self)
        chosen.is_whole = False
        chosen.terms = self._selected(terms)
        size, total = self.vocabulary.size, self.vocabulary.total
        alone = np.zeros(total, dtype=np.bool_)
        alone[:size] = np.append(single, False)[chosen.terms[:size]]
        skipped = None if skip is None else self.vocabulary.find(*skip) >> FLAG_BITS
        chosen.vocabulary = self.vocabulary.with_flags(selected_flags(alone, self.bases, skipped))
        return chosen

    def _selected(self, terms: Mask) -> npt.NDArray[np.int32]:
        """Return the first selected term of each node."""
        nodes = np.where(np.append(terms, False)[self.terms], self.terms, np.int32(-1))
        further = self.arrays.further[1:].astype(np.int64)
        rows = further & 0xFFFFFFFF
        further, rows = further[terms[rows]] >> 32, rows[terms[rows]]
        free = nodes[further] < 0
        nodes[further[free][::-1]] = rows[free][::-1]  # of several terms, the first one stays
        return nodes

    def count_words(self, nodes: Ints) -> Ints:
        """Return the number of words of the terms at some nodes."""
        # The nodes of a level follow those of the level before.
        return 1 + np.searchsorted(self._level_starts, nodes, side="right")

    def match(self, words: Words) -> Matches:
        """Return the leftmost-longest matches, which do not overlap."""
        values = self.vocabulary.find(words.buffer, words.offsets, words.lengths)
        is_unit = (values & ALONE).astype(np.bool_)
        numbers = (values >> FLAG_BITS).astype(np.int64)
        nodes = numbers
        if self.bases is not None and (inflected := (values & AS_BASE).nonzero()[0]).size:
            nodes = numbers.copy()
            nodes[inflected] = self.bases[numbers[inflected]]
        extra_words = np.zeros(len(values), dtype=np.int64)
        pairs = words.joined[:-1] & ((values[:-1] & BEGINS) != 0) & ((values[1:] & FOLLOWS) != 0)
        found = self._find_phrases(words, numbers, pairs.nonzero()[0])
        if found:
            for size, at, ends in found:  # a longer phrase replaces a shorter one, and an exact one an inflected one
                extra_words[at], nodes[at] = size - 1, ends
            _resolve_overlaps(is_unit, extra_words)
        return Matches(is_unit, nodes, extra_words)

    def _find_phrases(self, words: Words, numbers: Ints, at: Ints) -> list[tuple[int, Ints, Ints]]:
        """Return all phrases that begin at positions `at`: size, positions of first words and nodes, sorted by size.

        If an inflected and an exact phrase have the same size, the exact one comes last; of inflected ones, that with
        the latest inflected word.
        """
        found = []
        exact = _Paths(at, self._own_numbers(numbers[at]))
        # Paths with one inflected word, by its position in the phrase; most are empty.
        inflected = [] if self.bases is None else [_Paths(at, self.bases[numbers[at]].astype(np.int64)).where_node()]
        for size in range(2, self.longest + 1):
            if not exact.at.size and not any(path.at.size for path in inflected):
                break
            steps = [self._follow(path, self._own_numbers(numbers[path.at + size - 1])) for path in inflected]
            if self.bases is not None:
                last = self.bases[numbers[exact.at + size - 1]].astype(np.int64)
                steps.append(self._follow(exact.where(last > 0), last[last > 0]))
            steps.append(self._follow(exact, self._own_numbers(numbers[exact.at + size - 1])))
            for path, is_term in steps:
                if is_term.any():
                    found.append((size, path.at[is_term], path.nodes[is_term]))
            *inflected, exact = (path.where(words.joined[path.at + size - 1]) for path, _ in steps)
        return found

    def _own_numbers(self, numbers: Ints) -> Ints:
        """Return the numbers of words of terms; 0 for words that are only forms, whose numbers are those of nodes."""
        return numbers if self.bases is None else np.where(numbers < self.vocabulary.size, numbers, 0)

    def _follow(self, path: _Paths, numbers: Ints) -> tuple[_Paths, Mask]:
        """Extend paths by the word with a number; return those that exist, and whether a term ends there."""
        if not path.at.size:
            return path, np.zeros(0, dtype=np.bool_)
        keys = edge_keys(path.nodes, numbers)
        hashes = spread(keys)
        active = may_contain(self.filter, hashes).nonzero()[0]
        values = self.edges.find(keys[active], hashes[active])
        hit = values.nonzero()[0]
        nodes = (values[hit] >> 1).astype(np.int64)
        is_term = (values[hit] & 1).astype(np.bool_) if self.is_whole else self.terms[nodes] >= 0
        return _Paths(path.at[active[hit]], nodes), is_term


class _Paths(NamedTuple):
    """Paths in the trie."""

    at: Ints
    """Position of the first word."""
    nodes: Ints
    """Node that is reached."""

    def where(self, mask: Mask) -> _Paths:
        """Return the paths for which the mask is true."""
        return _Paths(self.at[mask], self.nodes[mask]) if self.at.size else self

    def where_node(self) -> _Paths:
        """Return the paths that have a node."""
        return self.where(self.nodes > 0)


def covered_mask(matches: Matches) -> Mask:
    """Return whether each word is inside a unit."""
    covered = matches.is_unit.copy()
    first = matches.extra_words.nonzero()[0]
    covered[ranges(first, first + matches.extra_words[first] + 1)[0]] = True
    return covered


def covered_words(matches: Matches) -> int:
    """Return the number of words inside units."""
    return int(np.count_nonzero(matches.is_unit) + matches.extra_words.sum())


def _resolve_overlaps(is_unit: Mask, extra_words: Ints) -> None:
    """Keep phrases from left to right, in place: drop phrases that begin inside a kept one, and the units it covers."""
    starts = extra_words.nonzero()[0]
    ends = starts + extra_words[starts] + 1
    reached = np.maximum.accumulate(ends)
    kept = np.append(True, starts[1:] >= reached[:-1])  # phrases that no earlier phrase overlaps
    # An overlapped phrase directly after a kept one is dropped; one after a dropped phrase may be kept after all.
    doubtful = (~kept[1:] & ~kept[:-1]).nonzero()[0] + 1
    end, before = 0, -1
    for phrase, start, own in zip(doubtful.tolist(), starts[doubtful].tolist(), ends[doubtful].tolist(), strict=True):
        if before != phrase - 1:
            end = int(ends[phrase - 2])
        before = phrase
        if start >= end:
            kept[phrase] = True
            end = own
    extra_words[starts[~kept]] = 0
    chosen = kept.nonzero()[0]
    covered, _ = ranges(starts[chosen] + 1, ends[chosen])
    is_unit[starts[chosen]] = True
    is_unit[covered] = False
