"""Inverting and composing lexicons, in whole columns."""

from __future__ import annotations

import numpy as np

from .columns import GREATEST_WEIGHT, LEAST_WEIGHT, Columns, Pairs, pairs_of
from .engine.characters import normalise_terms
from .engine.packing import Floats, Ints, Packed, concatenate, pack_lines
from .engine.sorting import ranks
from .engine.splicing import take
from .engine.words import ranges


def invert(columns: Columns, code: int, language: str = "") -> Pairs:
    """The pairs of one language, read backwards; all have code 0. `language` decides how the new terms are folded."""
    pairs = _into(columns, code)
    count = len(pairs.rows)
    translations = take(pairs.terms, pairs.rows)
    return Pairs(
        _normalised(pairs.translations, language),
        np.arange(count),
        np.zeros(count, dtype=np.int64),
        translations,
        pairs.weights,
    )


def compose(first: Columns, code: int, second: Columns, min_support: int, pivot: str = "") -> Pairs:
    """The pairs that lead through a word of the pivot language: one for each way, with the product of weights.

    `code` is the language `pivot` in `first`; `min_support` says how many ways a pair needs at least. Products beyond
    the least and the greatest weight that there may be become those.
    """
    pairs, further = _into(first, code), pairs_of(second)
    steps, pivots = _to_terms(pairs, second.terms, pivot)
    starts = second.candidates[second.groups].astype(np.int64)
    chosen, _ = ranges(starts[pivots], starts[pivots + 1])
    steps = np.repeat(steps, starts[pivots + 1] - starts[pivots])
    weights: Floats = np.clip(pairs.weights[steps] * further.weights[chosen], LEAST_WEIGHT, GREATEST_WEIGHT)
    translations = take(further.translations, chosen)
    ways = Pairs(pairs.terms, pairs.rows[steps], further.codes[chosen], translations, weights)
    return ways if min_support == 1 else _supported(ways, min_support)


def _into(columns: Columns, code: int) -> Pairs:
    """The pairs of one language."""
    pairs = pairs_of(columns)
    chosen = (pairs.codes == code).nonzero()[0]
    translations = take(pairs.translations, chosen)
    return Pairs(pairs.terms, pairs.rows[chosen], pairs.codes[chosen], translations, pairs.weights[chosen])


def _normalised(packed: Packed, language: str) -> Packed:
    return pack_lines(normalise_terms(packed.unpack(), language), len(packed))


def _to_terms(pairs: Pairs, terms: Packed, pivot: str) -> tuple[Ints, Ints]:
    """The pairs whose translation is one of `terms`, and which; of a term's equal translations only the first."""
    ranked = ranks(concatenate([terms, _normalised(pairs.translations, pivot)]))
    row = np.full(len(ranked), -1, dtype=np.int64)
    row[ranked[: len(terms)]] = np.arange(len(terms))
    rows = row[ranked[len(terms) :]]
    known = (rows >= 0).nonzero()[0]
    _, first = np.unique(pairs.rows[known] * len(terms) + rows[known], return_index=True)
    steps: Ints = known[np.sort(first)]
    return steps, rows[steps]


def _supported(ways: Pairs, least: int) -> Pairs:
    """The ways of pairs that have at least so many."""
    ranked = ranks(ways.translations)
    order = np.lexsort((ranked, ways.codes, ways.rows))
    columns = [column[order] for column in (ways.rows, ways.codes, ranked)]
    begins = np.append(True, np.any([column[1:] != column[:-1] for column in columns], axis=0))[: len(order)]
    pair = np.cumsum(begins) - 1
    kept = np.sort(order[np.bincount(pair)[pair] >= least])
    return Pairs(ways.terms, ways.rows[kept], ways.codes[kept], take(ways.translations, kept), ways.weights[kept])
