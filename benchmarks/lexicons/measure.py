"""Efforts, and times of several runs."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.common.memory import pss
from benchmarks.common.processes import Row, command, run

__all__ = ["FULL", "QUICK", "Effort", "Row", "alternate", "command", "pss", "run", "seconds"]

_ENOUGH = 1.0  # seconds; shorter calls are repeated
_MOST = 7  # a maximum, so that short calls do not get more chances of a quiet moment


@dataclass(frozen=True)
class Effort:
    """Sizes of a measurement.

    Parameters
    ----------
    rounds
        Number of measurements of each method, in turns with the others.
    sizes
        Numbers of pairs; None for all real pairs.
    questions
        Number of known terms that are looked up, and of unknown ones.
    shared_pairs
        Number of pairs of the lexicon that several processes share.
    kills
        Number of runs of each kind that are killed.
    """

    rounds: int
    sizes: tuple[int | None, ...]
    questions: int
    shared_pairs: int
    kills: int


FULL = Effort(3, (10**4, 10**5, None, 10**6), 10**5, 10**6, 200)
QUICK = Effort(2, (10**4, 10**5), 10**4, 10**5, 10)


def seconds(function: Callable[[], Any]) -> float:
    """Return the shortest time of a call; short calls are repeated."""
    times: list[float] = []
    while not times or (sum(times) < _ENOUGH and len(times) < _MOST):
        gc.collect()
        start = time.perf_counter()
        result = function()
        times.append(time.perf_counter() - start)
        del result  # outside the time, for every method
    return min(times)


def alternate(rounds: int, tasks: Sequence[Callable[[], Row]]) -> list[Row]:
    """Run tasks in turns, round after round; return the shortest times and the largest sizes of each."""
    results = [[task() for task in tasks] for _ in range(rounds)]
    return [_joined(of_task) for of_task in zip(*results, strict=True)]


def _joined(rows: Sequence[Row]) -> Row:
    """Join the rows of one task; sizes are whole numbers."""
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    return {name: (max if isinstance(values[0], int) else min)(values) for name, values in columns.items()}
