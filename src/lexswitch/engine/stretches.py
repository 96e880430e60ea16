"""Stretches of switched units: the states of the units of a text if neighbours depend on each other.

A *stretch* is a run of switched units of one text with no other unit between them. Words that are not units do not end
it. The states of the units of a text, switched or not, are a Markov chain. Let u in [0, 1) be the draw
`draws.SWITCH` of a unit, the same as for independent units. The unit is switched if

- u < p, if it is the first unit of its text,
- u < stay, if the unit before it is switched,
- u < enter, if the unit before it is not switched.

With stay = 1 - 1 / runs and enter = p / ((1 - p) * runs), a stretch has `runs` units on average. Each unit is switched
with probability p, since p * stay + (1 - p) * enter = p. With p = 1, stay and enter are 1.

A draw has 53 bits, so it is exact in float64. Its comparison with a limit has the same result on each platform.

All units of a stretch are switched into the language that its first unit draws (`draws.LANGUAGE`). If the term of a
later unit has no translation into it, this unit alone draws its own language, or keeps its text (``missing="keep"``).
It remains a part of the stretch, so the state of a unit depends on draws only.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .packing import Floats, Ints, Mask


class Chain(NamedTuple):
    """Probabilities that a unit is switched, all in [0, 1]."""

    p: float
    """If it is the first unit of its text; also the probability of any unit if nothing is known of the one before."""
    stay: float
    """If the unit before it is switched."""
    enter: float
    """If the unit before it is not switched."""


def make_chain(p: float, runs: float) -> Chain:
    """Return the chain with probability `p` and stretches of `runs` units on average.

    No chain has shorter stretches than 1 or p / (1 - p) units: then `enter` is 1.
    """
    if p == 1:
        return Chain(1.0, 1.0, 1.0)
    return Chain(p, 1 - 1 / runs, min(1.0, p / ((1 - p) * runs)))


def draw_stretches(chain: Chain, uniform: Floats, is_first: Mask) -> tuple[Ints, Ints]:
    """Draw the units to switch.

    A draw below both or above both of stay and enter decides the state of its unit. A draw between them keeps the state
    of the unit before it if stay is greater, or else inverts it. So the state follows from the last decided unit: it is
    copied from there, or inverted once per unit since then.

    Parameters
    ----------
    chain : Chain
    uniform : float64 array, shape (units,)
        The draw of each unit.
    is_first : bool array, shape (units,)
        Whether a unit is the first one of its text.

    Returns
    -------
    switched : int64 array
        Positions of the units to switch.
    firsts : int64 array, same shape
        First unit of the stretch of each of them, as a position in `switched`.
    """
    low, high = min(chain.stay, chain.enter), max(chain.stay, chain.enter)
    decided = is_first | (uniform < low) | (uniform >= high)
    number = np.arange(len(uniform), dtype=np.int64)
    last_decided = np.maximum.accumulate(np.where(decided, number, 0))
    states = (uniform < np.where(is_first, chain.p, low))[last_decided]
    if chain.enter > chain.stay:
        states ^= ((number - last_decided) & 1).astype(np.bool_)
    begins = is_first.copy()
    begins[1:] |= ~states[:-1]
    switched = states.nonzero()[0]
    firsts: Ints = np.maximum.accumulate(np.where(begins[switched], number[: len(switched)], 0))
    return switched, firsts
