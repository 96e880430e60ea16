"""Sorting on whole arrays: integers, and strings by their UTF-8 bytes, which is code point order."""

from __future__ import annotations

import numpy as np

from .hashing import MASKS, chunk_view
from .packing import Hashes, Ints, Packed

# A round costs the same for few rows as for many. So rows that are equal up to byte _FAR, and the last _FEW rows, are
# sorted in Python.
_FAR = 256
_FEW = 32


def stable_order(values: Ints) -> Ints:
    """Return the stable order of non-negative integers, by a radix sort with the least significant 16 bits first.

    NumPy sorts 16-bit numbers in linear time, so this is faster than its stable sort of 64-bit numbers.
    """
    order = np.argsort(values.astype(np.uint16), kind="stable")  # the cast keeps the lowest 16 bits
    for shift in range(16, int(values.max(initial=0)).bit_length(), 16):
        order = order[np.argsort((values[order] >> shift).astype(np.uint16), kind="stable")]
    return order


def ranks(packed: Packed) -> Ints:
    """Return the rank of each row among the distinct rows in code point order, from 0; equal rows have equal ranks.

    This is a radix sort with the most significant digit first: rows are sorted by their first eight bytes, equal ones
    by the next eight, and so on. Rows must not contain NUL.

    Returns
    -------
    int64 array, shape (rows,)
    """
    starts, lengths = packed.starts[:-1].astype(np.int64), packed.lengths.astype(np.int64)
    groups = np.zeros(len(lengths), dtype=np.int64)  # for each row, the number of rows before its group of equal rows
    active, base = np.arange(len(lengths)), groups
    at = 0
    while active.size:
        if at and (active.size <= _FEW or at >= _FAR):
            digits = _rest_ranks(packed, starts[active] + at, lengths[active] - at)
            at = int(lengths.max())
        else:
            digits = _digits(packed, starts[active] + at, lengths[active] - at)
            at += 8
        order = np.argsort(digits)
        if base is not groups:
            order = order[stable_order(base[order])]
        active, base, digits = active[order], base[order], digits[order]
        begins = np.append(True, (digits[1:] != digits[:-1]) | (base[1:] != base[:-1])).nonzero()[0]
        sizes = np.diff(begins, append=len(active))
        base = _split_groups(base, begins).repeat(sizes)
        groups[active] = base
        undecided = (sizes > 1) & np.logical_or.reduceat(lengths[active] > at, begins)
        chosen = undecided.repeat(sizes).nonzero()[0]
        active, base = active[chosen], base[chosen]
    is_first = np.zeros(len(groups), dtype=np.int64)
    is_first[groups] = 1
    result: Ints = (np.cumsum(is_first) - 1)[groups]
    return result


def _split_groups(base: Ints, begins: Ints) -> Ints:
    """Return the numbers of new groups, which begin at positions `begins` of old groups with the numbers `base`."""
    old = base[begins]
    first = np.append(True, old[1:] != old[:-1]).nonzero()[0]
    within: Ints = begins - begins[first].repeat(np.diff(first, append=len(begins)))
    return old + within


def _digits(packed: Packed, starts: Ints, lengths: Ints) -> Hashes:
    """Return the eight bytes at each of the byte offsets `starts` as a number, with zeros after the end of the row.

    Big-endian numbers compare as their bytes do, so the bytes of the little-endian chunks are swapped.
    """
    sizes = np.clip(lengths, 0, 8)
    chunks = chunk_view(packed.buffer)
    return (chunks[np.where(sizes > 0, starts, 0)] & MASKS[sizes]).byteswap()


def _rest_ranks(packed: Packed, starts: Ints, lengths: Ints) -> Hashes:
    """Return the rank of each row's remaining bytes among the distinct ones."""
    ends = starts + np.maximum(lengths, 0)
    rests = [packed.buffer[start:end].tobytes() for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]
    rank = {rest: number for number, rest in enumerate(sorted(set(rests)))}
    return np.fromiter(map(rank.__getitem__, rests), dtype=np.uint64, count=len(rests))
