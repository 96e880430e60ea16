"""Counter-based random draws: a draw has no state and depends only on the seed, epoch, key of the row and counter.

Each row has a stream: the outputs of SplitMix64 (Steele, Lea & Flood, OOPSLA 2014) from a start that mixes the seed,
the epoch and the key of the row. SplitMix64 adds a constant (gamma) to its state for each output. So output i is `mix`
of start + i * gamma and needs no earlier output. Word n of the row owns the outputs 3n + 1 (switch or not), 3n + 2
(language) and 3n + 3 (candidate). Output 0 draws the language of a whole text. So the draws of a word do not change if
another word is added to the lexicon.
"""

from __future__ import annotations

import math

import numpy as np

from .hashing import MASKS, chunk_view, mix, mix_int
from .packing import Floats, Hashes, Ints, Mask, Packed

_GAMMA = 0x9E3779B97F4A7C15

TEXT_LANGUAGE = 0
SWITCH, LANGUAGE, CANDIDATE = 1, 2, 3
_PER_WORD = 3


def streams(keys: Hashes, seed: int, epoch: int) -> Hashes:
    """Return the start of each row's stream, uint64, from the keys of the rows.

    No stream starts at 0, which key 0 with seed 0 would have: `mix` maps 0 to 0, so its first draw would always be 0.
    """
    return np.maximum(mix(mix(keys) ^ np.uint64(mix_int(mix_int(seed) + epoch))), np.uint64(1))


def states(streams: Hashes, counts: Ints) -> Hashes:
    """Return the state of SplitMix64 before each word's outputs.

    Parameters
    ----------
    streams : uint64 array, shape (rows,)
    counts : int64 array, shape (rows,)
        Number of words of each row.

    Returns
    -------
    uint64 array, shape (words,)
    """
    ends = counts.cumsum()
    first = ends - counts
    step = np.uint64(_PER_WORD * _GAMMA % 2**64)
    # stream + (position - first) * step, modulo 2**64 by the overflow of uint64
    result = np.arange(int(ends[-1]) if len(ends) else 0, dtype=np.uint64)
    result *= step
    result += (streams - first.view(np.uint64) * step).repeat(counts)
    return result


def uniform(states: Hashes, output: int) -> Floats:
    """Return output number `output` after each state as a draw in [0, 1): float64 with 53 random bits."""
    draws: Floats = (_output(states, output) >> np.uint64(11)).astype(np.float64) * 2.0**-53
    return draws


def draw_limit(p: float) -> int:
    """Return the number that an output of SplitMix64 must be below for its draw to be below p: from 0 to 2**64."""
    return min(math.ceil(p * 2.0**53) << 11, 1 << 64)


def below(states: Hashes, output: int, p: float) -> Mask:
    """Return ``uniform(states, output) < p`` without converting the draws to floats.

    A draw is an integer of 53 bits times 2**-53, so it is below p if the integer is below ceil(p * 2**53).
    """
    limit = draw_limit(p)
    if limit == 1 << 64:
        return np.ones(len(states), dtype=np.bool_)
    result: Mask = _output(states, output) < np.uint64(limit)
    return result


def _output(states: Hashes, output: int) -> Hashes:
    return mix(states + np.uint64(output * _GAMMA % 2**64))


def keys_of_texts(packed: Packed) -> Hashes:
    """Return a hash of each row's bytes, uint64, shape (rows,): the default key of a row.

    The hash is the mixed sum of the length and of all chunks of eight bytes. Each chunk is mixed with its number, so
    that the order of chunks matters.
    """
    lengths = packed.lengths
    chunks = np.maximum(1, (lengths + 7) >> 3)
    last = chunks.cumsum() - 1
    first = last - chunks + 1
    number = np.arange(int(last[-1]) + 1 if len(last) else 0, dtype=np.int64)
    number -= first.repeat(chunks)
    values = chunk_view(packed.buffer)[packed.starts[:-1].repeat(chunks) + 8 * number]
    values[last] &= MASKS[lengths - 8 * (chunks - 1)]
    values += (number.view(np.uint64) + np.uint64(1)) * np.uint64(_GAMMA)
    values = mix(values)
    sums = np.add.reduceat(values, first) if len(first) else values
    return mix(sums + lengths.astype(np.uint64))
