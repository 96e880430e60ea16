"""Offsets in as few bytes as they need."""

from __future__ import annotations

import numpy as np

from ..engine.packing import Ints, Packed
from ..engine.splicing import take


def bounds(sizes: Ints) -> Ints:
    """Return the bounds of consecutive ranges of the given sizes: one element more than `sizes`, from 0."""
    return small_offsets(np.append(0, np.cumsum(sizes)))


def small_offsets(offsets: Ints) -> Ints:
    """Return ascending offsets as int32 if they fit, which halves them in memory and in the file."""
    return offsets.astype(np.int32 if offsets[-1] < 2**31 else np.int64)


def compact(packed: Packed) -> Packed:
    """Return the same batch with small offsets."""
    return Packed(packed.buffer, small_offsets(packed.starts))


def take_compact(packed: Packed, rows: Ints) -> Packed:
    """Return the chosen rows of a packed batch, with small offsets."""
    return compact(take(packed, rows))
