"""Differences between systems: intervals over pages, paired t-tests, corrections for many tests.

Queries of one page are not independent of each other, nor is one query in several directions: so the bootstrap draws
pages, and the pooled test takes each page once. The test of a single direction is over queries, as in the paper.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from benchmarks.retrieval.evaluation import reciprocal_ranks

ALPHA = 0.01
"""What is less likely by chance, after correction, is called significant."""
_SAMPLES = 2000


class Sums(NamedTuple):
    """Reciprocal ranks added up by page and direction, averaged over seeds; float64, shape (pages, directions)."""

    totals: np.ndarray
    counts: np.ndarray

    @property
    def mean(self) -> float:
        """The mean over directions of their means over queries."""
        return float((self.totals.sum(0) / self.counts.sum(0)).mean())

    @property
    def by_page(self) -> np.ndarray:
        """What each page adds to the mean, times the number of pages: pages weigh by their queries."""
        there = self.counts.sum(1) > 0
        return (self.totals / self.counts[there].mean(0)).mean(1)[there]


class Difference(NamedTuple):
    """How much one system is better than another."""

    mean: float
    low: float
    high: float
    p: float
    """Of a paired t-test over pages, not corrected."""


def per_query(runs: Sequence[Mapping[str, Any]], direction: str) -> np.ndarray:
    """Return RR@10 of each query of a direction, averaged over runs that differ in their seed."""
    return np.mean([reciprocal_ranks(run["directions"][direction]["ranks"]) for run in runs], axis=0)


def sums(runs: Sequence[Mapping[str, Any]], directions: Sequence[str], pages: Mapping[str, Sequence[int]]) -> Sums:
    """Add up what pools some directions.

    Parameters
    ----------
    runs
        Results of one system with several seeds.
    directions
        Those that are pooled.
    pages
        Direction -> the number of the page of each query.
    """
    size = 1 + max(max(pages[direction]) for direction in directions)
    totals, counts = [], []
    for direction in directions:
        numbers = np.asarray(pages[direction])
        totals.append(np.bincount(numbers, per_query(runs, direction), minlength=size))
        counts.append(np.bincount(numbers, minlength=size).astype(float))
    return Sums(np.stack(totals, 1), np.stack(counts, 1))


def difference(one: Sums, base: Sums, seed: int = 0) -> Difference:
    """Compare two systems on the same queries: difference of means, 95 % interval of a bootstrap over pages, p.

    Parameters
    ----------
    one, base
        From the same directions.
    seed
        Of the bootstrap.
    """
    from scipy import stats

    there = np.flatnonzero(one.counts.sum(1))
    rng = np.random.default_rng(seed)
    weights = rng.multinomial(len(there), np.full(len(there), 1 / len(there)), size=_SAMPLES).astype(float)
    counts = np.maximum(weights @ one.counts[there], 1e-9)
    drawn = (weights @ (one.totals - base.totals)[there] / counts).mean(1)
    low, high = np.quantile(drawn, [0.025, 0.975])
    p = stats.ttest_rel(one.by_page, base.by_page).pvalue
    return Difference(one.mean - base.mean, float(low), float(high), 1.0 if np.isnan(p) else float(p))


def t_test(runs: Sequence[Mapping[str, Any]], base: Sequence[Mapping[str, Any]], direction: str) -> float:
    """Return p of a paired t-test over the queries of one direction."""
    from scipy import stats

    p = stats.ttest_rel(per_query(runs, direction), per_query(base, direction)).pvalue
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


def seeds_spread(runs: Sequence[Mapping[str, Any]], directions: Sequence[str]) -> tuple[float, float]:
    """Return the least and the greatest mean of single seeds."""
    means = [float(np.mean([run["directions"][d]["MRR@10"] for d in directions])) for run in runs]
    return min(means), max(means)


def share_of(gain: Difference, limit: Difference) -> float:
    """Return which share of the gain of the upper bound a system reaches."""
    return gain.mean / limit.mean if limit.mean > 0 else float("nan")
