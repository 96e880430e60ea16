"""The words of an index: a hash table from their bytes to their numbers."""

from __future__ import annotations

import copy
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from .hashing import HashTable, Numbers, WordKeys, equal_tails, word_keys
from .packing import Bytes, Hashes, Ints, pack_lines

# Bit field of a word in its table, int32: six flags in the low bits, and above them the number of the word, from 1 on.
ALONE = 1
"""The word is a term by itself."""
BEGINS = 2
"""It is the first word of some phrase."""
FOLLOWS = 4
"""It is the second word of some phrase."""
LONG = 8
"""It has more than eight bytes."""
AS_BASE = 16
"""It is a unit by itself as its base."""
BASED = 32
"""It is an inflected form of another word, its base."""
FLAG_BITS = 6
SELECTED = ALONE | AS_BASE
"""The flags that depend on the terms that are selected."""

# Bit field of a place in a buffer, uint64: the number of bytes in the low bits, and above them the offset.
LENGTH_BITS = 24


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


class WordTable:
    """Maps words to numbers: the distinct words of all terms from 1 on, then the forms that are not among them.

    Parameters
    ----------
    buffers : pair of uint8 arrays
        The words of terms, and the forms, in normal form.
    records : uint64 array, shape (2 * total,)
        For each number, its first eight bytes, and its place in a buffer.
    table : HashTable
        From keys of words to their bit fields.
    size : int
        One more than the number of words of terms.
    longest : int
        Number of bytes of the longest word.
    salt : int
        See `word_keys`.

    Attributes
    ----------
    total : int
        One more than the number of all words.
    flags : uint8 array, shape (total,), or None
        Flags of each number that replace those of the table, if some terms are selected.
    """

    flags: npt.NDArray[np.uint8] | None = None

    def __init__(
        self, buffers: tuple[Bytes, Bytes], records: Hashes, table: HashTable, size: int, longest: int, salt: int
    ) -> None:
        self.buffers = buffers
        self.records = records
        self.table = table
        self.size, self.total = size, len(records) >> 1
        self.longest, self.salt = longest, salt
        self._heads, self._places = records[0::2], records[1::2]

    def words(self) -> WordList:
        """Return the words of terms, in the order of their numbers, from number 1 on."""
        offsets, lengths = self._bounds(np.arange(1, self.size))
        return WordList(self.buffers[0], offsets, lengths)

    def _bounds(self, numbers: Ints | Numbers) -> tuple[Ints, Ints]:
        """Return the offsets and lengths of words."""
        places = self._places[numbers].astype(np.int64)
        return places >> LENGTH_BITS, places & ((1 << LENGTH_BITS) - 1)

    def with_flags(self, flags: npt.NDArray[np.uint8]) -> WordTable:
        """Return the same words with other flags."""
        result = copy.copy(self)
        result.flags = flags
        return result

    def find(self, buffer: Bytes, offsets: Ints, lengths: Ints) -> Numbers:
        """Return the bit field of each word, or 0 if the word is not in the vocabulary."""
        keys = word_keys(buffer, offsets, lengths, self.longest, self.salt)
        values = self.verified(self.table.find(keys.keys), keys, buffer, offsets, lengths)
        return values if self.flags is None else values & ~SELECTED | self.flags[values >> FLAG_BITS]

    def verified(self, values: Numbers, keys: WordKeys, buffer: Bytes, offsets: Ints, lengths: Ints) -> Numbers:
        """Return the values that equal keys propose, with 0 if the bytes of the words differ."""
        values *= ((values & LONG) != 0) == (lengths > 8)
        found = values[keys.long].nonzero()[0]
        long = keys.long[found]
        numbers = values[long] >> FLAG_BITS
        own_offsets, own_lengths = self._bounds(numbers)
        same = (self._heads[numbers] == keys.heads[found]) & (own_lengths == lengths[long])
        longer = (same & (lengths[long] > 16)).nonzero()[0]
        if longer.size:
            is_form = numbers[longer] >= self.size
            for own_buffer, chosen in zip(self.buffers, (longer[~is_form], longer[is_form]), strict=True):
                others = offsets[long[chosen]]
                same[chosen] = equal_tails(buffer, others, own_buffer, own_offsets[chosen], lengths[long[chosen]])
        values[long[(~same).nonzero()[0]]] = 0
        return values
