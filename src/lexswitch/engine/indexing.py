"""Builds the index of a lexicon's terms: the arrays in which `matching.TermIndex` finds them.

The arrays depend on the lexicon and on few options. They can be saved with the lexicon and mapped from there.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from .hashing import HashTable, Numbers, chunk_view, spread, word_keys
from .packing import Bytes, Hashes, Ints, Packed
from .vocabulary import ALONE, AS_BASE, BASED, BEGINS, FLAG_BITS, FOLLOWS, LENGTH_BITS, LONG, WordList, WordTable
from .words import Words, ranges

Inflect: TypeAlias = "Callable[[list[str]], tuple[list[str], list[int]]]"

LAYOUT = 1
"""Changes with the meaning of `IndexArrays`, so that saved ones are not mistaken."""
_NUMBER_BITS = 31 - FLAG_BITS
# Bit field of a node in its table, int32: a flag whether a term ends there in the lowest bit, and above it the node.
_NODE_BITS = 30
_GROUP_BITS = 5
_ONE = np.uint64(1)
_LOW, _HIGH = np.tile(np.arange(64), 64).astype(np.uint64), np.arange(64).repeat(64).astype(np.uint64)
_TWO_BITS: Hashes = _ONE << _LOW | _ONE << _HIGH
"""The bits at two positions below 64, by a number that has one in its low six bits, the other in the next six."""


class IndexArrays(NamedTuple):
    """The arrays and numbers of an index of terms. All terms are selected.

    An item of the tables has the groups of a term in its high 32 bits, for the compiled engine: the term that the word
    is, or that ends at the node. The first group is in the high 27 bits, the number of groups in the low 5 bits. All
    bits are 0 if there is no term, or if the groups do not fit.
    """

    words: Hashes
    """Slots of the table of words, see `HashTable`. Values are bit fields, see `vocabulary.py`."""
    records: Hashes
    """Records of the vocabulary, see `WordTable`."""
    forms: Bytes
    """Text of the inflected forms."""
    bases: npt.NDArray[np.int32] | None
    """Shape (total,): number of the base of each form, or 0. None if there are no forms."""
    edges: Hashes
    """Slots of the table of the trie's edges."""
    filter: Hashes
    """Bits of `may_contain`, a power of two of words."""
    terms: npt.NDArray[np.int32]
    """Shape (nodes,): the first term that ends at each node, as a row, or -1."""
    further: Hashes
    """Further terms that end at a node: 0, then ascending numbers, the node in the high and the row in the low half."""
    places: Hashes
    """Shape (groups,): offset and, in the low 24 bits, length of the first candidate of each group; 0 if too long."""
    salt: int
    longest: int
    size: int
    level_starts: tuple[int, ...]
    """First node of the phrases of two words, of three words, ..., and one past the last node."""


def build_index(
    terms: Packed,
    words: Words,
    max_words: int,
    inflect: Inflect | None = None,
    groups: Ints | None = None,
    places: Hashes | None = None,
) -> tuple[Bytes, IndexArrays]:
    """Return the buffer of the words, and the arrays of an index.

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
    groups : integer array, shape (terms + 1,), optional
        First group of each term.
    places : uint64 array, shape (groups,), optional
        See `IndexArrays`.
    """
    first = np.searchsorted(words.starts, terms.starts)
    rows = _whole_terms(terms, words, first, max_words)
    sizes = np.diff(first)[rows]
    used, _ = ranges(first[rows], first[rows] + sizes)
    # The words are usually equal to those in `terms`, whose buffer may be mapped from a file: keep that one.
    buffer = terms.buffer if np.array_equal(words.buffer, terms.buffer) else words.buffer
    words_used = WordList(buffer, words.offsets[used], words.lengths[used])
    vocabulary, bases = _build_vocabulary(words_used, WordList.pack([])), None
    if inflect is not None:
        vocabulary, bases = _with_forms(vocabulary, words_used, *inflect(vocabulary.words().unpack()))
    numbers = (vocabulary.find(*words_used) >> FLAG_BITS).astype(np.int64)
    packed = np.zeros(len(terms) + 1, dtype=np.uint32) if groups is None else _packed(groups)
    arrays = _build_trie(vocabulary, bases, rows, sizes, numbers, packed)
    return buffer, arrays if places is None else arrays._replace(places=places)


def _packed(groups: Ints) -> npt.NDArray[np.uint32]:
    """Return the groups of each term as one number, and 0 as the last one; see `IndexArrays`."""
    first, size = groups[:-1].astype(np.int64), np.diff(groups)
    fits = (size < 1 << _GROUP_BITS) & (first < 1 << 32 - _GROUP_BITS)
    return np.append(np.where(fits, first << _GROUP_BITS | size, 0), 0).astype(np.uint32)


def first_places(candidates: Ints, starts: Ints) -> Hashes:
    """Return `IndexArrays.places`, given the first candidate of each group and the offset of each translation."""
    first = candidates[:-1]
    offsets = starts[first].astype(np.uint64)
    lengths = starts[first + 1].astype(np.uint64) - offsets - _ONE
    return np.where(lengths < 1 << LENGTH_BITS, offsets << np.uint64(LENGTH_BITS) | lengths, 0).astype("<u8")


def _build_vocabulary(words: WordList, forms: WordList) -> WordTable:
    parts = (words, forms)
    offsets, lengths = (np.concatenate(column) for column in zip(*(part[1:] for part in parts), strict=True))
    longest = int(lengths.max(initial=0))
    check_numbers("bytes in its longest word", longest + 1, LENGTH_BITS)
    for salt in itertools.count():
        keys = [word_keys(*part, longest, salt) for part in parts]
        distinct, first, inverse = np.unique(
            np.concatenate([each.keys for each in keys]), return_index=True, return_inverse=True
        )
        is_form = first >= len(words.offsets)
        order = np.argsort(is_form, kind="stable")
        size, total = len(distinct) - int(np.count_nonzero(is_form)) + 1, len(distinct) + 1
        check_numbers("distinct words", total, _NUMBER_BITS)
        records = _records(parts, offsets[first[order]], lengths[first[order]], size)
        numbers = np.empty(len(distinct), dtype=np.int32)
        numbers[order] = np.arange(1, total, dtype=np.int32)
        values = numbers << FLAG_BITS | np.where(lengths[first] > 8, LONG, 0).astype(np.int32)
        table = HashTable(np.zeros(4, dtype=np.uint64))
        vocabulary = WordTable((words.buffer, forms.buffer), records, table, size, longest, salt)
        proposed = np.split(values[inverse], [len(words.offsets)])
        if distinct.all() and all(
            vocabulary.verified(own, own_keys, *part).all()
            for own, own_keys, part in zip(proposed, keys, parts, strict=True)
        ):
            break  # no two words have the same key
    vocabulary.table = HashTable.build(distinct, values)
    return vocabulary


def _records(parts: tuple[WordList, WordList], offsets: Ints, lengths: Ints, size: int) -> Hashes:
    """Return the records of words: those of terms first, and number 0."""
    records = np.zeros(2 * len(offsets) + 2, dtype="<u8")
    records[3::2] = offsets.astype(np.uint64) << np.uint64(LENGTH_BITS) | lengths.astype(np.uint64)
    by_part = np.split(offsets, [size - 1])
    records[2::2] = np.concatenate([chunk_view(part.buffer)[own] for part, own in zip(parts, by_part, strict=True)])
    return records


def _with_forms(
    vocabulary: WordTable, words_used: WordList, forms: list[str], positions: list[int]
) -> tuple[WordTable, npt.NDArray[np.int32] | None]:
    """Add inflected forms, given the position of the word of each form; return the number of each form's word too."""
    if not forms:
        return vocabulary, None
    words, packed = vocabulary.words(), WordList.pack(forms)
    vocabulary = _build_vocabulary(words_used, packed)
    bases = np.zeros(vocabulary.total, dtype="<i4")
    numbers = vocabulary.find(*words) >> FLAG_BITS
    bases[vocabulary.find(*packed) >> FLAG_BITS] = numbers[np.array(positions, dtype=np.int64)]
    return vocabulary, bases


def _build_trie(
    vocabulary: WordTable,
    bases: npt.NDArray[np.int32] | None,
    rows: Ints,
    sizes: Ints,
    numbers: Ints,
    packed: npt.NDArray[np.uint32],
) -> IndexArrays:
    """Number the nodes level by level; the term of a node is the first row that ends there."""
    first = np.cumsum(sizes) - sizes
    nodes, total = numbers[first], vocabulary.size
    levels = [np.empty(0, dtype=np.uint64)]
    ends = [(nodes[sizes == 1], rows[sizes == 1])]
    for size in range(2, int(sizes.max(initial=0)) + 1):
        active = sizes >= size
        rows, sizes, first, nodes = rows[active], sizes[active], first[active], nodes[active]
        keys, inverse = np.unique(edge_keys(nodes, numbers[first + size - 1]), return_inverse=True)
        levels.append(keys)
        nodes, total = inverse + total, total + len(keys)
        ends.append((nodes[sizes == size], rows[sizes == size]))
    check_numbers("beginnings of terms", total, _NODE_BITS)
    end_nodes, end_rows = (np.concatenate(column) for column in zip(*ends, strict=True))
    terms, further = _ends(end_nodes, end_rows, total)
    keys = np.concatenate(levels)
    edges = HashTable.build(keys, np.arange(vocabulary.size, total, dtype=np.int32) << 1)
    edges.change(lambda values: (values | (terms[values >> 1] >= 0), packed[terms[values >> 1]]))
    flags = phrase_flags(levels[1] if len(levels) > 1 else levels[0], vocabulary.total, bases)
    alone = terms[: vocabulary.size] >= 0
    flags |= selected_flags(np.append(alone, np.zeros(vocabulary.total - len(alone), dtype=np.bool_)), bases)
    vocabulary.table.change(lambda values: _word_items(values, flags, terms, bases, packed))
    return IndexArrays(
        words=vocabulary.table.slots,
        records=vocabulary.records,
        forms=vocabulary.buffers[1],
        bases=bases,
        edges=edges.slots,
        filter=_filter(keys),
        terms=terms,
        further=further,
        places=np.zeros(0, dtype="<u8"),
        salt=vocabulary.salt,
        longest=vocabulary.longest,
        size=vocabulary.size,
        level_starts=tuple((vocabulary.size + np.cumsum([len(level) for level in levels])).tolist()),
    )


def _ends(nodes: Ints, rows: Ints, total: int) -> tuple[npt.NDArray[np.int32], Hashes]:
    """Return the first term of each node, and the further ones: a tokenizer may make terms equal."""
    check_numbers("terms", int(rows.max(initial=0)), 31)
    order = np.argsort(nodes, kind="stable")
    nodes, rows = nodes[order], rows[order]
    is_first = np.append(True, nodes[1:] != nodes[:-1])[: len(nodes)]
    terms = np.full(total, -1, dtype="<i4")
    terms[nodes[is_first]] = rows[is_first]
    further = np.append(0, nodes[~is_first] << 32 | rows[~is_first])
    return terms, further.astype("<u8")


def phrase_flags(pairs: Hashes, total: int, bases: npt.NDArray[np.int32] | None) -> npt.NDArray[np.uint8]:
    """Return the flags of numbers that are always the same, given the edge keys of the phrases' first two words."""
    flags = np.zeros(total, dtype=np.uint8)
    flags[(pairs >> np.uint64(32)).view(np.int64)] |= BEGINS
    flags[(pairs & np.uint64(0xFFFFFFFF)).view(np.int64)] |= FOLLOWS
    return flags if bases is None else flags | flags[bases] | (bases > 0) * np.uint8(BASED)


def selected_flags(
    alone: npt.NDArray[np.bool_], bases: npt.NDArray[np.int32] | None, skipped: Ints | Numbers | None = None
) -> npt.NDArray[np.uint8]:
    """Return the flags that depend on the selected terms, for each number.

    Parameters
    ----------
    alone : bool array, shape (total,)
        Whether a word is a selected term by itself.
    bases : int32 array, shape (total,), or None
    skipped : integer array, optional
        Numbers of words that do not match as forms.
    """
    flags = alone * np.uint8(ALONE)
    if bases is not None:
        as_base = alone[bases] & ~alone
        if skipped is not None:
            as_base[skipped] = False
        flags[as_base] = ALONE | AS_BASE
    return flags


def _word_items(
    values: Numbers,
    flags: npt.NDArray[np.uint8],
    terms: npt.NDArray[np.int32],
    bases: npt.NDArray[np.int32] | None,
    packed: npt.NDArray[np.uint32],
) -> tuple[Numbers, npt.NDArray[np.uint32]]:
    """Return the bit fields of words, and the groups of their terms."""
    numbers = values >> FLAG_BITS
    values = values | flags[numbers]
    nodes = numbers if bases is None else np.where(values & AS_BASE, bases[numbers], numbers)
    return values, packed[terms[np.where(values & ALONE, nodes, 0)]]


def edge_keys(nodes: Ints, numbers: Ints) -> Hashes:
    """Return the keys of trie edges: the node in the high 32 bits, the number of the next word in the low 32 bits."""
    return (nodes << 32 | numbers).view(np.uint64)


def _filter(keys: Hashes) -> Hashes:
    """Return a bit filter of keys, of at least 64 bits for eight keys; `may_contain` reads it.

    Each key has two bits of one word of 64 bits, so that one look-up reads both (Putze et al., 2007).
    """
    filter = np.zeros(1 << max(0, (len(keys) >> 3).bit_length()), dtype="<u8")
    words, bits = _filter_bits(filter, spread(keys))
    np.bitwise_or.at(filter, words, bits)
    return filter


def _filter_bits(filter: Hashes, hashes: Hashes) -> tuple[Ints, Hashes]:
    """Return the word of each key in a filter, and its bits there."""
    bits = _TWO_BITS[(hashes & np.uint64(len(_TWO_BITS) - 1)).view(np.int64)]
    return (hashes >> np.uint64(12) & np.uint64(len(filter) - 1)).view(np.int64), bits


def may_contain(filter: Hashes, hashes: Hashes) -> npt.NDArray[np.bool_]:
    """Return False for each key that is certainly not in a filter, given the hashes of `spread`.

    This rejects most keys without a look-up.
    """
    words, bits = _filter_bits(filter, hashes)
    result: npt.NDArray[np.bool_] = (filter[words] & bits) == bits
    return result


def check_numbers(what: str, count: int, bits: int) -> None:
    """Raise ValueError if `count` numbers do not fit into `bits` bits."""
    if count > 1 << bits:
        raise ValueError(
            f"the lexicon has {count:,} {what}, but an index holds at most {1 << bits:,}; "
            "select fewer languages or terms"
        )


def _whole_terms(terms: Packed, words: Words, first: Ints, max_words: int) -> Ints:
    """Return the rows of `terms` that consist of one to `max_words` joined words."""
    counts = np.diff(first)
    rows = ((counts > 0) & (counts <= max_words)).nonzero()[0]
    last = first[rows + 1] - 1
    breaks = np.append(0, np.cumsum(~words.joined))
    whole = (words.starts[first[rows]] == terms.starts[rows]) & (words.ends[last] == terms.starts[rows + 1] - 1)
    chosen: Ints = rows[whole & (breaks[last] == breaks[first[rows]])]
    return chosen
