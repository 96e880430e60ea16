"""The output buffer, which alternates kept runs of the text and replacements.

Bytes are copied eight at a time, through unaligned uint64 views of the buffers.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .hashing import chunk_view
from .packing import PADDING, Bytes, Ints, Packed


class Spliced(NamedTuple):
    """A batch with replaced spans."""

    packed: Packed
    starts: Ints
    """Byte offset of each replacement in the new buffer."""


def splice(packed: Packed, starts: Ints, ends: Ints, source: Bytes, offsets: Ints, lengths: Ints) -> Spliced:
    """Replace spans of a packed batch.

    Parameters
    ----------
    packed : Packed
    starts, ends : int64 arrays, shape (n,)
        Byte offsets of the spans: sorted, not overlapping, each within one row.
    source : uint8 array
        UTF-8 of the replacements, and at least seven bytes after the last.
    offsets, lengths : int64 arrays, shape (n,)
        Byte offset and number of bytes of each replacement in `source`.
    """
    buffer, count = packed.buffer, len(starts)
    kept = np.empty(count + 1, dtype=np.int64)
    kept[0], kept[1:] = 0, ends
    sizes = np.empty(2 * count + 1, dtype=np.int64)
    sizes[1::2] = lengths
    sizes[0:-1:2], sizes[-1] = starts, len(buffer) - PADDING
    sizes[0::2] -= kept
    tos = sizes.cumsum() - sizes
    result = np.empty(int(tos[-1] + sizes[-1]) + PADDING, dtype=np.uint8)
    result[-PADDING:] = 0
    _copy_tails(result, tos[0::2], buffer, kept, sizes[0::2])
    _copy_tails(result, tos[1::2], source, offsets, lengths)
    heads = np.empty(2 * count + 1, dtype=np.uint64)
    heads[0::2], heads[1::2] = chunk_view(buffer)[kept], chunk_view(source)[offsets]
    # The heads of short pieces overlap, and the last one must win. NumPy assigns to one-dimensional views in index
    # order but does not promise it, so tests/engine/test_splicing.py checks the order with every NumPy.
    chunk_view(result)[tos] = heads
    # Row starts lie in kept runs, so they move with their run.
    row_starts = packed.starts + (tos[0::2] - kept)[np.searchsorted(starts, packed.starts)]
    return Spliced(Packed(result, row_starts), tos[1::2])


def take(packed: Packed, rows: Ints) -> Packed:
    """Return the chosen rows of a packed batch as a new batch."""
    froms, sizes = packed.starts[rows], packed.lengths[rows] + 1  # with the NUL after the row
    starts = np.append(0, np.cumsum(sizes)) + 1
    result = np.zeros(int(starts[-1]) + PADDING, dtype=np.uint8)
    _copy_tails(result, starts[:-1], packed.buffer, froms, sizes)
    chunk_view(result)[starts[:-1]] = chunk_view(packed.buffer)[froms]  # overlapping heads, as in `splice`
    result[starts[-1] :] = 0
    return Packed(result, starts)


def _copy_tails(result: Bytes, tos: Ints, buffer: Bytes, froms: Ints, sizes: Ints) -> None:
    """Copy pieces to ascending offsets, without their first eight bytes (the heads).

    The last chunk of a piece may overwrite the heads of the pieces after it, but nothing else. So heads must be copied
    afterwards, in order.
    """
    long = (sizes > 8).nonzero()[0]
    chunks = (sizes[long] - 1) >> 3
    reached = chunks.cumsum()
    first = reached - chunks
    steps = np.arange(8, 8 * int(reached[-1]) + 1, 8) if long.size else first
    to = (tos[long] - 8 * first).repeat(chunks) + steps
    chunk_view(result)[to] = chunk_view(buffer)[(froms[long] - 8 * first).repeat(chunks) + steps]
