"""Bootstrap intervals."""

from __future__ import annotations

import numpy as np
import pytest

from lexswitch.retrieval.robustness.bootstrap import intervals


def test_interval_of_a_mean() -> None:
    """The interval is near that of the normal distribution, and the same in every call."""
    values = np.random.default_rng(1).normal(0.3, 1, (400, 1))
    (found,) = intervals(values)
    error = 1.96 * values.std() / 20
    assert found.mean == pytest.approx(values.mean())
    assert (found.low, found.high) == pytest.approx((found.mean - error, found.mean + error), abs=0.02)
    assert intervals(values) == [found]
    assert intervals(values, seed=1) != [found]


def test_equal_columns_are_paired() -> None:
    """Columns share the samples: a constant difference has no width."""
    values = np.random.default_rng(2).random((50, 1))
    one, other = intervals(np.hstack([values, values + 1]))
    assert (other.low - one.low, other.high - one.high) == pytest.approx((1, 1))
    (difference,) = intervals((values + 1) - values)
    assert tuple(difference) == pytest.approx((1, 1, 1))


def test_weights() -> None:
    """Values without weight do not count; without any weight, the mean is 0."""
    values = np.array([[1.0, 5.0], [3.0, 5.0], [100.0, 5.0]])
    weights = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 0.0]])
    some, none = intervals(values, weights)
    assert some.mean == 2
    assert some.low >= 0
    assert some.high <= 3
    assert tuple(none) == (0, 0, 0)
