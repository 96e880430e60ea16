"""Bands of words by the rank of their frequency."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from math import isfinite
from numbers import Real

import numpy as np

from ...engine.packing import Ints, Mask
from ..normal_forms import normal_forms
from .scores import BANDS

_LAST_RANKS = (1_000, 5_000, 20_000)
_UNKNOWN = len(BANDS) - 1


def rank_words(frequencies: Mapping[str, float], language: str) -> dict[str, int]:
    """Return the band of each word of a language, as a position in `BANDS`."""
    if not isinstance(frequencies, Mapping):
        raise TypeError(f"frequencies is {type(frequencies).__name__}; pass a mapping from word to frequency")
    for word, frequency in frequencies.items():
        if not isinstance(word, str):
            raise TypeError(f"frequencies has the key {word!r}; words must be str")
        if not isinstance(frequency, Real) or not isfinite(frequency) or frequency < 0:
            raise ValueError(f"frequencies[{word!r}] is {frequency!r}; it must be a finite number of at least 0")
    totals: defaultdict[str, float] = defaultdict(float)
    for word, frequency in zip(normal_forms(list(frequencies), language), frequencies.values(), strict=True):
        totals[word] += float(frequency)
    ranked = sorted(totals, key=lambda word: (-totals[word], word))
    bands = np.searchsorted(_LAST_RANKS, np.arange(1, len(ranked) + 1))
    return dict(zip(ranked, bands.tolist(), strict=True))


def bands_of(terms: Sequence[str], bands: Mapping[str, int]) -> Ints:
    """Return the band of each term; terms without a frequency are "unknown"."""
    return np.fromiter((bands.get(term, _UNKNOWN) for term in terms), dtype=np.int64, count=len(terms))


def sums_by_band(bands: Ints, counts: Ints | Mask) -> Ints:
    """Return the sum of all counts, then the sum of each band."""
    sums = np.bincount(bands, counts, len(BANDS)).astype(np.int64)
    return np.append(sums.sum(), sums)
