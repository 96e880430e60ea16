"""Weights of pairs that are comparable across language pairs and retrieval methods."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ...engine.packing import Floats, Mask

# A bin of this size determines its share within a few hundredths.
_LEAST_IN_BIN = 200
_MOST_BINS = 100


def calibrate(scores: npt.NDArray[np.floating], returns: Mask) -> Floats:
    """Return, for each score, the probability that a translation with this score is mutual.

    A pair is mutual if the best translation of the translation is the word. Scores of different spaces are not
    comparable; this probability is, and it needs no gold standard. It is not precision, but it correlates with it.

    The probability is a non-decreasing function of the score: isotonic regression on bins of equal size, linear between
    their means (pool adjacent violators; Ayer et al., 1955; for calibration Zadrozny and Elkan, KDD 2002).

    Parameters
    ----------
    scores : float array of shape (pairs,)
    returns : bool array of shape (pairs,)
        Whether each pair is mutual.

    Returns
    -------
    float64 array of shape (pairs,)
        Greater than 0 and less than 1.
    """
    if not len(scores):
        return np.empty(0)
    order = np.argsort(scores, kind="stable")
    bins = np.array_split(order, min(_MOST_BINS, max(1, len(order) // _LEAST_IN_BIN)))
    sizes = np.array([len(one) for one in bins], dtype=np.float64)
    # Krichevsky and Trofimov (1981): add half a pair to either side, so that no weight is exactly 0 or 1.
    shares = np.array([returns[one].sum() + 0.5 for one in bins]) / (sizes + 1)
    means = np.array([scores[one].mean(dtype=np.float64) for one in bins])
    weights: Floats = np.interp(scores, means, _isotonic(shares, sizes))
    return weights


def _isotonic(values: Floats, sizes: Floats) -> Floats:
    """Return the non-decreasing values with the least squared distance, weighted by sizes."""
    pools: list[tuple[float, float, int]] = []
    for value, size in zip(values.tolist(), sizes.tolist(), strict=True):
        pool = (value, size, 1)
        while pools and pools[-1][0] >= pool[0]:
            before = pools.pop()
            total = before[1] + pool[1]
            pool = ((before[0] * before[1] + pool[0] * pool[1]) / total, total, before[2] + pool[2])
        pools.append(pool)
    return np.repeat([pool[0] for pool in pools], [pool[2] for pool in pools])
