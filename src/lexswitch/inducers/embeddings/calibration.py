"""Weights that mean the same for every pair of languages and every way to score."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ...engine.packing import Floats, Mask

# Enough pairs for a share that is right within some hundredths.
_LEAST_IN_BIN = 200
_MOST_BINS = 100


def calibrate(scores: npt.NDArray[np.floating], returns: Mask) -> Floats:
    """Turn scores into the chance that a translation with such a score leads back to its word.

    Scores of different spaces cannot be compared; how often words find each other can, and it needs no gold: it is a
    stand-in for precision. The chance is a non-decreasing function of the score: isotonic regression (pool adjacent
    violators; Ayer et al., 1955; for calibration Zadrozny and Elkan, KDD 2002) on bins of equal size, linear between
    their means.

    Parameters
    ----------
    scores : float array of shape (pairs,)
    returns : bool array of shape (pairs,)
        Whether the best translation of the translation is the word.

    Returns
    -------
    float64 array of shape (pairs,)
        Between 0 and 1, both excluded.
    """
    if not len(scores):
        return np.empty(0)
    order = np.argsort(scores, kind="stable")
    bins = np.array_split(order, min(_MOST_BINS, max(1, len(order) // _LEAST_IN_BIN)))
    sizes = np.array([len(one) for one in bins], dtype=np.float64)
    # Half a pair more on either side (Krichevsky and Trofimov, 1981): no weight is quite 0 or 1.
    shares = np.array([returns[one].sum() + 0.5 for one in bins]) / (sizes + 1)
    means = np.array([scores[one].mean(dtype=np.float64) for one in bins])
    weights: Floats = np.interp(scores, means, _isotonic(shares, sizes))
    return weights


def _isotonic(values: Floats, sizes: Floats) -> Floats:
    """The non-decreasing values of the least squared distance, weighted by sizes."""
    pools: list[tuple[float, float, int]] = []
    for value, size in zip(values.tolist(), sizes.tolist(), strict=True):
        pool = (value, size, 1)
        while pools and pools[-1][0] >= pool[0]:
            before = pools.pop()
            total = before[1] + pool[1]
            pool = ((before[0] * before[1] + pool[0] * pool[1]) / total, total, before[2] + pool[2])
        pools.append(pool)
    return np.repeat([pool[0] for pool in pools], [pool[2] for pool in pools])
