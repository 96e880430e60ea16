"""Weights that sum to 1, and an exponential that is the same on every platform."""

from __future__ import annotations

import math

import numpy as np

from ...engine.packing import Floats, Ints
from ..validation import LEAST_WEIGHT


def shares(weights: Floats, groups: Ints) -> Floats:
    """Return weights that sum to 1 in each group."""
    greatest = np.zeros(int(groups[-1]) + 1)
    np.maximum.at(greatest, groups, weights)
    weights = weights / greatest[groups]  # sums cannot overflow
    shares: Floats = np.maximum(weights / np.bincount(groups, weights)[groups], LEAST_WEIGHT)
    return shares


_FRACTION = 20
"""Number of bits after the binary point of the exponents of `exp`."""


def exp(values: Floats) -> Floats:
    """Return e to the power of each value, to six digits; unlike `numpy.exp`, the same bits on every platform.

    The exponent is a binary fraction; the result is the product of the square roots of 2 that its bits stand for.
    """
    steps = np.rint(np.clip(values, -500.0, 500.0) * (2**_FRACTION / math.log(2))).astype(np.int64)
    result: Floats = np.ldexp(1.0, steps >> _FRACTION)
    root = 2.0
    for bit in range(1, _FRACTION + 1):
        root = math.sqrt(root)
        result *= np.where(steps >> _FRACTION - bit & 1, root, 1.0)
    return result
