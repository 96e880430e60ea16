"""Hash keys of words and a hash table, both over whole arrays.

A word of up to eight UTF-8 bytes is its own key: those bytes, its head, as one little-endian number. A longer word's
key mixes its eight-byte chunks, head first; of two such words with equal heads and keys the second chunks are equal
too, so that only words above 16 bytes need a further look.
"""

from __future__ import annotations

import copy
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


def mix(values: Hashes) -> Hashes:
    """SplitMix64's finaliser: a permutation of 64-bit numbers that looks random."""
    values = values ^ values >> _SHIFT1
    values *= _FACTOR1
    values ^= values >> _SHIFT2
    values *= _FACTOR2
    values ^= values >> _SHIFT3
    return values


def mix_int(value: int) -> int:
    """`mix` of one Python int, taken modulo 2**64."""
    value %= 1 << 64
    value = (value ^ value >> 30) * _MIX1 % (1 << 64)
    value = (value ^ value >> 27) * _MIX2 % (1 << 64)
    return value ^ value >> 31


def chunk_view(buffer: Bytes) -> Hashes:
    """The eight bytes from each position of a buffer on, as little-endian uint64; no copy."""
    return np.ndarray((len(buffer) - 7,), dtype="<u8", buffer=buffer.data, strides=(1,))


class Keys(NamedTuple):
    """Keys of words."""

    keys: Hashes
    long: Ints
    """Indices of the words above eight bytes ..."""
    heads: Hashes
    """... and their first eight bytes."""


def word_keys(buffer: Bytes, starts: Ints, lengths: Ints, longest: int, salt: int) -> Keys:
    """Keys of the words at byte offsets `starts` with `lengths` bytes; words above `longest` bytes get key 0."""
    keys = chunk_view(buffer)[starts]
    keys &= MASKS[np.minimum(lengths, 8)]
    long = (lengths > 8).nonzero()[0]
    heads = keys[long]
    if long.size:
        sizes = lengths[long]
        mixed = _long_keys(chunk_view(buffer), starts[long], np.minimum(sizes, longest), heads ^ np.uint64(salt))
        keys[long] = np.where(sizes <= longest, mixed, 0)
    return Keys(keys, long, heads)


def _long_keys(chunks: Hashes, starts: Ints, lengths: Ints, keys: Hashes) -> Hashes:
    for at, going in _later_chunks(lengths, 8):
        sizes = np.minimum(lengths[going] - at, 8)
        keys[going] = mix(keys[going] * _CHUNK + (chunks[starts[going] + at] & MASKS[sizes]))
    return keys


def _later_chunks(lengths: Ints, first: int) -> Iterator[tuple[int, Ints]]:
    """Yield `first`, `first` + 8, ... and the indices of the words that reach beyond that many bytes."""
    at, going = first, (lengths > first).nonzero()[0]
    while going.size:
        yield at, going
        at += 8
        going = going[(lengths[going] > at).nonzero()[0]]


def equal_tails(left: Bytes, left_starts: Ints, right: Bytes, right_starts: Ints, lengths: Ints) -> Mask:
    """Whether words of equal length in two buffers have the same bytes behind the first 16."""
    left_chunks, right_chunks = chunk_view(left), chunk_view(right)
    equal = np.ones(len(lengths), dtype=np.bool_)
    for at, going in _later_chunks(lengths, 16):
        mask = MASKS[np.minimum(lengths[going] - at, 8)]
        equal[going] &= ((left_chunks[left_starts[going] + at] ^ right_chunks[right_starts[going] + at]) & mask) == 0
    return equal


class HashTable:
    """An open-addressing table from distinct non-zero uint64 keys to positive int32 values.

    At most a third of the slots are taken; an empty slot has key and value 0. Built and read in rounds: each round one
    probe for every key that is still under way.
    """

    def __init__(self, keys: Hashes, values: Numbers) -> None:
        bits = max(4, int(3 * len(keys)).bit_length())
        self._shift = np.uint64(64 - bits)
        self._last = (1 << bits) - 1
        self._keys = np.zeros(1 << bits, dtype=np.uint64)
        self._values = np.zeros(1 << bits, dtype=np.int32)
        self._values[self._free_slots(keys)] = values

    def _free_slots(self, keys: Hashes) -> Ints:
        """Put the keys into the table and return their slots."""
        result, waiting, slots = self._home(keys), np.arange(len(keys), dtype=np.int64), self._home(keys)
        while waiting.size:
            free = (self._keys[slots] == 0).nonzero()[0]
            self._keys[slots[free][::-1]] = keys[waiting[free][::-1]]  # the first key of a slot wins
            again = (self._keys[slots] != keys[waiting]).nonzero()[0]
            waiting, slots = waiting[again], (slots[again] + 1) & self._last
            result[waiting] = slots
        return result

    def _home(self, keys: Hashes) -> Ints:
        mixed = keys * _FIBONACCI
        mixed ^= mixed >> np.uint64(32)  # words have few letters: without this they come in clusters
        mixed *= _FIBONACCI
        mixed >>= self._shift
        slots: Ints = mixed.view(np.int64)
        return slots

    def with_values(self, change: Callable[[Numbers], Numbers]) -> HashTable:
        """The same keys with other values; `change` must leave 0 as it is."""
        result = copy.copy(self)
        result._values = change(self._values)
        return result

    def find(self, keys: Hashes) -> Numbers:
        """The value of each key, or 0."""
        slots = self._home(keys)
        there = self._keys[slots]
        going = ((there != keys) & (there != 0)).nonzero()[0]
        while going.size:
            probes = (slots[going] + 1) & self._last
            slots[going] = probes
            there = self._keys[probes]
            going = going[((there != keys[going]) & (there != 0)).nonzero()[0]]
        return self._values[slots]
