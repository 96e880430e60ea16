"""Paired bootstrap intervals over queries (Efron & Tibshirani 1993; Sakai, SIGIR 2006)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from ...engine.packing import Floats

SAMPLES = 2000
_AT_A_TIME = 50
_LEVELS = (0.025, 0.975)


class Estimate(NamedTuple):
    """A mean with its 95 % interval."""

    mean: float
    low: float
    high: float


def intervals(values: Floats, weights: Floats | None = None, seed: int = 0) -> list[Estimate]:
    """Return the mean of each column with an interval. All columns share the samples of queries.

    Parameters
    ----------
    values : float64 array, shape (queries, columns)
    weights : float64 array of the same shape, optional
        Weight of each value, such as 0 for queries that do not count. A column without weight has a mean of 0.
    seed : int, default 0
    """
    weights = np.ones_like(values) if weights is None else weights
    weighted = values * weights
    together = np.column_stack([weighted, weights])
    drawn = np.concatenate([counts @ together for counts in _samples(len(values), seed)])
    means = _divided(*np.split(drawn, 2, axis=1))
    low, high = np.quantile(means, _LEVELS, axis=0)
    mean = _divided(weighted.sum(0), weights.sum(0))
    return [Estimate(*map(float, each)) for each in zip(mean, low, high, strict=True)]


def _samples(count: int, seed: int) -> Iterator[Floats]:
    """Yield how often each query is in each sample, for some samples at a time."""
    rng = np.random.default_rng(seed)
    for _ in range(SAMPLES // _AT_A_TIME):
        drawn = [np.bincount(rng.integers(count, size=count), minlength=count) for _ in range(_AT_A_TIME)]
        yield np.stack(drawn).astype(float)


def _divided(sums: Floats, weights: Floats) -> Floats:
    return np.divide(sums, weights, out=np.zeros_like(sums), where=weights > 0)
