"""Sorting strings as whole arrays, by their UTF-8 bytes, which is the order of code points."""

from __future__ import annotations

import numpy as np

from .hashing import MASKS, chunk_view
from .packing import Hashes, Ints, Packed

# What is still equal here, or few rows before, is sorted one by one: a round has its price however few rows it has.
_FAR = 256
_FEW = 32


def stable_order(values: Ints) -> Ints:
    """The stable order of whole numbers from 0: radix sort, the least significant 16 bits first.

    NumPy sorts 16-bit numbers in linear time, which makes this faster than its stable sort of 64-bit numbers.
    """
    order = np.argsort(values.astype(np.uint16), kind="stable")  # the last 16 bits
    for shift in range(16, int(values.max(initial=0)).bit_length(), 16):
        order = order[np.argsort((values[order] >> shift).astype(np.uint16), kind="stable")]
    return order


def ranks(packed: Packed) -> Ints:
    """The place of each row among the distinct rows in code point order, from 0; equal rows have equal ranks.

    Rows are sorted by their first eight bytes, those still equal by the next eight, and so on (radix sort, the most
    significant digit first). A row may not hold NUL.
    """
    starts, lengths = packed.starts[:-1].astype(np.int64), packed.lengths.astype(np.int64)
    groups = np.zeros(len(lengths), dtype=np.int64)  # for each row, how many are before the first that seems equal
    going, base = np.arange(len(lengths)), groups
    at = 0
    while going.size:
        if at and (going.size <= _FEW or at >= _FAR):
            digits = _offsets(packed, starts[going] + at, lengths[going] - at)
            at = int(lengths.max())
        else:
            digits = _digits(packed, starts[going] + at, lengths[going] - at)
            at += 8
        order = np.argsort(digits)
        if base is not groups:
            order = order[stable_order(base[order])]
        going, base, digits = going[order], base[order], digits[order]
        begins = np.append(True, (digits[1:] != digits[:-1]) | (base[1:] != base[:-1])).nonzero()[0]
        sizes = np.diff(begins, append=len(going))
        base = _starts(base, begins).repeat(sizes)
        groups[going] = base
        undecided = (sizes > 1) & np.logical_or.reduceat(lengths[going] > at, begins)
        chosen = undecided.repeat(sizes).nonzero()[0]
        going, base = going[chosen], base[chosen]
    is_first = np.zeros(len(groups), dtype=np.int64)
    is_first[groups] = 1
    result: Ints = (np.cumsum(is_first) - 1)[groups]
    return result


def _starts(base: Ints, begins: Ints) -> Ints:
    """The numbers of new groups, which begin at places `begins` of old ones that have the numbers `base`."""
    old = base[begins]
    first = np.append(True, old[1:] != old[:-1]).nonzero()[0]
    offsets: Ints = begins - begins[first].repeat(np.diff(first, append=len(begins)))
    return old + offsets


def _digits(packed: Packed, starts: Ints, lengths: Ints) -> Hashes:
    """The eight bytes from `starts` on as numbers that sort as the bytes do, zero behind the end."""
    sizes = np.clip(lengths, 0, 8)
    chunks = chunk_view(packed.buffer)
    return (chunks[np.where(sizes > 0, starts, 0)] & MASKS[sizes]).byteswap()


def _offsets(packed: Packed, starts: Ints, lengths: Ints) -> Hashes:
    """The same for all the bytes that are left: the place of each rest among the distinct ones."""
    ends = starts + np.maximum(lengths, 0)
    rests = [packed.buffer[start:end].tobytes() for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]
    place = {rest: number for number, rest in enumerate(sorted(set(rests)))}
    return np.fromiter(map(place.__getitem__, rests), dtype=np.uint64, count=len(rests))
