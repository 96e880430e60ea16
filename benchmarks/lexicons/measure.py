"""Tasks in processes of their own, their memory, and the best of several runs."""

from __future__ import annotations

import gc
import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

Row = dict[str, Any]

_ENOUGH = 1.0  # seconds; quicker calls are repeated
_MOST = 7  # not more often, lest the quickest get the most chances of a quiet moment


@dataclass(frozen=True)
class Effort:
    """How much to measure.

    Parameters
    ----------
    rounds
        How often each way is measured, in turns with the others.
    sizes
        Numbers of pairs; None stands for all real ones.
    questions
        How many known and how many unknown terms are looked up.
    shared_pairs
        Pairs of the lexicon that several processes share.
    kills
        How many runs are killed in each of the two ways.
    """

    rounds: int
    sizes: tuple[int | None, ...]
    questions: int
    shared_pairs: int
    kills: int


FULL = Effort(3, (10**4, 10**5, None, 10**6), 10**5, 10**6, 200)
QUICK = Effort(2, (10**4, 10**5), 10**4, 10**5, 10)


def run(task: Callable[..., Row], *arguments: object) -> Row:
    """Run a function of a module in a fresh Python process, and return what it returns."""
    result = subprocess.run(command(task, *arguments), check=False, capture_output=True, text=True)
    if result.returncode:
        raise RuntimeError(f"{task.__name__}{arguments} failed with {result.returncode}:\n{result.stderr[-2000:]}")
    return dict(json.loads(result.stdout.splitlines()[-1]))


def command(task: Callable[..., Any], *arguments: object) -> list[str]:
    """Return the command line that calls a function with arguments that JSON can hold, and prints what it returns."""
    return [sys.executable, "-m", __name__, task.__module__, task.__name__, json.dumps(arguments)]


def seconds(function: Callable[[], Any]) -> float:
    """Return the least time of a call; short calls are repeated."""
    times: list[float] = []
    while not times or (sum(times) < _ENOUGH and len(times) < _MOST):
        gc.collect()
        start = time.perf_counter()
        result = function()
        times.append(time.perf_counter() - start)
        del result  # outside the time, for everybody
    return min(times)


def alternate(rounds: int, tasks: Sequence[Callable[[], Row]]) -> list[Row]:
    """Run tasks in turns, round after round; return for each the least of its times and the most of its bytes."""
    results = [[task() for task in tasks] for _ in range(rounds)]
    return [_joined(of_task) for of_task in zip(*results, strict=True)]


def _joined(rows: Sequence[Row]) -> Row:
    """Bytes are whole numbers."""
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    return {name: (max if isinstance(values[0], int) else min)(values) for name, values in columns.items()}


def pss(pid: int | str = "self") -> int:
    """Return the proportional set size of a process in bytes: its own pages, and its share of those it shares."""
    gc.collect()
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("Pss:")) * 1024


if __name__ == "__main__":
    import importlib

    module, name, values = sys.argv[1:]
    print(json.dumps(getattr(importlib.import_module(module), name)(*json.loads(values))))
