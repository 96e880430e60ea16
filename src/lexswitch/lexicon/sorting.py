"""Sorting pairs into columns; pairs that occur several times become one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from ..engine.hashing import mix, word_keys
from ..engine.packing import Floats, Ints, Mask, Packed
from ..engine.sorting import ranks, stable_order
from ..engine.splicing import take
from .columns import Columns
from .compact import bounds, take_compact
from .pairs import Pairs
from .spelling import spelling_runs
from .validation import GREATEST_WEIGHT

#: How the weights of a pair that occurs several times are combined. A sum is at most the greatest weight.
COMBINE = ("votes", "max", "min", "mean", "sum")

# Only so many bytes of a translation are hashed. Longer ones with equal beginnings are compared in full.
_LONGEST_HASHED = 256


def sort_pairs(pairs: Pairs, num_languages: int, combine: str) -> Columns:
    """Sort by term, language, weight (greatest first) and first occurrence.

    Parameters
    ----------
    pairs : Pairs
        At least one pair. Codes are from 0 to `num_languages` - 1.
    num_languages : int
    combine : {"votes", "max", "min", "mean", "sum"}
        How the weights of a pair that occurs several times are combined.
    """
    ranked = ranks(pairs.terms)
    groups = ranked[pairs.rows] * num_languages + pairs.codes
    first, best, weights = _distinct(groups, pairs.translations, pairs.weights, combine)
    groups = groups[first]
    if len(weights) and (weights == weights[0]).all():
        order = stable_order(groups)
    else:
        order = np.argsort(-weights, kind="stable")
        order = order[stable_order(groups[order])]
    used, sizes = _runs(groups[order])
    terms_used, group_counts = _runs(used // num_languages)
    row_of_rank = np.empty(len(ranked), dtype=np.int64)
    row_of_rank[ranked] = np.arange(len(ranked))
    return Columns(
        take_compact(pairs.terms, row_of_rank[terms_used]),
        bounds(group_counts),
        (used % num_languages).astype(np.uint16),
        bounds(sizes),
        take_compact(pairs.translations, first[order]),
        weights[order],
        *spelling_runs(groups[order] // num_languages, pairs.spelled[best[order]], pairs.spellings),
    )


def _distinct(groups: Ints, translations: Packed, weights: Floats, combine: str) -> tuple[Ints, Ints, Floats]:
    """Find the distinct pairs (group, translation).

    Returns the first occurrence of each, ascending; its occurrence with the greatest weight; its combined weight.
    """
    suspects = _suspects(groups, translations)
    texts = ranks(take(translations, suspects))
    order = np.lexsort((texts, groups[suspects]))  # stable
    begins = _begins(groups[suspects[order]]) | _begins(texts[order])
    order = suspects[order]
    runs = begins.nonzero()[0]
    best = np.arange(len(groups))
    if len(runs) == len(order):
        return best, best, weights
    by_weight = np.lexsort((-weights[order], np.cumsum(begins)))  # stable, and runs keep their positions
    best[order[runs]] = order[by_weight[runs]]
    weights = weights.copy()
    weights[order[runs]] = _COMBINERS[combine](weights[order], runs)
    kept = np.ones(len(groups), dtype=np.bool_)
    kept[order[~begins]] = False
    return kept.nonzero()[0], best[kept], weights[kept]


def _suspects(groups: Ints, translations: Packed) -> Ints:
    """Return the pairs whose hash of group and translation another pair shares, ascending."""
    keys = word_keys(translations.buffer, translations.starts[:-1], translations.lengths, _LONGEST_HASHED, 0).keys
    keys = mix(keys + mix(groups.view(np.uint64)))
    # A counting filter: most pairs are alone in their bucket, so few are left to be sorted.
    buckets = (keys >> np.uint64(64 - (2 * len(keys)).bit_length())).astype(np.int64)
    shared = (np.bincount(buckets)[buckets] > 1).nonzero()[0]
    order = shared[np.argsort(keys[shared])]
    same = ~_begins(keys[order])
    same[:-1] |= same[1:]  # the first of each run too
    return np.sort(order[same])


def _begins(values: npt.NDArray[Any]) -> Mask:
    """Return whether a run of equal values begins at each position."""
    return np.append(True, values[1:] != values[:-1])[: len(values)]


def _runs(values: Ints) -> tuple[Ints, Ints]:
    """Return the values and sizes of runs of equal values."""
    begins = _begins(values).nonzero()[0]
    return values[begins], np.diff(begins, append=len(values))


def _mean(weights: Floats, begins: Ints) -> Floats:
    sums: Floats = np.add.reduceat(weights, begins)
    means = sums / np.diff(np.append(begins, len(weights)))
    # The mean of equal weights is that weight, however the sum is rounded.
    return np.clip(means, np.minimum.reduceat(weights, begins), np.maximum.reduceat(weights, begins))


def _sum(weights: Floats, begins: Ints) -> Floats:
    return np.minimum(np.add.reduceat(weights, begins), GREATEST_WEIGHT)


def _votes(weights: Floats, begins: Ints) -> Floats:
    """Return the greatest weight times the number of occurrences."""
    counts = np.diff(np.append(begins, len(weights)))
    votes: Floats = np.minimum(np.maximum.reduceat(weights, begins) * counts, GREATEST_WEIGHT)
    return votes


_COMBINERS: dict[str, Callable[[Floats, Ints], Floats]] = {
    "votes": _votes,
    "max": np.maximum.reduceat,
    "min": np.minimum.reduceat,
    "mean": _mean,
    "sum": _sum,
}
