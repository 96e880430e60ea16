"""Offsets in as few bytes as they need."""

from __future__ import annotations

import numpy as np

from ..engine.packing import Ints, Packed, small
from ..engine.splicing import take


def bounds(sizes: Ints) -> Ints:
    """Return the bounds of consecutive ranges of the given sizes: one element more than `sizes`, from 0."""
    return small(np.append(0, np.cumsum(sizes)))


def compact(packed: Packed) -> Packed:
    """Return the same batch with small offsets."""
    return Packed(packed.buffer, small(packed.starts))


def take_compact(packed: Packed, rows: Ints) -> Packed:
    """Return the chosen rows of a packed batch, with small offsets."""
    return compact(take(packed, rows))
