"""Types of arrays, and rows of unit length."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Floats32: TypeAlias = npt.NDArray[np.float32]
Ints32: TypeAlias = npt.NDArray[np.int32]
Indices: TypeAlias = npt.NDArray[np.intp]


def unit_rows(matrix: Floats32) -> Floats32:
    """Return the rows divided by their lengths; zero rows stay zero."""
    # First divide by the greatest value: the square of a tiny or huge value underflows or overflows.
    greatest = np.maximum(matrix.max(axis=1), -matrix.min(axis=1))[:, None]
    scaled: Floats32 = (matrix / np.where(greatest > 0, greatest, np.float32(1))).astype(np.float32, copy=False)
    lengths = np.sqrt(np.einsum("ij,ij->i", scaled, scaled))[:, None]
    scaled /= np.where(lengths > 0, lengths, np.float32(1))
    return scaled
