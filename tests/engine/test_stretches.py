"""Stretches: the vectorised chain against a plain loop."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexswitch.engine.stretches import Chain, draw_stretches, make_chain

shares = st.floats(0, 1) | st.sampled_from((0.0, 0.5, 1.0))


def plain(chain: Chain, uniform: list[float], is_first: list[bool]) -> tuple[list[int], list[int]]:
    """The same one unit after the other."""
    switched: list[int] = []
    firsts: list[int] = []
    before = False
    for number, (draw, first) in enumerate(zip(uniform, is_first, strict=True)):
        chance = chain.p if first else chain.stay if before else chain.enter
        begins = first or not before
        before = draw < chance
        if before:
            firsts.append(len(switched) if begins else firsts[-1])
            switched.append(number)
    return switched, firsts


@given(shares, shares, shares, st.data())
def test_stretches_are_those_of_a_loop(p: float, stay: float, enter: float, data: st.DataObject) -> None:
    """Any chain gives the units and stretches of a loop, also if a draw is exactly a limit, and without units."""
    chain = Chain(p, stay, enter)
    limits = st.sampled_from([value for value in chain if value < 1] or [0.0])
    draws = data.draw(st.lists(st.tuples(st.floats(0, 1, exclude_max=True) | limits, st.booleans()), max_size=40))
    uniform, is_first = [draw for draw, _ in draws], [number == 0 or first for number, (_, first) in enumerate(draws)]
    switched, firsts = draw_stretches(chain, np.array(uniform), np.array(is_first, dtype=np.bool_))
    assert (switched.tolist(), firsts.tolist()) == plain(chain, uniform, is_first)


@pytest.mark.parametrize(
    ("stay", "enter"), [(0.75, 0.25), (0.25, 0.75), (0.5, 0.5), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0)]
)
def test_draws_at_limits(stay: float, enter: float) -> None:
    """All texts of four units whose draws are limits or between them."""
    uniform = [draw for text in product((0.0, 0.25, 0.5, 0.75, 0.9), repeat=4) for draw in text]
    is_first = [number % 4 == 0 for number in range(len(uniform))]
    switched, firsts = draw_stretches(Chain(0.5, stay, enter), np.array(uniform), np.array(is_first))
    assert (switched.tolist(), firsts.tolist()) == plain(Chain(0.5, stay, enter), uniform, is_first)


@given(st.floats(0, 1), st.floats(1, 1e6))
def test_p_is_stationary(p: float, runs: float) -> None:
    """If a unit is switched with probability p, so is the next one; a switched one stays for `runs` units."""
    chain = make_chain(p, max(runs, p / (1 - p)) if p < 1 else runs)
    assert all(0 <= value <= 1 for value in chain)
    assert p * chain.stay + (1 - p) * chain.enter == pytest.approx(p, rel=1e-9)
    if p < 1:
        assert 1 - chain.stay == pytest.approx(1 / max(runs, p / (1 - p)), abs=1e-15)


def test_known_chains() -> None:
    """Ends of the ranges: never, always, units by turns, and the shortest stretches for p = 0.9."""
    assert make_chain(0.0, 3.0) == Chain(0.0, 1 - 1 / 3, 0.0)
    assert make_chain(1.0, 3.0) == Chain(1.0, 1.0, 1.0)
    assert make_chain(0.5, 1.0) == Chain(0.5, 0.0, 1.0)
    assert make_chain(0.5, 2.0) == Chain(0.5, 0.5, 0.5)
    assert make_chain(0.9, 9.0) == Chain(0.9, 1 - 1 / 9, 1.0)
