"""Hash keys of words and a hash table, both on whole arrays.

Words are read in chunks of eight bytes in UTF-8, each as one little-endian uint64. So one operation of the processor
compares or mixes eight bytes at once. This is called SWAR ("SIMD within a register").

The key of a word of up to eight bytes is its only chunk, the head. The key of a longer word mixes all of its chunks. If
two longer words have equal heads and equal keys, their second chunks are equal, too. Therefore only words of more than
16 bytes need a further comparison.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from .packing import Bytes, Hashes, Ints, Mask

Numbers: TypeAlias = npt.NDArray[np.int32]

_FIBONACCI = np.uint64(0x9E3779B97F4A7C15)  # 2**64 / golden ratio (Knuth, TAOCP 6.4)
_MIX1, _MIX2 = 0xBF58476D1CE4E5B9, 0x94D049BB133111EB  # SplitMix64's finaliser
_FACTOR1, _FACTOR2 = np.uint64(_MIX1), np.uint64(_MIX2)
_SHIFT1, _SHIFT2, _SHIFT3 = np.uint64(30), np.uint64(27), np.uint64(31)
_CHUNK = np.uint64(0xD6E8FEB86659FD93)  # any large odd number
MASKS = np.array([(1 << 8 * size) - 1 for size in range(9)], dtype=np.uint64)
"""MASKS[n] keeps the first n of eight bytes, which are the low ones of a little-endian number."""


def mix(values: Hashes) -> Hashes:
    """Mix the bits of each value with SplitMix64's finaliser (xor-shift and multiply), a permutation of uint64."""
    values = values ^ values >> _SHIFT1
    values *= _FACTOR1
    values ^= values >> _SHIFT2
    values *= _FACTOR2
    values ^= values >> _SHIFT3
    return values


def mix_int(value: int) -> int:
    """Return `mix` of one Python int, taken modulo 2**64."""
    value %= 1 << 64
    value = (value ^ value >> 30) * _MIX1 % (1 << 64)
    value = (value ^ value >> 27) * _MIX2 % (1 << 64)
    return value ^ value >> 31


def chunk_view(buffer: Bytes) -> Hashes:
    """Return the eight bytes at every byte offset of a buffer as uint64, shape (bytes - 7,), without a copy.

    The view is unaligned (its stride is one byte), so one gather reads eight bytes at arbitrary offsets.
    """
    return np.ndarray((len(buffer) - 7,), dtype="<u8", buffer=buffer.data, strides=(1,))


class WordKeys(NamedTuple):
    """Keys of words."""

    keys: Hashes
    """Key of each word, shape (words,)."""
    long: Ints
    """Positions of the words of more than eight bytes."""
    heads: Hashes
    """First eight bytes of each of those words."""


def word_keys(buffer: Bytes, starts: Ints, lengths: Ints, longest: int, salt: int) -> WordKeys:
    """Return the keys of words.

    Parameters
    ----------
    buffer : uint8 array
    starts, lengths : int64 arrays, shape (words,)
        Byte offset and number of bytes of each word.
    longest : int
        Words of more bytes get key 0.
    salt : int
        Changes the keys of words of more than eight bytes.
    """
    keys = chunk_view(buffer)[starts]
    keys &= MASKS[np.minimum(lengths, 8)]
    long = (lengths > 8).nonzero()[0]
    heads = keys[long]
    if long.size:
        sizes = lengths[long]
        mixed = _long_keys(chunk_view(buffer), starts[long], np.minimum(sizes, longest), heads ^ np.uint64(salt))
        keys[long] = np.where(sizes <= longest, mixed, 0)
    return WordKeys(keys, long, heads)


def _long_keys(chunks: Hashes, starts: Ints, lengths: Ints, keys: Hashes) -> Hashes:
    """Mix all chunks after the head into the keys, in place."""
    for at, active in _later_chunks(lengths, 8):
        sizes = np.minimum(lengths[active] - at, 8)
        keys[active] = mix(keys[active] * _CHUNK + (chunks[starts[active] + at] & MASKS[sizes]))
    return keys


def _later_chunks(lengths: Ints, first: int) -> Iterator[tuple[int, Ints]]:
    """Yield `first`, `first` + 8, ... and the positions of the words that have more bytes than that."""
    at, active = first, (lengths > first).nonzero()[0]
    while active.size:
        yield at, active
        at += 8
        active = active[(lengths[active] > at).nonzero()[0]]


def equal_tails(left: Bytes, left_starts: Ints, right: Bytes, right_starts: Ints, lengths: Ints) -> Mask:
    """Return whether words of equal length in two buffers have the same bytes after the first 16."""
    left_chunks, right_chunks = chunk_view(left), chunk_view(right)
    equal = np.ones(len(lengths), dtype=np.bool_)
    for at, active in _later_chunks(lengths, 16):
        mask = MASKS[np.minimum(lengths[active] - at, 8)]
        # The xor of two chunks is 0 in each byte that is equal.
        difference = left_chunks[left_starts[active] + at] ^ right_chunks[right_starts[active] + at]
        equal[active] &= (difference & mask) == 0
    return equal


def spread(keys: Hashes) -> Hashes:
    """Return hashes that differ widely for similar keys, which would cluster otherwise (Fibonacci hashing, twice)."""
    mixed = keys * _FIBONACCI
    mixed ^= mixed >> np.uint64(32)
    mixed *= _FIBONACCI
    return mixed


class HashTable:
    """A hash table from distinct non-zero uint64 keys to positive int32 values, each with another number.

    Open addressing with linear probing. The number of slots is a power of two, and at most half of them are used.
    Building and reading proceed in rounds: each round makes one probe for every key that is still active.

    Parameters
    ----------
    slots : uint64 array, shape (2 * slots,)
        Key and item of each slot, side by side, so that a look-up reads one line of the processor's cache. An item has
        the value in its low 32 bits and the other number in its high 32 bits. An empty slot has key and item 0.

    Attributes
    ----------
    bits : int
        The number of slots is ``2**bits``.
    """

    def __init__(self, slots: Hashes) -> None:
        self.slots = slots
        self.bits = (len(slots) >> 1).bit_length() - 1
        self._last = (1 << self.bits) - 1  # also the mask that takes a slot number modulo the size
        self._keys, self._items = slots[0::2], slots[1::2]

    @classmethod
    def build(cls, keys: Hashes, values: Numbers) -> HashTable:
        """Make a table; the other numbers are 0."""
        bits = max(4, int(2 * len(keys)).bit_length())
        table = cls(np.zeros(2 << bits, dtype="<u8"))
        table._items[table._insert(keys)] = values
        return table

    def _insert(self, keys: Hashes) -> Ints:
        """Put the keys into the table and return their slots."""
        result, waiting, slots = self._home_slots(keys), np.arange(len(keys), dtype=np.int64), self._home_slots(keys)
        while waiting.size:
            free = (self._keys[slots] == 0).nonzero()[0]
            self._keys[slots[free][::-1]] = keys[waiting[free][::-1]]  # if keys share a slot, the first one wins
            again = (self._keys[slots] != keys[waiting]).nonzero()[0]
            waiting, slots = waiting[again], (slots[again] + 1) & self._last
            result[waiting] = slots
        return result

    def _home_slots(self, keys: Hashes, hashes: Hashes | None = None) -> Ints:
        """Return the slot at which probing begins for each key."""
        hashes = spread(keys) if hashes is None else hashes
        slots: Ints = (hashes >> np.uint64(64 - self.bits)).view(np.int64)
        return slots

    def change(self, items: Callable[[Numbers], tuple[Numbers, npt.NDArray[np.uint32]]]) -> None:
        """Replace values and other numbers; `items` takes all values, and must map 0 to 0 and 0."""
        values, numbers = items(self._values_of(self._items))
        self._items[:] = values.astype(np.uint64) | numbers.astype(np.uint64) << np.uint64(32)

    @staticmethod
    def _values_of(items: Hashes) -> Numbers:
        return items.astype(np.int32)  # keeps the low 32 bits

    @property
    def is_sound(self) -> bool:
        """Whether at most half of the slots are used, so that each search ends."""
        return bool(2 * np.count_nonzero(self._keys) <= len(self._keys))

    def find(self, keys: Hashes, hashes: Hashes | None = None) -> Numbers:
        """Return the value of each key, or 0 if the key is not in the table. `hashes` are those of `spread`."""
        slots = self._home_slots(keys, hashes)
        stored = self._keys[slots]
        active = ((stored != keys) & (stored != 0)).nonzero()[0]
        while active.size:
            probes = (slots[active] + 1) & self._last
            slots[active] = probes
            stored = self._keys[probes]
            active = active[((stored != keys[active]) & (stored != 0)).nonzero()[0]]
        return self._values_of(self._items[slots])
