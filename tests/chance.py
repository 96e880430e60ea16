"""Exact tests of chance for statistics with fixed seeds: a right program fails them once in a million seeds."""

from __future__ import annotations

from collections.abc import Mapping
from math import exp, lgamma, log

_RARE = 1e-6


def binomial_tail(successes: int, trials: int, p: float) -> float:
    """Chance that a count is at least as far on its side of the mean as `successes` is."""

    def chance(k: int) -> float:
        ways = lgamma(trials + 1) - lgamma(k + 1) - lgamma(trials - k + 1)
        return exp(ways + k * log(p) + (trials - k) * log(1 - p))

    side = range(successes, trials + 1) if successes > trials * p else range(successes + 1)
    return sum(map(chance, side))


def assert_share(successes: int, trials: int, p: float) -> None:
    """Fail if a share is not `p` within binomial error."""
    assert trials > 0
    if p in (0, 1):
        assert successes == trials * p
    else:
        assert binomial_tail(successes, trials, p) > _RARE / 2, f"{successes} of {trials} is not {p:.4f}"


def assert_shares(counts: Mapping[str, int], weights: Mapping[str, float]) -> None:
    """Fail if counts do not follow weights: each share on its own, at a level that allows for the number of shares."""
    trials, total = sum(counts.values()), sum(weights.values())
    assert set(counts) <= set(weights)
    for name, weight in weights.items():
        assert_share(counts.get(name, 0), trials, weight / total)
