"""Hash keys of words and a hash table, both over whole arrays.

A word of up to eight UTF-8 bytes is its own key: those bytes as one little-endian number. A longer word's key mixes its
eight-byte chunks and has the top byte 0xFF, which no UTF-8 text contains; so keys of short words are never in doubt, and
for long words the caller compares bytes.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from .packing import Bytes, Hashes, Ints, Mask

_FIBONACCI = np.uint64(0x9E3779B97F4A7C15)  # 2**64 / golden ratio (Knuth, TAOCP 6.4)
_MIX1, _MIX2 = 0xBF58476D1CE4E5B9, 0x94D049BB133111EB  # SplitMix64's finaliser
_CHUNK = np.uint64(0xD6E8FEB86659FD93)  # any large odd number
_LONG = np.uint64(0xFF << 56)
MASKS = np.array([(1 << 8 * size) - 1 for size in range(9)], dtype=np.uint64)


def mix(values: Hashes) -> Hashes:
    """SplitMix64's finaliser: a permutation of 64-bit numbers that looks random."""
    values = (values ^ values >> np.uint64(30)) * np.uint64(_MIX1)
    values = (values ^ values >> np.uint64(27)) * np.uint64(_MIX2)
    return values ^ values >> np.uint64(31)


def mix_int(value: int) -> int:
    """:func:`mix` of one Python int, taken modulo 2**64."""
    return int(mix(np.array([value % 2**64], dtype=np.uint64))[0])


def chunk_view(buffer: Bytes) -> Hashes:
    """The eight bytes from each position of a buffer on, as little-endian uint64; no copy."""
    return np.ndarray((len(buffer) - 7,), dtype="<u8", buffer=buffer.data, strides=(1,))


def word_keys(buffer: Bytes, starts: Ints, lengths: Ints, longest: int, salt: int) -> Hashes:
    """Keys of the words at byte offsets `starts` with `lengths` bytes; words above `longest` bytes get key 0."""
    chunks = chunk_view(buffer)
    keys = chunks[starts] & MASKS[np.minimum(lengths, 8)]
    long = np.flatnonzero(lengths > 8)
    if long.size:
        known = lengths[long] <= longest
        keys[long[~known]] = 0
        long = long[known]
        keys[long] = _long_keys(chunks, starts[long], lengths[long], keys[long] ^ np.uint64(salt))
    return keys


def _long_keys(chunks: Hashes, starts: Ints, lengths: Ints, keys: Hashes) -> Hashes:
    for at, going in _later_chunks(lengths):
        sizes = np.minimum(lengths[going] - at, 8)
        keys[going] = mix(keys[going] * _CHUNK + (chunks[starts[going] + at] & MASKS[sizes]))
    return keys | _LONG


def _later_chunks(lengths: Ints) -> Iterator[tuple[int, Ints]]:
    """Yield 8, 16, ... and the indices of the words that reach beyond that many bytes."""
    at, going = 8, np.flatnonzero(lengths > 8)
    while going.size:
        yield at, going
        at += 8
        going = going[lengths[going] > at]


def equal_words(left: Bytes, left_starts: Ints, right: Bytes, right_starts: Ints, lengths: Ints) -> Mask:
    """Whether words of equal length in two buffers have the same bytes."""
    left_chunks, right_chunks = chunk_view(left), chunk_view(right)
    equal = np.zeros(len(lengths), dtype=np.uint64)
    equal |= (left_chunks[left_starts] ^ right_chunks[right_starts]) & MASKS[np.minimum(lengths, 8)]
    for at, going in _later_chunks(lengths):
        mask = MASKS[np.minimum(lengths[going] - at, 8)]
        equal[going] |= (left_chunks[left_starts[going] + at] ^ right_chunks[right_starts[going] + at]) & mask
    return equal == 0


class HashTable:
    """An open-addressing table from distinct non-zero uint64 keys to their positions.

    At most half of the slots are taken; an empty slot has key 0. Built and read in rounds: each round one probe for
    every key that is still under way.
    """

    def __init__(self, keys: Hashes) -> None:
        bits = max(4, int(2 * len(keys) - 1).bit_length())
        self._shift = np.uint64(64 - bits)
        self._last = (1 << bits) - 1
        self._keys = np.zeros(1 << bits, dtype=np.uint64)
        self._positions = np.full(1 << bits, -1, dtype=np.int32)
        self._insert(keys)

    def _home(self, keys: Hashes) -> Ints:
        return (keys * _FIBONACCI >> self._shift).view(np.int64)

    def _insert(self, keys: Hashes) -> None:
        waiting, slots = np.arange(len(keys), dtype=np.int32), self._home(keys)
        while waiting.size:
            free = self._positions[slots] < 0
            self._positions[slots[free][::-1]] = waiting[free][::-1]  # the first key of a slot wins
            placed = self._positions[slots] == waiting
            self._keys[slots[placed]] = keys[waiting[placed]]
            waiting, slots = waiting[~placed], (slots[~placed] + 1) & self._last

    def find(self, keys: Hashes) -> np.typing.NDArray[np.int32]:
        """The position of each key among those the table was built from, or -1."""
        slots = self._home(keys)
        there = self._keys[slots]
        positions = self._positions[slots]
        going = np.flatnonzero((there != keys) & (there != 0))
        slots = slots[going]
        while going.size:
            slots = (slots + 1) & self._last
            there = self._keys[slots]
            positions[going] = self._positions[slots]
            more = np.flatnonzero((there != keys[going]) & (there != 0))
            going, slots = going[more], slots[more]
        return positions
