"""Precision of retrieved translations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from benchmarks.common.memory import measured
from benchmarks.common.processes import Row

__all__ = ["Row", "Task", "divided", "measured", "precision", "rows_of"]

Task = tuple[Callable[..., Row], tuple[Any, ...]]
"""A function and its arguments, for a separate process."""


def precision(ids: np.ndarray, gold: dict[int, set[int]], k: int) -> float:
    """Return the share of source rows with one of their gold rows among the first k."""
    right = [not gold[row].isdisjoint(ids[row, :k].tolist()) for row in gold]
    return float(np.mean(right))


def rows_of(pairs: Sequence[tuple[str, str]], source: Sequence[str], target: Sequence[str]) -> list[tuple[int, int]]:
    """Return the rows of pairs of words, ordered by source row."""
    left, right = ({word: row for row, word in enumerate(words)} for words in (source, target))
    return sorted((left[one], right[other]) for one, other in pairs if one in left and other in right)


def divided(rows: Sequence[tuple[int, int]], seeds: int) -> tuple[np.ndarray, dict[int, set[int]]]:
    """Return seed pairs, one for each of `seeds` random words, and the gold of the other words."""
    by_word: dict[int, list[int]] = {}
    for row, other in rows:
        by_word.setdefault(row, []).append(other)
    words = np.random.default_rng(0).permutation(sorted(by_word)).tolist()
    chosen = sorted(words[:seeds])
    pairs = np.array([(row, min(by_word[row])) for row in chosen], dtype=np.intp)
    return pairs, {row: set(by_word[row]) for row in words[seeds:]}
