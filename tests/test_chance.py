"""The tests of chance themselves."""

import pytest

from .chance import assert_share, assert_shares, binomial_tail


def test_tail_is_exact() -> None:
    """The tail equals a sum that can be done by hand."""
    assert binomial_tail(9, 10, 0.5) == pytest.approx(11 / 1024)
    assert binomial_tail(1, 10, 0.5) == pytest.approx(11 / 1024)


def test_wrong_shares_fail() -> None:
    """Shares that are off by a twentieth in 10,000 draws are rejected, right ones are not."""
    assert_share(5_050, 10_000, 0.5)
    assert_shares({"de": 2_500, "ru": 7_500}, {"de": 1, "ru": 3})
    with pytest.raises(AssertionError):
        assert_share(5_500, 10_000, 0.5)
    with pytest.raises(AssertionError):
        assert_shares({"de": 5_000, "ru": 5_000}, {"de": 1, "ru": 3})
