"""Time and memory of a call, and precision of retrieved translations."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

Row = dict[str, Any]
Task = tuple[Callable[..., Row], tuple[Any, ...]]
"""A function and its arguments; it is called in a process of its own."""


def measured(call: Callable[[], Any]) -> tuple[Any, Row]:
    """Return what a call returns, with its seconds and the most MB that it had beyond what was there before."""
    before = _status("VmRSS")
    with open("/proc/self/clear_refs", "w", encoding="ascii") as file:
        file.write("5")  # the peak begins anew
    start = time.perf_counter()
    result = call()
    seconds = time.perf_counter() - start
    return result, {"seconds": round(seconds, 2), "mb": round(max(0, _status("VmHWM") - before) / 1000)}


def _status(name: str) -> int:
    """A field of the process's status, in KiB."""
    with open("/proc/self/status", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith(name + ":"))


def precision(ids: np.ndarray, gold: dict[int, set[int]], k: int) -> float:
    """Share of the source rows of the gold with one of their target rows among the first k."""
    right = [not gold[row].isdisjoint(ids[row, :k].tolist()) for row in gold]
    return float(np.mean(right))


def rows_of(pairs: Sequence[tuple[str, str]], source: Sequence[str], target: Sequence[str]) -> list[tuple[int, int]]:
    """The rows of pairs of words, in the order of the source rows."""
    left, right = ({word: row for row, word in enumerate(words)} for words in (source, target))
    return sorted((left[one], right[other]) for one, other in pairs if one in left and other in right)


def divided(rows: Sequence[tuple[int, int]], seeds: int) -> tuple[np.ndarray, dict[int, set[int]]]:
    """Seed pairs, one of each of `seeds` words drawn at random, and the gold of the other words."""
    by_word: dict[int, list[int]] = {}
    for row, other in rows:
        by_word.setdefault(row, []).append(other)
    words = np.random.default_rng(0).permutation(sorted(by_word)).tolist()
    chosen = sorted(words[:seeds])
    pairs = np.array([(row, min(by_word[row])) for row in chosen], dtype=np.intp)
    return pairs, {row: set(by_word[row]) for row in words[seeds:]}
