"""Differences between systems: bootstrap intervals over groups, paired t-tests, corrections for many tests.

Queries of one group (a page, a concept) depend on each other, and so does one query in several directions. Therefore
the bootstrap draws groups, and the pooled test has one value for each group.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

ALPHA = 0.01
"""A corrected p below this is called significant."""
_SAMPLES = 2000


class Sums(NamedTuple):
    """Sums of the values of queries by group and direction; float64, shape (groups, directions)."""

    totals: np.ndarray
    counts: np.ndarray

    @property
    def mean(self) -> float:
        """The mean over directions of the means over queries."""
        return float((self.totals.sum(0) / self.counts.sum(0)).mean())

    @property
    def by_group(self) -> np.ndarray:
        """The contribution of each group to the mean, times the number of groups: groups weigh by their queries."""
        present = self.counts.sum(1) > 0
        return (self.totals / self.counts[present].mean(0)).mean(1)[present]


class Difference(NamedTuple):
    """How much better one system is than another."""

    mean: float
    low: float
    high: float
    p: float
    """From a paired t-test over groups, not corrected."""


def sums(values: Mapping[str, np.ndarray], groups: Mapping[str, Sequence[int]]) -> Sums:
    """Add up the values of some directions.

    Parameters
    ----------
    values
        Direction -> the value of each query, such as its reciprocal rank, averaged over seeds.
    groups
        Direction -> number of the group of each query.
    """
    size = 1 + max(max(groups[direction]) for direction in values)
    totals, counts = [], []
    for direction, of_direction in values.items():
        numbers = np.asarray(groups[direction])
        totals.append(np.bincount(numbers, of_direction, minlength=size))
        counts.append(np.bincount(numbers, minlength=size).astype(float))
    return Sums(np.stack(totals, 1), np.stack(counts, 1))


def difference(one: Sums, base: Sums, seed: int = 0) -> Difference:
    """Compare two systems on the same queries: difference, 95 % bootstrap interval over groups, and p.

    Parameters
    ----------
    one, base
        Sums of the same directions.
    seed
        Seed of the bootstrap.
    """
    present = np.flatnonzero(one.counts.sum(1))
    rng = np.random.default_rng(seed)
    weights = rng.multinomial(len(present), np.full(len(present), 1 / len(present)), size=_SAMPLES).astype(float)
    counts = np.maximum(weights @ one.counts[present], 1e-9)
    drawn = (weights @ (one.totals - base.totals)[present] / counts).mean(1)
    low, high = np.quantile(drawn, [0.025, 0.975])
    p = t_test(one.by_group, base.by_group)
    return Difference(one.mean - base.mean, float(low), float(high), p)


class Equivalence(NamedTuple):
    """Whether a difference lies within a margin that was named beforehand."""

    margin: float
    verdict: str
    """"not worse", "worse", or "cannot tell"."""


def difference_of_seeds(one: Sequence[Sums], base: Sequence[Sums], seed: int = 0) -> Difference:
    """Compare two systems with several training seeds each; the bootstrap draws seeds and groups together.

    Seeds of the two systems are drawn independently of each other, groups are the same for both.

    Parameters
    ----------
    one, base
        Sums of the same directions, one for each training seed.
    seed
        Seed of the bootstrap.

    Returns
    -------
    Difference
        p is twice the share of the draws on the other side of 0, at least 1 / number of draws.
    """
    present = np.flatnonzero(one[0].counts.sum(1))
    rng = np.random.default_rng(seed)
    groups = rng.multinomial(len(present), np.full(len(present), 1 / len(present)), size=_SAMPLES).astype(float)
    drawn = _drawn_means(one, present, groups, rng) - _drawn_means(base, present, groups, rng)
    low, high = np.quantile(drawn, [0.025, 0.975])
    mean = float(np.mean([each.mean for each in one]) - np.mean([each.mean for each in base]))
    p = 2 * min((drawn <= 0).mean(), (drawn >= 0).mean())
    return Difference(mean, float(low), float(high), float(min(1.0, max(p, 1 / _SAMPLES))))


def _drawn_means(of: Sequence[Sums], present: np.ndarray, groups: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the mean of each draw: over directions, of the mean over queries of drawn seeds and groups."""
    seeds = rng.multinomial(len(of), np.full(len(of), 1 / len(of)), size=len(groups)) / len(of)
    counts = np.maximum(groups @ of[0].counts[present], 1e-9)
    by_seed = np.stack([(groups @ each.totals[present] / counts).mean(1) for each in of], axis=1)
    return np.asarray((by_seed * seeds).sum(1))


def not_worse(found: Difference, margin: float) -> Equivalence:
    """Return whether a system is shown to lose no more than a margin (a test of non-inferiority at 2.5 %).

    Parameters
    ----------
    found
        A difference and its 95 % interval.
    margin
        Above 0.
    """
    verdict = "not worse" if found.low > -margin else "worse" if found.high < -margin else "cannot tell"
    return Equivalence(margin, verdict)


def t_test(one: np.ndarray, base: np.ndarray) -> float:
    """Return p of a paired t-test; 1 if all values are equal or there are too few."""
    from scipy import stats

    if len(one) < 2:
        return 1.0
    p = stats.ttest_rel(one, base).pvalue
    return 1.0 if np.isnan(p) else float(p)


def holm(p: Sequence[float]) -> list[float]:
    """Correct p-values for many tests (Holm 1979)."""
    order = np.argsort(p, kind="stable")
    stepped = np.maximum.accumulate([(len(p) - position) * p[row] for position, row in enumerate(order)])
    corrected = np.empty(len(p))
    corrected[order] = np.minimum(stepped, 1.0)
    return [float(each) for each in corrected]


def bonferroni(p: Sequence[float]) -> list[float]:
    """Correct p-values for many tests (Bonferroni): multiply them by their number."""
    return [min(1.0, len(p) * each) for each in p]


def share_of(gain: Difference, limit: Difference) -> float:
    """Return the share of the upper bound's gain that a system reaches."""
    return gain.mean / limit.mean if limit.mean > 0 else float("nan")
