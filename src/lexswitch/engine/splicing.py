"""The output buffer: kept runs of the text and translations, by turns."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .hashing import chunk_view
from .packing import PADDING, Bytes, Ints, Packed


class Spliced(NamedTuple):
    packed: Packed
    starts: Ints
    """Byte offset of each replacement in the new buffer."""


def splice(packed: Packed, starts: Ints, ends: Ints, source: Bytes, places: Ints, lengths: Ints) -> Spliced:
    """Replace spans of a packed batch.

    Parameters
    ----------
    packed : Packed
    starts, ends : int64 arrays, shape (n,)
        Byte offsets of the spans: sorted, not overlapping, each within one row.
    source : uint8 array
        Holds the replacements, UTF-8, and at least seven bytes behind the last.
    places, lengths : int64 arrays, shape (n,)
        Byte offset and length of each replacement in `source`.
    """
    buffer, count = packed.buffer, len(starts)
    kept_places, kept_ends = np.append(0, ends), np.append(starts, len(buffer) - PADDING)
    sizes = np.empty(2 * count + 1, dtype=np.int64)
    sizes[0::2], sizes[1::2] = kept_ends - kept_places, lengths
    froms = np.empty(2 * count + 1, dtype=np.int64)
    froms[0::2], froms[1::2] = kept_places, places
    tos = np.cumsum(sizes) - sizes
    result = np.zeros(len(buffer) + int((lengths - (ends - starts)).sum()), dtype=np.uint8)
    _copy_by_turns(result, tos, buffer, source, froms, sizes)
    growth = np.append(0, np.cumsum(lengths - (ends - starts)))
    row_starts = packed.starts + growth[np.searchsorted(starts, packed.starts)]
    return Spliced(Packed(result, row_starts), tos[1::2])


def take(packed: Packed, rows: Ints) -> Packed:
    """The chosen rows of a packed batch as a new one."""
    sizes = packed.lengths[rows] + 1  # with the NUL behind
    starts = np.append(0, np.cumsum(sizes)) + 1
    result = np.zeros(int(starts[-1]) + PADDING, dtype=np.uint8)
    froms, tos, _ = _chunks(packed.starts[rows], starts[:-1], sizes)
    chunk_view(result)[tos] = chunk_view(packed.buffer)[froms]
    result[starts[-1] :] = 0
    return Packed(result, starts)


def _copy_by_turns(result: Bytes, tos: Ints, even: Bytes, odd: Bytes, froms: Ints, sizes: Ints) -> None:
    """Copy pieces from two buffers, which take turns, to ascending places in a third."""
    froms, tos, chunks = _chunks(froms, tos, sizes)
    turns = np.zeros(len(sizes), dtype=np.bool_)
    turns[1::2] = True
    turns = turns.repeat(chunks)
    values = np.empty(len(froms), dtype=np.uint64)
    for buffer, turn in ((even, ~turns), (odd, turns)):
        chosen = turn.nonzero()[0]
        values[chosen] = chunk_view(buffer)[froms[chosen]]
    chunk_view(result)[tos] = values


def _chunks(froms: Ints, tos: Ints, sizes: Ints) -> tuple[Ints, Ints, Ints]:
    """Split pieces into chunks of eight bytes: where each comes from and goes to, and the number per piece.

    The last chunk of a piece spills over into the next piece, which must be written after it.
    """
    chunks = (sizes + 7) >> 3
    first = np.cumsum(chunks) - chunks
    steps = 8 * np.arange(int(chunks.sum()))
    return (froms - 8 * first).repeat(chunks) + steps, (tos - 8 * first).repeat(chunks) + steps, chunks
