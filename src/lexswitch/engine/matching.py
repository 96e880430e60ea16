"""Leftmost-longest matches of a lexicon's terms, of one or several words, in the words of a batch.

The terms form a trie over whole words. Two hash tables hold it: one maps the bytes of a word to the number of the word,
the other maps (node, number of the next word) to the next node. The node of a single word is the number of that word.
Only the first table compares text; the second is exact arithmetic on numbers.

Inflected forms ("houses") are further words of the first table. A form has a base, the word of a term ("house"). It
matches as its base if it does not match itself, as a unit of one word or as one word of a phrase.
"""

from __future__ import annotations

import copy
import itertools
from collections.abc import Callable
from typing import NamedTuple, TypeAlias

import numpy as np

from .hashing import HashTable, Numbers, WordKeys, chunk_view, equal_tails, word_keys
from .packing import Bytes, Hashes, Ints, Mask, Packed, pack_lines
from .words import Words, ranges

Inflect: TypeAlias = "Callable[[list[str]], tuple[list[str], list[int]]]"

# Bit field of a word in its table, int32: five flags in the low bits, and above them the number of the word, from 1 on.
_ALONE = 1
"""The word is a term by itself."""
_BEGINS = 2
"""It is the first word of some phrase."""
_FOLLOWS = 4
"""It is the second word of some phrase."""
_LONG = 8
"""It has more than eight bytes."""
_AS_BASE = 16
"""It is a unit by itself as its base."""
_FLAGS = 5
_NUMBER_BITS = 31 - _FLAGS
# Bit field of a node in its table, int32: a flag whether a term ends there in the lowest bit, and above it the node.
_NODE_BITS = 30


class Matches(NamedTuple):
    """Units of a batch; each array has one element per word."""

    is_unit: Mask
    """Whether a unit begins with this word."""
    nodes: Ints
    """Node of the unit, an index into `TermIndex.terms`. Meaningless if no unit begins with this word."""
    extra_words: Ints
    """Number of further words of the unit; 0 if no unit begins with this word."""


class WordList(NamedTuple):
    """Words in normal form."""

    buffer: Bytes
    offsets: Ints
    lengths: Ints

    @classmethod
    def pack(cls, words: list[str]) -> WordList:
        """Return strings as a word list."""
        packed = pack_lines("\n".join(words), len(words))
        return cls(packed.buffer, packed.starts[:-1], packed.lengths)

    def unpack(self) -> list[str]:
        """Return the words as strings."""
        ends = (self.offsets + self.lengths).tolist()
        spans = zip(self.offsets.tolist(), ends, strict=True)
        return [self.buffer[start:end].tobytes().decode() for start, end in spans]


class _Vocabulary:
    """Maps words to numbers: the distinct words of all terms from 1 on, then the forms that are not among them.

    Attributes
    ----------
    size, total : int
        One more than the number of words of terms, and than the number of all words.
    """

    def __init__(self, words: WordList, forms: WordList) -> None:
        parts = (words, forms)
        self.buffers = words.buffer, forms.buffer
        offsets, lengths = (np.concatenate(column) for column in zip(*(part[1:] for part in parts), strict=True))
        self.longest = int(lengths.max(initial=0))
        for self.salt in itertools.count():
            keys = [word_keys(*part, self.longest, self.salt) for part in parts]
            distinct, first, inverse = np.unique(
                np.concatenate([each.keys for each in keys]), return_index=True, return_inverse=True
            )
            is_form = first >= len(words.offsets)
            order = np.argsort(is_form, kind="stable")
            self.offsets, self.lengths = _from_one(offsets[first[order]]), _from_one(lengths[first[order]])
            self.size, self.total = len(distinct) - int(np.count_nonzero(is_form)) + 1, len(distinct) + 1
            check_numbers("distinct words", self.total, _NUMBER_BITS)
            heads = [chunk_view(part.buffer)[own] for part, own in zip(parts, self._by_part(self.offsets), strict=True)]
            self.heads = np.concatenate(heads)
            numbers = np.empty(len(distinct), dtype=np.int32)
            numbers[order] = np.arange(1, self.total, dtype=np.int32)
            values = numbers << _FLAGS | np.where(lengths[first] > 8, _LONG, 0).astype(np.int32)
            proposed = np.split(values[inverse], [len(words.offsets)])
            if distinct.all() and all(
                self._verified(own, own_keys, *part).all()
                for own, own_keys, part in zip(proposed, keys, parts, strict=True)
            ):
                break  # no two words have the same key
        self.table = HashTable(distinct, values)

    def _by_part(self, values: Ints) -> tuple[Ints, Ints]:
        """Split an array with one element per number into words of terms (with 0) and forms."""
        return values[: self.size], values[self.size :]

    def words(self) -> WordList:
        """Return the words of terms, in the order of their numbers, from number 1 on."""
        return WordList(self.buffers[0], self.offsets[1 : self.size], self.lengths[1 : self.size])

    def with_flags(self, flags: Numbers) -> _Vocabulary:
        """Return the same words with other flags; `flags` has one element per number."""
        result = copy.copy(self)
        result.table = self.table.with_values(lambda values: values & (_LONG | -1 << _FLAGS) | flags[values >> _FLAGS])
        return result

    def find(self, buffer: Bytes, offsets: Ints, lengths: Ints) -> Numbers:
        """Return the bit field of each word, or 0 if the word is not in the vocabulary."""
        keys = word_keys(buffer, offsets, lengths, self.longest, self.salt)
        return self._verified(self.table.find(keys.keys), keys, buffer, offsets, lengths)

    def _verified(self, values: Numbers, keys: WordKeys, buffer: Bytes, offsets: Ints, lengths: Ints) -> Numbers:
        """Return the values that equal keys propose, with 0 if the bytes of the words differ."""
        values *= ((values & _LONG) != 0) == (lengths > 8)
        found = values[keys.long].nonzero()[0]
        long = keys.long[found]
        numbers = values[long] >> _FLAGS
        same = (self.heads[numbers] == keys.heads[found]) & (self.lengths[numbers] == lengths[long])
        longer = (same & (lengths[long] > 16)).nonzero()[0]
        if longer.size:
            is_form = numbers[longer] >= self.size
            for own_buffer, chosen in zip(self.buffers, (longer[~is_form], longer[is_form]), strict=True):
                own, others = offsets[long[chosen]], self.offsets[numbers[chosen]]
                same[chosen] = equal_tails(buffer, own, own_buffer, others, lengths[long[chosen]])
        values[long[(~same).nonzero()[0]]] = 0
        return values


def check_numbers(what: str, count: int, bits: int) -> None:
    """Raise ValueError if `count` numbers do not fit into `bits` bits."""
    if count > 1 << bits:
        raise ValueError(
            f"the lexicon has {count:,} {what}, but an index holds at most {1 << bits:,}; "
            "select fewer languages or terms"
        )


def _from_one(values: Ints) -> Ints:
    """Return an array with the values as elements 1, 2, ... and 0 as element 0."""
    return np.concatenate([np.zeros(1, dtype=np.int64), values])


class TermIndex:
    """Finds terms in texts. Call `select` before `match`.

    Two kinds of terms cannot match, so the index ignores them: terms with characters outside their words (such as
    "c++", whose only word is "c"), and terms of more than `max_words` words.

    Parameters
    ----------
    terms : Packed
        The normalised terms; term i is row i.
    words : Words
        The words of `terms`, from the tokenizer that is used for the texts.
    max_words : int
        Maximum number of words of a match.
    inflect : callable, optional
        Takes the distinct words of all terms; returns their inflected forms, each once and in normal form, and for each
        form the position of its word.

    Attributes
    ----------
    terms : int64 array, shape (nodes,)
        The term that ends at each node, as a row, or -1.
    """

    def __init__(self, terms: Packed, words: Words, max_words: int, inflect: Inflect | None = None) -> None:
        first = np.searchsorted(words.starts, terms.starts)
        rows = _whole_terms(terms, words, first, max_words)
        sizes = np.diff(first)[rows]
        used, _ = ranges(first[rows], first[rows] + sizes)
        # The words are usually equal to those in `terms`, whose buffer may be mapped from a file: keep that one.
        buffer = terms.buffer if np.array_equal(words.buffer, terms.buffer) else words.buffer
        words_used = WordList(buffer, words.offsets[used], words.lengths[used])
        self.vocabulary = _Vocabulary(words_used, WordList.pack([]))
        self.bases: Ints | None = None
        if inflect is not None:
            self._add_forms(words_used, *inflect(self.vocabulary.words().unpack()))
        self._build_trie(rows, sizes, (self.vocabulary.find(*words_used) >> _FLAGS).astype(np.int64))

    def _add_forms(self, words_used: WordList, forms: list[str], positions: list[int]) -> None:
        """Add inflected forms to the vocabulary, given the position of the word of each form."""
        if not forms:
            return
        words, packed = self.vocabulary.words(), WordList.pack(forms)
        self.vocabulary = _Vocabulary(words_used, packed)
        self.bases = np.zeros(self.vocabulary.total, dtype=np.int64)
        bases = self.vocabulary.find(*words) >> _FLAGS
        self.bases[self.vocabulary.find(*packed) >> _FLAGS] = bases[np.array(positions, dtype=np.int64)]

    def _build_trie(self, rows: Ints, sizes: Ints, numbers: Ints) -> None:
        """Number the nodes level by level; the term of a node is the first row that ends there."""
        first = np.cumsum(sizes) - sizes
        nodes, total = numbers[first], self.vocabulary.size
        levels = [np.empty(0, dtype=np.uint64)]
        ends = [(nodes[sizes == 1], rows[sizes == 1])]
        for size in range(2, int(sizes.max(initial=0)) + 1):
            active = sizes >= size
            rows, sizes, first, nodes = rows[active], sizes[active], first[active], nodes[active]
            keys, inverse = np.unique(_edge_keys(nodes, numbers[first + size - 1]), return_inverse=True)
            levels.append(keys)
            nodes, total = inverse + total, total + len(keys)
            ends.append((nodes[sizes == size], rows[sizes == size]))
        self.longest = len(levels)
        self._level_starts = self.vocabulary.size + np.cumsum([len(level) for level in levels])
        self._pairs = levels[1] if len(levels) > 1 else levels[0]
        check_numbers("beginnings of terms", total, _NODE_BITS)
        keys = np.concatenate(levels)
        self.filter = _BloomFilter(keys)
        self.edges = HashTable(keys, np.arange(self.vocabulary.size, total, dtype=np.int32) << 1)
        nodes, rows = (np.concatenate(column) for column in zip(*ends, strict=True))
        order = np.argsort(nodes, kind="stable")  # if a tokenizer makes two terms equal, the first row stays first
        self._ends = nodes[order], rows[order]
        self.terms = np.full(total, -1, dtype=np.int64)

    def select(self, terms: Mask, single: Mask, skip: WordList | None = None) -> TermIndex:
        """Return an index of some of the terms.

        Parameters
        ----------
        terms, single : bool arrays, shape (terms,)
            Whether a term is enabled, and whether a term of one word is. A term of one word must be in both.
        skip : WordList, optional
            Words that do not match as forms of a term of one word.
        """
        chosen = copy.copy(self)
        nodes, rows = self._ends
        known = terms[rows].nonzero()[0]
        nodes, rows = nodes[known], rows[known]
        first = np.append(True, nodes[1:] != nodes[:-1])[: len(nodes)]
        chosen.terms = self.terms.copy()
        chosen.terms[nodes[first]] = rows[first]
        size = self.vocabulary.size
        flags = np.zeros(size, dtype=np.int32)
        flags[np.append(single, False)[chosen.terms[:size]]] |= _ALONE
        # Unpacks the edge keys of the phrases' first two words.
        flags[(self._pairs >> np.uint64(32)).view(np.int64)] |= _BEGINS
        flags[(self._pairs & np.uint64(0xFFFFFFFF)).view(np.int64)] |= _FOLLOWS
        if self.bases is not None:
            flags = self._add_base_flags(self.bases, flags, skip)
        chosen.vocabulary = self.vocabulary.with_flags(flags)
        is_term = (chosen.terms >= 0).astype(np.int32)
        # Replaces the lowest bit of each value.
        chosen.edges = self.edges.with_values(lambda values: values >> 1 << 1 | is_term[values >> 1])
        return chosen

    def _add_base_flags(self, bases: Ints, flags: Numbers, skip: WordList | None) -> Numbers:
        """Add to the flags of each word those of its base."""
        flags = np.concatenate([flags, np.zeros(len(bases) - len(flags), dtype=np.int32)])
        of_base = flags[bases]
        if skip is not None:
            of_base[self.vocabulary.find(*skip) >> _FLAGS] &= ~_ALONE
        return flags | of_base | np.where(~flags & of_base & _ALONE, _AS_BASE, 0).astype(np.int32)

    def count_words(self, nodes: Ints) -> Ints:
        """Return the number of words of the terms at some nodes."""
        # The nodes of a level follow those of the level before.
        return 1 + np.searchsorted(self._level_starts, nodes, side="right")

    def match(self, words: Words) -> Matches:
        """Return the leftmost-longest matches, which do not overlap."""
        values = self.vocabulary.find(words.buffer, words.offsets, words.lengths)
        is_unit = (values & _ALONE).astype(np.bool_)
        numbers = (values >> _FLAGS).astype(np.int64)
        nodes = numbers
        if self.bases is not None and (inflected := (values & _AS_BASE).nonzero()[0]).size:
            nodes = numbers.copy()
            nodes[inflected] = self.bases[numbers[inflected]]
        extra_words = np.zeros(len(values), dtype=np.int64)
        pairs = words.joined[:-1] & ((values[:-1] & _BEGINS) != 0) & ((values[1:] & _FOLLOWS) != 0)
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
        inflected = [] if self.bases is None else [_Paths(at, self.bases[numbers[at]]).where_node()]
        for size in range(2, self.longest + 1):
            if not exact.at.size and not any(path.at.size for path in inflected):
                break
            steps = [self._follow(path, self._own_numbers(numbers[path.at + size - 1])) for path in inflected]
            if self.bases is not None:
                last = self.bases[numbers[exact.at + size - 1]]
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
        keys = _edge_keys(path.nodes, numbers)
        active = self.filter.may_contain(keys).nonzero()[0]
        values = self.edges.find(keys[active])
        hit = values.nonzero()[0]
        values = values[hit]
        return _Paths(path.at[active[hit]], (values >> 1).astype(np.int64)), (values & 1).astype(np.bool_)


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


class _BloomFilter:
    """A bit filter of keys (Bloom, 1970, with one hash), which rejects most unknown keys without a table lookup.

    Bit n of the filter is bit ``n & 7`` of byte ``n >> 3``.
    """

    _FACTOR = np.uint64(0xC2B2AE3D27D4EB4F)  # any large odd number

    def __init__(self, keys: Hashes) -> None:
        bits = max(6, int(8 * len(keys)).bit_length())
        self.bits = bits
        self.bytes = np.zeros(1 << bits - 3, dtype=np.uint8)
        bit = self._bit_numbers(keys)
        np.bitwise_or.at(self.bytes, bit >> 3, np.uint8(1) << (bit & 7).astype(np.uint8))

    def _bit_numbers(self, keys: Hashes) -> Ints:
        keys = keys * self._FACTOR
        keys ^= keys >> np.uint64(32)
        numbers: Ints = (keys * self._FACTOR >> np.uint64(64 - self.bits)).view(np.int64)
        return numbers

    def may_contain(self, keys: Hashes) -> Mask:
        """Return False for each key that is certainly not in the filter."""
        bit = self._bit_numbers(keys)
        result: Mask = (self.bytes[bit >> 3] >> (bit & 7).astype(np.uint8) & 1).view(np.bool_)
        return result


def _edge_keys(nodes: Ints, numbers: Ints) -> Hashes:
    """Return the keys of trie edges: the node in the high 32 bits, the number of the next word in the low 32 bits."""
    return (nodes << 32 | numbers).view(np.uint64)


def _whole_terms(terms: Packed, words: Words, first: Ints, max_words: int) -> Ints:
    """Return the rows of `terms` that consist of one to `max_words` joined words."""
    counts = np.diff(first)
    rows = ((counts > 0) & (counts <= max_words)).nonzero()[0]
    last = first[rows + 1] - 1
    breaks = np.append(0, np.cumsum(~words.joined))
    whole = (words.starts[first[rows]] == terms.starts[rows]) & (words.ends[last] == terms.starts[rows + 1] - 1)
    chosen: Ints = rows[whole & (breaks[last] == breaks[first[rows]])]
    return chosen


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
