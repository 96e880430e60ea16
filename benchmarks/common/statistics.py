"""Differences between systems: intervals over groups, paired t-tests, corrections for many tests.

Queries of one group (a page, a concept) are not independent of each other, nor is one query in several directions: so
the bootstrap draws groups, and the pooled test takes each group once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

ALPHA = 0.01
"""What is less likely by chance, after correction, is called significant."""
_SAMPLES = 2000


class Sums(NamedTuple):
    """Values of queries added up by group and direction; float64, shape (groups, directions)."""

    totals: np.ndarray
    counts: np.ndarray

    @property
    def mean(self) -> float:
        """The mean over directions of their means over queries."""
        return float((self.totals.sum(0) / self.counts.sum(0)).mean())

    @property
    def by_group(self) -> np.ndarray:
        """What each group adds to the mean, times the number of groups: groups weigh by their queries."""
        there = self.counts.sum(1) > 0
        return (self.totals / self.counts[there].mean(0)).mean(1)[there]


class Difference(NamedTuple):
    """How much one system is better than another."""

    mean: float
    low: float
    high: float
    p: float
    """Of a paired t-test over groups, not corrected."""


def sums(values: Mapping[str, np.ndarray], groups: Mapping[str, Sequence[int]]) -> Sums:
    """Add up what pools some directions.

    Parameters
    ----------
    values
        Direction -> the value of each query, such as its reciprocal rank, averaged over seeds.
    groups
        Direction -> the number of the group of each query.
    """
    size = 1 + max(max(groups[direction]) for direction in values)
    totals, counts = [], []
    for direction, of_direction in values.items():
        numbers = np.asarray(groups[direction])
        totals.append(np.bincount(numbers, of_direction, minlength=size))
        counts.append(np.bincount(numbers, minlength=size).astype(float))
    return Sums(np.stack(totals, 1), np.stack(counts, 1))


def difference(one: Sums, base: Sums, seed: int = 0) -> Difference:
    """Compare two systems on the same queries: difference of means, 95 % interval of a bootstrap over groups, p.

    Parameters
    ----------
    one, base
        From the same directions.
    seed
        Of the bootstrap.
    """
    there = np.flatnonzero(one.counts.sum(1))
    rng = np.random.default_rng(seed)
    weights = rng.multinomial(len(there), np.full(len(there), 1 / len(there)), size=_SAMPLES).astype(float)
    counts = np.maximum(weights @ one.counts[there], 1e-9)
    drawn = (weights @ (one.totals - base.totals)[there] / counts).mean(1)
    low, high = np.quantile(drawn, [0.025, 0.975])
    p = t_test(one.by_group, base.by_group)
    return Difference(one.mean - base.mean, float(low), float(high), p)


def t_test(one: np.ndarray, base: np.ndarray) -> float:
    """Return p of a paired t-test; 1 for values that are all equal, or too few to be tested."""
    from scipy import stats

    if len(one) < 2:
        return 1.0
    p = stats.ttest_rel(one, base).pvalue
    return 1.0 if np.isnan(p) else float(p)


def holm(p: Sequence[float]) -> list[float]:
    """Correct p-values for many tests (Holm 1979)."""
    order = np.argsort(p, kind="stable")
    stepped = np.maximum.accumulate([(len(p) - place) * p[row] for place, row in enumerate(order)])
    corrected = np.empty(len(p))
    corrected[order] = np.minimum(stepped, 1.0)
    return [float(each) for each in corrected]


def bonferroni(p: Sequence[float]) -> list[float]:
    """Correct p-values for many tests by their number."""
    return [min(1.0, len(p) * each) for each in p]


def share_of(gain: Difference, limit: Difference) -> float:
    """Return which share of the gain of the upper bound a system reaches."""
    return gain.mean / limit.mean if limit.mean > 0 else float("nan")
