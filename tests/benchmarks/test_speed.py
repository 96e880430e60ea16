"""The benchmark of speed: engines in one process, races, aims."""

from __future__ import annotations

import importlib.util
from dataclasses import replace
from functools import partial

import pytest

from benchmarks.common.engines import switcher_with
from benchmarks.speed.aims import Aim
from benchmarks.speed.measure import QUICK, Contestant, race
from lexswitch import Lexicon

_EFFORT = replace(QUICK, seconds=0.001, repeats=2)


@pytest.mark.skipif(
    importlib.util.find_spec("lexswitch.engine._kernel") is None, reason="lexswitch was installed without a C compiler"
)
def test_both_engines_in_one_process() -> None:
    """Each switcher keeps the engine it was made with."""
    lexicon = Lexicon.from_pairs({"de": [("house", "Haus")]}, source="en")
    compiled, plain = (switcher_with(name, lexicon) for name in ("c", "numpy"))
    assert compiled._blocks.compiled is not None
    assert plain._blocks.compiled is None
    assert plain._blocks._compiled_plans == {}


def test_a_race_has_turns() -> None:
    """All contestants run in each turn, after two calls that do not count; `before` runs before each call that does."""
    calls: list[str] = []
    contestants = [Contestant(name, partial(_note, calls, name), [["a b"]]) for name in ("one", "other")]
    rows = race(contestants, _EFFORT, before=partial(calls.append, "before"))
    assert calls[:4] == ["one", "one", "other", "other"]
    assert set(calls[4::2]) == {"before"}
    assert list(dict.fromkeys(calls[5::2])) == ["one", "other"]
    assert [len(row["rates"]) for row in rows] == [2, 2]


def _note(calls: list[str], name: str, _: list[str]) -> None:
    calls.append(name)


def test_the_worst_value_of_an_aim_counts() -> None:
    """An aim is reached if all values reach it."""
    faster = Aim("speed", 2, 4, [2.5, 5.0])
    assert faster.line() == ("speed", "at least 2 x", "yes", "at least 4 x", "**no**", "2.5 to 5 x")
    smaller = Aim("memory", 1.5, None, [1.4], "x", at_least=False)
    assert smaller.line() == ("memory", "at most 1.5 x", "yes", "-", "-", "1.4 x")
