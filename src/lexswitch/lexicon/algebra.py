"""Inverting and composing lexicons, in columns."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..engine.characters import normalise_terms
from ..engine.packing import Floats, Ints, Packed, concatenate, pack_lines
from ..engine.sorting import ranks
from ..engine.splicing import take
from ..engine.words import ranges
from .columns import Columns
from .pairs import Pairs, pairs_of
from .spelling import spell
from .validation import GREATEST_WEIGHT, LEAST_WEIGHT

_PATHS = 1 << 18
"""Approximate number of paths (term, pivot word, translation) that `compose` expands at once."""


def invert(columns: Columns, code: int, language: str = "") -> Pairs:
    """Return the inverted pairs of one language, all with code 0. `language` decides how the new terms are folded."""
    pairs = _into(columns, code)
    count = len(pairs.rows)
    terms = normalised(pairs.translations, language)
    codes = np.zeros(count, dtype=np.int64)
    spelled = spell(terms, pairs.translations)
    return Pairs(terms, np.arange(count), codes, pairs.spelled_terms(), pairs.weights, *spelled)


def compose(first: Columns, code: int, second: Columns, min_support: int, pivot: str = "") -> Pairs:
    """Return the pairs that words of the pivot language connect, each once.

    The weight of a pair is the sum, over its paths, of the product of both weights. Products and sums are clipped to
    the allowed weights. Paths are expanded in blocks of whole terms, so that memory is bounded.

    Parameters
    ----------
    first : Columns
    code : int
        The pivot language in `first`.
    second : Columns
        From the pivot language.
    min_support : int
        Least number of paths of a pair.
    pivot : str, default ""
        Code of the pivot language. It decides how its words are case-folded.
    """
    pairs, further = _into(first, code), pairs_of(second)
    steps, pivots = _to_terms(pairs, second.terms, pivot)
    starts = second.candidates[second.groups].astype(np.int64)
    numbers = ranks(further.translations)
    parts = [np.empty((3, 0))]
    for block in _blocks(pairs.rows[steps], starts[pivots + 1] - starts[pivots]):
        chosen, _ = ranges(starts[pivots[block]], starts[pivots[block] + 1])
        own = np.repeat(steps[block], (starts[pivots + 1] - starts[pivots])[block])
        products = np.clip(pairs.weights[own] * further.weights[chosen], LEAST_WEIGHT, GREATEST_WEIGHT)
        parts.append(
            _summed(pairs.rows[own], further.codes[chosen], numbers[chosen], products, own, chosen, min_support)
        )
    own, chosen = (np.concatenate([part[row] for part in parts]).astype(np.int64) for row in (0, 1))
    return Pairs(
        pairs.terms,
        pairs.rows[own],
        further.codes[chosen],
        take(further.translations, chosen),
        np.concatenate([part[2] for part in parts]),
        pairs.spelled[own],
        pairs.spellings,
    )


def _blocks(rows: Ints, sizes: Ints) -> Iterator[slice]:
    """Cut steps, which are sorted by `rows`, into blocks of about `_PATHS` paths that do not split a row."""
    reached, at = np.cumsum(sizes), 0
    while at < len(rows):
        last = int(np.searchsorted(reached, (reached[at - 1] if at else 0) + _PATHS, side="right"))
        last = int(np.searchsorted(rows, rows[max(at, last - 1)], side="right"))
        yield slice(at, last)
        at = last


def _summed(
    rows: Ints, codes: Ints, numbers: Ints, weights: Floats, own: Ints, chosen: Ints, min_support: int
) -> Floats:
    """Return `own` and `chosen` of the first path, and the weight, of each pair with enough paths, by occurrence."""
    order = np.lexsort((numbers, codes, rows))  # stable
    columns = [column[order] for column in (rows, codes, numbers)]
    begins = np.append(True, np.any([column[1:] != column[:-1] for column in columns], axis=0))[: len(order)].nonzero()[
        0
    ]
    sums = np.minimum(np.add.reduceat(weights[order], begins), GREATEST_WEIGHT) if len(order) else weights
    enough = np.diff(begins, append=len(order)) >= min_support
    firsts, sums = order[begins[enough]], sums[enough]
    by_appearance = np.argsort(firsts)
    firsts = firsts[by_appearance]
    return np.stack([own[firsts], chosen[firsts], sums[by_appearance]])


def _into(columns: Columns, code: int) -> Pairs:
    """Return the pairs of one language."""
    pairs = pairs_of(columns)
    chosen = (pairs.codes == code).nonzero()[0]
    return pairs._replace(
        rows=pairs.rows[chosen],
        codes=pairs.codes[chosen],
        translations=take(pairs.translations, chosen),
        weights=pairs.weights[chosen],
        spelled=pairs.spelled[chosen],
    )


def normalised(packed: Packed, language: str) -> Packed:
    """Return texts of one language as terms, in the form in which terms are compared."""
    return pack_lines(normalise_terms(packed.unpack(), language), len(packed))


def _to_terms(pairs: Pairs, terms: Packed, pivot: str) -> tuple[Ints, Ints]:
    """Return the pairs whose translation is one of `terms`, and the row of that term.

    Of equal translations of a term, only the first is returned.
    """
    ranked = ranks(concatenate([terms, normalised(pairs.translations, pivot)]))
    row = np.full(len(ranked), -1, dtype=np.int64)
    row[ranked[: len(terms)]] = np.arange(len(terms))
    rows = row[ranked[len(terms) :]]
    known = (rows >= 0).nonzero()[0]
    _, first = np.unique(pairs.rows[known] * len(terms) + rows[known], return_index=True)
    steps: Ints = known[np.sort(first)]
    return steps, rows[steps]
