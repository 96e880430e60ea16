"""Counter-based random draws: no state, so that a draw depends on nothing but its seed, row and counter.

Each row has a stream of its own: the outputs of SplitMix64 (Steele, Lea & Flood, OOPSLA 2014) from a starting point
that is mixed from seed, epoch and the key of the row. Word number n of the row owns the outputs 3n + 1 (switch or not),
3n + 2 (which language) and 3n + 3 (which candidate); output 0 draws the language of a whole text. So the draws of a
word do not change when another word becomes part of the lexicon.
"""

from __future__ import annotations

import numpy as np

from .hashing import MASKS, chunk_view, mix, mix_int
from .packing import Hashes, Ints, Packed

_GAMMA = np.uint64(0x9E3779B97F4A7C15)

TEXT_LANGUAGE = 0
SWITCH, LANGUAGE, CANDIDATE = 1, 2, 3
_PER_WORD = 3


def streams(keys: Hashes, seed: int, epoch: int) -> Hashes:
    """The starting point of each row's stream, uint64, from the keys of the rows."""
    return mix(mix(keys) ^ np.uint64(mix_int(mix_int(seed) + epoch)))


def counters(words: Ints, kind: int) -> Hashes:
    """The counters of draw `kind` for words numbered within their row."""
    return (words * _PER_WORD + kind).view(np.uint64)


def uniform(streams: Hashes, counters: Hashes | np.uint64) -> np.typing.NDArray[np.float64]:
    """Draws in [0, 1), float64 with 53 random bits, from the stream of each row at the given counters."""
    return (mix(streams + counters * _GAMMA) >> np.uint64(11)) * 2.0**-53


def keys_of_texts(packed: Packed) -> Hashes:
    """A hash of each row's bytes, uint64: the default key of a row."""
    lengths = packed.lengths
    chunks = np.maximum(1, (lengths + 7) >> 3)
    last = np.cumsum(chunks) - 1
    first = last - chunks + 1
    number = np.arange(chunks.sum()) - np.repeat(first, chunks)
    values = chunk_view(packed.buffer)[np.repeat(packed.starts[:-1], chunks) + 8 * number]
    values[last] &= MASKS[lengths - 8 * (chunks - 1)]
    values = mix(values + (number + 1).view(np.uint64) * _GAMMA)
    sums = np.add.reduceat(values, first) if len(first) else values
    return mix(sums + lengths.astype(np.uint64))


def keys_of_ints(keys: Ints | Hashes) -> Hashes:
    """Row keys from whole numbers of 64 bits."""
    return keys.view(np.uint64)
